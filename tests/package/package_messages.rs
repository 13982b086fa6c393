//! What is said about package.json, local.yaml and the folder, word for word.

use crate::folder::{Folder, MANIFEST};
use snapbox::{IntoData, assert_data_eq, str};

const GOOD: &str = "test: {name: Demo, version: \"1.0.0\", steps: [{name: a, type: mock}]}\n";

#[test]
fn a_missing_folder_is_named() {
    assert_data_eq!(
        Folder::new().file("x", "").errors_in("nowhere"),
        str![[r#"
error: no folder `ROOT/nowhere`
 |
 = help: name the folder that holds package.json

"#]]
    );
}

#[test]
fn a_file_in_place_of_a_folder_leads_to_its_package() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "")
            .errors_in("tests/main.yaml"),
        str![[r#"
error: `ROOT/tests/main.yaml` is a file, not a package folder
 |
 = help: the package is `ROOT`

"#]]
    );
}

#[test]
fn a_folder_without_package_json_is_no_package() {
    assert_data_eq!(
        Folder::new().errors(),
        str![[r#"
error: no package.json in `ROOT`
 |
 = help: name the folder that holds package.json

"#]]
    );
}

#[test]
fn a_package_one_folder_down_is_proposed() {
    assert_data_eq!(
        Folder::new().file("demo/package.json", MANIFEST).errors(),
        str![[r#"
error: no package.json in `ROOT`
 |
 = help: `ROOT/demo` is a package

"#]]
    );
}

#[test]
fn a_folder_within_a_package_leads_to_it() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "")
            .errors_in("tests"),
        str![[r#"
error: no package.json in `ROOT/tests`
 |
 = help: the package is `ROOT`

"#]]
    );
}

#[test]
fn a_package_needs_a_tests_folder() {
    assert_data_eq!(
        Folder::package().errors(),
        str![[r#"
error: no folder tests/ in `ROOT`
 |
 = help: the YAML files of a package lie in the folder tests/ beside package.json

"#]]
    );
}

#[test]
fn a_tests_folder_needs_a_yaml_file() {
    assert_data_eq!(
        Folder::package().file("tests/readme.txt", "").errors(),
        str![[r#"
error: no YAML file below `ROOT/tests`
 |
 = help: add tests/main.yaml, starting with `test:`

"#]]
    );
}

#[test]
fn all_problems_of_all_files_come_at_once() {
    assert_data_eq!(Folder::new()
        .file("package.json", "{\"name\": \"Demo\", \"version\": 1}")
        .file("tests/a.yaml", "test:\n  name: A\n  steps: []\n")
        .file("tests/sub-sequences/b.yml", "test:\n  nam: B\n  version: \"1.0.0\"\n  steps:\n    - name: X\n      retrys: {count: 1}\n")
        .file("local.yaml", "cfg: [1]\nexec: {serial: SN1}\n").errors(), str![[r#"
error[L28]: `author` is missing in package.json
 --> package.json:1:2
  |
1 | {"name": "Demo", "version": 1}
  |  ^^^^^^

error[L28]: `description` is missing in package.json
 --> package.json:1:2
  |
1 | {"name": "Demo", "version": 1}
  |  ^^^^^^

error: `version` must be a text, found a number
 --> package.json:1:29
  |
1 | {"name": "Demo", "version": 1}
  |                             ^
  |
  = help: put it in double quotes

error[L01]: `version` is missing in `test`
 --> tests/a.yaml:2:3
  |
2 |   name: A
  |   ^^^^

error[L01]: `steps` is empty
 --> tests/a.yaml:3:10
  |
3 |   steps: []
  |          ^^
  |
  = help: a test has at least one step

error: unknown field `nam`, did you mean `name`?
 --> tests/sub-sequences/b.yml:2:3
  |
2 |   nam: B
  |   ^^^

error[L04]: neither `type` nor `runner` in step `X`
 --> tests/sub-sequences/b.yml:5:7
  |
5 |     - name: X
  |       ^^^^
  |
  = help: a step that calls Python code has `runner: python`

error: unknown field `retrys`, did you mean `retry`?
 --> tests/sub-sequences/b.yml:6:7
  |
6 |       retrys: {count: 1}
  |       ^^^^^^

error: `cfg` must be a mapping, found a list
 --> local.yaml:1:6
  |
1 | cfg: [1]
  |      ^^^

error: unknown field `serial`, did you mean `serial_number`?
 --> local.yaml:2:8
  |
2 | exec: {serial: SN1}
  |        ^^^^^^

"#]]);
}

#[test]
fn a_package_json_that_is_no_json_says_where() {
    assert_data_eq!(
        Folder::new()
            .file("package.json", "{\n  name: \"Demo\"\n}")
            .file("tests/main.yaml", GOOD)
            .errors(),
        str![[r#"
error: not valid JSON: expected a key in double quotes, found `n`
 --> package.json:2:3
  |
2 |   name: "Demo"
  |   ^

"#]]
    );
}

#[test]
fn a_trailing_comma_in_package_json_is_pointed_at() {
    assert_data_eq!(
        Folder::new()
            .file("package.json", "{\n  \"name\": \"Demo\",\n}")
            .file("tests/main.yaml", GOOD)
            .errors(),
        str![[r#"
error: not valid JSON: trailing comma
 --> package.json:2:17
  |
2 |   "name": "Demo",
  |                 ^
  |
  = help: remove the comma before `}`

"#]]
    );
}

#[test]
fn a_comment_in_package_json_is_pointed_at() {
    assert_data_eq!(
        Folder::new()
            .file("package.json", "{} // a demo")
            .file("tests/main.yaml", GOOD)
            .errors(),
        str![[r#"
error: not valid JSON: expected the end of the file
 --> package.json:1:4
  |
1 | {} // a demo
  |    ^
  |
  = help: JSON has no comments

"#]]
    );
}

#[test]
fn an_unclosed_text_in_package_json_is_pointed_at() {
    assert_data_eq!(
        Folder::new()
            .file("package.json", "{\"name\": \"Demo\n}")
            .file("tests/main.yaml", GOOD)
            .errors(),
        str![[r#"
error: not valid JSON: a text has no closing quote
 --> package.json:1:10
  |
1 | {"name": "Demo
  |          ^^^^^

"#]]
    );
}

#[test]
fn a_tab_within_a_text_of_package_json_is_pointed_at() {
    assert_data_eq!(
        Folder::new()
            .file("package.json", "{\"name\": \"De\tmo\"}")
            .file("tests/main.yaml", GOOD)
            .errors(),
        str![[r#"
error: not valid JSON: control character in a text
 --> package.json:1:13
  |
1 | {"name": "De mo"}
  |             ^
  |
  = help: write it as \t

"#]]
        .raw()
    );
}

#[test]
fn an_unknown_escape_in_package_json_is_pointed_at() {
    assert_data_eq!(
        Folder::new()
            .file("package.json", r#"{"name": "C:\demo"}"#)
            .file("tests/main.yaml", GOOD)
            .errors(),
        str![[r#"
error: not valid JSON: unknown escape in a text
 --> package.json:1:13
  |
1 | {"name": "C:\demo"}
  |             ^^
  |
  = help: write `\\` for a backslash

"#]]
        .raw()
    );
}

#[test]
fn an_empty_package_json_is_no_json() {
    assert_data_eq!(
        Folder::new()
            .file("package.json", "")
            .file("tests/main.yaml", GOOD)
            .errors(),
        str![[r#"
error: not valid JSON: expected a value, found the end of the file
 --> package.json:1:1
  |
1 |
  | ^

"#]]
    );
}

#[test]
fn a_list_in_place_of_package_json() {
    assert_data_eq!(
        Folder::new()
            .file("package.json", "[]")
            .file("tests/main.yaml", GOOD)
            .errors(),
        str![[r#"
error: package.json must be a mapping, found a list
 --> package.json:1:1
  |
1 | []
  | ^^

"#]]
    );
}

#[test]
fn deep_nesting_in_package_json_is_refused() {
    assert_data_eq!(
        Folder::new()
            .file("package.json", "[".repeat(100_000))
            .file("tests/main.yaml", GOOD)
            .errors(),
        str![[r#"
error: lists and mappings are nested more than 64 deep
 --> package.json:1:65
  |
1 | [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…
  |                                                                 ^

"#]]
    );
}

#[test]
fn missing_fields_of_package_json_are_named() {
    assert_data_eq!(
        Folder::new()
            .file("package.json", r#"{"name": "", "version": null}"#)
            .file("tests/main.yaml", GOOD)
            .errors(),
        str![[r#"
error[L28]: `author` is missing in package.json
 --> package.json:1:2
  |
1 | {"name": "", "version": null}
  |  ^^^^^^

error[L28]: `description` is missing in package.json
 --> package.json:1:2
  |
1 | {"name": "", "version": null}
  |  ^^^^^^

error[L28]: `name` of package.json is empty
 --> package.json:1:10
  |
1 | {"name": "", "version": null}
  |          ^^

error[L28]: `version` of package.json has no value
 --> package.json:1:14
  |
1 | {"name": "", "version": null}
  |              ^^^^^^^^^

"#]]
    );
}

#[test]
fn wrong_types_in_package_json_are_named() {
    assert_data_eq!(Folder::new().file("package.json", r#"{
  "name": 1, "version": ["1"], "author": "Jo", "description": {},
  "supportedProductIds": "P1", "requirements": {"pipPackages": ["numpy", 2], "minPythonVersion": 3.11},
  "lifecycleStatus": "released"
}"#).file("tests/main.yaml", GOOD).errors(), str![[r#"
error: `name` must be a text, found a number
 --> package.json:2:11
  |
2 |   "name": 1, "version": ["1"], "author": "Jo", "description": {},
  |           ^
  |
  = help: put it in double quotes

error: `version` must be a text, found a list
 --> package.json:2:25
  |
2 |   "name": 1, "version": ["1"], "author": "Jo", "description": {},
  |                         ^^^^^

error: `description` must be a text, found a mapping
 --> package.json:2:63
  |
2 |   "name": 1, "version": ["1"], "author": "Jo", "description": {},
  |                                                               ^^

error: `supportedProductIds` must be a list, found a text
 --> package.json:3:26
  |
3 |   "supportedProductIds": "P1", "requirements": {"pipPackages": ["numpy", 2], "minPythonV…
  |                          ^^^^

error: an item of `pipPackages` must be a text, found a number
 --> package.json:3:74
  |
3 |   "supportedProductIds": "P1", "requirements": {"pipPackages": ["numpy", 2], "minPythonV…
  |                                                                          ^
  |
  = help: put it in double quotes

error: `minPythonVersion` must be a text, found a number
 --> package.json:3:98
  |
3 | …roductIds": "P1", "requirements": {"pipPackages": ["numpy", 2], "minPythonVersion": 3.11…
  |                                                                                      ^^^^
  |
  = help: put it in double quotes

error: unknown `lifecycleStatus` `released`, did you mean `Released`?
 --> package.json:4:22
  |
4 |   "lifecycleStatus": "released"
  |                      ^^^^^^^^^^

"#]]);
}

#[test]
fn unknown_fields_of_package_json_are_errors_only_when_misspelt() {
    assert_data_eq!(
        Folder::new()
            .file(
                "package.json",
                r#"{
  "name": "Demo", "version": "1.0.0", "author": "Jo", "descripton": "x", "license": "MIT"
}"#
            )
            .file("tests/main.yaml", GOOD)
            .errors(),
        str![[r#"
error: unknown field `descripton`, did you mean `description`?
 --> package.json:2:55
  |
2 |   "name": "Demo", "version": "1.0.0", "author": "Jo", "descripton": "x", "license": "MIT…
  |                                                       ^^^^^^^^^^^^

warning: unknown field `license` in package.json
 --> package.json:2:74
  |
2 |   "name": "Demo", "version": "1.0.0", "author": "Jo", "descripton": "x", "license": "MIT…
  |                                                                          ^^^^^^^^^
  |
  = help: it has no effect in a local run

"#]]
    );
}

#[test]
fn a_duplicate_key_in_package_json_is_shown_with_the_first() {
    assert_data_eq!(
        Folder::new()
            .file(
                "package.json",
                r#"{
  "name": "Demo",
  "version": "1.0.0",
  "name": "Demo2"
}"#
            )
            .file("tests/main.yaml", GOOD)
            .errors(),
        str![[r#"
error[L28]: `author` is missing in package.json
 --> package.json:2:3
  |
2 |   "name": "Demo",
  |   ^^^^^^

error[L28]: `description` is missing in package.json
 --> package.json:2:3
  |
2 |   "name": "Demo",
  |   ^^^^^^

error: duplicate key `name`
 --> package.json:4:3
  |
2 |   "name": "Demo",
  |   ------ first given here
3 |   "version": "1.0.0",
4 |   "name": "Demo2"
  |   ^^^^^^
  |
  = help: remove one of the two

"#]]
    );
}

#[test]
fn what_a_station_refuses_in_package_json_is_a_warning() {
    assert_data_eq!(
        Folder::new()
            .file(
                "package.json",
                r#"{
  "name": "Demo Test", "version": "1.0", "author": "Jo", "description": "x",
  "publishedDate": "yesterday", "keywords": []
}"#
            )
            .file("tests/main.yaml", GOOD)
            .warnings(),
        str![[r#"
warning[L28]: package name that a station refuses
 --> package.json:2:11
  |
2 |   "name": "Demo Test", "version": "1.0", "author": "Jo", "description": "x",
  |           ^^^^^^^^^^^
  |
  = help: 1 to 64 letters, digits, `_` and `-`, the first a letter or digit

warning[L28]: package version that a station refuses
 --> package.json:2:35
  |
2 |   "name": "Demo Test", "version": "1.0", "author": "Jo", "description": "x",
  |                                   ^^^^^
  |
  = help: write MAJOR.MINOR.PATCH, such as 1.0.0

warning[L28]: `publishedDate` is not an ISO 8601 date
 --> package.json:3:20
  |
3 |   "publishedDate": "yesterday", "keywords": []
  |                    ^^^^^^^^^^^
  |
  = help: write 2026-01-31 or 2026-01-31T12:00:00Z

warning: unknown field `keywords` in package.json
 --> package.json:3:33
  |
3 |   "publishedDate": "yesterday", "keywords": []
  |                                 ^^^^^^^^^^
  |
  = help: it has no effect in a local run

"#]]
    );
}

#[test]
fn local_yaml_takes_plain_values_only() {
    assert_data_eq!(Folder::package().file("tests/main.yaml", GOOD).file("local.yaml", "cfg:\n  HOST: [a]\ntags: x\nstubs:\n  Read: 5\nstub: {}\nexec:\n  serialnumber: SN1\n").errors(), str![[r#"
error: `HOST` in `cfg` must be a plain value, found a list
 --> local.yaml:2:9
  |
2 |   HOST: [a]
  |         ^^^

error: `tags` must be a mapping, found a text
 --> local.yaml:3:7
  |
3 | tags: x
  |       ^

error: `Read` must be a mapping, found a number
 --> local.yaml:5:9
  |
5 |   Read: 5
  |         ^

error: unknown field `stub`, did you mean `stubs`?
 --> local.yaml:6:1
  |
6 | stub: {}
  | ^^^^

error: unknown field `serialnumber`, did you mean `serial_number`?
 --> local.yaml:8:3
  |
8 |   serialnumber: SN1
  |   ^^^^^^^^^^^^

"#]]);
}

#[test]
fn local_yaml_is_a_mapping() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", GOOD)
            .file("local.yaml", "- cfg")
            .errors(),
        str![[r#"
error: local.yaml must be a mapping, found a list
 --> local.yaml:1:1
  |
1 | - cfg
  | ^^^^^

"#]]
    );
}

#[test]
fn permissions_in_local_yaml_are_lists_of_texts() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", GOOD)
            .file(
                "local.yaml",
                "permissions:\n  net: psu.local:5025\n  sandbox: maybe\n  reads: [data]\n"
            )
            .errors(),
        str![[r#"
error: `net` must be a list, found a text
 --> local.yaml:2:8
  |
2 |   net: psu.local:5025
  |        ^^^^^^^^^^^^^^

error: `sandbox` must be a boolean, found a text
 --> local.yaml:3:12
  |
3 |   sandbox: maybe
  |            ^^^^^
  |
  = help: write true or false

error: unknown field `reads`, did you mean `read`?
 --> local.yaml:4:3
  |
4 |   reads: [data]
  |   ^^^^^

"#]]
    );
}
