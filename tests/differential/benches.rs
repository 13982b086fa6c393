//! The good bench, and what can be broken about it.

use crate::{
    example::Example,
    ran::{Ran, Value},
};

const SCAN: &str = "Scan I2C";
const INTERCONNECT: &str = "Test Interconnect";

#[track_caller]
fn assert_verdict(ran: &Ran, code: i32, failed: &[&str]) {
    let verdict = if code == 0 { "PASS" } else { "FAIL" };
    assert_eq!((ran.code, ran.verdict.as_str()), (code, verdict), "{ran:?}");
    assert_eq!(ran.failed(), failed, "{ran:?}");
}

#[track_caller]
fn assert_measured(ran: &Ran, step: &str, name: &str, verdict: &str, value: Value) {
    let measured = ran.step(step).measured(name);
    assert_eq!(
        (measured.verdict.as_str(), &measured.value),
        (verdict, &value)
    );
}

#[track_caller]
fn assert_raised(ran: &Ran, step: &str, error: &str) {
    let raised = ran.step(step).error.as_deref().unwrap_or_default();
    assert!(raised.starts_with(error), "{ran:?}");
}

#[test]
fn a_good_bench() {
    let Some(ran) = Example::new().agree() else {
        return;
    };
    assert_verdict(&ran, 0, &[]);
    assert_eq!(ran.steps.len(), 5);
    assert_eq!(ran.step(SCAN).measurements.len(), 5);
    assert_eq!(ran.step(INTERCONNECT).measurements.len(), 7);
}

#[test]
fn an_address_where_nobody_answers() {
    let example = Example::new().replace(
        "bench.yaml",
        "{address: 0x51, name: calibration EEPROM}",
        "{address: 0x51, present: false}",
    );
    let Some(ran) = example.agree() else { return };
    assert_verdict(&ran, 1, &[SCAN]);
    assert_measured(
        &ran,
        SCAN,
        "I2C_ADDR_0x51",
        "FAIL",
        Value::Text("false".into()),
    );
    assert_eq!(ran.step(INTERCONNECT).verdict, "SKIPPED");
}

#[test]
fn an_open_wire() {
    let example = Example::new().bench("faults: {opens: [0.ESH10000121.MPIO10]}");
    let Some(ran) = example.agree() else { return };
    assert_verdict(&ran, 1, &[INTERCONNECT]);
    assert_measured(
        &ran,
        INTERCONNECT,
        "MPIO_BAD_LINKS",
        "FAIL",
        Value::Number(1.0),
    );
}

#[test]
fn a_short_between_wires() {
    let example =
        Example::new().bench("faults: {shorts: [[0.ESH10000121.MPIO00, 0.ESH10000121.MPIO01]]}");
    let Some(ran) = example.agree() else { return };
    assert_verdict(&ran, 1, &[INTERCONNECT]);
    assert_measured(
        &ran,
        INTERCONNECT,
        "MPIO_LEAK_LEVEL_MAX",
        "FAIL",
        Value::Number(3.3),
    );
}

#[test]
fn a_wrong_level() {
    let example = Example::new().replace(
        "bench.yaml",
        "{prefix: 0.ESH10000121.MPIO, count: 16}",
        "{prefix: 0.ESH10000121.MPIO, count: 16, default: 0.437}",
    );
    let Some(ran) = example.agree() else { return };
    assert_verdict(&ran, 1, &[INTERCONNECT]);
    assert_measured(
        &ran,
        INTERCONNECT,
        "MPIO_LEAK_LEVEL_MAX",
        "FAIL",
        Value::Number(0.437),
    );
}

#[test]
fn a_missing_module() {
    let example =
        Example::new().replace("bench.yaml", "  - name: Forwarder\n", "  - name: Another\n");
    let Some(ran) = example.agree() else { return };
    assert_verdict(&ran, 1, &["Load Forwarder"]);
    assert_raised(
        &ran,
        "Load Forwarder",
        "LookupError: the agent has no module 'Forwarder'",
    );
    assert_eq!(ran.step(SCAN).verdict, "SKIPPED");
}

#[test]
fn an_eeprom_with_the_right_and_with_a_wrong_content() {
    for (content, code, failed) in [
        ("DE AD BE EF", 0, &[][..]),
        ("DE AD BE EE", 1, &["Read Identity"][..]),
    ] {
        let example = Example::new().reading_the_identity().replace(
            "bench.yaml",
            "text: \"ESH10000121;R1;DEV-001\"",
            &format!("hex: \"{content}\""),
        );
        let Some(ran) = example.agree() else { return };
        assert_verdict(&ran, code, failed);
        let read = u32::from_str_radix(&content.replace(' ', ""), 16).expect("a number");
        let verdict = if code == 0 { "PASS" } else { "FAIL" };
        let read = Value::Number(read.into());
        assert_measured(&ran, "Read Identity", "IDENTITY_NUMBER", verdict, read);
    }
}

#[test]
fn an_agent_that_stalls() {
    let example = Example::new()
        .agent_timeout("1")
        .bench("faults: {agent: {kind: stall, after: 6}}");
    let Some(ran) = example.agree() else { return };
    assert_verdict(&ran, 1, &[INTERCONNECT]);
    assert_raised(
        &ran,
        INTERCONNECT,
        "AgentUnreachable: POST /api/channels/configure: ",
    );
}

#[test]
fn an_agent_that_refuses() {
    let example = Example::new().bench("faults: {agent: {kind: refuse}}");
    let Some(ran) = example.agree() else { return };
    assert_verdict(&ran, 1, &["Connect to Agent"]);
    assert_raised(
        &ran,
        "Connect to Agent",
        "AgentUnreachable: GET /api/connection/status: ",
    );
    assert_eq!(ran.step("Disconnect").verdict, "PASS");
}

#[test]
fn an_agent_that_refuses_once() {
    let example = Example::new().bench("faults: {agent: {kind: refuse, times: 1}}");
    let Some(ran) = example.agree() else { return };
    assert_verdict(&ran, 0, &[]);
}

#[test]
fn an_agent_that_goes_away() {
    let example = Example::new().bench("faults: {agent: {kind: refuse, after: 8}}");
    let Some(ran) = example.agree() else { return };
    assert_verdict(&ran, 1, &[INTERCONNECT]);
}

#[test]
fn an_agent_that_resets_the_connection() {
    let example = Example::new().bench("faults: {agent: {kind: reset, after: 8}}");
    let Some(ran) = example.agree() else { return };
    assert_verdict(&ran, 1, &[INTERCONNECT]);
}

#[test]
fn an_agent_that_ends_the_connection_amid_a_reply() {
    for (after, step) in [(2, "Load Forwarder"), (5, SCAN)] {
        let fault = format!("faults: {{agent: {{kind: half_reply, after: {after}}}}}");
        let Some(ran) = Example::new().bench(&fault).agree() else {
            return;
        };
        assert_verdict(&ran, 1, &[step]);
        assert_eq!(ran.step("Disconnect").verdict, "PASS");
    }
}

#[test]
fn a_slow_agent() {
    let example = Example::new().bench("faults: {agent: {kind: slow, delay_ms: 20}}");
    let Some(ran) = example.agree() else { return };
    assert_verdict(&ran, 0, &[]);
}
