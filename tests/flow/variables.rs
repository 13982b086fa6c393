//! What steps are given and what they leave for others.

use rehearsal::event::Verdict;
use rehearsal_python::value::Value;

use crate::support::{Trial, boolean, dict, numeric, returns, step};

#[test]
fn parameters_reach_the_function_as_text() {
    let run = Trial::new()
        .variable("volts", "12.0")
        .variable("flag", "True")
        .step(
            step("a")
                .parameter("v", "{{volts}}")
                .parameter("f", "{{ flag }}")
                .parameter("n", "3")
                .parameter("mixed", "{{volts}} V on {{exec.serial_number}}"),
        )
        .run();
    let arguments: Vec<_> = run.calls[0]
        .arguments
        .iter()
        .map(|(k, v)| format!("{k}={v}"))
        .collect();
    assert_eq!(
        arguments,
        ["v=12.0", "f=true", "n=3", "mixed=12.0 V on DEV-001"]
    );
}

#[test]
fn what_a_step_returns_and_its_outputs_are_there_for_the_next() {
    let run = Trial::new()
        .step(
            step("a")
                .output("copy", "{{voltage}}")
                .output("note", "{{voltage}} V")
                .does([returns(dict([
                    ("voltage", Value::Float(5.0)),
                    ("ok", Value::Bool(true)),
                ]))]),
        )
        .step(step("b").does([returns(Value::List(vec![Value::Int(1), Value::Int(2)]))]))
        .step(step("c").parameter("x", "{{copy}}|{{note}}|{{ok}}|{{result}}"))
        .run();
    assert_eq!(run.calls[2].arguments[0].1, "5.0|5.0 V|true|[1,2]");
    let outputs = serde_json::to_string(&run.report().steps[0].outputs).unwrap();
    assert_eq!(
        outputs,
        r#"{"voltage":5.0,"ok":true,"copy":5.0,"note":"5.0 V"}"#
    );
}

#[test]
fn none_leaves_no_result() {
    let run = Trial::new()
        .step(step("a"))
        .step(step("b").parameter("x", "{{result}}"))
        .run();
    assert_eq!(run.steps(), ["a: PASS", "b: ABORTED unresolved_template"]);
}

#[test]
fn an_unresolved_template_names_the_nearest_name() {
    let run = Trial::new()
        .variable("voltage", "5")
        .step(step("a").retry(3, 0).parameter("v", "{{voltgae}}"))
        .run();
    assert_eq!(
        run.message("a"),
        "parameter `v`: nothing is named `voltgae`; did you mean `voltage`?"
    );
    assert!(run.calls.is_empty());
    let run = Trial::new().step(step("a").output("v", "{{volts}}")).run();
    assert_eq!(run.steps(), ["a: ABORTED unresolved_template"]);
    assert_eq!(run.message("a"), "output `v`: nothing is named `volts`");
}

#[test]
fn a_step_has_its_counters() {
    let run = Trial::new()
        .step(step("a").parameter("x", "{{__iteration__}} {{__cycle__}} {{__execution_id__}}"))
        .run();
    assert_eq!(run.calls[0].arguments[0].1, "0 1 0f1e");
}

#[test]
fn a_measurement_sees_the_raw_returns_before_renamed_ones() {
    let run = Trial::new()
        .variable("other", "1")
        .step(
            step("a")
                .output("voltage", "{{other}}")
                .measures(numeric("V").value("{{voltage}}").low("4"))
                .does([returns(dict([("voltage", Value::Float(5.0))]))]),
        )
        .run();
    assert_eq!(run.steps(), ["a: PASS"]);
}

#[test]
fn a_measurement_without_value_takes_the_return_of_its_name_or_the_result() {
    let run = Trial::new()
        .step(
            step("a")
                .measures(boolean("I2C_ADDR_0x10").expected("true"))
                .does([returns(dict([(
                    "i2c_addr_0x10",
                    Value::Str("True".into()),
                )]))]),
        )
        .step(
            step("b")
                .measures(numeric("V").low("4"))
                .does([returns(Value::Int(5))]),
        )
        .step(
            step("c")
                .measures(numeric("V").low("4"))
                .does([returns(dict([("u", Value::Int(5))]))]),
        )
        .run();
    assert_eq!(run.steps(), ["a: PASS", "b: PASS", "c: FAIL limit"]);
    let measurement = &run.report().steps[2].measurements[0];
    assert_eq!(
        measurement.message.as_deref(),
        Some("the step returned neither `v` nor a single value")
    );
}

#[test]
fn a_measurement_name_may_hold_templates() {
    let run = Trial::new()
        .step(
            step("a")
                .measures(numeric("V_{{rail}}_{{__cycle__}}").value("{{v}}"))
                .does([returns(dict([
                    ("rail", Value::Str("3V3".into())),
                    ("v", Value::Int(3)),
                ]))]),
        )
        .step(step("b").measures(numeric("V_{{nothing}}").value("3")))
        .run();
    assert_eq!(run.report().steps[0].measurements[0].name, "V_3V3_1");
    assert_eq!(run.steps()[1], "b: FAIL limit");
}

#[test]
fn an_unresolved_measurement_value_fails_that_measurement_only() {
    let run = Trial::new()
        .step(
            step("a")
                .measures(numeric("A").value("{{nothing}}"))
                .measures(numeric("B").value("{{v}}"))
                .does([returns(dict([("v", Value::Int(3))]))]),
        )
        .run();
    assert_eq!(run.steps(), ["a: FAIL limit"]);
    assert_eq!(run.message("a"), "1 of 2 measurements failed: A");
    let verdicts: Vec<_> = run.report().steps[0]
        .measurements
        .iter()
        .map(|m| m.verdict)
        .collect();
    assert_eq!(verdicts, [Verdict::Fail, Verdict::Pass]);
}
