//! HTTP/1.1 framing.

use std::time::Duration;

use rehearsal::host::bench::Network as _;
use rehearsal::host::bench::{BenchNetwork, NetworkError, Received, default_station};

use crate::client::{Client, answers};

const NAME: &str = "GET /api/application/name HTTP/1.1\r\nHost: agent64.local:5000\r\n\r\n";

/// What the agent says to these bytes, and whether it closes.
fn exchange(bytes: impl AsRef<[u8]>) -> (String, bool) {
    let mut client = Client::new();
    client.send(bytes);
    client.receive()
}

#[test]
fn an_answer_has_these_bytes() {
    let (text, closed) = exchange(NAME);
    let head = "HTTP/1.1 200 OK\r\nServer: Rehearsal\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 26\r\n\r\n";
    assert_eq!(text, format!("{head}\"Accordion Q2 (simulated)\""));
    assert!(!closed);
}

#[test]
fn two_requests_in_one_buffer_get_two_answers() {
    let (text, closed) = exchange(NAME.repeat(2));
    assert_eq!(answers(&text).len(), 2);
    assert!(!closed);
}

#[test]
fn a_request_may_come_in_single_bytes() {
    let mut client = Client::new();
    let body = r#"{"Name": "MON_3V3"}"#;
    let request = format!(
        "POST /api/resources/value/get HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    for byte in request.bytes() {
        assert_eq!(client.receive(), (String::new(), false));
        client.send([byte]);
    }
    assert_eq!(answers(&client.receive().0)[0].body, r#"{"value":"3.301"}"#);
}

#[test]
fn a_chunked_body_is_put_together() {
    let head =
        "POST /api/resources/value/get HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let body = "7;x=1\r\n{\"Name\"\r\nc\r\n: \"MON_3V3\"}\r\n0\r\nTrailer: x\r\n\r\n";
    for step in [1, 1000] {
        let mut client = Client::new();
        let all = format!("{head}{body}{NAME}");
        all.as_bytes()
            .chunks(step)
            .for_each(|piece| client.send(piece));
        let answers = answers(&client.receive().0);
        assert_eq!(answers[0].body, r#"{"value":"3.301"}"#);
        assert_eq!(answers[1].status, 200);
    }
}

#[test]
fn a_client_that_asks_is_told_to_continue() {
    let mut client = Client::new();
    let body = r#"{"Name": "MON_3V3"}"#;
    let length = body.len();
    client.send(format!("POST /api/resources/value/get HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"));
    assert_eq!(
        client.receive(),
        ("HTTP/1.1 100 Continue\r\n\r\n".into(), false)
    );
    client.send(body);
    assert_eq!(answers(&client.receive().0)[0].status, 200);
    let (text, _) = exchange("GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n");
    assert!(text.starts_with("HTTP/1.1 417 "), "{text}");
}

#[test]
fn head_gets_the_length_without_the_body() {
    let (text, _) = exchange(NAME.replace("GET", "HEAD"));
    assert!(text.ends_with("Content-Length: 26\r\n\r\n"), "{text}");
}

#[test]
fn connections_end_when_the_client_wants() {
    let close = NAME.replace("\r\n\r\n", "\r\nConnection: foo, Close\r\n\r\n");
    let (text, closed) = exchange(close.repeat(2));
    assert_eq!(answers(&text).len(), 1);
    assert!(closed && text.contains("\r\nConnection: close\r\n"));
    assert!(exchange("GET /api/application/name HTTP/1.0\r\n\r\n").1);
    assert!(!exchange("GET /api/application/name HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").1);
    let mut client = Client::new();
    client.send(NAME);
    client
        .network
        .shutdown(client.connection, false, true)
        .unwrap();
    let (text, closed) = client.receive();
    assert!(closed && text.starts_with("HTTP/1.1 200"));
    assert_eq!(
        client.network.send(client.connection, b"x", client.now),
        Err(NetworkError::BrokenPipe)
    );
    client.network.close(client.connection).unwrap();
    assert_eq!(
        client.network.send(client.connection, b"x", client.now),
        Err(NetworkError::NoSuchConnection)
    );
}

#[test]
fn what_comes_after_the_last_answer_is_dropped_until_the_client_has_seen_the_end() {
    let mut client = Client::new();
    client.send("nonsense\r\n\r\n");
    client.send("more nonsense");
    let (text, closed) = client.receive();
    assert!(closed && text.starts_with("HTTP/1.1 400 "));
    assert_eq!(
        client.network.send(client.connection, b"x", client.now),
        Err(NetworkError::BrokenPipe)
    );
}

#[test]
fn an_idle_connection_is_closed_after_two_minutes() {
    let mut client = Client::new();
    client.get("channels");
    client.now += Duration::from_secs(119);
    client.get("channels");
    client.now += Duration::from_secs(120);
    assert_eq!(client.receive(), (String::new(), true));
}

#[test]
fn a_request_that_is_not_finished_is_waited_for_two_minutes() {
    let mut client = Client::new();
    client.send("GET /api/channels HT");
    client.now += Duration::from_secs(119);
    assert_eq!(client.receive(), (String::new(), false));
    client.now += Duration::from_secs(1);
    assert_eq!(client.receive(), (String::new(), true));
}

#[test]
fn bad_requests_are_refused_and_the_connection_ends() {
    let large = "x".repeat(40_000);
    let many = "a: b\r\n".repeat(101);
    let post = "POST /api/resources/value/get HTTP/1.1\r\nHost: a\r\n";
    for (bytes, status, text) in [
        (
            "\x16\x03\x01\x02".into(),
            400,
            "this looks like TLS: the simulated bench answers at http:// only",
        ),
        (
            "GET /\r\n\r\n".into(),
            400,
            "the request is malformed: invalid token",
        ),
        (
            "GET / HTTP/2.0\r\n\r\n".into(),
            505,
            "only HTTP/1.0 and HTTP/1.1 are understood",
        ),
        (
            "GET / HTTP/1.1\r\n\r\n".into(),
            400,
            "an HTTP/1.1 request needs one Host header",
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".into(),
            400,
            "an HTTP/1.1 request needs one Host header",
        ),
        (
            format!("GET /{large}"),
            431,
            "the headers of the request are too large",
        ),
        (
            format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n"),
            431,
            "the headers of the request are too large",
        ),
        (
            format!("{post}Content-Length: 1048577\r\n\r\n"),
            413,
            "the body of the request is larger than 1048576 bytes",
        ),
        (
            format!("{post}Content-Length: 99999999999999999999\r\n\r\n"),
            413,
            "the body of the request is larger than 1048576 bytes",
        ),
        (
            format!("{post}Transfer-Encoding: chunked\r\n\r\nfffffff\r\n"),
            413,
            "the body of the request is larger than 1048576 bytes",
        ),
        (
            format!("{post}Content-Length: -1\r\n\r\n"),
            400,
            "the Content-Length of the request is malformed",
        ),
        (
            format!("{post}Content-Length: 1, 2\r\n\r\n"),
            400,
            "the Content-Length of the request is malformed",
        ),
        (
            format!("{post}Content-Length:\r\n\r\n"),
            400,
            "the Content-Length of the request is malformed",
        ),
        (
            format!("{post}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            400,
            "a request cannot have both Content-Length and Transfer-Encoding",
        ),
        (
            format!("{post}Transfer-Encoding: gzip, chunked\r\n\r\n"),
            501,
            "the only Transfer-Encoding understood is chunked",
        ),
        (
            format!("{post}Transfer-Encoding: chunked\r\n\r\nxyz\r\n"),
            400,
            "a chunk of the body has a malformed size",
        ),
        (
            format!("{post}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n"),
            400,
            "a chunk of the body is longer than its size",
        ),
    ] {
        let (reply, closed) = exchange(&bytes);
        assert!(closed, "{bytes:.60}: {reply}");
        let answer = answers(&reply).pop().unwrap();
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (status, text),
            "{bytes:.60}"
        );
    }
}

#[test]
fn a_body_of_one_mebibyte_is_taken() {
    let length = 1 << 20;
    let body = "1".repeat(length);
    let (text, closed) = exchange(format!(
        "POST /api/channels/configure HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}"
    ));
    assert!(!closed && text.starts_with("HTTP/1.1 400 "), "{text:.300}");
}

#[test]
fn peeking_takes_nothing() {
    let mut client = Client::new();
    client.send(NAME);
    for _ in 0..2 {
        let peeked = client
            .network
            .receive(client.connection, 8, true, client.now);
        assert_eq!(peeked, Ok(Received::Bytes(b"HTTP/1.1".to_vec())));
    }
    assert_eq!(answers(&client.receive().0).len(), 1);
}

#[test]
fn the_bench_answers_at_its_addresses_only() {
    let mut station = default_station();
    station
        .addresses
        .push("agent72.local:5001".parse().unwrap());
    let now = Duration::ZERO;
    let mut network = BenchNetwork::new(station, [("Agent64.local".into(), 5000)], now).unwrap();
    for (host, port) in [
        ("AGENT64.local.", 5000),
        ("agent72.local", 5001),
        ("localhost", 5000),
        ("127.0.0.1", 5001),
        ("::1", 5000),
    ] {
        assert!(network.connect(host, port, now).is_ok(), "{host}");
        let ip = network.resolve(host, port).unwrap();
        assert!(network.connect(&ip, port, now).is_ok(), "{host}");
    }
    assert_eq!(network.resolve("agent72.local", 0).unwrap(), "192.0.2.2");
    let refused = network.connect("192.0.2.2", 5000, now).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "nothing answers at agent72.local:5000: the simulated bench answers at agent64.local:5000, agent72.local:5001, \
         instrument.local:5025; to have the agent answer there, add to bench.yaml: addresses: [\"agent72.local:5000\"]; \
         an instrument, sockets: {\"agent72.local:5000\": {scpi: {}}}"
    );
    assert_eq!(
        network.resolve("example.org", 80).unwrap_err().to_string(),
        "host name \"example.org\" is unknown: the simulated bench answers at agent64.local:5000, agent72.local:5001, \
         instrument.local:5025; to have the agent answer there, add to bench.yaml: addresses: [\"example.org:80\"]; \
         an instrument, sockets: {\"example.org:80\": {scpi: {}}}"
    );
}

/// A small generator of numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

#[test]
fn no_bytes_make_the_agent_panic() {
    let seeds = [
        NAME.to_string(),
        "POST /api/comm/i2c HTTP/1.1\r\nHost: a\r\nContent-Length: 75\r\n\r\n{\"DeviceName\":\"0.ESH10000023.I2C09\",\"Action\":\"Send\",\"Address\":\"50\",\"DataToSend\":\"00\"}".into(),
        "POST /api/channels/configure HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[{},\"\r\nffff\r\n0\r\n\r\n".into(),
        "POST /api/media/upload HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 88\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''a%20b\r\n\r\nxyz\r\n--b--\r\n".into(),
        "POST /api/comm/uart HTTP/1.1\r\nHost: a\r\nContent-Length: 118\r\n\r\n{\"DeviceName\":\"0.1.ESH10000158.UART1\",\"Action\":\"SendReceive\",\"DataToSend\":\"0102\",\"TimeoutMs\":0,\"TerminationByte\":\"02\"}".into(),
        "POST /api/comm/spi HTTP/1.1\r\nHost: a\r\nContent-Length: 73\r\n\r\n{\"DeviceName\":\"0.1.ESH10000158.SPI1\",\"Action\":\"Send\",\"DataToSend\":\"0102\"}".into(),
        "GET /api/numeric-results/result/mean?channel=0.1%20ESH HTTP/1.1\r\nHost: a\r\nX-Lease-Id: 1\r\n\r\n".into(),
        "GET http://a/api/channels?x HTTP/1.0\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n".into(),
    ];
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let mut client = Client::new();
    for round in 0..20_000 {
        let mut bytes = seeds[numbers.next(seeds.len())].clone().into_bytes();
        for _ in 0..numbers.next(4) {
            let at = numbers.next(bytes.len());
            match numbers.next(3) {
                0 => bytes[at] = numbers.next(256) as u8,
                1 => bytes.truncate(at.max(1)),
                _ => bytes.insert(at, b"\r\n :,0\xff{"[numbers.next(8)]),
            }
        }
        client.connection = client
            .network
            .connect("agent64.local", 5000, client.now)
            .unwrap();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(1 + numbers.next(rest.len()));
            rest = after;
            client.send(piece);
            let (text, closed) = client.receive();
            assert!(
                text.is_empty() || text.starts_with("HTTP/1.1 "),
                "round {round}: {text}"
            );
            if closed {
                break;
            }
        }
        client.network.close(client.connection).unwrap();
    }
}

#[test]
fn a_client_that_never_receives_cannot_go_on_asking() {
    let mut network = BenchNetwork::new(
        default_station(),
        [("agent64.local".into(), 5000)],
        Duration::ZERO,
    )
    .expect("a bench");
    let id = network
        .connect("agent64.local", 5000, Duration::ZERO)
        .expect("a connection");
    let request = "GET /api/channels HTTP/1.1\r\nHost: a\r\n\r\n";
    let taken = (0..10_000)
        .take_while(|_| network.send(id, request.as_bytes(), Duration::ZERO) != Ok(0))
        .count();
    assert!((10..10_000).contains(&taken), "{taken}");
    // What it was answered is there, and then there is room again.
    let mut answers = Vec::new();
    while let Ok(Received::Bytes(bytes)) = network.receive(id, 1 << 20, false, Duration::ZERO) {
        answers.extend(bytes);
    }
    let answers = String::from_utf8_lossy(&answers);
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), taken);
    assert_eq!(
        network.send(id, request.as_bytes(), Duration::ZERO),
        Ok(request.len())
    );
}
