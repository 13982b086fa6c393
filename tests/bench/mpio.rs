//! Multi-purpose pins and the nets between them.

use crate::client::Client;

const PINS: &str = "mpio: [{prefix: P, count: 6, default: 0.5}]\n";

fn turn(client: &mut Client, name: &str, direction: &str) {
    client.ok(
        "channels/channel/configure",
        &format!(r#"{{"NetName": "{name}", "Direction": "{direction}"}}"#),
    );
}

fn drive(client: &mut Client, name: &str, value: &str) {
    turn(client, name, "OUT");
    client.set(name, value);
}

#[test]
fn a_driven_channel_is_read_by_the_inputs_of_its_net() {
    let mut client = Client::with(&format!("{PINS}nets: [[P00, P01, P02]]"));
    assert_eq!(client.value("P01"), "0.5");
    drive(&mut client, "P00", "3.30");
    for name in ["P00", "P01", "P02"] {
        assert_eq!(client.value(name), "3.3", "{name}");
    }
    assert_eq!(client.value("P03"), "0.5");
    client.set("P00", "0.0");
    assert_eq!(client.value("P02"), "0");
    turn(&mut client, "P00", "IN");
    assert_eq!(client.value("P02"), "0.5");
    // The level is kept for the next time.
    turn(&mut client, "P00", "IN, OUT");
    assert_eq!(client.value("P02"), "0");
}

#[test]
fn an_output_drives_its_default_before_it_is_set() {
    let mut client = Client::with(
        "mpio: [{prefix: P, count: 1, default: 1.5}, {prefix: Q, count: 1}]\nnets: [[P00, Q00]]",
    );
    turn(&mut client, "P00", "OUT");
    assert_eq!(client.value("Q00"), "1.5");
}

#[test]
fn setting_an_input_or_a_level_out_of_range_is_refused() {
    let mut client = Client::with(PINS);
    let set = |client: &mut Client, value: &str| {
        client.refused(
            "resources/value/set",
            &format!(r#"{{"Name": "P00", "Value": "{value}"}}"#),
        )
    };
    assert_eq!(
        set(&mut client, "1"),
        (
            400,
            "P00 is an input: configure its direction as OUT before setting it".into()
        )
    );
    turn(&mut client, "P00", "OUT");
    for value in ["5.01", "-0.1", "nan", "", "True"] {
        let text = format!(
            "\"{value}\" is no value for P00: it takes volts, a decimal number from 0 to 5"
        );
        assert_eq!(set(&mut client, value), (400, text));
    }
}

#[test]
fn the_lowest_of_several_drivers_wins() {
    let mut client = Client::with(&format!("{PINS}nets: [[P00, P01, P02]]"));
    drive(&mut client, "P00", "3.3");
    drive(&mut client, "P01", "1.2");
    assert_eq!(client.value("P00"), "1.2");
    assert_eq!(client.value("P02"), "1.2");
}

#[test]
fn an_open_cuts_one_channel_off() {
    let mut client = Client::with(&format!(
        "{PINS}nets: [[P00, P01, P02]]\nfaults: {{opens: [P01]}}"
    ));
    drive(&mut client, "P00", "3.3");
    assert_eq!(client.value("P01"), "0.5");
    assert_eq!(client.value("P02"), "3.3");
}

#[test]
fn a_short_joins_two_nets() {
    let mut client = Client::with(&format!(
        "{PINS}nets: [[P00, P01], [P02, P03]]\nfaults: {{shorts: [[P01, P02]]}}"
    ));
    drive(&mut client, "P00", "3.3");
    assert_eq!(client.value("P03"), "3.3");
    drive(&mut client, "P02", "0");
    assert_eq!(client.value("P00"), "0");
}

#[test]
fn a_pseudo_digital_channel_speaks_true_and_false() {
    let yaml = "mpio: [{prefix: P, count: 2}, {prefix: D, count: 2, type: PseudoDigital, vl: 0.2, vh: 1.8}]\nnets: [[P00, D00, D01]]";
    let mut client = Client::with(yaml);
    assert_eq!(client.value("D00"), "False");
    drive(&mut client, "P00", "1");
    assert_eq!(client.value("D00"), "True");
    client.set("P00", "0.99");
    assert_eq!(client.value("D00"), "False");
    turn(&mut client, "P00", "IN");
    drive(&mut client, "D00", "true");
    assert_eq!(
        (client.value("D01"), client.value("P00")),
        ("True".into(), "1.8".into())
    );
    client.set("D00", "0");
    assert_eq!(client.value("P00"), "0.2");
    let bad = client.refused("resources/value/set", r#"{"Name": "D00", "Value": "3.3"}"#);
    assert_eq!(
        bad,
        (
            400,
            "\"3.3\" is no value for D00: it takes \"True\" or \"False\"".into()
        )
    );
}

#[test]
fn type_and_levels_are_configured_and_an_open_drain_only_pulls_down() {
    let mut client =
        Client::with("mpio: [{prefix: P, count: 3, default: 3.3}]\nnets: [[P00, P01, P02]]");
    let body = |name: &str| {
        format!(
            r#"{{"NetName": "{name}", "ChannelType": "PseudoDigital", "Direction": "OUT", "Details": {{"vh": -1}}}}"#
        )
    };
    client.ok(
        "channels/configure",
        &format!("[{}, {}]", body("P00"), body("P01")),
    );
    let channel = client.ok("channels/channel", r#"{"NetName": "P00"}"#);
    assert_eq!(channel["channelType"], "PseudoDigital");
    assert_eq!(channel["channelTypeCapability"], "Analog, PseudoDigital");
    assert_eq!(channel["details"]["vh"], -1.0);
    client.set("P00", "True");
    client.set("P01", "True");
    assert_eq!(client.value("P02"), "3.3");
    client.set("P01", "False");
    assert_eq!(
        (client.value("P02"), client.value("P00")),
        ("0".into(), "False".into())
    );
    let bad = client.refused(
        "channels/channel/configure",
        r#"{"NetName": "P00", "Details": {"vl": "low"}}"#,
    );
    assert_eq!(
        bad,
        (
            400,
            "Details: \"vl\" of P00 must be a number of volts".into()
        )
    );
}
