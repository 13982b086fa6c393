//! Media and config files: uploads, downloads, and the settings that are saved and loaded.

use std::{fs, time::Duration};

use http::Request;
use rehearsal::{
    diagnostic::{Diagnostics, Style},
    host::bench::{Agent, default_station, read_beside},
    source::Sources,
};
use serde_json::json;

use crate::client::{Answer, Client};

/// Uploads a file as the Python client does.
fn upload(client: &mut Client, path: &str, name: &str, content: &str) -> Answer {
    let body = format!(
        "--0123456789abcdef\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''{name}\r\n\
         Content-Type: application/octet-stream\r\n\r\n{content}\r\n--0123456789abcdef--\r\n"
    );
    let kind = "Content-Type: multipart/form-data; boundary=0123456789abcdef\r\n";
    client.request_with("POST", &format!("/api/{path}"), kind, &body)
}

#[test]
fn media_files_come_and_go() {
    let mut client = Client::with("media: {beep.wav: {hex: \"52 49\"}, b.txt: two}");
    assert_eq!(
        client.get("media"),
        json!(["b.txt", "beep.wav", "hello.txt"])
    );
    let beep = client.request("GET", "/api/media/beep.wav", "");
    assert_eq!((beep.status, beep.body.as_str()), (200, "RI"));
    assert!(
        beep.head
            .contains("\r\nContent-Type: application/octet-stream\r\n"),
        "{}",
        beep.head
    );
    let path = "/api/media/a%20%C3%A4%2B.txt";
    for content in ["first", "", "third\r\n--"] {
        let stored = upload(&mut client, "media/upload", "a%20%C3%A4%2B.txt", content);
        assert_eq!((stored.status, stored.body.as_str()), (200, ""));
        assert_eq!(client.request("GET", path, "").body, content);
    }
    assert_eq!(client.get("media")[0], "a ä+.txt");
    assert_eq!(client.request("DELETE", path, "").status, 200);
    for method in ["GET", "DELETE"] {
        let answer = client.request(method, path, "");
        assert_eq!(
            (answer.status, answer.error()),
            (404, "file \"a ä+.txt\" not found".into())
        );
    }
}

#[test]
fn a_file_is_kept_byte_by_byte() {
    let mut agent = Agent::new(default_station(), Duration::ZERO).unwrap();
    let content: Vec<u8> = (0..=255).cycle().take(2 << 20).collect();
    let mut body =
        b"--b\r\ncontent-disposition: form-data; name=file; filename=all\r\n\r\n".to_vec();
    body.extend(&content);
    body.extend(b"\r\n--b--\r\n");
    let request = Request::post("/api/media/upload")
        .header("Content-Type", "multipart/form-data; boundary=b")
        .body(body)
        .unwrap();
    assert_eq!(agent.handle(&request, Duration::ZERO).status(), 200);
    let request = Request::get("/api/media/all").body(Vec::new()).unwrap();
    assert!(agent.handle(&request, Duration::ZERO).body() == &content);
}

#[test]
fn an_upload_may_be_larger_than_a_question() {
    let mut client = Client::new();
    let content = "x".repeat(2 << 20);
    assert_eq!(
        upload(&mut client, "media/upload", "x", &content).status,
        200
    );
    assert_eq!(client.request("GET", "/api/media/x", "").body, content);
}

#[test]
fn a_bad_upload_is_refused() {
    let mut client = Client::new();
    for name in ["..%2Fx", "a%5Cb", "..", "%20", "a%00"] {
        let answer = upload(&mut client, "media/upload", name, "x");
        assert_eq!(answer.status, 400, "{name}");
        assert!(
            answer
                .error()
                .ends_with("is no file name: it must be one, without folders"),
            "{answer:?}"
        );
    }
    assert_eq!(
        client.refused("application/config/upload", "{}"),
        (
            400,
            "the file must come as multipart/form-data with a part named \"file\": the Content-Type names no boundary".into()
        )
    );
    assert_eq!(
        upload(&mut client, "media/upload", "%FF", "x").error(),
        "\"%FF\" is no percent-encoded UTF-8"
    );
}

#[test]
fn config_files_are_kept_and_remembered_as_loaded() {
    let mut client =
        Client::with("config: {a.alias: first, b.alias: {text: second, loaded: true}}");
    assert_eq!(
        client.get("application/config/list"),
        json!(["a.alias", "b.alias", "default.config"])
    );
    let loaded = json!(["default.config", "b.alias"]);
    assert_eq!(client.get("application/config/loaded"), loaded);
    client.ok("application/config/load", r#"{"FileName": "a.alias"}"#);
    client.ok(
        "application/config/load",
        r#"{"FileName": "default.config"}"#,
    );
    assert_eq!(
        client.get("application/config/loaded"),
        json!(["b.alias", "a.alias", "default.config"])
    );
    let answer = client.request("GET", "/api/application/config/download/a.alias", "");
    assert_eq!(answer.body, "first");
    let up = upload(&mut client, "application/config/upload", "c%2B", "third");
    assert_eq!(up.status, 200);
    let answer = client.request("GET", "/api/application/config/download/c%2b", "");
    assert_eq!(answer.body, "third");
    let gone = client.request("DELETE", "/api/application/config/c+", "");
    assert_eq!(gone.status, 200);
    assert_eq!(
        client.refused("application/config/load", r#"{"FileName": "c+"}"#),
        (404, "file \"c+\" not found".into())
    );
    assert_eq!(
        client
            .refused("application/config/save", r#"{"FileName": "../x"}"#)
            .0,
        400
    );
    client.ok("application/reset", "");
    assert_eq!(client.get("application/config/loaded"), loaded);
}

#[test]
fn saved_channel_settings_are_loaded_again() {
    let mut client = Client::with(
        "resources: {A: {value: 1, alias: X}, B: {value: 2, alias: Y}}\n\
         mpio: [{prefix: P, count: 1, type: PseudoDigital}]",
    );
    let shown = client.get("channels");
    client.ok("application/config/save", r#"{"FileName": "before"}"#);
    // The aliases change places.
    client.ok(
        "channels/configure",
        r#"[{"NetName": "A", "Alias": "Z", "Unit": "mV", "Enabled": false},
            {"NetName": "B", "Alias": "X", "Direction": "IN"}, {"NetName": "A", "Alias": "Y"},
            {"NetName": "P00", "ChannelType": "Analog", "Direction": "OUT", "Details": {"defaultValue": 1.5}}]"#,
    );
    client.ok("application/config/save", r#"{"FileName": "after"}"#);
    let changed = client.get("channels");
    assert_ne!(changed, shown);
    for (name, channels) in [("before", &shown), ("after", &changed), ("before", &shown)] {
        client.ok(
            "application/config/load",
            &format!(r#"{{"FileName": "{name}"}}"#),
        );
        assert_eq!(client.get("channels"), *channels, "{name}");
    }
    client.ok("modules/unload", r#"{"Name": "TempRegulator"}"#);
    assert_eq!(
        client.refused("application/config/load", r#"{"FileName": "after"}"#),
        (
            500,
            "config file \"after\" does not fit the station: channel \"TempRegulator.CPU_TEMP\" not found: no such net name or alias".into()
        )
    );
    // All or none.
    let channel = client.ok("channels/channel", r#"{"NetName": "A"}"#);
    assert_eq!(
        (&channel["alias"], &channel["unit"]),
        (&json!("X"), &json!(""))
    );
}

#[test]
fn files_are_read_from_beside_bench_yaml_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("package");
    fs::create_dir_all(inner.join("media")).unwrap();
    fs::write(inner.join("media/a.bin"), b"content").unwrap();
    fs::write(folder.path().join("secret"), b"secret").unwrap();
    let read = |yaml: &str, beside: bool| {
        let mut sources = Sources::default();
        let file = sources.add("bench.yaml", yaml);
        let mut problems = Diagnostics::default();
        let station = if beside {
            read_beside(&inner, yaml, file, &mut problems)
        } else {
            rehearsal::host::bench::read(yaml, file, &mut problems)
        };
        station.ok_or_else(|| problems.render(&sources, Style::PLAIN).to_string())
    };
    let mut client = Client::of(read("media: {x: {file: ./media/a.bin}}", true).unwrap());
    assert_eq!(client.request("GET", "/api/media/x", "").body, "content");
    let absolute = folder.path().join("secret").display().to_string();
    for (path, beside, text) in [
        (
            "../secret",
            true,
            "it is not in the folder of this file, nor below",
        ),
        (
            &absolute,
            true,
            "it is not in the folder of this file, nor below",
        ),
        ("media", true, "it is no file"),
        (
            "media/a.bin",
            false,
            "this bench.yaml is in no folder; give its content as `text` or `hex`",
        ),
    ] {
        let error = read(&format!("media: {{x: {{file: '{path}'}}}}"), beside).unwrap_err();
        let text = format!("cannot read `{path}`: {text}");
        assert!(error.contains(&text), "{error}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.path().join("secret"), inner.join("link")).unwrap();
        let error = read("media: {x: {file: link}}", true).unwrap_err();
        assert!(error.contains("it is not in the folder"), "{error}");
    }
}
