//! What measures and drives the levels of MPIO channels.

use std::time::Duration;

use serde_json::json;

use crate::client::Client;

const STEP: f64 = 5.0 / 4096.0;

fn pair(adc: &str, dac: &str) -> Client {
    let mut client = Client::with(&format!(
        "mpio: [{{prefix: A, count: 1, dac: {dac}}}, {{prefix: B, count: 2, adc: {adc}}}]\nnets: [[A00, B00, B01]]"
    ));
    client.ok(
        "channels/channel/configure",
        r#"{"NetName": "A00", "Direction": "OUT"}"#,
    );
    client
}

fn read(client: &mut Client, name: &str) -> f64 {
    client.value(name).parse().unwrap()
}

#[test]
fn levels_come_in_steps() {
    let mut client = pair("{}", "{bits: 4}");
    client.set("A00", "3.3");
    // 3.3 V is nearest to 11 of 16 parts of 5 V.
    assert_eq!(client.value("A00"), "3.4375");
    assert_eq!(read(&mut client, "B00"), (3.4375 / STEP).round() * STEP);
    client.set("A00", "5");
    assert_eq!(client.value("A00"), "4.6875");
    let mut client = pair("{}", "{bits: 24}");
    client.set("A00", "5");
    assert_eq!(read(&mut client, "B00"), 4095.0 * STEP);
}

#[test]
fn gain_and_offset_are_errors_of_either_end() {
    let mut client = pair("{gain: 0.5, offset: 1.25}", "{gain: 2, offset: -1}");
    client.set("A00", "1.75");
    assert_eq!(client.value("A00"), "2.5");
    assert_eq!(client.value("B00"), "2.5");
    client.set("A00", "0");
    // Nothing is below 0 V.
    assert_eq!(client.value("A00"), "0");
    assert_eq!(client.value("B00"), "1.25");
}

#[test]
fn a_level_takes_its_time() {
    let mut client = pair("{bits: 24}", "{settle_ms: 30}");
    client.now += Duration::from_secs(1);
    client.set("A00", "2.5");
    assert_eq!(client.value("B00"), "0");
    client.now += Duration::from_millis(10);
    // A tenth is left after each third of the time.
    assert!((read(&mut client, "B00") - 2.25).abs() < 1e-6);
    client.now += Duration::from_millis(10);
    assert!((read(&mut client, "B00") - 2.475).abs() < 1e-6);
    client.set("A00", "0");
    assert!((read(&mut client, "B00") - 2.475).abs() < 1e-6);
    client.now += Duration::from_millis(30);
    assert_eq!(client.value("B00"), "0");
}

#[test]
fn each_channel_has_noise_of_its_own() {
    let mut client = pair("{noise: 0.01}", "{}");
    client.set("A00", "2.5");
    let mut readings =
        |name: &str| -> Vec<f64> { (0..50).map(|_| read(&mut client, name)).collect() };
    let (one, other) = (readings("B00"), readings("B01"));
    assert_ne!(one, other);
    for value in one.iter().chain(&other) {
        let steps = value / STEP;
        assert_eq!(steps, steps.round(), "{value}");
        assert!((value - 2.5).abs() < 0.06, "{value}");
    }
    // A logic level is read without.
    client.ok(
        "channels/channel/configure",
        r#"{"NetName": "B00", "ChannelType": "PseudoDigital"}"#,
    );
    assert_eq!(client.value("B00"), "True");
}

#[test]
fn a_numeric_result_samples_through_the_converter() {
    let mut client = Client::with(
        "mpio: [{prefix: P, count: 1, default: 2.5, adc: {noise: 0.01}}]\nnumeric_results: {N: {targets: [P00], sample_rate: 100000000}}",
    );
    let body =
        r#"{"ChannelNetName": "N", "TargetNetName": "P00", "Samples": 1000, "ReducedSet": false}"#;
    let length = body.len();
    client.send(format!("POST /api/numeric-results/measure HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}"));
    client.now += Duration::from_secs(1);
    client.receive();
    let stdev = client.get("numeric-results/result/stdev?channel=N");
    assert!((stdev.as_f64().unwrap() - 0.01).abs() < 0.001, "{stdev}");
    let samples = client.get("numeric-results/result/samples?channel=N");
    let samples = samples.as_array().unwrap();
    assert_eq!(samples.len(), 1000);
    assert!(samples.iter().any(|sample| *sample != samples[0]));
    let in_steps = |sample: &serde_json::Value| {
        let steps = sample.as_f64().unwrap() / STEP;
        json!(steps.round()) == json!(steps)
    };
    assert!(samples.iter().all(in_steps));
}
