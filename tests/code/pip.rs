//! L26: pip called from test code.

use snapbox::{assert_data_eq, str};

use crate::package::Package;

#[test]
fn a_call_of_pip_is_found() {
    assert_data_eq!(
        Package::python("import subprocess, sys\ndef f():\n    subprocess.run([sys.executable, \"-m\", \"pip\", \"install\", \"x\"])\n").shown(),
        str![[r#"
error[L26]: pip is called from test code
 --> python_modules/m.py:3:20
  |
3 |     subprocess.run([sys.executable, "-m", "pip", "install", "x"])
  |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: name the library in requirements.pipPackages of package.json and put its wheel into wheels/: it is there before the test starts

"#]]
    );
    for (python, column) in [
        ("import os\nos.system('pip install requests')\n", 11),
        (
            "import os\nos.system(f'{python} -m pip install {name}')\n",
            11,
        ),
        (
            "import subprocess\nsubprocess.check_call('pip3 install x', shell=True)\n",
            23,
        ),
        ("\ncommand = ['pip', 'install', 'x']\n", 11),
        ("\nrun(('/usr/bin/pip3.11', 'download', 'x'))\n", 5),
        (
            "import asyncio\nasyncio.create_subprocess_exec(python, '-m', 'pip', 'install')\n",
            46,
        ),
        ("\nimport pip\n", 8),
        ("\nfrom pip._internal import main\n", 6),
        ("import importlib\nimportlib.import_module('pip')\n", 25),
        ("import runpy\nrunpy.run_module('pip')\n", 18),
        ("\nimport ensurepip\n", 8),
    ] {
        let lines = Package::python(python).lines();
        let [line] = lines.as_slice() else {
            panic!("{python}: {lines:?}")
        };
        assert!(
            line.starts_with(&format!(
                "python_modules/m.py:2:{column}: error[L26]: pip is "
            )),
            "{python}: {line}"
        );
    }
}

#[test]
fn a_sentence_about_pip_is_none() {
    for python in [
        "\"\"\"Needs `pip install requests`.\"\"\"\n",
        "raise RuntimeError('no requests: pip install requests')\n",
        "print('run pip install x')\n",
        "import subprocess\nsubprocess.run(['ls', 'pip'])\n",
        "import subprocess\nsubprocess.run('gpio pipe install', shell=True)\n",
        "names = ['pip', 'setuptools']\n",
        "try:\n    from .pip import x\nexcept ImportError:\n    pass\n",
        "import pipeline\n",
    ] {
        let lines = Package::python(python)
            .file("python_modules/pipeline.py", "")
            .file("python_modules/pip.py", "")
            .lines();
        assert_eq!(lines, Vec::<String>::new(), "{python}");
    }
}
