//! What is said about tests, steps, measurements and prompts, word for word.

use crate::folder::Folder;
use snapbox::{assert_data_eq, str};

#[test]
fn missing_fields_of_a_test_are_named() {
    assert_data_eq!(
        Folder::package()
            .file("tests/main.yaml", "test:\n  device: x\n")
            .errors(),
        str![[r#"
error[L01]: `name` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   device: x
  |   ^^^^^^

error[L01]: `version` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   device: x
  |   ^^^^^^

error[L01]: `steps` is missing in `test`
 --> tests/main.yaml:2:3
  |
2 |   device: x
  |   ^^^^^^

"#]]
    );
}

#[test]
fn fields_without_a_value_are_named() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                "test:\n  name:\n  version: \"\"\n  steps: ~\n"
            )
            .errors(),
        str![[r#"
error[L01]: `name` of `test` has no value
 --> tests/main.yaml:2:3
  |
2 |   name:
  |   ^^^^

error[L01]: `version` of `test` is empty
 --> tests/main.yaml:3:12
  |
3 |   version: ""
  |            ^^

error[L01]: `steps` of `test` has no value
 --> tests/main.yaml:4:3
  |
4 |   steps: ~
  |   ^^^^^

"#]]
    );
}

#[test]
fn empty_steps_are_refused() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                "test:\n  name: Demo\n  version: \"1.0.0\"\n  steps: []\n"
            )
            .errors(),
        str![[r#"
error[L01]: `steps` is empty
 --> tests/main.yaml:4:10
  |
4 |   steps: []
  |          ^^
  |
  = help: a test has at least one step

"#]]
    );
}

#[test]
fn wrong_types_in_a_test_are_named() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                "test:
  name: [a]
  version: {a: 1}
  device: [x]
  tags: [a]
  required_tags: a
  variables:
    list: [1, 2]
  setup: none
  steps:
    - just text
  policy: abort
"
            )
            .errors(),
        str![[r#"
error: `name` must be a text, found a list
 --> tests/main.yaml:2:9
  |
2 |   name: [a]
  |         ^^^

error: `version` must be a text, found a mapping
 --> tests/main.yaml:3:12
  |
3 |   version: {a: 1}
  |            ^^^^^^

error: `device` must be a text, found a list
 --> tests/main.yaml:4:11
  |
4 |   device: [x]
  |           ^^^

error: `tags` must be a mapping, found a list
 --> tests/main.yaml:5:9
  |
5 |   tags: [a]
  |         ^^^

error: `required_tags` must be a list, found a text
 --> tests/main.yaml:6:18
  |
6 |   required_tags: a
  |                  ^

error: `list` in `variables` must be a plain value, found a list
 --> tests/main.yaml:8:11
  |
8 |     list: [1, 2]
  |           ^^^^^^

error: `setup` must be a list, found a text
 --> tests/main.yaml:9:10
  |
9 |   setup: none
  |          ^^^^

error: step 1 of `steps` must be a mapping, found a text
  --> tests/main.yaml:11:7
   |
11 |     - just text
   |       ^^^^^^^^^

error: `policy` must be a mapping, found a text
  --> tests/main.yaml:12:11
   |
12 |   policy: abort
   |           ^^^^^

"#]]
    );
}

#[test]
fn unknown_fields_of_a_test_are_named() {
    assert_data_eq!(Folder::package().file("tests/main.yaml", "test:\n  name: Demo\n  version: \"1.0.0\"\n  step: []\n  author: Jo\n  Name: x\n  policy: {on_step_fail: abort, on_abort: x}\n").errors(), str![[r#"
error: unknown field `step`, did you mean `steps`?
 --> tests/main.yaml:4:3
  |
4 |   step: []
  |   ^^^^

error: unknown field `author` in `test`
 --> tests/main.yaml:5:3
  |
5 |   author: Jo
  |   ^^^^^^
  |
  = help: known fields: device, name, policy, required_tags, setup, steps, tags, teardown, variables, version

error: unknown field `Name`, did you mean `name`?
 --> tests/main.yaml:6:3
  |
6 |   Name: x
  |   ^^^^

error: unknown field `on_step_fail`, did you mean `on_step_failure`?
 --> tests/main.yaml:7:12
  |
7 |   policy: {on_step_fail: abort, on_abort: x}
  |            ^^^^^^^^^^^^

error: unknown field `on_abort` in `policy`
 --> tests/main.yaml:7:33
  |
7 |   policy: {on_step_fail: abort, on_abort: x}
  |                                 ^^^^^^^^
  |
  = help: known fields: on_step_failure, timeout

"#]]);
}

#[test]
fn a_policy_takes_known_words_and_positive_times() {
    assert_data_eq!(Folder::package().file("tests/main.yaml", "test:\n  name: Demo\n  version: \"1.0.0\"\n  steps: [{name: a, type: mock}]\n  policy: {on_step_failure: stop, timeout: 0}\n").errors(), str![[r#"
error: unknown `on_step_failure` `stop`
 --> tests/main.yaml:5:29
  |
5 |   policy: {on_step_failure: stop, timeout: 0}
  |                             ^^^^
  |
  = help: one of: abort, continue

error: `timeout` must be more than 0 seconds
 --> tests/main.yaml:5:44
  |
5 |   policy: {on_step_failure: stop, timeout: 0}
  |                                            ^

"#]]);
}

#[test]
fn a_version_without_quotes_is_a_warning() {
    assert_data_eq!(
        Folder::package()
            .file(
                "tests/main.yaml",
                "test:\n  name: Demo\n  version: 1.0\n  steps: [{name: a, type: mock}]\n"
            )
            .warnings(),
        str![[r#"
warning[L02]: `version` without quotes
 --> tests/main.yaml:3:12
  |
3 |   version: 1.0
  |            ^^^
  |
  = help: write all three parts in quotes, such as "1.0.0": YAML reads this one as a number

"#]]
    );
}

#[test]
fn a_step_needs_a_name() {
    assert_data_eq!(
        Folder::step(
            r#"
runner: python
module: io
function: connect
"#
        )
        .errors(),
        str![[r#"
error[L03]: `name` is missing in step 1 of `steps`
 --> tests/main.yaml:5:7
  |
5 |     - runner: python
  |       ^^^^^^

"#]]
    );
}

#[test]
fn a_step_needs_a_type_or_a_runner() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
"#
        )
        .errors(),
        str![[r#"
error[L04]: neither `type` nor `runner` in step `Connect`
 --> tests/main.yaml:5:7
  |
5 |     - name: Connect
  |       ^^^^
  |
  = help: a step that calls Python code has `runner: python`

"#]]
    );
}

#[test]
fn a_step_has_a_type_or_a_runner_not_both() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
type: mock
runner: python
module: io
function: connect
"#
        )
        .errors(),
        str![[r#"
error[L04]: both `type` and `runner` in step `Connect`
 --> tests/main.yaml:7:15
  |
6 |       type: mock
  |             ---- the `type`
7 |       runner: python
  |               ^^^^^^
  |
  = help: `runner` goes with python and dotnet code, `type` with all other steps: remove one

"#]]
    );
}

#[test]
fn an_unknown_step_type_near_a_known_one_is_proposed() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Wait
type: dealy
duration: 1
"#
        )
        .errors(),
        str![[r#"
error[L04]: unknown step type `dealy`, did you mean `delay`?
 --> tests/main.yaml:6:13
  |
6 |       type: dealy
  |             ^^^^^

"#]]
    );
}

#[test]
fn an_unknown_step_type_lists_the_known_ones() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Wait
type: foo
"#
        )
        .errors(),
        str![[r#"
error[L04]: unknown step type `foo`
 --> tests/main.yaml:6:13
  |
6 |       type: foo
  |             ^^^
  |
  = help: one of: delay, mock, prompt, manual, sequence

"#]]
    );
}

#[test]
fn python_is_a_runner_and_no_type() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
type: python
module: io
function: connect
"#
        )
        .errors(),
        str![[r#"
error[L04]: unknown step type `python`
 --> tests/main.yaml:6:13
  |
6 |       type: python
  |             ^^^^^^
  |
  = help: write `runner: python` instead

"#]]
    );
}

#[test]
fn mock_is_a_type_and_no_runner() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: mock
"#
        )
        .errors(),
        str![[r#"
error[L04]: unknown `runner` `mock`
 --> tests/main.yaml:6:15
  |
6 |       runner: mock
  |               ^^^^
  |
  = help: write `type: mock` instead

"#]]
    );
}

#[test]
fn an_unknown_runner_near_a_known_one_is_proposed() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: pyhton
module: io
function: connect
"#
        )
        .errors(),
        str![[r#"
error[L04]: unknown `runner` `pyhton`, did you mean `python`?
 --> tests/main.yaml:6:15
  |
6 |       runner: pyhton
  |               ^^^^^^

"#]]
    );
}

#[test]
fn an_unknown_runner_lists_the_known_ones() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: ruby
"#
        )
        .errors(),
        str![[r#"
error[L04]: unknown `runner` `ruby`
 --> tests/main.yaml:6:15
  |
6 |       runner: ruby
  |               ^^^^
  |
  = help: one of: python, dotnet

"#]]
    );
}

#[test]
fn a_python_step_needs_module_and_function() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: python
"#
        )
        .errors(),
        str![[r#"
error[L05]: `module` is missing in step `Connect`
 --> tests/main.yaml:5:7
  |
5 |     - name: Connect
  |       ^^^^

error[L05]: `function` is missing in step `Connect`
 --> tests/main.yaml:5:7
  |
5 |     - name: Connect
  |       ^^^^

"#]]
    );
}

#[test]
fn a_dotnet_step_needs_assembly_class_and_method() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: dotnet
"#
        )
        .errors(),
        str![[r#"
error[L05]: `assembly` is missing in step `Connect`
 --> tests/main.yaml:5:7
  |
5 |     - name: Connect
  |       ^^^^

error[L05]: `class` is missing in step `Connect`
 --> tests/main.yaml:5:7
  |
5 |     - name: Connect
  |       ^^^^

error[L05]: `method` is missing in step `Connect`
 --> tests/main.yaml:5:7
  |
5 |     - name: Connect
  |       ^^^^

"#]]
    );
}

#[test]
fn a_delay_needs_a_duration() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Wait
type: delay
"#
        )
        .errors(),
        str![[r#"
error[L05]: `duration` is missing in step `Wait`
 --> tests/main.yaml:5:7
  |
5 |     - name: Wait
  |       ^^^^

"#]]
    );
}

#[test]
fn a_delay_is_not_negative() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Wait
type: delay
duration: -1
"#
        )
        .errors(),
        str![[r#"
error: `duration` must not be negative
 --> tests/main.yaml:7:17
  |
7 |       duration: -1
  |                 ^^

"#]]
    );
}

#[test]
fn a_prompt_step_needs_its_prompt() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Ask
type: prompt
"#
        )
        .errors(),
        str![[r#"
error[L05]: `prompt` is missing in step `Ask`
 --> tests/main.yaml:5:7
  |
5 |     - name: Ask
  |       ^^^^

"#]]
    );
}

#[test]
fn a_prompt_needs_a_message_and_whole_buttons() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Ask
type: prompt
prompt:
  buttons:
    - name: OK
    - {name: Stop, action: cancel}
    - Retry
  input: {mode: numeric, low_limit: low}
  titel: x
"#
        )
        .errors(),
        str![[r#"
error[L05]: `message` is missing in `prompt`
 --> tests/main.yaml:8:9
  |
8 |         buttons:
  |         ^^^^^^^

error: `action` is missing in item 1 of `buttons`
 --> tests/main.yaml:9:13
  |
9 |           - name: OK
  |             ^^^^

error: unknown `action` `cancel`
  --> tests/main.yaml:10:34
   |
10 |           - {name: Stop, action: cancel}
   |                                  ^^^^^^
   |
   = help: one of: pass, fail, abort, continue

error: item 3 of `buttons` must be a mapping, found a text
  --> tests/main.yaml:11:13
   |
11 |           - Retry
   |             ^^^^^

error: unknown `mode` `numeric`
  --> tests/main.yaml:12:23
   |
12 |         input: {mode: numeric, low_limit: low}
   |                       ^^^^^^^
   |
   = help: one of: number, text, boolean, list

error: `low_limit` must be a number, found a text
  --> tests/main.yaml:12:43
   |
12 |         input: {mode: numeric, low_limit: low}
   |                                           ^^^

error: unknown field `titel`, did you mean `title`?
  --> tests/main.yaml:13:9
   |
13 |         titel: x
   |         ^^^^^

"#]]
    );
}

#[test]
fn unknown_fields_of_a_prompt_are_warnings() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Ask
type: prompt
prompt:
  message: Ready?
  seconds: 10
  input: {mode: list, entries: [a, b]}
"#
        )
        .warnings(),
        str![[r#"
warning: unknown field `seconds` in `prompt`
 --> tests/main.yaml:9:9
  |
9 |         seconds: 10
  |         ^^^^^^^
  |
  = help: it has no effect in a local run

warning: unknown field `entries` in `input`
  --> tests/main.yaml:10:29
   |
10 |         input: {mode: list, entries: [a, b]}
   |                             ^^^^^^^
   |
   = help: it has no effect in a local run

"#]]
    );
}

#[test]
fn a_sequence_needs_its_path() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Sub
type: sequence
"#
        )
        .errors(),
        str![[r#"
error[L05]: `sequence` is missing in step `Sub`
 --> tests/main.yaml:5:7
  |
5 |     - name: Sub
  |       ^^^^

"#]]
    );
}

#[test]
fn a_misspelt_field_is_proposed() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: python
module: io
function: connect
retrys: {count: 2}
timeout: 5
run-on-abort: true
"#
        )
        .errors(),
        str![[r#"
error: unknown field `retrys`, did you mean `retry`?
 --> tests/main.yaml:9:7
  |
9 |       retrys: {count: 2}
  |       ^^^^^^

error: unknown field `timeout`, did you mean `timeout_ms`?
  --> tests/main.yaml:10:7
   |
10 |       timeout: 5
   |       ^^^^^^^

error: unknown field `run-on-abort`, did you mean `run_on_abort`?
  --> tests/main.yaml:11:7
   |
11 |       run-on-abort: true
   |       ^^^^^^^^^^^^

"#]]
    );
}

#[test]
fn an_unknown_field_lists_the_known_ones() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: python
module: io
function: connect
colour: red
"#
        )
        .errors(),
        str![[r#"
error: unknown field `colour` in step `Connect`
 --> tests/main.yaml:9:7
  |
9 |       colour: red
  |       ^^^^^^
  |
  = help: known fields: enabled, force, function, measurement, measurements, module, name, outputs, parameters, post_execution_action, precondition, repeat, requires, retry, run_on_abort, runner, runner_type, timeout_ms, type

"#]]
    );
}

#[test]
fn a_field_of_another_kind_of_step_names_that_kind() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: python
module: io
function: connect
duration: 1
assembly: a.dll
sequence: tests/b.yaml
prompt: {message: x}
"#
        )
        .errors(),
        str![[r#"
error: unknown field `duration` in step `Connect`
 --> tests/main.yaml:9:7
  |
9 |       duration: 1
  |       ^^^^^^^^
  |
  = help: `duration` belongs to a step with `type: delay`

error: unknown field `assembly` in step `Connect`
  --> tests/main.yaml:10:7
   |
10 |       assembly: a.dll
   |       ^^^^^^^^
   |
   = help: `assembly` belongs to a step with `runner: dotnet`

error: unknown field `sequence` in step `Connect`
  --> tests/main.yaml:11:7
   |
11 |       sequence: tests/b.yaml
   |       ^^^^^^^^
   |
   = help: `sequence` belongs to a step with `type: sequence`

error: unknown field `prompt` in step `Connect`
  --> tests/main.yaml:12:7
   |
12 |       prompt: {message: x}
   |       ^^^^^^
   |
   = help: `prompt` belongs to a step with `type: prompt`

"#]]
    );
}

#[test]
fn wrong_types_in_a_step_are_named() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: python
module: io
function: connect
parameters:
  host: [a]
  n: 3
outputs: x
enabled: "no"
run_on_abort: 1
precondition: [a]
force: passed
retry: 3
repeat: {condition: a}
timeout_ms: 1.5
measurements: {name: A}
measurement: [{name: A}]
runner_type: {}
"#
        )
        .errors(),
        str![[r#"
error: `host` in `parameters` must be a plain value, found a list
  --> tests/main.yaml:10:15
   |
10 |         host: [a]
   |               ^^^

error: `outputs` must be a mapping, found a text
  --> tests/main.yaml:12:16
   |
12 |       outputs: x
   |                ^

error: `enabled` must be a boolean, found a text
  --> tests/main.yaml:13:16
   |
13 |       enabled: "no"
   |                ^^^^
   |
   = help: write true or false

error: `run_on_abort` must be a boolean, found a number
  --> tests/main.yaml:14:21
   |
14 |       run_on_abort: 1
   |                     ^
   |
   = help: write true or false

error: `precondition` must be a text, found a list
  --> tests/main.yaml:15:21
   |
15 |       precondition: [a]
   |                     ^^^

error: unknown `force` `passed`
  --> tests/main.yaml:16:14
   |
16 |       force: passed
   |              ^^^^^^
   |
   = help: one of: pass, fail, skip, run

error: `retry` must be a mapping, found a number
  --> tests/main.yaml:17:14
   |
17 |       retry: 3
   |              ^

error[L05]: `max_iterations` is missing in `repeat`
  --> tests/main.yaml:18:16
   |
18 |       repeat: {condition: a}
   |                ^^^^^^^^^

error: `timeout_ms` must be a whole number of at least 1
  --> tests/main.yaml:19:19
   |
19 |       timeout_ms: 1.5
   |                   ^^^

error: `measurements` must be a list, found a mapping
  --> tests/main.yaml:20:21
   |
20 |       measurements: {name: A}
   |                     ^^^^^^^^^

warning[L32]: `measurement` has no effect beside `measurements`
  --> tests/main.yaml:21:7
   |
21 |       measurement: [{name: A}]
   |       ^^^^^^^^^^^
   |
   = help: move it into the list

error: `measurement` must be a mapping, found a list
  --> tests/main.yaml:21:20
   |
21 |       measurement: [{name: A}]
   |                    ^^^^^^^^^^^

error: `runner_type` must be a text, found a mapping
  --> tests/main.yaml:22:20
   |
22 |       runner_type: {}
   |                    ^^

"#]]
    );
}

#[test]
fn counts_and_times_have_bounds() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: python
module: io
function: connect
retry: {count: -1, delay_ms: many}
repeat: {max_iterations: 0}
timeout_ms: 0
"#
        )
        .errors(),
        str![[r#"
error: `count` must be a whole number from 0 to 4294967295
 --> tests/main.yaml:9:22
  |
9 |       retry: {count: -1, delay_ms: many}
  |                      ^^

error: `delay_ms` must be a whole number, found a text
 --> tests/main.yaml:9:36
  |
9 |       retry: {count: -1, delay_ms: many}
  |                                    ^^^^

error: `max_iterations` must be a whole number from 1 to 4294967295
  --> tests/main.yaml:10:32
   |
10 |       repeat: {max_iterations: 0}
   |                                ^

error: `timeout_ms` must be a whole number of at least 1
  --> tests/main.yaml:11:19
   |
11 |       timeout_ms: 0
   |                   ^

"#]]
    );
}

#[test]
fn a_force_near_a_known_one_is_proposed() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: python
module: io
function: connect
force: pas
"#
        )
        .errors(),
        str![[r#"
error: unknown `force` `pas`, did you mean `pass`?
 --> tests/main.yaml:9:14
  |
9 |       force: pas
  |              ^^^

"#]]
    );
}

#[test]
fn unknown_values_that_may_be_known_elsewhere_are_warnings() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: python
module: io
function: connect
runner_type: python3.12
post_execution_action: terminate_on_fail
requires: [psu]
retry: {delay_ms: 5}
"#
        )
        .warnings(),
        str![[r#"
warning: unknown `runner_type` `python3.12` has no effect
 --> tests/main.yaml:9:20
  |
9 |       runner_type: python3.12
  |                    ^^^^^^^^^^
  |
  = help: did you mean `python3.11`?

warning: unknown `post_execution_action` `terminate_on_fail` has no effect
  --> tests/main.yaml:10:30
   |
10 |       post_execution_action: terminate_on_fail
   |                              ^^^^^^^^^^^^^^^^^
   |
   = help: did you mean `terminate-on-fail`?

warning: `requires` has no effect in a local run
  --> tests/main.yaml:11:7
   |
11 |       requires: [psu]
   |       ^^^^^^^^

warning: `retry` without `count` has no effect
  --> tests/main.yaml:12:7
   |
12 |       retry: {delay_ms: 5}
   |       ^^^^^
   |
   = help: `count` says how many attempts may follow the first

"#]]
    );
}

#[test]
fn a_measurement_needs_a_name() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: python
module: io
function: connect
measurement:
  value: 5
"#
        )
        .errors(),
        str![[r#"
error[L12]: `name` is missing in `measurement`
  --> tests/main.yaml:10:9
   |
10 |         value: 5
   |         ^^^^^

"#]]
    );
}

#[test]
fn limits_are_finite_numbers() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: python
module: io
function: connect
measurement:
  name: VOUT
  low_limit: .nan
  high_limit: .inf
  target: "1e999"
"#
        )
        .errors(),
        str![[r#"
error: `low_limit` must be a finite number
  --> tests/main.yaml:11:20
   |
11 |         low_limit: .nan
   |                    ^^^^

error: `high_limit` must be a finite number
  --> tests/main.yaml:12:21
   |
12 |         high_limit: .inf
   |                     ^^^^

error: `target` must be a finite number
  --> tests/main.yaml:13:17
   |
13 |         target: "1e999"
   |                 ^^^^^^^

"#]]
    );
}

#[test]
fn limits_are_no_texts_and_no_templates() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: python
module: io
function: connect
measurement:
  name: VOUT
  low_limit: "{{low}}"
  high_limit: 4,75
  target: true
"#
        )
        .errors(),
        str![[r#"
error: `low_limit` must be a number, found a text
  --> tests/main.yaml:11:20
   |
11 |         low_limit: "{{low}}"
   |                    ^^^^^^^^^
   |
   = help: templates work in parameters, outputs, measurement values and names, and prompts

error: `high_limit` must be a number, found a text
  --> tests/main.yaml:12:21
   |
12 |         high_limit: 4,75
   |                     ^^^^

error: `target` must be a number, found a boolean
  --> tests/main.yaml:13:17
   |
13 |         target: true
   |                 ^^^^

"#]]
    );
}

#[test]
fn unknown_words_in_a_measurement_are_named() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: python
module: io
function: connect
measurements:
  - name: VOUT
    type: number
    operator: gte=
    limit: 5
    low_limt: 4
  - name: IOUT
    type: bool
    operator: between
"#
        )
        .errors(),
        str![[r#"
error: unknown `type` `number`
  --> tests/main.yaml:11:17
   |
11 |           type: number
   |                 ^^^^^^
   |
   = help: one of: numeric, boolean, string

error: unknown `operator` `gte=`, did you mean `gte`?
  --> tests/main.yaml:12:21
   |
12 |           operator: gte=
   |                     ^^^^

error: unknown field `limit` in measurement `VOUT`
  --> tests/main.yaml:13:11
   |
13 |           limit: 5
   |           ^^^^^
   |
   = help: known fields: expected, high_limit, low_limit, name, operator, target, type, unit, value

error: unknown field `low_limt`, did you mean `low_limit`?
  --> tests/main.yaml:14:11
   |
14 |           low_limt: 4
   |           ^^^^^^^^

error: unknown `type` `bool`
  --> tests/main.yaml:16:17
   |
16 |           type: bool
   |                 ^^^^
   |
   = help: one of: numeric, boolean, string

error: unknown `operator` `between`
  --> tests/main.yaml:17:21
   |
17 |           operator: between
   |                     ^^^^^^^
   |
   = help: one of: equal, notequal, greaterthan, greaterthanorequal, lessthan, lessthanorequal, log, eq, ne, gt, gte, ge, lt, lte, le

"#]]
    );
}

#[test]
fn measurements_win_over_a_measurement() {
    assert_data_eq!(
        Folder::step(
            r#"
name: Connect
runner: python
module: io
function: connect
measurement: {name: A}
measurements: [{name: B}]
"#
        )
        .warnings(),
        str![[r#"
warning[L32]: `measurement` has no effect beside `measurements`
 --> tests/main.yaml:9:7
  |
9 |       measurement: {name: A}
  |       ^^^^^^^^^^^
  |
  = help: move it into the list

"#]]
    );
}
