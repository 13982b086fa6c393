//! The command line of `rehearse agent`: what it serves, and what it says.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::{
    client::{Client, NAME},
    serving::Serving,
};

/// A folder that has these of its files: a package.json, a bench.yaml.
fn folder(package: bool, bench: bool) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    if package {
        let manifest = r#"{"name": "Demo_v00", "version": "1.0.0", "author": "Tests", "description": "A demo."}"#;
        fs::write(folder.path().join("package.json"), manifest).expect("written");
    }
    if bench {
        fs::write(folder.path().join("bench.yaml"), "agent: {name: mine}").expect("written");
    }
    folder
}

/// What the ready line says after the address, with the name the agent gives.
fn served(folder: &Path, arguments: &[&str]) -> (String, String) {
    let serving = Serving::start(folder, arguments);
    let ready = serving.ready.replace(serving.url(), "URL");
    (ready, Client::of(&serving).ask(NAME).body)
}

fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = Command::new(env!("CARGO_BIN_EXE_rehearse"))
        .arg("agent")
        .args(arguments)
        .output()
        .expect("rehearse starts");
    (status.code(), String::from_utf8_lossy(&stderr).into_owned())
}

#[test]
fn the_current_folder_decides_what_is_served_without_an_argument() {
    let line = |served: &str, package: &str| {
        format!(
            "listening on URL, serving {served}; use it with: rehearse run {package} --host URL; end it with Ctrl-C\n"
        )
    };
    for (package, bench, ready, name) in [
        (true, true, line("bench.yaml", "."), "\"mine\""),
        (false, true, line("bench.yaml", "PACKAGE"), "\"mine\""),
        (
            true,
            false,
            line("the default station", "."),
            "\"Accordion Q2 (simulated)\"",
        ),
        (
            false,
            false,
            line("the default station", "PACKAGE"),
            "\"Accordion Q2 (simulated)\"",
        ),
    ] {
        let folder = folder(package, bench);
        assert_eq!(served(folder.path(), &[]), (ready, name.into()));
    }
}

#[test]
fn a_folder_or_a_file_can_be_named() {
    let above = tempfile::tempdir().expect("a temporary folder");
    let package = above.path().join("Demo_v00");
    fs::rename(folder(true, true).keep(), &package).expect("moved");
    let (ready, name) = served(above.path(), &["Demo_v00"]);
    let file = Path::new("Demo_v00").join("bench.yaml");
    let file = file.display();
    assert_eq!(
        ready,
        format!(
            "listening on URL, serving {file}; use it with: rehearse run Demo_v00 --host URL; end it with Ctrl-C\n"
        )
    );
    assert_eq!(name, "\"mine\"");
    let (ready, name) = served(&package, &["bench.yaml"]);
    assert!(ready.contains("serving bench.yaml; use it with: rehearse run PACKAGE "));
    assert_eq!(name, "\"mine\"");
}

#[test]
fn each_request_is_a_line_unless_quiet() {
    let folder = folder(false, false);
    for (arguments, lines) in [(&[][..], 2), (&["--quiet"][..], 0)] {
        let serving = Serving::start(folder.path(), arguments);
        let mut client = Client::of(&serving);
        client.ask(NAME);
        client.ask("GET /api/no?x=1 HTTP/1.1\r\nHost: a\r\n\r\n");
        let log = serving.log();
        assert_eq!(log.lines().count(), lines, "{log}");
        if lines > 0 {
            assert!(log.contains("GET /api/application/name 200 "), "{log}");
            assert!(log.contains("GET /api/no 404 "), "{log}");
        }
    }
}

#[test]
fn a_verbose_agent_shows_what_was_sent_and_answered_without_secrets() {
    let folder = folder(false, false);
    let serving = Serving::start(folder.path(), ["--verbose"]);
    let mut client = Client::of(&serving);
    let mut send = |method: &str, path: &str, body: &str| {
        client.ask(format!(
            "{method} {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Basic c2VjcmV0\r\nX-Api-Key: secret\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    };
    send("GET", "/api/application/name?x=1&token=secret", "");
    send("POST", "/api/resources/value/get", r#"{"Name": "MON_3V3"}"#);
    send("POST", "/api/resources/value/set", "{secret");
    send(
        "PUT",
        "/api/system/boot",
        r#"{"wifi": {"ssid": "Lab", "password": "very secret"}}"#,
    );
    let log = serving.log();
    let mut lines = log.lines();
    for (begin, end) in [
        (
            "GET /api/application/name?x=1&token=*** -> 200 \"Accordion Q2 (simulated)\" ",
            " ms",
        ),
        (
            "POST /api/resources/value/get {\"Name\":\"MON_3V3\"} -> 200 {\"value\":\"3.301\"} ",
            " ms",
        ),
        (
            "POST /api/resources/value/set <7 bytes of application/json> -> 400 {\"error\":\"the body is no JSON: ",
            " ms",
        ),
        (
            "PUT /api/system/boot {\"wifi\":{\"ssid\":\"Lab\",\"password\":\"***\"}} -> 200 {\"enabled\":false,",
            " ms",
        ),
    ] {
        let line = lines.next().expect("a line");
        assert!(line.starts_with(begin) && line.ends_with(end), "{line}");
    }
    assert_eq!(lines.next(), None);
    assert!(
        !log.contains("secret") && !log.contains("c2VjcmV0"),
        "{log}"
    );
}

#[test]
fn quiet_and_verbose_exclude_each_other() {
    let (code, shown) = refused(&["--quiet", "--verbose"]);
    assert_eq!(code, Some(2));
    assert!(
        shown.starts_with("error: the argument '--quiet' cannot be used with '--verbose'"),
        "{shown}"
    );
}

#[test]
fn a_port_that_is_taken_is_told() {
    let serving = Serving::bench("");
    let (code, shown) = refused(&["--listen", serving.address()]);
    assert_eq!(code, Some(2));
    assert_eq!(
        shown,
        format!(
            "error: failed to listen on {}: another program listens there; end it, or take another port, such as --listen 127.0.0.1:0 for a free one\n",
            serving.address()
        )
    );
}

#[test]
fn an_address_this_machine_does_not_have_is_told() {
    // From a block that RFC 5737 keeps free for documentation.
    let (code, shown) = refused(&["--listen", "192.0.2.1:5000"]);
    assert_eq!(code, Some(2));
    assert_eq!(
        shown,
        "error: failed to listen on 192.0.2.1:5000: this machine does not have that address; name one it has, such as --listen 127.0.0.1:5000\n"
    );
}

#[test]
fn a_host_name_nobody_has_is_told() {
    let (code, shown) = refused(&["--listen", "nobody.invalid:5000"]);
    assert_eq!(code, Some(2));
    assert!(
        shown.starts_with(
            "error: failed to listen on nobody.invalid:5000: the host name is unknown ("
        ),
        "{shown}"
    );
    assert!(
        shown.ends_with("); name an address of this machine, such as --listen 127.0.0.1:5000\n"),
        "{shown}"
    );
}
