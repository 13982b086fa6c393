//! What is said about files that are no YAML, or more of it than a test needs, word for word.

use crate::folder::{Folder, MANIFEST};
use snapbox::{IntoData, assert_data_eq, str};

/// Nine lists, each of nine times the one before: a billion values, if it were allowed.
fn alias_bomb() -> String {
    let mut text = String::from("a0: &a0 [x]\n");
    for level in 1..10 {
        let before = format!("*a{}", level - 1);
        text += &format!("a{level}: &a{level} [{}]\n", vec![before; 9].join(", "));
    }
    text
}

/// Each anchor keeps a copy of all that is in it.
fn anchors_around_anchors() -> String {
    let open: String = (0..60).map(|level| format!("&a{level} [")).collect();
    format!("test: {open}{}{}", "x, ".repeat(50_000), "]".repeat(60))
}

fn deep_mappings() -> String {
    (0..1000)
        .map(|level| format!("{}a:\n", " ".repeat(level)))
        .collect()
}

fn hundred_problems() -> String {
    (0..100)
        .map(|number| format!("unknown{number}: 1\n"))
        .chain(["test: {}\n".into()])
        .collect()
}

#[test]
fn an_empty_test_file_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "# nothing yet\n")
            .errors(),
        str![[r#"
error: `tests/main.yaml` is empty
 --> tests/main.yaml:1:1
  |
1 | # nothing yet
  | ^
  |
  = help: a file below tests/ starts with `test:`, and everything else is indented below it

"#]]
    );
}

#[test]
fn a_test_file_without_a_test_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "name: Demo\nsteps: []\n")
            .errors(),
        str![[r#"
error: `tests/main.yaml` has no `test:`
 --> tests/main.yaml:1:1
  |
1 | name: Demo
  | ^^^^
  |
  = help: a file below tests/ starts with `test:`, and everything else is indented below it

"#]]
    );
}

#[test]
fn a_test_file_that_is_a_list_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "- name: Demo\n")
            .errors(),
        str![[r#"
error: `tests/main.yaml` holds a list instead of a test
 --> tests/main.yaml:1:1
  |
1 | - name: Demo
  | ^^^^^^^^^^^^
  |
  = help: a file below tests/ starts with `test:`, and everything else is indented below it

"#]]
    );
}

#[test]
fn a_test_without_a_value_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test:\n")
            .errors(),
        str![[r#"
error: `test` has no value
 --> tests/main.yaml:1:1
  |
1 | test:
  | ^^^^
  |
  = help: a file below tests/ starts with `test:`, and everything else is indented below it

"#]]
    );
}

#[test]
fn a_field_beside_test_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                "test:\n  name: Demo\n  version: \"1.0.0\"\nsteps: []\n"
            )
            .errors(),
        str![[r#"
error[L01]: `steps` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   name: Demo
  |   ^^^^

error: unknown field `steps` beside `test`
 --> tests/main.yaml:4:1
  |
4 | steps: []
  | ^^^^^
  |
  = help: indent it, if it belongs to the test

"#]]
    );
}

#[test]
fn a_tab_in_the_indentation_is_pointed_at() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test:\n\tname: Demo\n")
            .errors(),
        str![[r#"
error: tab in the indentation
 --> tests/main.yaml:2:1
  |
2 |  name: Demo
  | ^
  |
  = help: YAML indents with spaces

"#]]
    );
}

#[test]
fn a_tab_after_spaces_is_pointed_at() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                "test:\n  name: Demo\n  \tversion: \"1.0.0\"\n"
            )
            .errors(),
        str![[r#"
error: tab in the indentation
 --> tests/main.yaml:3:3
  |
3 |    version: "1.0.0"
  |   ^
  |
  = help: YAML indents with spaces

"#]]
    );
}

#[test]
fn a_file_of_ten_megabytes_is_refused_unread() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "#".repeat(10_000_000))
            .errors(),
        str![[r#"
error: `tests/main.yaml` is larger than 4 MB
 |
 = help: put data into a file that the test code reads, such as data/table.csv

"#]]
    );
}

#[test]
fn an_alias_bomb_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", alias_bomb())
            .errors(),
        str![[r#"
error: anchors and aliases expand this file beyond 16 MB
 --> tests/main.yaml:6:5
  |
6 | a5: &a5 [*a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4]
  |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: repeat less: each `*alias` stands for a whole copy

"#]]
    );
}

#[test]
fn nested_anchors_that_multiply_are_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", anchors_around_anchors())
            .errors(),
        str![[r#"
error: anchors and aliases expand this file beyond 16 MB
 --> tests/main.yaml:1:321
  |
1 | …&a54 [&a55 [&a56 [&a57 [&a58 [&a59 [x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x…
  |  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: repeat less: each `*alias` stands for a whole copy

"#]]
    );
}

#[test]
fn an_alias_within_its_own_anchor_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test: &all\n  name: *all\n")
            .errors(),
        str![[r#"
error: an alias stands inside of what it repeats
 --> tests/main.yaml:2:9
  |
2 |   name: *all
  |         ^^^^
  |
  = help: write the value out here

"#]]
    );
}

#[test]
fn an_alias_without_an_anchor_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test:\n  name: *nobody\n")
            .errors(),
        str![[r#"
error: not valid YAML: this alias has no anchor
 --> tests/main.yaml:2:9
  |
2 |   name: *nobody
  |         ^
  |
  = help: `*name` repeats a value marked `&name` before it; put quotes around a text that starts with `*`

"#]]
    );
}

#[test]
fn merge_keys_are_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test:\n  <<: {name: Demo}\n")
            .errors(),
        str![[r#"
error: merge keys (`<<`) are not supported
 --> tests/main.yaml:2:3
  |
2 |   <<: {name: Demo}
  |   ^^
  |
  = help: write the fields out

error[L01]: `name` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   <<: {name: Demo}
  |   ^^^^^^^^^^^^^^^^

error[L01]: `version` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   <<: {name: Demo}
  |   ^^^^^^^^^^^^^^^^

error[L01]: `steps` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   <<: {name: Demo}
  |   ^^^^^^^^^^^^^^^^

"#]]
    );
}

#[test]
fn an_unknown_tag_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test: !maestro\n  name: !!binary aGk=\n")
            .errors(),
        str![[r#"
error: YAML tag `!maestro` is not supported
 --> tests/main.yaml:1:7
  |
1 | test: !maestro
  |       ^
  |
  = help: remove the tag; quotes make a text of any value

error[L01]: `version` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   name: !!binary aGk=
  |   ^^^^

error[L01]: `steps` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   name: !!binary aGk=
  |   ^^^^

error: YAML tag `!!binary` is not supported
 --> tests/main.yaml:2:9
  |
2 |   name: !!binary aGk=
  |         ^^^^^^^^^^^^^
  |
  = help: remove the tag; quotes make a text of any value

"#]]
    );
}

#[test]
fn a_second_document_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test: {}\n---\ntest: {}\n")
            .errors(),
        str![[r#"
error: a second document starts here
 --> tests/main.yaml:2:1
  |
2 | ---
  | ^^^
  |
  = help: keep one document in a file: remove the `---` or move what follows to a file of its own

"#]]
    );
}

#[test]
fn a_duplicate_key_is_shown_with_the_first() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                "test:\n  name: Demo\n  version: \"1.0.0\"\n  name: Other\n  steps: []\n"
            )
            .errors(),
        str![[r#"
error: duplicate key `name`
 --> tests/main.yaml:4:3
  |
2 |   name: Demo
  |   ---- first given here
3 |   version: "1.0.0"
4 |   name: Other
  |   ^^^^
  |
  = help: remove one of the two

error[L01]: `steps` is empty
 --> tests/main.yaml:5:10
  |
5 |   steps: []
  |          ^^
  |
  = help: a test has at least one step

"#]]
    );
}

#[test]
fn a_duplicate_key_far_from_the_first_is_shown_with_it() {
    assert_data_eq!(Folder::package().file("tests/main.yaml", "test:\n  name: Demo\n  version: \"1.0.0\"\n  device: a\n  tags: {}\n  setup: []\n  teardown: []\n  policy: {}\n  variables: {}\n  name: Other\n").errors(), str![[r#"
error[L01]: `steps` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   name: Demo
  |   ^^^^

error: duplicate key `name`
  --> tests/main.yaml:10:3
   |
 2 |   name: Demo
   |   ---- first given here
...
10 |   name: Other
   |   ^^^^
   |
   = help: remove one of the two

"#]]);
}

#[test]
fn a_list_as_a_key_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test:\n  ? [a, b]\n  : c\n")
            .errors(),
        str![[r#"
error[L01]: `name` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   ? [a, b]
  |   ^^^^^^^^

error[L01]: `version` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   ? [a, b]
  |   ^^^^^^^^

error[L01]: `steps` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   ? [a, b]
  |   ^^^^^^^^

error: a list as a key
 --> tests/main.yaml:2:5
  |
2 |   ? [a, b]
  |     ^^^^^^
  |
  = help: keys are plain texts

"#]]
    );
}

#[test]
fn a_missing_key_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test:\n  : c\n")
            .errors(),
        str![[r#"
error: a key is missing before this `:`
 --> tests/main.yaml:2:3
  |
2 |   : c
  |   ^

error[L01]: `name` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   : c
  |   ^^^

error[L01]: `version` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   : c
  |   ^^^

error[L01]: `steps` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   : c
  |   ^^^

"#]]
    );
}

#[test]
fn deep_nesting_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "[".repeat(100_000))
            .errors(),
        str![[r#"
error: not valid YAML: brackets are nested too deep
 --> tests/main.yaml:1:256
  |
1 | …[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…
  |                                                                                         ^

"#]]
    );
}

#[test]
fn deep_nesting_of_lists_by_dashes_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "- ".repeat(100_000))
            .errors(),
        str![[r#"
error: lists and mappings are nested more than 64 deep
 --> tests/main.yaml:1:129
  |
1 | … - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -…
  |                                                                                         ^

"#]]
    );
}

#[test]
fn deep_nesting_of_mappings_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", deep_mappings())
            .errors(),
        str![[r#"
error: lists and mappings are nested more than 64 deep
  --> tests/main.yaml:65:65
   |
65 | ...                   a:
   |                       ^

"#]]
    );
}

#[test]
fn a_nul_byte_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test:\n  name: De\0mo\n")
            .errors(),
        str![[r#"
error: a NUL byte is no YAML text
 --> tests/main.yaml:2:11
  |
2 |   name: De␀mo
  |           ^
  |
  = help: is this a text file, saved as UTF-8?

"#]]
    );
}

#[test]
fn a_control_character_is_refused() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test:\n  name: \u{1b}[31mDemo\n")
            .errors(),
        str![[r#"
error: control character U+001B is no YAML text
 --> tests/main.yaml:2:9
  |
2 |   name: ␛[31mDemo
  |         ^
  |
  = help: remove it, or write "\x1b" in double quotes

"#]]
        .raw()
    );
}

#[test]
fn a_file_that_is_not_utf_8_is_pointed_at() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", b"test:\n  name: D\xe9mo\n")
            .errors(),
        str![[r#"
error: `tests/main.yaml` is not UTF-8 text: byte 0xe9 at offset 15
 --> tests/main.yaml:2:10
  |
2 |   name: D�mo
  |          ^
  |
  = help: save it as UTF-8

"#]]
    );
}

#[test]
fn a_utf_16_file_is_named() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", b"\xff\xfet\0e\0s\0t\0")
            .errors(),
        str![[r#"
error: `tests/main.yaml` is UTF-16 text
 |
 = help: save it as UTF-8

"#]]
    );
}

#[test]
fn a_name_of_ten_thousand_characters_does_not_fill_the_screen() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                format!("test:\n  {}: 1\n  name: Demo\n", "x".repeat(10_000))
            )
            .errors(),
        str![[r#"
error: a key of more than 1024 characters
 --> tests/main.yaml:2:1
  |
2 |   xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: is this meant to be a value?

"#]]
    );
}

#[test]
fn a_step_name_of_ten_thousand_characters_is_shortened_in_messages() {
    let name = "x".repeat(10_000);
    assert_data_eq!(
        Folder::step(&format!("name: {name}\nrunner: python\nmodule: io")).errors(),
        str![[r#"
error[L05]: `function` is missing in step `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`
 --> tests/main.yaml:5:7
  |
5 |     - name: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
  |       ^^^^

"#]]
    );
}

#[test]
fn a_problem_at_the_end_of_a_long_line_is_shown_with_its_surroundings() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                format!(
                    "test: {{name: {}, version: \"1\", steps: 5}}\n",
                    "x".repeat(10_000)
                )
            )
            .errors(),
        str![[r#"
error: `steps` must be a list, found a number
 --> tests/main.yaml:1:10037
  |
1 | …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, version: "1", steps: 5…
  |                                                                                         ^

"#]]
    );
}

#[test]
fn the_caret_stands_right_after_umlauts() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                "test: {name: \"Größe prüfen: äöü €\", versoin: \"1.0.0\"}\n"
            )
            .errors(),
        str![[r#"
error[L01]: `steps` is missing in `test`
 --> tests/main.yaml:1:8
  |
1 | test: {name: "Größe prüfen: äöü €", versoin: "1.0.0"}
  |        ^^^^

error: unknown field `versoin`, did you mean `version`?
 --> tests/main.yaml:1:37
  |
1 | test: {name: "Größe prüfen: äöü €", versoin: "1.0.0"}
  |                                     ^^^^^^^

"#]]
    );
}

#[test]
fn the_caret_stands_right_after_wide_characters() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                "test: {name: \"測定 🔌\", versoin: \"1.0.0\"}\n"
            )
            .errors(),
        str![[r#"
error[L01]: `steps` is missing in `test`
 --> tests/main.yaml:1:8
  |
1 | test: {name: "測定 🔌", versoin: "1.0.0"}
  |        ^^^^

error: unknown field `versoin`, did you mean `version`?
 --> tests/main.yaml:1:22
  |
1 | test: {name: "測定 🔌", versoin: "1.0.0"}
  |                         ^^^^^^^

"#]]
    );
}

#[test]
fn the_caret_stands_right_with_crlf_and_a_byte_order_mark() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                "\u{feff}test:\r\n  name: Dämo\r\n  versoin: \"1.0.0\"\r\n  steps: 5\r\n"
            )
            .errors(),
        str![[r#"
error: unknown field `versoin`, did you mean `version`?
 --> tests/main.yaml:3:3
  |
3 |   versoin: "1.0.0"
  |   ^^^^^^^

error: `steps` must be a list, found a number
 --> tests/main.yaml:4:10
  |
4 |   steps: 5
  |          ^

"#]]
    );
}

#[test]
fn terminal_escapes_in_a_name_are_shown_and_not_sent() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                "test:\n  \"na\\e[31mme\u{202e}\": Demo\n"
            )
            .errors(),
        str![[r#"
error: unknown field `na\x1b[31mme\u{202e}` in `test`
 --> tests/main.yaml:2:3
  |
2 |   "na\e[31mme�": Demo
  |   ^^^^^^^^^^^^^
  |
  = help: known fields: device, name, policy, required_tags, setup, steps, tags, teardown, variables, version

error[L01]: `name` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   "na\e[31mme�": Demo
  |   ^^^^^^^^^^^^^

error[L01]: `version` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   "na\e[31mme�": Demo
  |   ^^^^^^^^^^^^^

error[L01]: `steps` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   "na\e[31mme�": Demo
  |   ^^^^^^^^^^^^^

"#]].raw()
    );
}

#[test]
fn a_second_colon_in_a_line_asks_for_quotes() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test:\n  name: Demo: the first\n")
            .errors(),
        str![[r#"
error: not valid YAML: a second `: ` in one line, or a wrong indentation
 --> tests/main.yaml:2:13
  |
2 |   name: Demo: the first
  |             ^
  |
  = help: put quotes around a text that contains `: `, and align the keys of a mapping

"#]]
    );
}

#[test]
fn a_wrong_indentation_is_pointed_at() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                "test:\n  name: Demo\n version: \"1.0.0\"\n"
            )
            .errors(),
        str![[r#"
error: not valid YAML: expected a key here
 --> tests/main.yaml:3:2
  |
3 |  version: "1.0.0"
  |  ^
  |
  = help: the keys of a mapping start in the same column, each followed by `: `

"#]]
    );
}

#[test]
fn a_template_without_quotes_asks_for_them() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                "test:\n  name: {{name}}\n  device: {{ device }} rev 2\n"
            )
            .errors(),
        str![[r#"
error: template without quotes
 --> tests/main.yaml:2:9
  |
2 |   name: {{name}}
  |         ^^^^^^^^
  |
  = help: YAML takes a leading `{` for a mapping: write "{{name}}", with the quotes

error: template without quotes
 --> tests/main.yaml:3:11
  |
3 |   device: {{ device }} rev 2
  |           ^^^^^^^^^^^^
  |
  = help: YAML takes a leading `{` for a mapping: write "{{name}}", with the quotes

"#]]
    );
}

#[test]
fn an_unclosed_quote_is_pointed_at() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test:\n  name: \"Demo\n")
            .errors(),
        str![[r#"
error: not valid YAML: a quoted text has no end
 --> tests/main.yaml:2:9
  |
2 |   name: "Demo
  |         ^
  |
  = help: close it with the quote it starts with

"#]]
    );
}

#[test]
fn a_quote_within_single_quotes_is_pointed_at() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test:\n  name: 'it's'\n")
            .errors(),
        str![[r#"
error: not valid YAML: something follows a closing quote
 --> tests/main.yaml:2:13
  |
2 |   name: 'it's'
  |             ^
  |
  = help: write a quote within single quotes twice: 'it''s'

"#]]
    );
}

#[test]
fn an_unknown_escape_asks_for_single_quotes() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test:\n  name: \"C:\\demo\"\n")
            .errors(),
        str![[r#"
error: not valid YAML: unknown escape in double quotes
 --> tests/main.yaml:2:9
  |
2 |   name: "C:\demo"
  |         ^
  |
  = help: write `\\` for a backslash, or use single quotes

"#]]
        .raw()
    );
}

#[test]
fn an_unclosed_bracket_is_pointed_at() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                "test:\n  required_tags: [a, b\n  name: x\n"
            )
            .errors(),
        str![[r#"
error: not valid YAML: `:` can't stand here
 --> tests/main.yaml:3:7
  |
3 |   name: x
  |       ^
  |
  = help: is a bracket or a quote before it not closed?

"#]]
    );
}

#[test]
fn a_value_that_starts_with_at_asks_for_quotes() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test:\n  name: @demo\n")
            .errors(),
        str![[r#"
error: not valid YAML: a value can't start with this character
 --> tests/main.yaml:2:9
  |
2 |   name: @demo
  |         ^
  |
  = help: put quotes around the text

"#]]
    );
}

#[test]
fn a_list_in_the_line_of_its_key_is_pointed_at() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test:\n  steps: - name: x\n")
            .errors(),
        str![[r#"
error: not valid YAML: a list can't start here
 --> tests/main.yaml:2:10
  |
2 |   steps: - name: x
  |          ^
  |
  = help: start its first item on a line of its own

"#]]
    );
}

#[test]
fn text_after_a_closed_value_is_pointed_at() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "{test: {}} more\n")
            .errors(),
        str![[r#"
error: not valid YAML: something follows the end of the document
 --> tests/main.yaml:1:12
  |
1 | {test: {}} more
  |            ^
  |
  = help: indent it below `test:`, or put quotes around a text with special characters

"#]]
    );
}

#[test]
fn an_item_that_is_no_item_is_pointed_at() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                "test:\n  steps:\n    - name: x\n    name: y\n"
            )
            .errors(),
        str![[r#"
error: not valid YAML: expected the next item of the list here
 --> tests/main.yaml:4:5
  |
4 |     name: y
  |     ^
  |
  = help: the items of a list start with `- ` in the same column

"#]]
    );
}

#[test]
fn a_hundred_errors_are_all_shown() {
    let shown = Folder::package()
        .file("tests/main.yaml", hundred_problems())
        .errors();
    let errors = shown.lines().filter(|line| line.starts_with("error"));
    assert_eq!(errors.count(), 103);
}

#[test]
fn a_flood_of_warnings_is_counted_and_hides_no_error() {
    let mut manifest = String::from("{");
    for index in 0..70 {
        manifest += &format!("\"unknown{index}\": 1, ");
    }
    let manifest = MANIFEST.replacen('{', &manifest, 1);
    let shown = Folder::new()
        .file("package.json", manifest)
        .file(
            "tests/main.yaml",
            "test: {name: a, version: \"1.0.0\", stepz: []}\n",
        )
        .errors();
    assert_eq!(shown.matches("warning: ").count(), 50);
    assert!(
        shown.contains("unknown field `stepz`, did you mean `steps`?"),
        "{shown}"
    );
    assert!(shown.ends_with("\n… and 20 more warnings\n"), "{shown}");
}
