//! Test code and an agent that behaves, or does not, over the live network.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use crate::package::{Package, Ran};

const CODE: &str = r#"
import http.client, urllib.request

def ask_briefly(port):
    return ask(port, timeout=0.3)

def ask(port, timeout=60):
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=timeout)
    connection.request("GET", "/api/connection/status")
    answer = connection.getresponse()
    return [answer.status, answer.read().decode()]

def fetch(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
        return answer.read().decode()

def cleanup():
    pass
"#;

/// Serves one connection with `behave`, in a thread that ends with it.
fn server(behave: impl FnOnce(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        if let Ok((stream, _)) = listener.accept() {
            behave(stream);
        }
    });
    port
}

fn read_request(stream: &mut TcpStream) {
    let mut seen = Vec::new();
    let mut byte = [0];
    while !seen.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
        seen.push(byte[0]);
    }
}

fn run(function: &str, port: u16) -> Ran {
    Package::with(CODE)
        .step(
            function,
            &format!("parameters: {{port: {port}}}, post_execution_action: terminate-on-fail"),
        )
        .step("cleanup", "")
        .cleanup("cleanup")
        .run(&[])
}

#[track_caller]
fn fails_with(function: &str, port: u16, class: &str) {
    let ran = run(function, port).failed();
    let message = ran.attempt(function)["message"]
        .as_str()
        .expect("a message")
        .to_owned();
    assert!(message.starts_with(class), "{message}");
    assert_eq!(ran.report["steps"][1]["verdict"], "SKIPPED");
    assert_eq!(ran.report["steps"][2]["verdict"], "PASS");
}

#[test]
fn an_agent_that_answers_is_understood() {
    let port = server(|mut stream| {
        read_request(&mut stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue")
            .expect("sent");
    });
    let ran = run("ask", port).passed();
    assert_eq!(
        ran.attempt("ask")["returned"],
        serde_json::json!([200, "true"])
    );
}

#[test]
fn a_chunked_answer_in_single_bytes_is_understood() {
    let port = server(|mut stream| {
        read_request(&mut stream);
        for byte in b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" {
            stream.write_all(&[*byte]).expect("sent");
        }
    });
    let ran = run("fetch", port).passed();
    assert_eq!(ran.attempt("fetch")["returned"], "abc");
}

#[test]
fn an_agent_that_refuses_fails_the_step() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    fails_with("ask", port, "ConnectionRefusedError: [Errno 111]");
}

#[test]
fn an_agent_that_resets_fails_the_step() {
    // Closing with unread data makes the system send a reset.
    fails_with(
        "ask",
        server(|stream| drop(stream.peek(&mut [0]))),
        "ConnectionResetError",
    );
}

#[test]
fn an_agent_that_closes_without_an_answer_fails_the_step() {
    fails_with(
        "ask",
        server(|mut stream| read_request(&mut stream)),
        "http.client.RemoteDisconnected",
    );
}

#[test]
fn an_agent_that_stalls_ends_in_the_codes_own_time_out() {
    let port = server(|mut stream| {
        read_request(&mut stream);
        // Until the client has given up.
        drop(stream.read(&mut [0]));
    });
    fails_with("ask_briefly", port, "TimeoutError: timed out");
}

#[test]
fn half_an_answer_fails_the_step() {
    let port = server(|mut stream| {
        read_request(&mut stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"isConn")
            .expect("sent");
    });
    fails_with("ask", port, "http.client.IncompleteRead");
}

#[test]
fn an_unknown_host_fails_the_step() {
    let code = "import socket\n\ndef f():\n    socket.create_connection(('no-such-host.invalid', 5000), timeout=5)\n";
    let ran = Package::with(code).step("f", "").run(&[]).failed();
    let message = ran.attempt("f")["message"]
        .as_str()
        .expect("a message")
        .to_owned();
    assert!(
        message.starts_with("socket.gaierror: [Errno -2]"),
        "{message}"
    );
}

#[test]
fn test_code_can_listen_and_select() {
    let code = r#"
import select, socket, threading

def f():
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname())
    peer, address = server.accept()
    nothing = select.select([peer], [], [], 0.01)[0]
    threading.Timer(0.01, client.sendall, (b"ping",)).start()
    ready = select.select([peer], [client], [], 5)
    data = peer.recv(10)
    peer.setblocking(False)
    try:
        peer.recv(1)
        blocked = False
    except BlockingIOError:
        blocked = True
    peer.close()
    return [nothing == [], data.decode(), blocked, client.recv(1) == b"", address[0]]
"#;
    let ran = Package::with(code).step("f", "").run(&[]).passed();
    assert_eq!(
        ran.attempt("f")["returned"],
        serde_json::json!([true, "ping", true, true, "127.0.0.1"])
    );
}

/// What a server may say that is no answer, and how Python's client takes it.
const BAD_ANSWERS: &[(&str, &str, &str)] = &[
    ("nothing of HTTP", "SMTP ready\r\n\r\n", "BadStatusLine"),
    ("no version", "HTTP/ 200 OK\r\n\r\n", "UnknownProtocol"),
    (
        "a status of letters",
        "HTTP/1.1 abc OK\r\n\r\n",
        "BadStatusLine",
    ),
    (
        "a length of letters",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nx",
        "",
    ),
    (
        "less than its length",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "IncompleteRead",
    ),
    (
        "a bad size of a chunk",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "IncompleteRead",
    ),
    (
        "a chunk that ends early",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf",
        "IncompleteRead",
    ),
    (
        "chunks without an end",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
        "IncompleteRead",
    ),
    ("half a head", "HTTP/1.1 200 OK\r\nContent-Le", ""),
];

#[test]
fn bad_answers_end_in_an_error_recorded_or_not() {
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(70_000));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: y\r\n".repeat(200));
    let oversized = [
        ("a header of 70,000 characters", &*long, "LineTooLong"),
        ("200 headers", &*many, "HTTPException"),
    ];
    for (what, answer, class) in BAD_ANSWERS.iter().copied().chain(oversized) {
        for recorded in [false, true] {
            let said = answer.to_owned();
            let port = server(move |mut stream| {
                read_request(&mut stream);
                stream.write_all(said.as_bytes()).ok();
            });
            let package = Package::with(CODE).step("ask", &format!("parameters: {{port: {port}}}"));
            let tape = package.path().join("tape.jsonl");
            let record = format!("--record={}", tape.display());
            let switches: &[&str] = if recorded { &[&record] } else { &[] };
            let ran = package.run(switches);
            // Where the client takes what there is for an answer, so does the step.
            assert_eq!(
                ran.code,
                i32::from(!class.is_empty()),
                "{what}: {}",
                ran.stdout
            );
            let message = ran.attempt("ask")["message"].as_str().unwrap_or_default();
            assert!(message.contains(class), "{what}: {message}");
            assert!(!ran.stderr.contains("panicked"), "{what}: {}", ran.stderr);
            if recorded {
                let replay = format!("--replay={}", tape.display());
                let again = package.run(&[&replay]);
                assert!(
                    !again.stderr.contains("panicked"),
                    "{what}: {}",
                    again.stderr
                );
            }
        }
    }
}

#[test]
fn an_answer_that_comes_byte_by_byte_ends_in_the_steps_time_out() {
    let port = server(|mut stream| {
        read_request(&mut stream);
        while stream.write_all(b"x").is_ok() {
            thread::sleep(std::time::Duration::from_millis(20));
        }
    });
    let ran = Package::with(CODE)
        .step(
            "ask",
            &format!("parameters: {{port: {port}}}, timeout_ms: 500"),
        )
        .run(&[])
        .failed();
    assert_eq!(ran.attempt("ask")["reason"], "timeout");
}
