//! The folders of a station.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::client::{Answer, Client};

fn put(client: &mut Client, at: &str, content: &str) -> Answer {
    let kind = "Content-Type: application/octet-stream\r\n";
    client.request_with("PUT", &format!("/api/files/{at}"), kind, content)
}

fn refused(client: &mut Client, method: &str, path: &str, body: &str) -> (u16, String) {
    let answer = client.request(method, &format!("/api/files/{path}"), body);
    (answer.status, answer.error())
}

fn names(client: &mut Client, root: &str, path: &str) -> Vec<String> {
    let listing = client.get(&format!("files/{root}?path={path}"));
    let entries = listing["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| entry["name"].as_str().unwrap().to_owned())
        .collect()
}

fn move_to(client: &mut Client, from: &str, to: &str, overwrite: bool) -> (u16, String) {
    let body = json!({"from": from, "to": to, "overwrite": overwrite}).to_string();
    let answer = client.request("POST", "/api/files/fsms/move", &body);
    let text = if answer.status == 200 {
        String::new()
    } else {
        answer.error()
    };
    (answer.status, text)
}

#[test]
fn a_station_has_seven_folders_and_writes_no_logs_for_others() {
    let mut client = Client::new();
    let roots = client.get("files");
    let shown: Vec<_> = roots
        .as_array()
        .unwrap()
        .iter()
        .map(|root| {
            (
                root["id"].as_str().unwrap(),
                root["writable"] == true,
                root["exists"] == true,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("config", true, true),
            ("alias", true, true),
            ("fsms", true, true),
            ("media", true, true),
            ("extensions", true, true),
            ("logs", false, true),
            ("webapi-logs", false, true),
        ]
    );
    assert_eq!(
        refused(&mut client, "GET", "nothing?path=", ""),
        (
            404,
            "folder \"nothing\" not found: there are config, alias, fsms, media, extensions, logs, webapi-logs".into()
        )
    );
    for (method, path, body) in [
        ("PUT", "logs/content?path=x", "x"),
        ("POST", "logs/folder?path=x", ""),
        (
            "POST",
            "webapi-logs/move",
            r#"{"from": "audit.log", "to": "x"}"#,
        ),
        ("DELETE", "webapi-logs?path=audit.log", ""),
    ] {
        let (status, text) = refused(&mut client, method, path, body);
        assert_eq!(status, 403, "{text}");
        assert!(text.ends_with("logs\" is read-only"), "{text}");
    }
}

#[test]
fn the_logs_can_be_read_as_files() {
    let mut client = Client::new();
    let log = client.request("GET", "/api/files/logs/content?path=accordion.log", "");
    assert!(
        log.body.ends_with(" INFO simulated agent started\n"),
        "{}",
        log.body
    );
    let entry = client.get("files/logs?path=")["entries"][0].clone();
    assert_eq!(entry["name"], "accordion.log");
    assert_eq!(entry["size"], log.body.len());
    let log = client.request("GET", "/api/files/webapi-logs/content?path=audit.log", "");
    assert!(
        log.body.contains(" GET /api/files/logs 200 0ms\n"),
        "{}",
        log.body
    );
    assert_eq!(
        refused(&mut client, "GET", "logs/content?path=x", "").0,
        404
    );
    assert_eq!(refused(&mut client, "GET", "logs?path=x", "").0, 404);
}

#[test]
fn media_and_config_are_the_same_files_as_elsewhere() {
    let mut client = Client::with(
        "media: {a.txt: one}, \nconfig: {c.alias: two}"
            .replace(", \n", "\n")
            .as_str(),
    );
    assert_eq!(names(&mut client, "media", ""), ["a.txt", "hello.txt"]);
    assert_eq!(
        names(&mut client, "config", ""),
        ["c.alias", "default.config"]
    );
    let stored = put(
        &mut client,
        "media/content?path=b.txt&overwrite=false",
        "three",
    );
    assert_eq!(stored.status, 200, "{stored:?}");
    assert_eq!(client.request("GET", "/api/media/b.txt", "").body, "three");
    client.ok("application/config/save", r#"{"FileName": "saved"}"#);
    let saved = client.request("GET", "/api/files/config/content?path=saved", "");
    assert_eq!(
        saved.body,
        client
            .request("GET", "/api/application/config/download/saved", "")
            .body
    );
    client.request("DELETE", "/api/files/media?path=a.txt", "");
    assert_eq!(client.get("media"), json!(["b.txt", "hello.txt"]));
    // What is in a folder is not in the lists of files.
    client.request("POST", "/api/files/media/folder?path=in", "");
    put(&mut client, "media/content?path=in%2Fx", "x");
    assert_eq!(client.get("media"), json!(["b.txt", "hello.txt"]));
    assert_eq!(client.request("GET", "/api/media/in%2Fx", "").status, 404);
    client.ok("application/reset", "");
    assert_eq!(names(&mut client, "media", "in"), ["x"]);
}

#[test]
fn a_file_is_replaced_only_when_that_is_asked_for() {
    let mut client = Client::new();
    client
        .network
        .tell_time(Duration::from_secs(1_800_000_000), client.now);
    client.now += Duration::from_millis(1500);
    let at = "alias/content?path=st%C3%A4tion%201.csv";
    let entry = json!({"name": "stätion 1.csv", "directory": false, "size": 3, "modified": "2027-01-15T08:00:01.500Z"});
    assert_eq!(put(&mut client, at, "one").json(), entry);
    let again = put(&mut client, at, "two");
    assert_eq!(
        (again.status, again.error()),
        (
            409,
            "\"stätion 1.csv\" exists already: send overwrite=true to replace a file".into()
        )
    );
    let entry = put(&mut client, &format!("{at}&overwrite=true"), "").json();
    assert_eq!(entry["size"], 0);
    let read = client.request("GET", &format!("/api/files/{at}"), "");
    assert_eq!((read.status, read.body.as_str()), (200, ""));
    let bad = put(&mut client, &format!("{at}&overwrite=maybe"), "");
    assert_eq!(
        bad.error(),
        "overwrite must be true or false, not \"maybe\""
    );
}

#[test]
fn a_file_may_have_64_mib() {
    let mut client = Client::new();
    let content = "x".repeat(64 << 20);
    assert_eq!(
        put(&mut client, "extensions/content?path=big", &content).json()["size"],
        64 << 20
    );
    let read = client.request("GET", "/api/files/extensions/content?path=big", "");
    assert!(read.body == content);
    client.send(format!(
        "PUT /api/files/extensions/content?path=b HTTP/1.1\r\nHost: a\r\nContent-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n",
        (64 << 20) + 1
    ));
    let (text, closed) = client.receive();
    assert!(closed && text.starts_with("HTTP/1.1 413 "), "{text}");
}

#[test]
fn folders_come_first_and_hold_what_is_put_there() {
    let mut client = Client::new();
    for path in ["fsms/folder?path=z", "fsms/folder?path=z%2Finner"] {
        assert_eq!(
            client
                .request("POST", &format!("/api/files/{path}"), "")
                .status,
            200
        );
    }
    put(&mut client, "fsms/content?path=a", "1");
    put(&mut client, "fsms/content?path=z%2Fb", "22");
    assert_eq!(names(&mut client, "fsms", ""), ["z", "a"]);
    let listing = client.get("files/fsms?path=z");
    assert_eq!(
        (&listing["root"], &listing["path"]),
        (&json!("fsms"), &json!("z"))
    );
    let entries = &listing["entries"];
    assert_eq!(
        (&entries[0]["name"], &entries[0]["directory"]),
        (&json!("inner"), &json!(true))
    );
    assert_eq!(
        (&entries[0]["size"], &entries[1]["size"]),
        (&Json::Null, &json!(2))
    );
    for (method, path, status, text) in [
        (
            "POST",
            "fsms/folder?path=z",
            409,
            "\"z\" exists already: send overwrite=true to replace a file",
        ),
        (
            "POST",
            "fsms/folder?path=no%2Fx",
            404,
            "folder \"no\" not found: create it first",
        ),
        ("POST", "fsms/folder?path=a%2Fx", 400, "\"a\" is a file"),
        (
            "PUT",
            "fsms/content?path=z&overwrite=true",
            400,
            "\"z\" is a folder",
        ),
        (
            "PUT",
            "fsms/content?path=no%2Fx",
            404,
            "folder \"no\" not found: create it first",
        ),
        ("GET", "fsms/content?path=z", 400, "\"z\" is a folder"),
        ("GET", "fsms/content?path=no", 404, "file \"no\" not found"),
        ("GET", "fsms?path=a", 400, "\"a\" is a file"),
        ("GET", "fsms?path=no", 404, "\"no\" not found"),
        (
            "GET",
            "fsms/content",
            400,
            "the query field \"path\" is missing or empty",
        ),
        (
            "DELETE",
            "fsms?path=",
            400,
            "the query field \"path\" is missing or empty",
        ),
        ("DELETE", "fsms?path=no", 404, "\"no\" not found"),
        (
            "DELETE",
            "fsms?path=z",
            409,
            "folder \"z\" is not empty: send recursive=true to delete what it holds, too",
        ),
    ] {
        assert_eq!(
            refused(&mut client, method, path, ""),
            (status, text.into()),
            "{path}"
        );
    }
    let gone = client.request("DELETE", "/api/files/fsms?path=z&recursive=true", "");
    assert_eq!(gone.status, 200);
    assert_eq!(names(&mut client, "fsms", ""), ["a"]);
}

#[test]
fn no_path_leaves_its_folder() {
    let mut client = Client::new();
    for path in [
        "..",
        "..%2Fx",
        "a%2F..%2F..%2Fx",
        "%2Fetc%2Fpasswd",
        "a%5C..%5Cx",
        "a%2F",
        "a%2F%2Fb",
        ".",
        "a%00",
        "%20",
    ] {
        for (method, at) in [
            ("GET", "media/content?path="),
            ("PUT", "media/content?path="),
            ("POST", "media/folder?path="),
            ("DELETE", "media?path="),
            ("GET", "media?path="),
        ] {
            let (status, text) = refused(&mut client, method, &format!("{at}{path}"), "");
            assert_eq!(status, 400, "{method} {path}: {text}");
            assert!(
                text.ends_with("is no path: it must be names with / between them, without \".\", \"..\" and backslashes"),
                "{text}"
            );
        }
    }
    let long = "a%2F".repeat(600);
    assert_eq!(
        refused(
            &mut client,
            "PUT",
            &format!("media/content?path={long}x"),
            ""
        )
        .0,
        400
    );
    put(&mut client, "fsms/content?path=a", "1");
    assert_eq!(move_to(&mut client, "a", "../b", true).0, 400);
    assert_eq!(move_to(&mut client, "../a", "b", true).0, 400);
}

#[test]
fn files_and_folders_are_moved_with_what_they_hold() {
    let mut client = Client::new();
    for folder in ["one", "two", "one%2Fdeep"] {
        client.request("POST", &format!("/api/files/fsms/folder?path={folder}"), "");
    }
    put(&mut client, "fsms/content?path=one%2Fdeep%2Fx", "content");
    put(&mut client, "fsms/content?path=a", "a");
    put(&mut client, "fsms/content?path=b", "b");
    assert_eq!(move_to(&mut client, "a", "b", false).0, 409);
    assert_eq!(move_to(&mut client, "a", "two", true).0, 409);
    assert_eq!(move_to(&mut client, "one", "b", true).0, 409);
    assert_eq!(
        move_to(&mut client, "one", "one/deep/one", false),
        (400, "folder \"one\" cannot be moved into itself".into())
    );
    assert_eq!(
        move_to(&mut client, "no", "x", false),
        (404, "\"no\" not found".into())
    );
    assert_eq!(
        move_to(&mut client, "a", "no/x", false),
        (404, "folder \"no\" not found: create it first".into())
    );
    assert_eq!(move_to(&mut client, "a", "a", false).0, 200);
    assert_eq!(move_to(&mut client, "a", "b", true).0, 200);
    assert_eq!(move_to(&mut client, "one", "two/new", false).0, 200);
    assert_eq!(names(&mut client, "fsms", ""), ["two", "b"]);
    let read = |client: &mut Client, path: &str| {
        client
            .request("GET", &format!("/api/files/fsms/content?path={path}"), "")
            .body
    };
    assert_eq!(read(&mut client, "two%2Fnew%2Fdeep%2Fx"), "content");
    assert_eq!(read(&mut client, "b"), "a");
}

#[test]
fn changes_of_files_need_the_lease_and_no_hardware() {
    let mut client = Client::with("agent: {connected: false}");
    assert_eq!(put(&mut client, "alias/content?path=a", "x").status, 200);
    client.ok("lease", r#"{"Owner": "somebody"}"#);
    for (method, path) in [
        ("PUT", "alias/content?path=b"),
        ("POST", "alias/folder?path=b"),
        ("POST", "alias/move"),
        ("DELETE", "alias?path=a"),
    ] {
        assert_eq!(refused(&mut client, method, path, "{}").0, 423, "{path}");
    }
    assert_eq!(names(&mut client, "alias", ""), ["a"]);
}
