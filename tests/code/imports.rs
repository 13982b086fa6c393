//! L24: what the code imports.

use snapbox::{assert_data_eq, str};

use crate::package::Package;

#[test]
fn a_library_that_nobody_provides_is_named() {
    assert_data_eq!(
        Package::python("import serial\n").shown(),
        str![[r#"
error[L24]: nothing provides module `serial`: neither python_modules/, nor the standard library, nor requirements.pipPackages
 --> python_modules/m.py:1:8
  |
1 | import serial
  |        ^^^^^^
  |
  = help: add `pyserial` to requirements.pipPackages in package.json, and its wheel to wheels/

"#]]
    );
    assert_data_eq!(
        Package::python("from numpy.linalg import norm\n").shown(),
        str![[r#"
error[L24]: nothing provides module `numpy`: neither python_modules/, nor the standard library, nor requirements.pipPackages
 --> python_modules/m.py:1:6
  |
1 | from numpy.linalg import norm
  |      ^^^^^^^^^^^^
  |
  = help: add `numpy` to requirements.pipPackages in package.json, and its wheel to wheels/

"#]]
    );
    assert_data_eq!(
        Package::python("import acordion_agent\n")
            .file("python_modules/accordion_agent.py", "")
            .shown(),
        str![[r#"
error[L24]: nothing provides module `acordion_agent`: neither python_modules/, nor the standard library, nor requirements.pipPackages
 --> python_modules/m.py:1:8
  |
1 | import acordion_agent
  |        ^^^^^^^^^^^^^^
  |
  = help: did you mean `accordion_agent`?

"#]]
    );
    assert_data_eq!(
        Package::python("import compression.zstd\n").shown(),
        str![[r#"
error[L24]: module `compression` came with Python 3.14, and stations run 3.11
 --> python_modules/m.py:1:8
  |
1 | import compression.zstd
  |        ^^^^^^^^^^^^^^^^
  |
  = help: do without it, or import it within `try … except ImportError`

"#]]
    );
}

#[test]
fn a_wheel_that_nobody_asks_for_is_not_installed() {
    let package = |required: &str| {
        Package::python("import bench_io\nimport deep\n")
            .wheel(
                "acme_bench",
                &["bench_io/__init__.py", "bench_io/x.py"],
                &["deeper"],
            )
            .wheel("deeper", &["deep.py"], &[])
            .requiring(required)
    };
    assert_data_eq!(
        package("").shown(),
        str![[r#"
error[L24]: module `bench_io` comes with a wheel that requirements.pipPackages does not name
 --> python_modules/m.py:1:8
  |
1 | import bench_io
  |        ^^^^^^^^
  |
  = help: a station installs what is named there: add `acme_bench` to it in package.json

error[L24]: module `deep` comes with a wheel that requirements.pipPackages does not name
 --> python_modules/m.py:2:8
  |
2 | import deep
  |        ^^^^
  |
  = help: a station installs what is named there: add `deeper` to it in package.json

"#]]
    );
    assert_eq!(package("\"acme-bench>=1\"").lines(), Vec::<String>::new());
}

#[test]
fn a_missing_module_of_the_packages_own_is_named() {
    let package = Package::python(
        "import pkg.power\nfrom pkg import anything, power\nimport pkg.pover\nfrom pkg.far import x\n",
    )
    .file(
        "python_modules/pkg/__init__.py",
        "from . import power, other\nfrom .powre import f\n",
    )
    .file("python_modules/pkg/power.py", "");
    assert_data_eq!(
        package.shown(),
        str![[r#"
error[L24]: package `pkg` has neither a module nor a name `anything`
 --> python_modules/m.py:2:17
  |
2 | from pkg import anything, power
  |                 ^^^^^^^^
  |
  = help: write python_modules/pkg/anything.py, or give the name a value in python_modules/pkg/__init__.py

error[L24]: `pkg` has no module `pover`
 --> python_modules/m.py:3:8
  |
3 | import pkg.pover
  |        ^^^^^^^^^
  |
  = help: did you mean `pkg.power`?

error[L24]: `pkg` has no module `far`
 --> python_modules/m.py:4:6
  |
4 | from pkg.far import x
  |      ^^^^^^^
  |
  = help: write python_modules/pkg/far.py

error[L24]: package `pkg` has neither a module nor a name `other`
 --> python_modules/pkg/__init__.py:1:22
  |
1 | from . import power, other
  |                      ^^^^^
  |
  = help: write python_modules/pkg/other.py, or give the name a value in python_modules/pkg/__init__.py

error[L24]: `pkg` has no module `powre`
 --> python_modules/pkg/__init__.py:2:7
  |
2 | from .powre import f
  |       ^^^^^
  |
  = help: did you mean `pkg.power`?

"#]]
    );
}

#[test]
fn what_is_there_or_may_be_is_left_alone() {
    for python in [
        "import os, sys, json, asyncore, distutils, tomllib, _thread\n",
        "import os.path as p\nfrom concurrent.futures import Future\nfrom __future__ import annotations\n",
        "import grpc\nfrom google.protobuf import message\nimport setuptools\n",
        "import m\nfrom m import *\ntry:\n    from . import m\nexcept ImportError:\n    import m\n",
        "try:\n    import numpy\nexcept ImportError:\n    numpy = None\n",
        "try:\n    import numpy\nexcept (ValueError, ModuleNotFoundError):\n    import nonsense\n",
        "try:\n    import numpy\nexcept:\n    pass\n",
        "from contextlib import suppress\nwith suppress(ImportError):\n    import numpy\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy\n",
        "import sys\nif sys.platform == 'win32':\n    import win32api\n",
        "import sys\nsys.path.insert(0, 'lib')\nimport numpy\n",
        "import compiled\nfrom compiled import x\n",
    ] {
        let package = Package::python(python).file("python_modules/compiled.cpython-311.so", "");
        assert_eq!(package.lines(), Vec::<String>::new(), "{python}");
    }
    for (python, required) in [
        ("import serial", "\"pyserial>=3.5\""),
        ("import yaml", "\"PyYAML\""),
        ("import cv2", "\"opencv-python-headless\""),
        ("import PIL.Image", "\"pillow\""),
        (
            "import dateutil.tz",
            "\"python-dateutil; python_version > '3'\"",
        ),
        ("import accordionq2", "\"accordionq2\""),
        ("import acme", "\"acme-instruments\""),
        ("import anything", "\"git+https://host/x.git\""),
    ] {
        let package = Package::python(python).requiring(required);
        assert_eq!(package.lines(), Vec::<String>::new(), "{python}");
    }
    let other = Package::python("import numpy\n").requiring("\"requests\"");
    assert_eq!(other.lines().len(), 1);
    let within = Package::python("def f():\n    import numpy\n");
    assert_eq!(within.lines().len(), 1);
}

#[test]
fn what_a_package_of_a_sequence_has_can_be_imported_and_called() {
    let package = |sequence: &str| {
        Package::python("import common_power\nfrom common.psu import on\nimport common_pover\n")
            .file(
                "../Common_v01/package.json",
                r#"{"name": "Common_v01", "version": "1.0.0", "author": "Jo", "description": "shared"}"#,
            )
            .file(
                "../Common_v01/tests/power.yaml",
                "test:\n  name: Power\n  version: \"1.0.0\"\n  steps:\n    - name: on\n      type: mock\n",
            )
            .file("../Common_v01/python_modules/common_power.py", "def on(): pass\n")
            .file("../Common_v01/python_modules/common/psu.py", "")
            .file(
                "tests/main.yaml",
                format!("test:\n  name: Demo\n  version: \"1.0.0\"\n  steps:\n    - name: a\n      runner: python\n      module: common_power\n      function: on\n{sequence}"),
            )
            .lines()
    };
    let with = package(
        "    - name: b\n      type: sequence\n      sequence: Common_v01/tests/power.yaml\n",
    );
    assert_eq!(with.len(), 1, "{with:?}");
    assert!(with[0].contains("`common_pover`"), "{with:?}");
    let without = package("");
    assert_eq!(without.len(), 4, "{without:?}");
}

#[test]
fn a_relative_import_that_leads_nowhere_is_named() {
    let package = Package::python("from . import power\nfrom .pkg import on\nfrom .. import m\n")
        .file("python_modules/power.py", "")
        .file("python_modules/pkg/__init__.py", "def on(): pass\n")
        .file(
            "python_modules/pkg/psu.py",
            "from . import on, missing\nfrom ..power import x\nfrom . import __file__\n",
        );
    assert_data_eq!(
        package.shown(),
        str![[r#"
error[L24]: module `m` lies in no package, so what it imports with a leading dot has no known parent package
 --> python_modules/m.py:1:1
  |
1 | from . import power
  | ^^^^^^^^^^^^^^^^^^^
  |
  = help: import it by its name without the dot: modules are looked for in python_modules/ itself

error[L24]: module `m` lies in no package, so what it imports with a leading dot has no known parent package
 --> python_modules/m.py:2:7
  |
2 | from .pkg import on
  |       ^^^
  |
  = help: import it by its name without the dot: modules are looked for in python_modules/ itself

error[L24]: module `m` lies in no package, so what it imports with a leading dot has no known parent package
 --> python_modules/m.py:3:1
  |
3 | from .. import m
  | ^^^^^^^^^^^^^^^^
  |
  = help: import it by its name without the dot: modules are looked for in python_modules/ itself

error[L24]: package `pkg` has neither a module nor a name `missing`
 --> python_modules/pkg/psu.py:1:19
  |
1 | from . import on, missing
  |                   ^^^^^^^
  |
  = help: write python_modules/pkg/missing.py, or give the name a value in python_modules/pkg/__init__.py

error[L24]: the dots lead out of the package that module `pkg.psu` lies in
 --> python_modules/pkg/psu.py:2:8
  |
2 | from ..power import x
  |        ^^^^^
  |
  = help: write the module as it is named from python_modules/ on, without dots before it

"#]]
    );
}

#[test]
fn a_name_that_a_package_may_make_is_left_alone() {
    for init in [
        "missing = 1\n",
        "from os import *\n",
        "def __getattr__(name): return 1\n",
        "globals().update(missing=1)\n",
        "try:\n    from . import missing\nexcept ImportError:\n    missing = None\n",
        "for missing in range(3): pass\n",
    ] {
        let package = Package::python("from pkg import missing\n")
            .file("python_modules/pkg/__init__.py", init);
        assert_eq!(package.lines(), Vec::<String>::new(), "{init}");
    }
    let folder = Package::python("from pkg import missing\n").file("python_modules/pkg/x.py", "");
    assert_eq!(folder.lines(), Vec::<String>::new());
}

#[test]
fn adding_the_packages_own_folders_does_not_silence_the_rule() {
    for line in [
        "sys.path.insert(0, os.path.dirname(__file__))",
        "sys.path.append(os.path.dirname(os.path.abspath(__file__)))",
        "sys.path.insert(0, \"python_modules\")",
        "sys.path.insert(0, str(Path(__file__).resolve().parent / 'pkg'))",
        "sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'python_modules'))",
        "HERE = Path(__file__).parents[0]\nif str(HERE) not in sys.path:\n    sys.path.insert(0, str(HERE))",
        "site.addsitedir(os.path.join(os.getcwd(), 'python_modules'))",
    ] {
        let package = Package::python(&format!(
            "import os, site, sys\nfrom pathlib import Path\n{line}\nimport numpy\n"
        ));
        let lines = package.lines();
        assert_eq!(lines.len(), 1, "{line}: {lines:?}");
    }
    for line in [
        "sys.path.insert(0, '/opt/lib')",
        "sys.path.insert(0, 'lib')",
        "sys.path.insert(0, os.path.dirname(os.path.dirname(__file__)))",
        "sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', '..', 'shared'))",
        "sys.path += [folder]",
        "sys.path.insert(0, os.environ['LIBS'])",
    ] {
        let package = Package::python(&format!("import os, sys\n{line}\nimport numpy\n"));
        assert!(!package.shown().contains("numpy"), "{line}");
    }
    let below = Package::python(
        "import sys\nsys.path.insert(0, 'python_modules/pkg')\nimport psu\nimport pzu\n",
    )
    .file("python_modules/pkg/psu.py", "")
    .lines();
    assert_eq!(below.len(), 1, "{below:?}");
}
