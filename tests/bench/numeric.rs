//! Fast samples and what they say.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::client::Client;

const CHANNEL: &str = "0.1.ESH10000158.NUMERIC_RESULT";
const RAIL: &str = "0.1.ESH10000158.MON_3V3";

/// Waits for the answer as long as the samples take.
fn ask(client: &mut Client, path: &str, body: &str) -> Json {
    let length = body.len();
    client.send(format!(
        "POST /api/numeric-results/{path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}"
    ));
    assert_eq!(
        client.receive(),
        (String::new(), false),
        "it takes its time"
    );
    client.now += Duration::from_secs(1);
    let answer = crate::client::answers(&client.receive().0).pop().unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn result(client: &mut Client, what: &str, channel: &str) -> Json {
    client.get(&format!("numeric-results/result/{what}?channel={channel}"))
}

#[test]
fn the_default_station_samples_its_rail() {
    let mut client = Client::new();
    client
        .network
        .tell_time(Duration::from_secs(1_800_000_000), client.now);
    assert_eq!(
        client.get("numeric-results/channels"),
        json!([{"netName": CHANNEL, "alias": CHANNEL, "possibleTargetNames": [RAIL], "sampleRate": 100000, "defaultSamples": 1000}])
    );
    assert_eq!(
        client.get(&format!("numeric-results/targets?channel={CHANNEL}")),
        json!([RAIL])
    );
    let body = format!(r#"{{"ChannelNetName": "{CHANNEL}", "TargetNetName": "MON_3V3"}}"#);
    assert_eq!(
        ask(&mut client, "measure", &body),
        json!({
            "channelNetName": CHANNEL, "targetNetName": RAIL, "sampleCount": 0, "sampleRate": 100000, "reducedSet": true,
            "started": "2027-01-15T08:00:00.000Z", "stopped": "2027-01-15T08:00:00.010Z", "duration": "00:00:00.0100000",
        })
    );
    for what in ["mean", "min", "max"] {
        assert_eq!(result(&mut client, what, CHANNEL), 3.301, "{what}");
    }
    assert_eq!(result(&mut client, "stdev", CHANNEL), 0.0);
    // It leaves its settings with the channel, which can be configured.
    let details = |client: &mut Client| {
        let channel = client.ok(
            "channels/channel",
            &format!(r#"{{"NetName": "{CHANNEL}"}}"#),
        );
        channel["details"].clone()
    };
    assert_eq!(details(&mut client)["targetNetName"], RAIL);
    client.ok(
        "channels/channel/configure",
        &format!(r#"{{"NetName": "{CHANNEL}", "Details": {{"sampleRate": 50}}}}"#),
    );
    let body = format!(
        r#"{{"ChannelNetName": "{CHANNEL}", "TargetNetName": "{RAIL}", "Samples": 2, "ReducedSet": false}}"#
    );
    assert_eq!(ask(&mut client, "measure", &body)["sampleCount"], 2);
    assert_eq!(
        result(&mut client, "samples", CHANNEL),
        json!([3.301, 3.301])
    );
    assert_eq!(
        details(&mut client),
        json!({
            "targetNetName": RAIL, "possibleTargetNames": [RAIL], "numberOfSamples": 2, "sampleRate": 50, "reducedSet": false,
            "multiChannel": false,
        })
    );
    let fixed = format!(r#"{{"NetName": "{CHANNEL}", "Details": {{"possibleTargetNames": []}}}}"#);
    assert_eq!(
        client.refused("channels/channel/configure", &fixed).1,
        format!("Details: \"possibleTargetNames\" of {CHANNEL} must be left as it is")
    );
}

#[test]
fn an_acquisition_brings_its_samples_and_their_statistics() {
    let mut client = Client::with(
        "resources: {V: {value: 1, unit: mV}, ON: true}\n\
         numeric_results: {N: {alias: fast, sample_rate: 10, targets: [{name: V, samples: [5, 2, 9, 3]}, ON]}}",
    );
    let body = r#"{"Channel": "fast", "Target": "V", "Samples": 4, "Lsl": 0, "Usl": 10}"#;
    client
        .network
        .tell_time(Duration::from_secs(1_800_000_000), client.now);
    let taken = ask(&mut client, "acquire", body);
    let stats = &taken["stats"];
    for (name, value) in [
        ("count", 4.0),
        ("min", 2.0),
        ("max", 9.0),
        ("range", 7.0),
        ("mean", 4.75),
        ("median", 4.0),
        ("stdev", 3.095_695_936_834),
        ("rms", 5.454_356_057_318),
        ("skewness", 1.137_624_366_958),
        ("kurtosis", 0.757_655_954_631),
        ("cp", 0.538_381_902_058),
        ("cpk", 0.511_462_806_955),
    ] {
        let found = stats[name].as_f64().unwrap();
        assert!((found - value).abs() < 1e-9, "{name} {found}");
    }
    // Four little-endian floats: 5, 2, 9, 3.
    let samples = "AAAAAAAAFEAAAAAAAAAAQAAAAAAAACJAAAAAAAAACEA=";
    assert_eq!(taken["samples"], samples);
    assert_eq!(taken["durationMs"], 400.0);
    let rest = ["channel", "target", "unit", "sampleRate", "started"].map(|key| taken[key].clone());
    assert_eq!(
        json!(rest),
        json!(["N", "V", "mV", 10, "2027-01-15T08:00:00.000Z"])
    );
    // What samples cannot give is null, and the last measurement is another matter.
    let body = r#"{"Channel": "N", "Target": "ON", "Samples": 1, "Usl": 10}"#;
    let one = ask(&mut client, "acquire", body);
    assert_eq!(one["stats"]["mean"], 1.0);
    for name in ["stdev", "skewness", "kurtosis", "cp", "cpk"] {
        assert_eq!(one["stats"][name], Json::Null, "{name}");
    }
    let answer = client.request("GET", "/api/numeric-results/result/mean?channel=N", "");
    assert_eq!(
        (answer.status, answer.error()),
        (404, "no measurement of \"N\" found: measure first".into())
    );
}

#[test]
fn noise_lies_around_the_value_and_is_the_same_each_time() {
    let yaml = "resources: {V: 2}\nnumeric_results: {N: {targets: [{name: V, noise: 0.5}]}}";
    let measure = |client: &mut Client| {
        let body = r#"{"ChannelNetName": "N", "TargetNetName": "V", "ReducedSet": false}"#;
        ask(client, "measure", body);
        result(client, "samples", "N")
    };
    let mut client = Client::with(yaml);
    let samples = measure(&mut client);
    assert_eq!(measure(&mut client), samples);
    assert_eq!(measure(&mut Client::with(yaml)), samples);
    let stdev = result(&mut client, "stdev", "N").as_f64().unwrap();
    assert!((stdev - 0.5).abs() < 0.05, "{stdev}");
    client.set("V", "3");
    measure(&mut client);
    let mean = result(&mut client, "mean", "N").as_f64().unwrap();
    assert!((mean - 3.0).abs() < 0.1, "{mean}");
    client.ok("application/reset", "");
    let answer = client.request("GET", "/api/numeric-results/result/mean?channel=N", "");
    assert_eq!(answer.status, 404);
}

#[test]
fn refused_measurements_say_why() {
    let mut client = Client::with(
        "resources: {V: 1, T: text, I: NaN}\nnumeric_results: {N: {targets: [V, T, I]}}",
    );
    let body = r#"{"ChannelNetName": "N", "TargetNetName": "V"}"#;
    ask(&mut client, "measure", body);
    for (path, status, text) in [
        (
            "result/samples?channel=N",
            400,
            "the samples were not kept: measure with ReducedSet false",
        ),
        (
            "result/mean?channel=V",
            404,
            "NumericResult channel \"V\" not found: no such net name or alias",
        ),
        (
            "result/mean",
            400,
            "the query field \"channel\" is missing or empty",
        ),
        (
            "targets?channel=X%20Y",
            404,
            "NumericResult channel \"X Y\" not found: no such net name or alias",
        ),
    ] {
        let answer = client.request("GET", &format!("/api/numeric-results/{path}"), "");
        assert_eq!((answer.status, answer.error()), (status, text.into()));
    }
    for (fields, status, text) in [
        (
            r#""Channel": "V", "Target": "V""#,
            404,
            "NumericResult channel \"V\" not found: no such net name or alias",
        ),
        (
            r#""Channel": "N", "Target": "X""#,
            404,
            "channel \"X\" not found: no such net name or alias",
        ),
        (
            r#""Channel": "N", "Target": "MON_3V3""#,
            400,
            "N cannot sample 0.1.ESH10000158.MON_3V3: its targets are V, T, I",
        ),
        (
            r#""Channel": "N", "Target": "T""#,
            400,
            "T cannot be sampled: \"text\" is no number",
        ),
        (
            r#""Channel": "N", "Target": "I""#,
            400,
            "I cannot be sampled: \"NaN\" is no number",
        ),
        (
            r#""Channel": "N", "Target": "V", "Samples": 0"#,
            400,
            "field \"Samples\" must be at least 1, not 0",
        ),
        (
            r#""Channel": "N", "Target": "V", "Samples": 100001"#,
            400,
            "field \"Samples\" must be at most 100000, not 100001",
        ),
        (
            r#""Channel": "N", "Target": "V", "Lsl": 2, "Usl": 1"#,
            400,
            "field \"Lsl\" must be below \"Usl\", not 2 with 1",
        ),
        (
            r#""Channel": "N", "Target": "V", "Lsl": "low""#,
            400,
            "field \"Lsl\" must be a number, not text",
        ),
    ] {
        assert_eq!(
            client.refused("numeric-results/acquire", &format!("{{{fields}}}")),
            (status, text.into()),
            "{fields}"
        );
    }
}

#[test]
fn a_bench_names_channels_by_their_aliases_as_well() {
    let mut client = Client::with(
        "resources: {V: {value: 1, alias: rail}}\n\
         numeric_results: {N: {targets: [MON_3V3, {name: rail, samples: [5]}]}}",
    );
    let targets = client.get("numeric-results/targets?channel=N");
    assert_eq!(targets, json!(["0.1.ESH10000158.MON_3V3", "V"]));
    let taken = ask(
        &mut client,
        "acquire",
        r#"{"Channel": "N", "Target": "rail", "Samples": 1}"#,
    );
    assert_eq!(taken["stats"]["mean"], 5.0);
}
