//! What a request of the test code costs that goes through the door, beside the same bytes over a plain socket.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use rehearsal::{
    bus::EventBus,
    flow::clock::RealClock,
    host::{
        Family, Handle, Host, Observer, Reply, Request, SocketKind,
        live::{LiveHost, Streams},
        permissions::{Guarded, Permissions},
    },
};
use rehearsal_python::interrupt::Interrupt;

use super::median;

const QUESTION: &[u8] = b"POST /api/resources/value/get HTTP/1.1\r\nHost: agent64.local:5000\r\nContent-Length: 35\r\n\r\n{\"Name\": \"0.1.ESH10000158.MON_3V3\"}";
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"value\":\"3.301\"}";

/// Answers each question on each connection until it ends.
fn server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            thread::spawn(move || {
                let mut question = [0; QUESTION.len()];
                stream.set_nodelay(true).expect("a socket");
                while stream.read_exact(&mut question).is_ok() {
                    if stream.write_all(ANSWER).is_err() {
                        break;
                    }
                }
            });
        }
    });
    port
}

/// Everything that stands between test code and the machine in a run whose network is restricted.
fn door(port: u16) -> (Arc<dyn Host>, Handle) {
    let root = Path::new(".");
    let interrupt = Interrupt::default();
    let live = LiveHost::new(root, Vec::new(), Streams::Inherited, interrupt);
    let mut permissions = Permissions::nothing(root);
    permissions.net.allowed = Some(vec![
        format!("127.0.0.1:{port}").parse().expect("an endpoint"),
    ]);
    let guarded = Guarded::new(live, permissions, None, Arc::new(|_| {}));
    let events = EventBus::new(Arc::new(RealClock::new()));
    let host: Arc<dyn Host> = Arc::new(Observer::new(guarded, events, Path::new("")));
    let Ok(Reply::Handle(handle)) = host.call(Request::Socket {
        family: Family::V4,
        kind: SocketKind::Stream,
    }) else {
        unreachable!("a socket")
    };
    host.call(Request::Connect {
        handle,
        host: "127.0.0.1".into(),
        port,
        timeout: None,
    })
    .expect("a connection");
    (host, handle)
}

#[test]
#[ignore = "takes figures"]
fn a_request_through_the_door() {
    let port = server();
    let mut plain = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    plain.set_nodelay(true).expect("a socket");
    let (host, handle) = door(port);
    let mut times: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..5000 {
        let start = Instant::now();
        plain.write_all(QUESTION).expect("sent");
        plain.read_exact(&mut [0; ANSWER.len()]).expect("received");
        times[0].push(start.elapsed());

        let start = Instant::now();
        host.call(Request::Send {
            handle,
            data: QUESTION.into(),
            timeout: Some(30_000_000_000),
        })
        .expect("sent");
        let mut received = 0;
        while received < ANSWER.len() {
            match host.call(Request::Receive {
                handle,
                max: 8192,
                peek: false,
                timeout: Some(30_000_000_000),
            }) {
                Ok(Reply::Bytes(data)) => received += data.len(),
                other => unreachable!("{other:?}"),
            }
        }
        times[1].push(start.elapsed());
    }
    let [plain, door] = times.map(median);
    println!(
        "plain {plain:?}, through the door {door:?}, {:?} more",
        door.saturating_sub(plain)
    );
}
