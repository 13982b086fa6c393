//! Files that are no Python.

use snapbox::{assert_data_eq, str};

use crate::package::Package;

#[test]
fn what_is_no_python_is_shown_at_its_place() {
    assert_data_eq!(
        Package::python("def f():\n    return 1 +\n").problems(),
        str![[r#"
error: no valid Python: expected an expression
 --> python_modules/m.py:2:15
  |
2 |     return 1 +
  |               ^

"#]]
    );
    assert_data_eq!(
        Package::python("def f(:\n").problems(),
        str![[r#"
error: no valid Python: expected a parameter or the end of the parameter list
 --> python_modules/m.py:1:7
  |
1 | def f(:
  |       ^

"#]]
    );
    assert_data_eq!(
        Package::python("x = \"abc\n").problems(),
        str![[r#"
error: no valid Python: missing closing quote in string literal
 --> python_modules/m.py:1:5
  |
1 | x = "abc
  |     ^^^^

"#]]
    );
    assert_data_eq!(
        Package::python("if x:\npass\n").problems(),
        str![[r#"
error: no valid Python: expected an indented block after `if` statement
 --> python_modules/m.py:2:1
  |
2 | pass
  | ^^^^

"#]]
    );
    assert_data_eq!(
        Package::python("print 'x'\n").problems(),
        str![[r#"
error: no valid Python: simple statements must be separated by newlines or semicolons
 --> python_modules/m.py:1:7
  |
1 | print 'x'
  |       ^^^

"#]]
    );
}

#[test]
fn what_is_no_text_is_named() {
    assert_data_eq!(
        Package::new()
            .file("python_modules/m.py", b"x = '\xe4'\n")
            .problems(),
        str![[r#"
error: `python_modules/m.py` is not UTF-8 text: byte 0xe4 at offset 5
 --> python_modules/m.py:1:6
  |
1 | x = '�'
  |      ^
  |
  = help: save it as UTF-8

"#]]
    );
    assert_data_eq!(
        Package::new()
            .file("python_modules/m.py", b"\xff\xfex\0")
            .problems(),
        str![[r#"
error: `python_modules/m.py` is UTF-16 text
 |
 = help: save it as UTF-8

"#]]
    );
}

#[test]
fn code_nested_too_deep_is_not_checked() {
    let deep = format!("x = {}1{}\n", "(".repeat(2000), ")".repeat(2000));
    assert_data_eq!(
        Package::python(&deep).problems(),
        str![[r#"
warning: `python_modules/m.py` is not checked: it nests more than 1000 levels deep
 |
 = help: break up its longest expression; data belongs into a file that the code reads, such as data/table.json

"#]]
    );
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let package = Package::python("\u{feff}import os\r\ndef f(a):\r\n    return {'a': 1}\r\n");
    let read = package.read();
    assert_eq!(package.problems(), "");
    assert_eq!(read.sources.place(read.function("f").at).line, 2);
}

#[test]
fn a_file_that_names_its_encoding_is_read_in_it() {
    let package = |text: &[u8]| Package::new().file("python_modules/m.py", text).calling();
    for python in [
        &b"# -*- coding: latin-1 -*-\ndef f():\n    print('25 \xb0C')\n"[..],
        b"#!/usr/bin/env python3\n# coding=cp1252\ndef f():\n    print('25 \xb0C')\n",
        b"# coding: iso-8859-15\ndef f():\n    print('\xa4')\n",
        b"# coding: ascii\ndef f():\n    print('C')\n",
        b"# coding: koi8-r\ndef f():\n    print('C')\n",
    ] {
        assert_eq!(package(python).problems(), "");
        assert_eq!(package(python).lines(), Vec::<String>::new());
    }
    let read = package(b"# coding: latin-1\n# 25 \xb0C\ndef g(): pass\n").lines();
    assert_eq!(read.len(), 1, "{read:?}");
    assert_data_eq!(
        package(b"# coding: koi8-r\ndef f():\n    print('\xc1')\n").problems(),
        str![[r#"
warning: `python_modules/m.py` is not checked: it is written in the encoding `koi8-r`
 |
 = help: save it as UTF-8, and take out the comment that names the encoding

"#]]
    );
    assert_data_eq!(
        package(b"# coding: ascii\ndef f():\n    print('\xb0')\n").problems(),
        str![[r#"
error: `python_modules/m.py` is not ASCII, as its comment says: byte 0xb0 at offset 36
 |
 = help: save it as UTF-8, and take out the comment that names the encoding

"#]]
    );
    assert!(
        package(b"print('\xb0')\n")
            .problems()
            .contains("is not UTF-8 text")
    );
}
