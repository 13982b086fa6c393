//! `ssl`, `http.client` and `urllib` against servers on loopback, here and under CPython.

use std::{io::Read, process::Command};

use rcgen::date_time_ymd;
use serde_json::{Value as Json, json};

use crate::{
    certificates::{Authority, Identity, Server, self_signed, serve},
    outside,
    package::Package,
};

const CODE: &str = include_str!("tls.py");

/// The result of a function of `tls.py` that takes settings, here; and the same under CPython where there is one.
#[track_caller]
fn gives(package: Package, function: &str, settings: &Json, expected: &Json) {
    let package = package.step(function, &format!("parameters: {{settings: '{settings}'}}"));
    let ran = package.run(&[]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(&ran.attempt(function)["returned"], expected);
    let Some(python) = outside::cpython() else {
        return;
    };
    let script = "import json, sys; sys.path.insert(0, 'python_modules'); import m; \
                  print(json.dumps(getattr(m, sys.argv[1])(sys.argv[2])))";
    let output = Command::new(python)
        .args(["-B", "-c", script, function, &settings.to_string()])
        .current_dir(package.path())
        .output()
        .expect("Python starts");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    let theirs: Json = serde_json::from_str(&shown).unwrap_or_else(|_| panic!("{shown}{error}"));
    assert_eq!(&theirs, expected, "under CPython");
}

fn package(authority: &Authority) -> Package {
    Package::with(CODE).file("ca.pem", &authority.certificate)
}

fn with_identity(package: Package, name: &str, identity: &Identity) -> Package {
    package
        .file(&format!("{name}.pem"), &identity.certificate)
        .file(&format!("{name}.key"), &identity.key)
}

fn answer(version: &str) -> Json {
    json!(["answer", "pong", version, null])
}

#[test]
fn a_server_whose_authority_is_known_is_understood() {
    let authority = Authority::new("Lab");
    let port = Server::new(&authority.issue(&["localhost"])).start();
    gives(
        package(&authority),
        "look",
        &json!({"port": port}),
        &answer("TLSv1.3"),
    );
}

#[test]
fn http_client_and_urllib_speak_https() {
    let authority = Authority::new("Lab");
    let port = Server::new(&authority.issue(&["localhost"])).start();
    let expected = json!(["pong", "pong", "URLError CERTIFICATE_VERIFY_FAILED"]);
    gives(
        package(&authority),
        "fetch",
        &json!({"port": port}),
        &expected,
    );
}

#[test]
fn an_unknown_authority_is_refused() {
    let authority = Authority::new("Lab");
    let port = Server::new(&authority.issue(&["localhost"])).start();
    let expected = json!([
        "SSLCertVerificationError",
        20,
        "unable to get local issuer certificate"
    ]);
    gives(
        package(&Authority::new("Other")),
        "look",
        &json!({"port": port}),
        &expected,
    );
}

#[test]
fn a_device_that_signed_its_own_certificate_is_refused_until_that_one_is_trusted() {
    let device = self_signed(&["localhost"]);
    let port = Server::new(&device).start();
    let expected = json!(["SSLCertVerificationError", 18, "self-signed certificate"]);
    let settings = json!({"port": port});
    gives(
        package(&Authority::new("Other")),
        "look",
        &settings,
        &expected,
    );
    let trusting = Package::with(CODE).file("ca.pem", &device.certificate);
    gives(trusting, "look", &settings, &answer("TLSv1.3"));
}

#[test]
fn a_certificate_for_another_name_or_address_is_refused() {
    let authority = Authority::new("Lab");
    let port = Server::new(&authority.issue(&["rack1.lab.example", "*.dut.example"])).start();
    for (name, expected) in [
        (
            "localhost",
            json!([
                "SSLCertVerificationError",
                62,
                "Hostname mismatch, certificate is not valid for 'localhost'."
            ]),
        ),
        (
            "127.0.0.1",
            json!([
                "SSLCertVerificationError",
                64,
                "IP address mismatch, certificate is not valid for '127.0.0.1'."
            ]),
        ),
        ("RACK1.lab.example", answer("TLSv1.3")),
        ("a.dut.example", answer("TLSv1.3")),
    ] {
        let settings = json!({"port": port, "name": name});
        gives(package(&authority), "look", &settings, &expected);
    }
    let settings = json!({"port": port, "check": false});
    gives(package(&authority), "look", &settings, &answer("TLSv1.3"));
}

#[test]
fn a_certificate_out_of_its_time_is_refused() {
    let authority = Authority::new("Lab");
    let expired = authority.issue_with(&["localhost"], |params| {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
    });
    let early = authority.issue_with(&["localhost"], |params| {
        params.not_before = date_time_ymd(2090, 1, 1);
        params.not_after = date_time_ymd(2091, 1, 1);
    });
    for (identity, code, message) in [
        (expired, 10, "certificate has expired"),
        (early, 9, "certificate is not yet valid"),
    ] {
        let port = Server::new(&identity).start();
        let expected = json!(["SSLCertVerificationError", code, message]);
        gives(
            package(&authority),
            "look",
            &json!({"port": port}),
            &expected,
        );
    }
}

#[test]
fn without_verification_any_certificate_is_taken() {
    let port = Server::new(&self_signed(&["elsewhere"])).start();
    let settings = json!({"port": port, "check": false, "verify": "CERT_NONE"});
    let package = package(&Authority::new("Other"));
    gives(package, "look", &settings, &answer("TLSv1.3"));
}

#[test]
fn a_client_certificate_is_shown_where_the_server_wants_one() {
    let authority = Authority::new("Lab");
    let client = authority.issue(&["operator"]);
    let server = authority.issue(&["localhost"]);
    for (server, version) in [
        (Server::new(&server), "TLSv1.3"),
        (Server::new(&server).only_tls_1_2(), "TLSv1.2"),
    ] {
        let port = server.wants_clients_of(&authority).start();
        let package = || with_identity(package(&authority), "client", &client);
        let settings = json!({"port": port, "identity": "client"});
        gives(package(), "look", &settings, &answer(version));
        let expected = json!(["SSLError", null, null]);
        gives(package(), "look", &json!({"port": port}), &expected);
    }
}

#[test]
fn the_two_sides_agree_on_a_version_and_an_application_protocol_or_fail() {
    let authority = Authority::new("Lab");
    let identity = authority.issue(&["localhost"]);
    let old = Server::new(&identity).only_tls_1_2().start();
    let new = Server::new(&identity).speaks(&["h2", "http/1.1"]).start();
    for (settings, expected) in [
        (json!({"port": old}), answer("TLSv1.2")),
        (
            json!({"port": old, "minimum": "TLSv1_3"}),
            json!(["SSLError", null, null]),
        ),
        (
            json!({"port": new, "maximum": "TLSv1_2"}),
            answer("TLSv1.2"),
        ),
        (
            json!({"port": new, "alpn": ["http/1.1"]}),
            json!(["answer", "pong", "TLSv1.3", "http/1.1"]),
        ),
    ] {
        gives(package(&authority), "look", &settings, &expected);
    }
}

#[test]
fn a_silent_server_ends_in_the_codes_own_time_out() {
    let port = serve(|mut stream| drop(stream.read_to_end(&mut Vec::new())));
    gives(
        package(&Authority::new("Lab")),
        "look",
        &json!({"port": port, "timeout": 0.2}),
        &json!(["TimeoutError", null, null]),
    );
}

#[test]
fn a_server_that_hangs_up_during_the_handshake_is_named() {
    let port = serve(|mut stream| {
        // All of it, for what is left unread would make a reset.
        let mut size = [0; 5];
        stream.read_exact(&mut size).expect("a record");
        let mut hello = vec![0; usize::from(u16::from_be_bytes([size[3], size[4]]))];
        stream.read_exact(&mut hello).expect("the hello");
    });
    gives(
        package(&Authority::new("Lab")),
        "look",
        &json!({"port": port}),
        &json!(["SSLEOFError", null, null]),
    );
}

#[test]
fn a_server_that_speaks_no_tls_is_named() {
    let port = serve(|mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n");
        let _ = stream.read(&mut [0; 4096]);
    });
    gives(
        package(&Authority::new("Lab")),
        "reason",
        &json!({"port": port}),
        &json!(["SSLError", "WRONG_VERSION_NUMBER", "SSL"]),
    );
}

#[test]
fn a_certificate_says_the_same_as_under_cpython() {
    let authority = Authority::new("Lab");
    let identity = authority.issue_with(&["localhost", "127.0.0.1", "::1"], |params| {
        params.not_before = date_time_ymd(2021, 2, 3);
        params.not_after = date_time_ymd(2089, 11, 12);
        params.serial_number = Some(vec![0x8A, 0x01].into());
        let name = &mut params.distinguished_name;
        name.push(rcgen::DnType::OrganizationName, "Prüffeld");
        name.push(rcgen::DnType::CountryName, "DE");
    });
    let port = Server::new(&identity).start();
    let expected = json!({
        "subject": [[["commonName", "localhost"]], [["organizationName", "Prüffeld"]], [["countryName", "DE"]]],
        "issuer": [[["commonName", "Lab"]]],
        "version": 3,
        "serialNumber": "8A01",
        "notBefore": "Feb  3 00:00:00 2021 GMT",
        "notAfter": "Nov 12 00:00:00 2089 GMT",
        "subjectAltName": [["DNS", "localhost"], ["IP Address", "127.0.0.1"], ["IP Address", "0:0:0:0:0:0:0:1"]],
    });
    gives(
        package(&authority),
        "certificate",
        &json!({"port": port}),
        &expected,
    );
}

#[test]
fn test_code_can_be_both_sides_and_move_much() {
    let authority = Authority::new("Lab");
    let package = with_identity(
        package(&authority),
        "server",
        &authority.issue(&["localhost"]),
    );
    let package = with_identity(package, "client", &authority.issue(&["operator"]));
    let size = 3_000_000;
    let expected = json!([size, size, "operator", true]);
    gives(package, "both_sides", &json!({"size": size}), &expected);
}

#[test]
fn a_socket_that_must_not_block_says_what_it_waits_for() {
    let authority = Authority::new("Lab");
    let port = Server::new(&authority.issue(&["localhost"])).start();
    let expected = json!([[], "pong", true]);
    gives(
        package(&authority),
        "unblocked",
        &json!({"port": port}),
        &expected,
    );
}

#[test]
fn what_is_given_wrongly_is_named_when_it_is_given() {
    let authority = Authority::new("Lab");
    let package = with_identity(package(&authority), "one", &authority.issue(&["one"]));
    let package = with_identity(package, "two", &authority.issue(&["two"]));
    let expected = json!([
        ["FileNotFoundError", null],
        ["SSLError", "NO_CERTIFICATE_OR_CRL_FOUND"],
        ["SSLError", "KEY_VALUES_MISMATCH"],
        ["SSLError", null],
        ["SSLError", null],
        ["ValueError", null],
        ["ValueError", null],
    ]);
    gives(package, "mistakes", &json!({}), &expected);
}

#[test]
fn tls_over_memory_says_that_it_is_not_available() {
    let code = "import ssl\n\ndef f():\n    ssl.MemoryBIO()\n";
    let ran = Package::with(code).step("f", "").run(&[]).failed();
    let message = ran.attempt("f")["message"].as_str().expect("a message");
    assert!(
        message.starts_with("NotImplementedError: TLS over memory"),
        "{message}"
    );
}

#[test]
fn events_show_the_plain_text_and_never_the_key() {
    let authority = Authority::new("Lab");
    let client = authority.issue(&["operator"]);
    let port = Server::new(&authority.issue(&["localhost"]))
        .wants_clients_of(&authority)
        .start();
    let outside = tempfile::tempdir().expect("a temporary folder");
    let events = outside.path().join("events.jsonl");
    let settings = json!({"port": port, "identity": "client"});
    with_identity(package(&authority), "client", &client)
        .step("look", &format!("parameters: {{settings: '{settings}'}}"))
        .run(&[&format!("--events={}", events.display())])
        .passed();
    let events = std::fs::read_to_string(events).expect("events");
    assert!(events.contains(r#""key":"***""#), "{events}");
    assert!(events.contains("Content-Length: 4"), "{events}");
    let secret = client.key.lines().nth(1).expect("a line of the key");
    assert!(!events.contains(secret));
    let hex: String = client
        .key
        .bytes()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert!(!events.contains(&hex[60..120]));
}

#[test]
fn a_simulated_agent_answers_on_https() {
    let code = r#"
import urllib.request

def ask():
    with urllib.request.urlopen("https://agent1.local/api/connection/status", timeout=5) as answer:
        return [answer.status, answer.fp.raw._sock.version()]
"#;
    let ran = Package::with(code)
        .file("local.yaml", "cfg:\n  AGENT_HOST: https://agent1.local\n")
        .step("ask", "")
        .run(&["--simulate"])
        .passed();
    assert_eq!(ran.attempt("ask")["returned"], json!([200, "TLSv1.3"]));
}

#[test]
fn requests_speaks_https() {
    let Some(wheels) = outside::wheels(&[
        "requests==2.34.2",
        "urllib3==2.8.0",
        "certifi==2026.10.18",
        "idna==3.20",
        "chardet==5.2.0",
    ]) else {
        return;
    };
    let code = r#"
import requests

def ask(port):
    url = f"https://localhost:{port}/"
    try:
        requests.get(url, timeout=20)
    except requests.exceptions.SSLError as error:
        refused = "certificate verify failed: unable to get local issuer certificate" in str(error)
    return [requests.get(url, verify="ca.pem", timeout=20).text, refused]
"#;
    let authority = Authority::new("Lab");
    let port = Server::new(&authority.issue(&["localhost"])).start();
    let mut package = Package::with(code).file("ca.pem", &authority.certificate);
    for entry in std::fs::read_dir(wheels).expect("wheels") {
        let path = entry.expect("a wheel").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        let content = std::fs::read(&path).expect("a wheel");
        package = package.file(&format!("wheels/{name}"), content);
    }
    let ran = package
        .step("ask", &format!("parameters: {{port: {port}}}"))
        .run(&[])
        .passed();
    assert_eq!(ran.attempt("ask")["returned"], json!(["pong", true]));
}
