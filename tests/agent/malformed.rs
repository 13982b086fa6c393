//! Clients that speak HTTP badly: each gets a clear error or the end of its connection, and none holds up another.

use std::{
    io::{Read, Write},
    net::Shutdown,
    thread::sleep,
    time::Duration,
};

use crate::{
    client::{Client, NAME},
    serving::Serving,
};

const POST: &str = "POST /api/resources/value/get HTTP/1.1\r\nHost: a\r\n";

/// The status lines of all answers up to the end of the connection, and the last one's body.
fn answers(client: &mut Client) -> (Vec<u16>, String) {
    // A connection that is closed while the client still sends may come as a reset.
    let (bytes, _) = client.rest();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let statuses = text
        .match_indices("HTTP/1.1 ")
        .filter(|(at, _)| *at == 0 || !text[..*at].ends_with(' '))
        .map(|(at, begin)| {
            let status = text.get(at + begin.len()..at + begin.len() + 3);
            status
                .and_then(|status| status.parse().ok())
                .expect("a status")
        })
        .collect();
    let body = text
        .rsplit("\r\n\r\n")
        .next()
        .unwrap_or_default()
        .to_owned();
    (statuses, body)
}

#[test]
fn what_is_no_good_request_is_refused_and_the_connection_ends() {
    let large = "x".repeat(40_000);
    let many = "X: y\r\n".repeat(200);
    let serving = Serving::bench("");
    for (what, bytes, status) in [
        ("no HTTP", "nonsense\r\n\r\n".to_owned(), 400),
        (
            "an unknown version",
            "GET / HTTP/9.9\r\nHost: a\r\n\r\n".into(),
            400,
        ),
        ("no Host", "GET /api/channels HTTP/1.1\r\n\r\n".into(), 400),
        (
            "two Hosts",
            "GET /api/channels HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".into(),
            400,
        ),
        (
            "a space before the colon",
            "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n".into(),
            400,
        ),
        (
            "a header without a name",
            "GET / HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n".into(),
            400,
        ),
        (
            "a line end within a header",
            "GET / HTTP/1.1\r\nHost: a\r\nX: a\rSet-Cookie: b\r\n\r\n".into(),
            400,
        ),
        (
            "a folded header",
            "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n".into(),
            400,
        ),
        (
            "a zero byte in a header",
            "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n".into(),
            400,
        ),
        (
            "a zero byte in the path",
            "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n".into(),
            400,
        ),
        (
            "a space in the path",
            "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n".into(),
            400,
        ),
        (
            "a large header",
            format!("GET / HTTP/1.1\r\nHost: a\r\nX: {large}\r\n\r\n"),
            431,
        ),
        (
            "many headers",
            format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n"),
            431,
        ),
        (
            "a large body",
            format!("{POST}Content-Length: 1048577\r\n\r\n"),
            413,
        ),
        (
            "an endless body",
            format!("{POST}Content-Length: 99999999999999999999\r\n\r\n"),
            400,
        ),
        (
            "a negative length",
            format!("{POST}Content-Length: -1\r\n\r\n"),
            400,
        ),
        (
            "a length with a sign",
            format!("{POST}Content-Length: +1\r\n\r\nx"),
            400,
        ),
        (
            "two lengths",
            format!("{POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx"),
            400,
        ),
        (
            "a length and chunks",
            format!("{POST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            400,
        ),
        (
            "another coding",
            format!("{POST}Transfer-Encoding: gzip\r\n\r\nx"),
            400,
        ),
        (
            "a coding after chunks",
            format!("{POST}Transfer-Encoding: chunked, gzip\r\n\r\nx"),
            400,
        ),
        (
            "a chunk without a size",
            format!("{POST}Transfer-Encoding: chunked\r\n\r\nxyz\r\n"),
            400,
        ),
        (
            "a negative chunk",
            format!("{POST}Transfer-Encoding: chunked\r\n\r\n-1\r\n"),
            400,
        ),
        (
            "a chunk that is too long",
            format!("{POST}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n"),
            400,
        ),
        (
            "an endless chunk",
            format!("{POST}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"),
            400,
        ),
        (
            "a chunk beyond the largest body",
            format!(
                "{POST}Transfer-Encoding: chunked\r\n\r\n100001\r\n{}\r\n0\r\n\r\n",
                "x".repeat(0x10_0001)
            ),
            413,
        ),
        (
            "an expectation",
            "GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n".into(),
            417,
        ),
        ("TLS", "\x16\x03\x01\x02\0\x01\0\x01".into(), 400),
    ] {
        let mut client = Client::of(&serving);
        // It may be answered, and cut off, before everything is sent.
        let _ = client.stream.write_all(bytes.as_bytes());
        let _ = client.stream.shutdown(Shutdown::Write);
        let (statuses, body) = answers(&mut client);
        assert_eq!(statuses, [status], "{what}: {body}");
    }
    assert_eq!(Client::of(&serving).ask(NAME).status, 200);
}

#[test]
fn half_a_request_ends_with_its_client() {
    let serving = Serving::bench("");
    for half in [
        "",
        "GET",
        "GET /api/application/name HTTP/1.1\r\nHost: a\r\n",
        "POST /api/resources/value/get HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n{\"Name\"",
        "POST /api/resources/value/get HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"Na",
    ] {
        let mut client = Client::of(&serving);
        client.send(half);
        client.stream.shutdown(Shutdown::Write).expect("done");
        let (statuses, body) = answers(&mut client);
        assert!(
            statuses.is_empty() || statuses == [400],
            "{half}: {statuses:?} {body}"
        );
    }
}

#[test]
fn whoever_asks_and_sends_no_more_is_answered() {
    let serving = Serving::bench(&format!("media: {{big: {}}}", "x".repeat(900_000)));
    let big = "GET /api/media/big HTTP/1.1\r\nHost: a\r\n\r\n";
    let body = format!("{POST}Content-Length: 2\r\n\r\n{{}}");
    for _ in 0..100 {
        for (request, status, least) in [
            (NAME, 200, 10),
            (big, 200, 900_000),
            (body.as_str(), 400, 10),
        ] {
            let mut client = Client::of(&serving);
            client.send(request);
            client.stream.shutdown(Shutdown::Write).expect("done");
            let (statuses, body) = answers(&mut client);
            assert_eq!(statuses, [status]);
            assert!(body.len() > least - 1, "{}", body.len());
        }
    }
}

#[test]
fn a_slow_client_is_answered_and_holds_up_nobody() {
    let serving = Serving::bench("");
    let mut slow = Client::of(&serving);
    let mut idle: Vec<_> = (0..50).map(|_| Client::of(&serving)).collect();
    for client in &mut idle {
        client.send(
            "POST /api/resources/value/get HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n{",
        );
    }
    for byte in NAME.bytes() {
        slow.send([byte]);
        sleep(Duration::from_millis(1));
        assert_eq!(Client::of(&serving).ask(NAME).status, 200);
    }
    assert_eq!(slow.answer(false).status, 200);
}

#[test]
fn requests_at_once_are_answered_in_their_order_up_to_the_first_bad_one() {
    let serving = Serving::bench("");
    let mut client = Client::of(&serving);
    let get = |name: &str| format!("GET /api/{name} HTTP/1.1\r\nHost: a\r\n\r\n");
    for round in 0..50 {
        client.send(get(if round % 2 == 0 {
            "application/name"
        } else {
            "nothing"
        }));
    }
    for round in 0..50 {
        let expected = if round % 2 == 0 { 200 } else { 404 };
        assert_eq!(client.answer(false).status, expected, "{round}");
    }
    client.send(get("application/name") + "nonsense\r\n\r\n" + &get("application/name"));
    assert_eq!(answers(&mut client).0, [200, 400]);
}

#[test]
fn nothing_a_client_sends_breaks_a_header_of_the_answer_or_a_line_of_the_log() {
    let serving = Serving::bench("");
    let mut client = Client::of(&serving);
    let path = "/api/media/%0d%0aSet-Cookie:%20a=b%0d%0a%0d%0a";
    let answer = client.ask(format!(
        "GET {path}?x=%0aGET HTTP/1.1\r\nHost: a\r\nX-Lease-Id: %0d%0a\r\n\r\n"
    ));
    assert_eq!(answer.status, 404);
    assert_eq!(
        answer.body,
        r#"{"error":"file \"\r\nSet-Cookie: a=b\r\n\r\n\" not found"}"#
    );
    let log = serving.log();
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.starts_with(&format!("GET {path} 404 ")), "{log}");
}

#[test]
fn a_client_that_takes_no_answer_holds_up_nobody() {
    let serving = Serving::bench(&format!("media: {{big: {}}}", "x".repeat(900_000)));
    let mut deaf = Client::of(&serving);
    for _ in 0..50 {
        deaf.send("GET /api/media/big HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    assert_eq!(Client::of(&serving).ask(NAME).status, 200);
    // It gets everything once it reads.
    let mut left = 50 * 900_000;
    let mut piece = vec![0; 1 << 20];
    while left > 0 {
        let count = deaf.stream.read(&mut piece).expect("more");
        assert_ne!(count, 0, "{left} bytes are missing");
        left = usize::saturating_sub(left, count);
    }
}
