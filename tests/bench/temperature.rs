//! Values that move with time, their noise, and temperature sensors.

use std::time::Duration;

use rehearsal::host::bench::Network as _;

use crate::client::Client;

const BUS: &str = "0.ESH10000023.I2C09";

/// Lets time pass; the agent ends a connection that is silent for long.
fn pass(client: &mut Client, seconds: u64) {
    client.now += Duration::from_secs(seconds);
    let connection = client.network.connect("agent64.local", 5000, client.now);
    client.connection = connection.unwrap();
}

#[test]
fn a_ramp_begins_with_the_bench_and_again_with_a_reset() {
    let mut client = Client::with(
        "resources: {T: {ramp: {from: 20, to: 80, over_ms: 60000, after_ms: 5000}, unit: degC}}",
    );
    assert_eq!(client.value("T"), "20");
    pass(&mut client, 5);
    assert_eq!(client.value("T"), "20");
    pass(&mut client, 15);
    assert_eq!(client.value("T"), "35");
    pass(&mut client, 3600);
    assert_eq!(client.value("T"), "80");
    client.ok("application/reset", "");
    assert_eq!(client.value("T"), "20");
    let channel = client.ok("channels/channel", r#"{"NetName": "T"}"#);
    assert_eq!(
        [
            &channel["channelType"],
            &channel["capability"],
            &channel["unit"]
        ],
        ["Temperature", "IN", "degC"]
    );
    let set = r#"{"Name": "T", "Value": "5"}"#;
    assert_eq!(
        client.refused("resources/value/set", set),
        (400, "T is read-only".into())
    );
}

#[test]
fn a_heater_warms_and_lets_cool() {
    let mut client = Client::with(
        "resources: {Heater: {value: false, alias: HEAT}, TempRegulator.CPU_TEMP: {ramp: {from: 25, to: 85, over_ms: 120000, heated_by: HEAT}}}",
    );
    pass(&mut client, 600);
    assert_eq!(client.value("TempRegulator.CPU_TEMP"), "25");
    client.set("HEAT", "True");
    pass(&mut client, 60);
    assert_eq!(client.value("TempRegulator.CPU_TEMP"), "55");
    // The channel is still that of the default station.
    let channel = client.ok(
        "channels/channel",
        r#"{"NetName": "TempRegulator.CPU_TEMP"}"#,
    );
    assert_eq!(channel["unit"], "°C");
    pass(&mut client, 600);
    assert_eq!(client.value("TempRegulator.CPU_TEMP"), "85");
    client.set("HEAT", "False");
    pass(&mut client, 30);
    assert_eq!(client.value("TempRegulator.CPU_TEMP"), "70");
}

#[test]
fn a_heater_that_cycles_faster_than_the_dead_time_warms_all_the_same() {
    let mut client = Client::with(
        "resources: {Heater: false, T: {ramp: {from: 20, to: 80, over_ms: 60000, after_ms: 10000, heated_by: Heater}}}",
    );
    for _ in 0..10 {
        client.set("Heater", "True");
        pass(&mut client, 3);
        client.set("Heater", "False");
        pass(&mut client, 1);
    }
    // What shows are the first 30 s: on for 23 of them, and off for 7.
    assert_eq!(client.value("T"), "36");
    pass(&mut client, 5);
    client.set("Heater", "True");
    pass(&mut client, 30);
    client.set("Heater", "False");
    let before = client.value("T");
    pass(&mut client, 10);
    let after: f64 = client.value("T").parse().unwrap();
    assert_eq!(after, before.parse::<f64>().unwrap() + 10.0);
    pass(&mut client, 1);
    assert_eq!(client.value("T").parse(), Ok(after - 1.0));
}

#[test]
fn a_time_constant_leaves_37_percent_of_the_way() {
    let mut client = Client::with(
        "resources: {T: {ramp: {from: 0, to: 100, time_constant_ms: 10000}, resolution: 0.5}}",
    );
    pass(&mut client, 10);
    assert_eq!(client.value("T"), "63");
    pass(&mut client, 10);
    assert_eq!(client.value("T"), "86.5");
}

fn readings(yaml: &str, name: &str, count: usize) -> Vec<f64> {
    let mut client = Client::with(yaml);
    (0..count)
        .map(|_| client.value(name).parse().unwrap())
        .collect()
}

#[test]
fn noise_is_the_same_each_time_and_another_with_another_seed() {
    let bench = "resources: {V: {value: 3.3, noise: 0.01}, W: {value: 3.3, noise: 0.01}}";
    let first = readings(bench, "V", 200);
    assert_eq!(first, readings(bench, "V", 200));
    assert_ne!(first, readings(bench, "W", 200));
    assert_ne!(first, readings(&format!("seed: 1\n{bench}"), "V", 200));
    let mean = first.iter().sum::<f64>() / 200.0;
    assert!((mean - 3.3).abs() < 0.003, "{mean}");
    let variance = first
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / 199.0;
    assert!((variance.sqrt() - 0.01).abs() < 0.002, "{variance}");
    // Reading another channel in between changes nothing.
    let mut client = Client::with(bench);
    client.value("W");
    assert_eq!(client.value("V").parse(), Ok(first[0]));
    client.ok("application/reset", "");
    assert_eq!(client.value("V").parse(), Ok(first[0]));
}

#[test]
fn what_is_set_is_read_with_the_resolution() {
    let mut client = Client::with("resources: {V: {value: 1, resolution: 0.1}}");
    client.set("V", "2.27");
    assert_eq!(client.value("V"), "2.3");
}

#[test]
fn a_sensor_has_the_temperature_of_its_channel() {
    let mut client = Client::with(&format!(
        "resources: {{T: {{ramp: {{from: 20, to: 30, over_ms: 10000}}, noise: 5}}}}\n\
         i2c: {{{BUS}: {{devices: [\
         {{address: 0x48, temperature: {{channel: T}}}}, \
         {{address: 0x49, temperature: {{type: LM75, channel: T, offset: 1}}}}, \
         {{address: 0x4A, temperature: {{type: LM75B, value: -0.125}}}}, \
         {{address: 0x4B, temperature: {{ramp: {{from: 0, to: 100, over_ms: 10000}}}}}}]}}}}"
    ));
    let read = |client: &mut Client| {
        [0x48, 0x49, 0x4A, 0x4B].map(|address| client.read_i2c(BUS, address, "00", 2))
    };
    assert_eq!(read(&mut client), ["1400", "1500", "FFE0", "0000"]);
    pass(&mut client, 5);
    assert_eq!(read(&mut client), ["1900", "1A00", "FFE0", "3200"]);
    // Asleep it keeps what it measured last.
    client.write_i2c(BUS, 0x48, "0161A0");
    pass(&mut client, 5);
    assert_eq!(read(&mut client), ["1900", "1F00", "FFE0", "6400"]);
    client.write_i2c(BUS, 0x48, "0160A0");
    assert_eq!(read(&mut client)[0], "1E00");
    assert_eq!(client.read_i2c(BUS, 0x48, "03", 2), "5000");
    assert_eq!(client.read_i2c(BUS, 0x48, "01", 2), "60A0");
}

#[test]
fn asleep_a_sensor_keeps_the_temperature_of_that_moment() {
    let mut client = Client::with(&format!(
        "resources: {{T: {{ramp: {{from: 20, to: 30, over_ms: 10000}}}}}}\n\
         i2c: {{{BUS}: {{devices: [\
         {{address: 0x48, temperature: {{channel: T}}}}, \
         {{address: 0x49, temperature: {{type: LM75, channel: T}}}}]}}}}"
    ));
    // One that was never read has measured all the same.
    pass(&mut client, 5);
    client.write_i2c(BUS, 0x48, "0161A0");
    assert_eq!(client.read_i2c(BUS, 0x49, "00", 2), "1900");
    pass(&mut client, 3);
    assert_eq!(client.read_i2c(BUS, 0x48, "00", 2), "1900");
    // It is that of falling asleep, not of the last read; asleep, nothing is measured anew.
    client.write_i2c(BUS, 0x49, "0101");
    pass(&mut client, 2);
    client.write_i2c(BUS, 0x49, "0103");
    assert_eq!(client.read_i2c(BUS, 0x49, "00", 2), "1C00");
    client.write_i2c(BUS, 0x49, "0100");
    assert_eq!(client.read_i2c(BUS, 0x49, "00", 2), "1E00");
}

#[test]
fn a_sensor_that_was_never_read_knows_a_channel_that_has_gone() {
    let mut client = Client::with(&format!(
        "i2c: {{{BUS}: {{devices: [{{address: 0x48, temperature: {{channel: TempRegulator.CPU_TEMP}}}}]}}}}"
    ));
    client.ok("modules/unload", r#"{"Name": "TempRegulator"}"#);
    assert_eq!(client.read_i2c(BUS, 0x48, "00", 2), "2980");
}

#[test]
fn a_sensor_keeps_what_it_knows_of_a_channel_that_has_gone() {
    let mut client = Client::with(&format!(
        "i2c: {{{BUS}: {{devices: [{{address: 0x48, temperature: {{channel: TempRegulator.CPU_TEMP}}}}]}}}}"
    ));
    assert_eq!(client.read_i2c(BUS, 0x48, "00", 2), "2980");
    client.ok("modules/unload", r#"{"Name": "TempRegulator"}"#);
    assert_eq!(client.read_i2c(BUS, 0x48, "00", 2), "2980");
}
