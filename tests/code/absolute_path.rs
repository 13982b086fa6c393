//! L30: absolute paths in Python.

use snapbox::{assert_data_eq, str};

use crate::package::Package;

#[test]
fn a_path_of_one_machine_is_found() {
    assert_data_eq!(
        Package::python("import json\nTABLE = json.load(open(\"/home/jo/table.json\"))\n").shown(),
        str![[r#"
warning[L30]: `/home/jo/table.json` is a path of one machine
 --> python_modules/m.py:2:24
  |
2 | TABLE = json.load(open("/home/jo/table.json"))
  |                        ^^^^^^^^^^^^^^^^^^^^^
  |
  = help: test code runs in the package's folder: put the file below data/ and write the path from there, such as data/limits.csv

"#]]
    );
    for python in [
        r"X = 'C:\\data\\table.csv'",
        r"X = r'd:\data'",
        "X = 'C:/data/table.csv'",
        r"X = r'\\server\share\table.csv'",
        "X = '/Users/jo/table.csv'",
        "open('/tmp/table.csv')",
        "LOG_FILE = '/var/log/test.log'",
        "f(output_dir='/mnt/results')",
        "from pathlib import Path\nP = Path('/opt/tool/table.csv')",
    ] {
        let lines = Package::python(python).lines();
        assert_eq!(lines.len(), 1, "{python}: {lines:?}");
        assert!(lines[0].contains("warning[L30]"), "{lines:?}");
    }
}

#[test]
fn what_only_looks_like_one_is_left_alone() {
    for python in [
        "'''C:\\\\data is where it was.'''",
        "def f():\n    '/home/jo/x'",
        "X = 'http://host/home/jo'",
        "X = '/api/media/files'",
        "open('/dev/ttyUSB0')",
        "open('/sys/class/gpio/export')",
        "open('/proc/cpuinfo')",
        "X = '/tmp/x'",
        "client.media.open('/data/table.csv')",
        "open('data/table.csv')",
        "if x.startswith('C:\\\\data'): pass",
        "if x == '/home/jo': pass",
        r"X = r'\\.\COM3'",
        r"X = '\\d+\\w+'",
        r"import re; re.compile(r'\\d\\w')",
        "X = 'A:B'",
        "X = 'C: /home/jo'",
        "X = '/home/'",
        "X = 'see\\n/home/jo/x'",
    ] {
        assert_eq!(
            Package::python(python).lines(),
            Vec::<String>::new(),
            "{python}"
        );
    }
}
