//! What a person sees, pinned word for word.

use rehearsal::{flow::interruption::Signal, python::Outcome};
use rehearsal_python::value::Value;

use crate::support::{
    Act, Trial, boolean, dict, exception, numeric, prints, raises, returns, scalar, signal, sleeps,
    step, takes,
};

/// The text without its first newline, which is there for the eye.
fn same(shown: &str, expected: &str) {
    let expected = expected.strip_prefix('\n').unwrap_or(expected);
    assert!(shown == expected, "shown:\n{shown}\nexpected:\n{expected}");
}

fn power_check() -> Trial {
    Trial::new()
        .setup(step("Connect to Agent").does([takes(12)]))
        .step(
            step("Measure rails")
                .measures(
                    numeric("V_3V3")
                        .value("{{v33}}")
                        .low("3.2")
                        .high("3.4")
                        .unit("V"),
                )
                .measures(
                    numeric("V_5V0")
                        .value("{{v50}}")
                        .low("4.75")
                        .high("5.25")
                        .unit("V"),
                )
                .measures(boolean("POWER_GOOD").value("{{good}}").expected("true"))
                .does([
                    takes(1240),
                    returns(dict([
                        ("v33", Value::Float(3.31)),
                        ("v50", Value::Float(5.0)),
                        ("good", Value::Bool(true)),
                    ])),
                ]),
        )
        .teardown(step("Disconnect").run_on_abort().does([takes(3)]))
}

#[test]
fn all_steps_pass() {
    same(
        &power_check().run().console,
        r#"
Power Check 1.0.0  (tests/power.yaml of ESH1_Power_v01 0.3.0; Python scripted)
serial number DEV-001, simulated bench

SETUP
  - [PASS   ] Connect to Agent  (12 ms)
STEPS
  - [PASS   ] Measure rails  (1.2 s)
      PASS  V_3V3       3.31 V  (3.2 .. 3.4 V)
      PASS  V_5V0       5.0 V   (4.75 .. 5.25 V)
      PASS  POWER_GOOD  true    (expected "true")
TEARDOWN
  - [PASS   ] Disconnect  (3 ms)

=== PASS ===  3 passed  (1.3 s)
  serial number DEV-001, simulated bench
"#,
    );
}

fn failing_limit() -> Trial {
    Trial::new()
        .step(
            step("Measure rail")
                .terminate_on_fail()
                .measures(
                    numeric("V_5V0")
                        .value("{{v}}")
                        .low("4.75")
                        .high("5.25")
                        .unit("V"),
                )
                .measures(numeric("RIPPLE").value("{{ripple}}").high("50").unit("mV"))
                .measures(numeric("COUNT").value("{{v}}").low("3"))
                .does([
                    takes(20),
                    prints("measuring\n"),
                    returns(dict([("v", Value::Float(5.61))])),
                ]),
        )
        .step(step("Program device"))
        .teardown(step("Disconnect"))
        .teardown(step("Power off").run_on_abort().does([takes(3)]))
}

#[test]
fn a_limit_fails_and_the_run_ends() {
    same(
        &failing_limit().run().console,
        r#"
Power Check 1.0.0  (tests/power.yaml of ESH1_Power_v01 0.3.0; Python scripted)
serial number DEV-001, simulated bench

STEPS
  - [RUNNING] Measure rail
    | measuring
  - [FAIL   ] Measure rail  (20 ms)
      FAIL  V_5V0   5.61 V    (4.75 .. 5.25 V)  must be at most 5.25
      FAIL  RIPPLE  no value  (<= 50 mV)  nothing is named `ripple`
      PASS  COUNT   5.61      (>= 3)
  - [SKIPPED] Program device  (aborted)
TEARDOWN
  - [SKIPPED] Disconnect  (aborted)
  - [PASS   ] Power off  (3 ms)

=== FAIL ===  1 passed, 1 failed, 2 skipped  (23 ms)
  ended by "Measure rail": post_execution_action: terminate-on-fail
  serial number DEV-001, simulated bench
  hint: 1 teardown step was skipped; after an abort only steps with `run_on_abort: true` run
"#,
    );
}

#[test]
fn quiet_shows_failures_and_the_verdict() {
    same(
        &failing_limit().quiet().run().console,
        r#"
  - [FAIL   ] Measure rail  (20 ms)
    | measuring
      FAIL  V_5V0   5.61 V    (4.75 .. 5.25 V)  must be at most 5.25
      FAIL  RIPPLE  no value  (<= 50 mV)  nothing is named `ripple`
      PASS  COUNT   5.61      (>= 3)
=== FAIL ===  1 passed, 1 failed, 2 skipped  (23 ms)
  ended by "Measure rail": post_execution_action: terminate-on-fail
  serial number DEV-001, simulated bench
  hint: 1 teardown step was skipped; after an abort only steps with `run_on_abort: true` run
"#,
    );
    same(
        &power_check().quiet().run().console,
        "=== PASS ===  3 passed  (1.3 s)\n  serial number DEV-001, simulated bench\n",
    );
}

#[test]
fn an_exception_shows_the_frames_of_the_package_and_the_line() {
    same(
        &Trial::new()
            .step(
                step("Scan I2C").does([takes(2), raises("board.ScanError", "no device\nat 0x50")]),
            )
            .run()
            .console,
        r#"
Power Check 1.0.0  (tests/power.yaml of ESH1_Power_v01 0.3.0; Python scripted)
serial number DEV-001, simulated bench

STEPS
  - [FAIL   ] Scan I2C  (2 ms)
      board.ScanError: no device
      at 0x50
      python_modules/board.py:12 in scan
      python_modules/bus/i2c.py:40 in read
          raise_line_40()

=== FAIL ===  1 failed  (2 ms)
  serial number DEV-001, simulated bench
"#,
    );
}

#[test]
fn a_module_that_cannot_be_imported_is_named_with_its_frames() {
    let failed = Act::Ends(Outcome::ImportFailed(exception(
        "ModuleNotFoundError",
        "No module named 'borad'",
    )));
    same(
        &Trial::new()
            .step(step("Scan I2C").does([failed]))
            .run()
            .console,
        r#"
Power Check 1.0.0  (tests/power.yaml of ESH1_Power_v01 0.3.0; Python scripted)
serial number DEV-001, simulated bench

STEPS
  - [FAIL   ] Scan I2C  (<1 ms)
      import_error: ModuleNotFoundError: No module named 'borad'; put a pure-Python wheel of it into wheels/, or the module into python_modules/
      python_modules/board.py:12 in scan
      python_modules/bus/i2c.py:40 in read
          raise_line_40()

=== FAIL ===  1 failed  (<1 ms)
  serial number DEV-001, simulated bench
"#,
    );
}

#[test]
fn an_aborted_step_says_why_and_what_it_ended() {
    same(
        &Trial::new()
            .variable("voltage", "5")
            .step(step("Set voltage").parameter("volts", "{{voltgae}}"))
            .step(step("Measure"))
            .run()
            .console,
        r#"
Power Check 1.0.0  (tests/power.yaml of ESH1_Power_v01 0.3.0; Python scripted)
serial number DEV-001, simulated bench

STEPS
  - [ABORTED] Set voltage  (<1 ms)
      unresolved_template: parameter `volts`: nothing is named `voltgae`; did you mean `voltage`?
  - [SKIPPED] Measure  (aborted)

=== ABORTED ===  1 aborted, 1 skipped  (<1 ms)
  ended by "Set voltage": aborted step
  serial number DEV-001, simulated bench
"#,
    );
}

#[test]
fn retries_show_every_attempt() {
    same(
        &Trial::new()
            .setup(
                step("Connect to Agent")
                    .retry(2, 1000)
                    .does([
                        prints("dialling\n"),
                        takes(5),
                        raises("ConnectionError", "refused"),
                    ])
                    .does([takes(5), raises("ConnectionError", "refused")])
                    .does([takes(5)]),
            )
            .run()
            .console,
        r#"
Power Check 1.0.0  (tests/power.yaml of ESH1_Power_v01 0.3.0; Python scripted)
serial number DEV-001, simulated bench

SETUP
  - [RUNNING] Connect to Agent
    | dialling
    attempt 1 of 3 failed: ConnectionError: refused; again in 1 s
    attempt 2 of 3 failed: ConnectionError: refused; again in 1 s
  - [PASS   ] Connect to Agent  (2 s, attempt 3 of 3)

=== PASS ===  1 passed  (2 s)
  serial number DEV-001, simulated bench
"#,
    );
}

#[test]
fn an_interruption_is_told_with_what_it_does() {
    same(
        &Trial::new()
            .step(step("Measure").does([takes(700), signal(Signal::Interrupt), sleeps()]))
            .step(step("Program device"))
            .teardown(step("Disconnect").run_on_abort().does([
                takes(63_000),
                signal(Signal::Interrupt),
                sleeps(),
            ]))
            .teardown(step("Power off").run_on_abort().does([takes(3)]))
            .run()
            .console,
        r#"
Power Check 1.0.0  (tests/power.yaml of ESH1_Power_v01 0.3.0; Python scripted)
serial number DEV-001, simulated bench

  SIGINT: aborting the run; steps with run_on_abort still run
STEPS
  - [ABORTED] Measure  (700 ms)
      interrupted by SIGINT
  - [SKIPPED] Program device  (aborted)
  SIGINT: giving up the step that runs
TEARDOWN
  - [ABORTED] Disconnect  (1 min 3 s)
      interrupted by SIGINT
  - [PASS   ] Power off  (3 ms)

=== ABORTED ===  1 passed, 2 aborted, 1 skipped  (1 min 4 s)
  ended by "Measure": interrupted
  serial number DEV-001, simulated bench
"#,
    );
}

#[test]
fn the_users_text_cannot_steer_the_terminal() {
    let run = Trial::new()
        .with(|trial| {
            trial
                .local
                .exec
                .extend([("serial_number".into(), scalar("SN\u{1b}[2J"))])
        })
        .step(
            step("\u{1b}]0;title\u{7}")
                .measures(boolean("S\u{1b}").string().expected("a\u{1b}"))
                .does([
                    prints("\u{1b}[31mred\n"),
                    returns(Value::Str("b\u{1b}".into())),
                ]),
        )
        .step(step("b").does([raises("E\u{1b}", "x\u{1b}")]))
        .run();
    assert!(
        !run.console.contains('\u{1b}') && !run.console.contains('\u{7}'),
        "{}",
        run.console
    );
    assert!(
        run.console.contains(r"    | \x1b[31mred"),
        "{}",
        run.console
    );
}

#[test]
fn colour_is_there_when_it_is_wanted() {
    let console = Trial::new().colour().step(step("a")).run().console;
    assert!(
        console.contains("  - [\u{1b}[32mPASS   \u{1b}[0m] a  (<1 ms)\n"),
        "{console:?}"
    );
}
