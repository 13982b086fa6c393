//! The agent on the network answers what the agent in the process answers.

use std::time::Duration;

use rehearsal::{
    diagnostic::Diagnostics,
    host::bench::{BenchNetwork, Network as _, Received, read},
    source::Sources,
};

use crate::{
    client::{Answer, Client, NAME},
    serving::Serving,
};

const BENCH: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/examples/ESH10000121_FunctionalTest_v00/bench.yaml"
);

/// What the bench in the process says to each of these requests, one after the other, each on a connection of its own.
pub fn in_process(bench: &str, requests: &[&[u8]]) -> Vec<String> {
    let (mut sources, mut problems) = (Sources::default(), Diagnostics::default());
    let file = sources.add("bench.yaml", bench);
    let station = read(bench, file, &mut problems).expect("a good bench");
    let now = Duration::from_secs(1);
    let mut network = BenchNetwork::new(station, [("a".into(), 5000)], now).expect("a bench");
    let mut answers = Vec::new();
    for request in requests {
        let id = network.connect("a", 5000, now).expect("connected");
        network.send(id, request, now).expect("sent");
        let mut answer = Vec::new();
        while let Received::Bytes(bytes) =
            network.receive(id, 65536, false, now).expect("an answer")
        {
            answer.extend(bytes);
        }
        answers.push(String::from_utf8(answer).expect("text"));
    }
    answers
}

fn request(method: &str, path: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: agent64.local:5000\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

#[test]
fn both_agents_give_the_same_answers() {
    let get = |path: &str| request("GET", &format!("/api/{path}"), "");
    let post = |path: &str, body: &str| request("POST", &format!("/api/{path}"), body);
    let large = "x".repeat(40_000);
    let requests = [
        get("connection/status"),
        get("application/name"),
        request("GET", "/API/Application/Name/?x=1", ""),
        request("HEAD", "/api/application/name", ""),
        request("HEAD", "/api/nothing", ""),
        request("DELETE", "/api/application/name", ""),
        request("PUT", "/api/comm/i2c", "{}"),
        get("nothing"),
        request("GET", "/", ""),
        request("OPTIONS", "*", ""),
        get("modules"),
        get("channels"),
        get("resources/names"),
        get("modules/physical-system"),
        post("modules/load", r#"{"Name": "Forwarder"}"#),
        post("modules/load", r#"{"Name": "Forwarder"}"#),
        post("modules/load", r#"{"Name": "Nothing"}"#),
        post("comm/i2c", r#"{"DeviceName": "0.ESH10000121.I2C1", "Action": "Scan"}"#),
        post(
            "comm/i2c",
            r#"{"DeviceName": "0.ESH10000121.I2C1", "Action": "Send", "Address": "50", "DataToSend": "00AB"}"#,
        ),
        post(
            "comm/i2c",
            r#"{"DeviceName": "0.ESH10000121.I2C1", "Action": "Receive", "Address": "13", "NumberOfBytesToReceive": 1}"#,
        ),
        post(
            "channels/configure",
            r#"[{"NetName": "0.ESH10000121.MPIO00", "Direction": "OUT"}]"#,
        ),
        post(
            "resources/value/set",
            r#"{"Name": "0.ESH10000121.MPIO00", "Value": "3.30"}"#,
        ),
        post(
            "resources/values/get",
            r#"{"Names": ["0.ESH10000121.MPIO00", "0.ESH10000121.MPIO08"]}"#,
        ),
        post("resources/value/get", r#"{"Name": "nothing"}"#),
        post("resources/value/get", "nonsense"),
        post("resources/value/get", ""),
        post("application/reset", ""),
        get("capabilities"),
        get("instruments"),
        get("numeric-results/channels"),
        get("lease"),
        request("PUT", "/api/lease/nothing", "{}"),
        get("files"),
        get("files/fsms?path="),
        get("files/logs/content?path=nothing"),
        get("system/boot"),
        request("POST", "/api/system/services/webapi/stop", ""),
        get("system/firmware"),
        request("POST", "/api/subscriptions", r#"{"StreamId": "x", "Channels": ["y"]}"#),
        request("POST", "/", ""),
        request(
            "POST",
            "/api/media/upload",
            "no multipart",
        ),
        "POST /api/media/upload HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 93\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b.txt\"\r\n\r\nsome content\r\n--x--\r\n".into(),
        get("media"),
        get("media/a%20b.txt"),
        "POST /api/resources/value/get HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"Name\"\r\nc\r\n: \"MON_3V3\"}\r\n0\r\n\r\n".into(),
        "POST /api/resources/value/get HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n".into(),
        "GET / HTTP/1.1\r\n\r\n".into(),
        "GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n".into(),
        format!("GET / HTTP/1.1\r\nHost: a\r\nX-Large: {large}\r\n\r\n"),
        "GET /api/application/name HTTP/1.0\r\n\r\n".into(),
    ];
    let bench = std::fs::read_to_string(BENCH).expect("the bench");
    let bytes: Vec<_> = requests.iter().map(String::as_bytes).collect();
    let expected = in_process(&bench, &bytes);
    let serving = Serving::bench(&bench);
    for (request, expected) in requests.iter().zip(expected) {
        let (head, body) = expected.split_once("\r\n\r\n").expect("an answer");
        let expected = Answer {
            body: body.into(),
            ..Answer::of_head(head)
        };
        let shown = request.chars().take(300).collect::<String>();
        assert_eq!(Client::of(&serving).ask(request), expected, "{shown}");
    }
}

#[test]
fn one_connection_carries_many_requests_even_at_once() {
    let serving = Serving::bench("");
    let mut client = Client::of(&serving);
    client.send(NAME.repeat(3));
    for _ in 0..3 {
        assert_eq!(client.answer(false).body, "\"Accordion Q2 (simulated)\"");
    }
    assert_eq!(client.ask(NAME).status, 200);
    let last = client.ask(NAME.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    assert_eq!(last.status, 200);
    let (bytes, end) = client.rest();
    assert!(bytes.is_empty() && end.is_ok(), "{bytes:?} {end:?}");
}

#[test]
fn all_connections_talk_to_one_agent() {
    let serving = Serving::bench("resources: {Supply: \"1.5\"}");
    let set = request(
        "POST",
        "/api/resources/value/set",
        r#"{"Name": "Supply", "Value": "2.5"}"#,
    );
    let get = request("POST", "/api/resources/value/get", r#"{"Name": "Supply"}"#);
    let mut other = Client::of(&serving);
    assert_eq!(other.ask(&get).body, r#"{"value":"1.5"}"#);
    assert_eq!(Client::of(&serving).ask(set).status, 200);
    assert_eq!(other.ask(get).body, r#"{"value":"2.5"}"#);
}

#[test]
fn a_client_that_asks_is_told_to_continue() {
    let serving = Serving::bench("");
    let mut client = Client::of(&serving);
    let body = r#"{"Name": "MON_3V3"}"#;
    let length = body.len();
    client.send(format!("POST /api/resources/value/get HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"));
    let told = "HTTP/1.1 100 Continue\r\n\r\n";
    let mut bytes = vec![0; told.len()];
    std::io::Read::read_exact(&mut client.stream, &mut bytes).expect("the word to go on");
    assert_eq!(String::from_utf8_lossy(&bytes), told);
    assert_eq!(client.ask(body).body, r#"{"value":"3.301"}"#);
}
