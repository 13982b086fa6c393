//! boot.config: what is written, refused and applied at a start.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::client::{Answer, Client};

fn put(client: &mut Client, body: &Json) -> Answer {
    client.request("PUT", "/api/system/boot", &body.to_string())
}

fn written(client: &mut Client, body: &Json) -> Json {
    let answer = put(client, body);
    assert_eq!(answer.status, 200, "{answer:?}");
    let json = answer.json();
    assert_eq!(client.get("system/boot"), json);
    json
}

#[test]
fn there_is_none_until_one_is_written() {
    let mut client = Client::new();
    let none = client.request("GET", "/api/system/boot", "");
    assert_eq!(
        (none.status, none.error()),
        (
            404,
            "boot.config not found: PUT /api/system/boot writes one".into()
        )
    );
    client
        .network
        .tell_time(Duration::from_secs(1_800_000_000), client.now);
    let boot = written(&mut client, &json!({}));
    assert_eq!(
        boot,
        json!({
            "enabled": false,
            "modified": "2027-01-15T08:00:00.000Z",
            "description": null,
            "wifi": {"enabled": false, "ssid": "", "passwordSet": false},
            "disableUsbPorts": false,
            "enableMediaDevices": false,
            "aliasFiles": [],
            "modules": [],
            "ipConfigurations": [],
            "services": [],
            "protectedServices": ["accordion.service", "accordion-webapi.service"],
        })
    );
}

#[test]
fn each_section_that_is_sent_replaces_that_of_the_file_and_the_rest_stays() {
    let mut client = Client::new();
    let first = written(
        &mut client,
        &json!({
            "enabled": true,
            "description": "Line 3",
            "disableUsbPorts": true,
            "aliasFiles": [{"path": "b.csv", "enabled": true}, {"path": "a.csv", "enabled": false}],
            "modules": [{"name": "Load", "assemblyPath": "l.dll", "className": "N.Load", "namespace": "", "enabled": true}],
            "ipConfigurations": [{"interface": "eth0", "staticIp": "192.0.2.7/24", "enabled": true}],
            "services": [{"name": "Logger", "serviceFile": "logger", "enabled": false}],
        }),
    );
    assert_eq!(
        first["aliasFiles"],
        json!([{"path": "b.csv", "enabled": true, "order": 0}, {"path": "a.csv", "enabled": false, "order": 1}])
    );
    assert_eq!(
        first["services"],
        json!([{"name": "Logger", "serviceFile": "logger.service", "enabled": false}])
    );
    let second = written(
        &mut client,
        &json!({"modules": [], "enableMediaDevices": true}),
    );
    assert_eq!(
        (&second["modules"], &second["enableMediaDevices"]),
        (&json!([]), &json!(true))
    );
    for same in [
        "enabled",
        "description",
        "disableUsbPorts",
        "aliasFiles",
        "ipConfigurations",
        "services",
    ] {
        assert_eq!(second[same], first[same], "{same}");
    }
    let startup = r#"{"enabled": null, "aliasFiles": [{"path": "c.csv", "enabled": true}], "description": "no"}"#;
    let third = client
        .request("PUT", "/api/system/boot/startup", startup)
        .json();
    assert_eq!(
        (&third["enabled"], &third["description"]),
        (&json!(true), &json!("Line 3"))
    );
    assert_eq!(third["aliasFiles"][0]["path"], "c.csv");
    let fourth = client
        .request("PUT", "/api/system/boot/startup", r#"{"enabled": false}"#)
        .json();
    assert_eq!(
        (&fourth["enabled"], &fourth["aliasFiles"]),
        (&json!(false), &third["aliasFiles"])
    );
}

#[test]
fn a_change_since_it_was_read_is_not_overwritten() {
    let mut client = Client::new();
    let none = put(&mut client, &json!({"ifModified": "x"}));
    assert_eq!(
        (none.status, none.error()),
        (
            409,
            "there is no boot.config that could have been read".into()
        )
    );
    let first = written(&mut client, &json!({"description": "first"}))["modified"].clone();
    let second = written(
        &mut client,
        &json!({"ifModified": first, "description": "second"}),
    );
    assert_ne!(
        second["modified"], first,
        "even within the same millisecond"
    );
    let late = put(
        &mut client,
        &json!({"ifModified": first, "description": "third"}),
    );
    assert_eq!(late.status, 409);
    let text = format!(
        "boot.config was changed at {}, after {}: read it again",
        second["modified"].as_str().unwrap(),
        first.as_str().unwrap()
    );
    assert_eq!(late.error(), text);
    assert_eq!(client.get("system/boot"), second);
}

#[test]
fn a_password_is_kept_cleared_or_set_and_never_shown() {
    let mut client = Client::new();
    let wifi = |client: &mut Client, password: Option<&str>| {
        let body = json!({"wifi": {"enabled": true, "ssid": "Lab", "password": password}});
        let boot = written(client, &body);
        assert!(!boot.to_string().contains("open sesame"), "{boot}");
        boot["wifi"]["passwordSet"].as_bool().unwrap()
    };
    assert!(!wifi(&mut client, None));
    assert!(wifi(&mut client, Some("open sesame")));
    assert!(wifi(&mut client, None));
    written(&mut client, &json!({"enabled": true}));
    assert_eq!(
        client.get("system/boot")["wifi"],
        json!({"enabled": true, "ssid": "Lab", "passwordSet": true})
    );
    assert!(!wifi(&mut client, Some("")));
}

#[test]
fn everything_is_checked_before_anything_is_written() {
    let mut client = Client::new();
    let before = written(&mut client, &json!({"description": "before"}));
    for (section, text) in [
        (
            json!({"wifi": {"enabled": true, "ssid": ""}}),
            "field \"ssid\" must have 1 to 32 bytes, not 0",
        ),
        (
            json!({"wifi": {"ssid": "x".repeat(33)}}),
            "field \"ssid\" must have 1 to 32 bytes, not 33",
        ),
        (
            json!({"wifi": {"ssid": "Lab", "password": "short"}}),
            "field \"password\" must have 8 to 63 characters, not 5",
        ),
        (
            json!({"wifi": []}),
            "field \"wifi\" must be an object, not a list",
        ),
        (
            json!({"modules": [1]}),
            "field \"modules\" must be a list of objects, not a number",
        ),
        (
            json!({"modules": {}}),
            "field \"modules\" must be a list, not an object",
        ),
        (
            json!({"modules": [{"name": " "}]}),
            "field \"name\" of a module is empty",
        ),
        (
            json!({"aliasFiles": [{"path": "../x"}]}),
            "field \"path\" must be a file name in the alias folder, not \"../x\"",
        ),
        (
            json!({"ipConfigurations": [{"interface": "eth 0", "staticIp": "192.0.2.7/24"}]}),
            "\"eth 0\" is no name of a network interface",
        ),
        (
            json!({"ipConfigurations": [{"interface": "eth0", "staticIp": "192.0.2.7/33"}]}),
            "field \"staticIp\" must be an IPv4 address with its prefix, such as 192.0.2.7/24, not \"192.0.2.7/33\"",
        ),
        (
            json!({"services": [{"name": "x", "serviceFile": "a b"}]}),
            "field \"serviceFile\" must be a systemd unit, such as logger.service, not \"a b\"",
        ),
        (
            json!({"services": [{"name": "x", "serviceFile": "accordion", "enabled": false}]}),
            "service \"accordion.service\" cannot be turned off: the station needs it",
        ),
    ] {
        let mut body = section;
        body["description"] = "after".into();
        let answer = put(&mut client, &body);
        assert_eq!(
            (answer.status, answer.error()),
            (400, text.into()),
            "{body}"
        );
    }
    assert_eq!(client.get("system/boot"), before);
}

#[test]
fn modules_and_alias_files_are_applied_at_each_reset_and_services_at_a_reboot() {
    let mut client = Client::with(
        "modules: [{name: Load, class_name: Load, channels: [{name: ON, value: true}]}]\nresources: {A: 1}",
    );
    // Settings that were saved here are an alias file, too.
    client.ok(
        "channels/channel/configure",
        r#"{"NetName": "A", "Alias": "First"}"#,
    );
    client.ok("application/config/save", r#"{"FileName": "saved"}"#);
    let saved = client
        .request("GET", "/api/files/config/content?path=saved", "")
        .body;
    client.request("PUT", "/api/files/alias/content?path=a.csv", &saved);
    client.ok("application/reset", "");
    assert_eq!(
        client
            .refused("resources/value/get", r#"{"Name": "First"}"#)
            .0,
        404
    );
    let boot = json!({
        "aliasFiles": [{"path": "a.csv"}, {"path": "missing.csv"}],
        "modules": [{"name": "Load", "enabled": true}, {"name": "Nothing", "enabled": true}, {"name": "TempRegulator", "enabled": true}],
        "services": [{"name": "Dashboard", "serviceFile": "accordion-dashboard", "enabled": false}],
    });
    written(&mut client, &boot);
    client.ok("application/reset", "");
    assert_eq!(
        client
            .refused("resources/value/get", r#"{"Name": "Load.ON"}"#)
            .0,
        404,
        "it is off"
    );
    written(&mut client, &json!({"enabled": true}));
    client.ok("application/reset", "");
    assert_eq!(
        (client.value("Load.ON"), client.value("First")),
        ("True".into(), "1".into())
    );
    let log = client.get("application/log?tail=3").to_string();
    for line in [
        "WARN boot module: module \\\"Nothing\\\" not found",
        "WARN alias file \\\"missing.csv\\\": file \\\"missing.csv\\\" not found",
        "INFO application reset",
    ] {
        assert!(log.contains(line), "{log}");
    }
    let dashboard = |client: &mut Client| client.get("system/services")[2]["activeState"].clone();
    assert_eq!(dashboard(&mut client), "active");
    client.request("POST", "/api/system/reboot", "");
    client.now += Duration::from_secs(3);
    assert_eq!(dashboard(&mut client), "inactive");
    assert_eq!(client.value("Load.ON"), "True");
}
