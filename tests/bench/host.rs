//! The bench as test code's host.

use std::sync::atomic::{AtomicU64, Ordering};

use rehearsal::host::bench::SimulatedBench;
use rehearsal_python::host::{
    Clock, ErrorKind, Family, Handle, Host, HostError, Reply, Request, Shutdown, SocketKind,
    SocketOption,
};

use crate::client::station;

const NAME: &str = "GET /api/application/name HTTP/1.1\r\nHost: a\r\n\r\n";

/// A host whose time passes by sleeping, and which stops the code at a certain time.
struct Inner {
    now: AtomicU64,
    stop_at: u64,
}

impl Host for Inner {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        match request {
            Request::Now {
                clock: Clock::Monotonic,
            } => Ok(Reply::Time(self.now.load(Ordering::SeqCst))),
            Request::Sleep { duration } => {
                assert!(duration <= 50_000_000, "{duration}");
                let now = self.now.fetch_add(duration, Ordering::SeqCst) + duration;
                if now >= self.stop_at {
                    return Err(HostError::new(ErrorKind::Interrupted, "stop"));
                }
                Ok(Reply::Done)
            }
            Request::Wait {
                reads,
                writes,
                timeout: Some(_),
            } => Ok(Reply::Ready { reads, writes }),
            Request::Environment => Ok(Reply::Environment(Vec::new())),
            other => Err(HostError::new(ErrorKind::Other, format!("{other:?}"))),
        }
    }
}

fn bench(yaml: &str) -> SimulatedBench<Inner> {
    let inner = Inner {
        now: AtomicU64::new(7),
        stop_at: 10_000_000_000,
    };
    SimulatedBench::new(inner, station(yaml), [("agent64.local".into(), 5000)]).unwrap()
}

fn socket(bench: &SimulatedBench<Inner>, kind: SocketKind) -> Handle {
    let family = Family::V4;
    match bench.call(Request::Socket { family, kind }) {
        Ok(Reply::Handle(handle)) => handle,
        other => panic!("{other:?}"),
    }
}

fn connect(bench: &SimulatedBench<Inner>) -> Handle {
    let reply = bench
        .call(Request::Connect {
            handle: socket(bench, SocketKind::Stream),
            host: "192.0.2.1".into(),
            port: 5000,
            timeout: None,
        })
        .unwrap();
    let Reply::Connected {
        handle,
        peer,
        local,
    } = reply
    else {
        panic!("{reply:?}")
    };
    assert!(handle.0 >= 1 << 32);
    assert_eq!((peer.ip.as_str(), peer.port), ("192.0.2.1", 5000));
    assert_eq!(local.ip, "127.0.0.1");
    handle
}

fn send(bench: &SimulatedBench<Inner>, handle: Handle) {
    let reply = bench.call(Request::Send {
        handle,
        data: NAME.into(),
        timeout: None,
    });
    assert_eq!(reply, Ok(Reply::Count(NAME.len() as u64)));
}

fn receive(
    bench: &SimulatedBench<Inner>,
    handle: Handle,
    timeout: Option<u64>,
) -> Result<Reply, HostError> {
    bench.call(Request::Receive {
        handle,
        max: 1 << 16,
        peek: false,
        timeout,
    })
}

fn kind<T: std::fmt::Debug>(result: Result<T, HostError>) -> ErrorKind {
    result.unwrap_err().kind
}

#[test]
fn a_request_is_answered_and_the_connection_closed() {
    let bench = bench("");
    let resolved = bench.call(Request::Resolve {
        host: "agent64.local".into(),
        port: 5000,
    });
    assert_eq!(resolved, Ok(Reply::Addresses(vec!["192.0.2.1".into()])));
    let handle = connect(&bench);
    send(&bench, handle);
    let Ok(Reply::Bytes(bytes)) = receive(&bench, handle, None) else {
        panic!()
    };
    assert!(bytes.starts_with(b"HTTP/1.1 200 OK\r\n"));
    assert_eq!(kind(receive(&bench, handle, Some(0))), ErrorKind::TimedOut);
    assert_eq!(
        bench.call(Request::Shutdown {
            handle,
            how: Shutdown::Both
        }),
        Ok(Reply::Done)
    );
    assert_eq!(receive(&bench, handle, None), Ok(Reply::Bytes(Vec::new())));
    assert_eq!(bench.call(Request::Close { handle }), Ok(Reply::Done));
    assert_eq!(
        kind(bench.call(Request::Close { handle })),
        ErrorKind::BadHandle
    );
    assert_eq!(kind(receive(&bench, handle, None)), ErrorKind::BadHandle);
}

#[test]
fn a_receive_ends_with_its_timeout_or_an_interruption() {
    let bench = bench("faults: {agent: {kind: stall}}");
    let handle = connect(&bench);
    send(&bench, handle);
    let timed_out = receive(&bench, handle, Some(120_000_000)).unwrap_err();
    assert_eq!(
        timed_out,
        HostError::new(
            ErrorKind::TimedOut,
            "the simulated agent has not answered in time"
        )
    );
    assert_eq!(bench.inner().now.load(Ordering::SeqCst), 120_000_007);
    assert_eq!(kind(receive(&bench, handle, None)), ErrorKind::Interrupted);
}

#[test]
fn a_slow_answer_is_waited_for() {
    let bench = bench("faults: {agent: {kind: slow, delay_ms: 230}}");
    let handle = connect(&bench);
    send(&bench, handle);
    let wait = |timeout| {
        bench.call(Request::Wait {
            reads: vec![handle],
            writes: vec![],
            timeout: Some(timeout),
        })
    };
    assert_eq!(
        wait(100_000_000),
        Ok(Reply::Ready {
            reads: vec![],
            writes: vec![]
        })
    );
    assert_eq!(
        wait(1_000_000_000),
        Ok(Reply::Ready {
            reads: vec![handle],
            writes: vec![]
        })
    );
    assert_eq!(bench.inner().now.load(Ordering::SeqCst), 230_000_007);
    assert!(matches!(receive(&bench, handle, None), Ok(Reply::Bytes(bytes)) if !bytes.is_empty()));
}

#[test]
fn a_reader_of_events_wakes_at_the_time_of_each() {
    let bench = bench("");
    let at = || bench.inner().now.load(Ordering::SeqCst) - 7;
    let (stream, other) = (connect(&bench), connect(&bench));
    let ask = |handle, request: &str| {
        let data = request.as_bytes().to_vec();
        let sent = bench.call(Request::Send {
            handle,
            data,
            timeout: None,
        });
        assert!(matches!(sent, Ok(Reply::Count(_))), "{sent:?}");
    };
    let text = |handle| match receive(&bench, handle, None) {
        Ok(Reply::Bytes(bytes)) => String::from_utf8(bytes).unwrap(),
        other => panic!("{other:?}"),
    };
    ask(stream, "GET /api/events HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut hello = text(stream);
    while !hello.contains("streamId") {
        hello += &text(stream);
    }
    let (_, name) = hello.split_once("\"streamId\":\"").unwrap();
    let name = name.split('"').next().unwrap();
    let body = format!(r#"{{"StreamId":"{name}","Channels":["MON_3V3"],"IntervalMs":4000}}"#);
    let length = body.len();
    ask(
        other,
        &format!(
            "POST /api/subscriptions HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
    );
    let body = r#"{"Owner":"A","TtlMs":5500}"#;
    let length = body.len();
    ask(
        other,
        &format!("POST /api/lease HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}"),
    );
    let mut told = Vec::new();
    while at() < 8_000_000_000 {
        let text = text(stream);
        for word in ["values", "lease", ": ping"] {
            if text.contains(word) {
                told.push((at() / 1_000_000, word));
            }
        }
    }
    assert_eq!(
        told,
        [
            (0, "values"),
            (0, "lease"),
            (4000, "values"),
            (5500, "lease"),
            (8000, "values")
        ]
    );
    // Also who waits for several, and for no longer than this.
    let wait = bench.call(Request::Wait {
        reads: vec![other, stream],
        writes: vec![],
        timeout: Some(1_999_999_000),
    });
    assert_eq!(
        wait,
        Ok(Reply::Ready {
            reads: vec![other],
            writes: vec![]
        })
    );
    text(other);
    let wait = |timeout| {
        bench.call(Request::Wait {
            reads: vec![other, stream],
            writes: vec![],
            timeout: Some(timeout),
        })
    };
    let none = Reply::Ready {
        reads: vec![],
        writes: vec![],
    };
    assert_eq!(wait(1_900_000_000), Ok(none));
    assert_eq!(
        wait(99_000_000),
        Ok(Reply::Ready {
            reads: vec![],
            writes: vec![]
        })
    );
    assert_eq!(at(), 9_999_000_000);
}

#[test]
fn waiting_mixes_the_bench_with_the_host_within() {
    let bench = bench("");
    let (ours, other) = (connect(&bench), Handle(3));
    let ready = bench.call(Request::Wait {
        reads: vec![ours, other],
        writes: vec![ours],
        timeout: None,
    });
    assert_eq!(
        ready,
        Ok(Reply::Ready {
            reads: vec![other],
            writes: vec![ours]
        })
    );
    let unconnected = socket(&bench, SocketKind::Stream);
    let ready = bench.call(Request::Wait {
        reads: vec![ours, unconnected],
        writes: vec![],
        timeout: Some(120_000_000),
    });
    assert_eq!(
        ready,
        Ok(Reply::Ready {
            reads: vec![],
            writes: vec![]
        })
    );
    let bad = Handle((1 << 32) + 99);
    assert_eq!(
        kind(bench.call(Request::Wait {
            reads: vec![bad],
            writes: vec![],
            timeout: None
        })),
        ErrorKind::BadHandle
    );
}

#[test]
fn errors_have_the_kinds_of_an_operating_system() {
    let bench = bench("faults: {agent: {kind: reset, times: 1}}");
    let handle = connect(&bench);
    send(&bench, handle);
    assert_eq!(kind(receive(&bench, handle, None)), ErrorKind::Reset);
    assert_eq!(
        kind(bench.call(Request::Send {
            handle,
            data: vec![1],
            timeout: None
        })),
        ErrorKind::BrokenPipe
    );
    let connect = |host: &str, port| {
        bench.call(Request::Connect {
            handle: socket(&bench, SocketKind::Stream),
            host: host.into(),
            port,
            timeout: None,
        })
    };
    assert_eq!(kind(connect("10.0.0.1", 80)), ErrorKind::Refused);
    let unknown = bench.call(Request::Resolve {
        host: "example.org".into(),
        port: 80,
    });
    assert_eq!(kind(unknown), ErrorKind::UnknownHost);
    let listen = Request::Listen {
        handle: socket(&bench, SocketKind::Stream),
        backlog: 1,
    };
    assert_eq!(kind(bench.call(listen)), ErrorKind::Unsupported);
    assert_eq!(
        kind(bench.call(Request::Accept {
            handle: Handle(1),
            timeout: None
        })),
        ErrorKind::Unsupported
    );
    assert_eq!(
        bench.call(Request::Environment),
        Ok(Reply::Environment(Vec::new()))
    );
    assert_eq!(
        kind(bench.call(Request::Random { size: 1 })),
        ErrorKind::Other
    );
}

#[test]
fn several_threads_share_the_bench() {
    let bench = bench("");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let handle = connect(&bench);
                for _ in 0..50 {
                    send(&bench, handle);
                    assert!(matches!(receive(&bench, handle, Some(1_000_000)), Ok(Reply::Bytes(bytes)) if !bytes.is_empty()));
                }
            });
        }
    });
}

#[test]
fn a_socket_has_addresses_and_keeps_its_options() {
    let bench = bench("");
    let handle = connect(&bench);
    let Ok(Reply::Socket(state)) = bench.call(Request::SocketState { handle }) else {
        panic!()
    };
    assert_eq!((state.family, state.kind), (Family::V4, SocketKind::Stream));
    assert_eq!(state.local.ip, "127.0.0.1");
    assert_eq!(state.peer.unwrap().ip, "192.0.2.1");
    let option = SocketOption::NoDelay;
    let get = || bench.call(Request::GetOption { handle, option });
    assert_eq!(get(), Ok(Reply::Value(0)));
    let set = Request::SetOption {
        handle,
        option,
        value: 1,
    };
    assert_eq!(bench.call(set), Ok(Reply::Done));
    assert_eq!(get(), Ok(Reply::Value(1)));
    assert_eq!(bench.call(Request::TakeError { handle }), Ok(Reply::Done));
    let again = bench.call(Request::Connect {
        handle,
        host: "192.0.2.1".into(),
        port: 5000,
        timeout: None,
    });
    assert_eq!(kind(again), ErrorKind::AlreadyConnected);
    let handle = socket(&bench, SocketKind::Stream);
    assert_eq!(kind(receive(&bench, handle, None)), ErrorKind::NotConnected);
    assert_eq!(bench.call(Request::Close { handle }), Ok(Reply::Done));
}

#[test]
fn datagrams_are_refused_with_the_reason() {
    let bench = bench("");
    let handle = socket(&bench, SocketKind::Datagram);
    let (host, port) = (String::from("192.0.2.1"), 5000);
    let requests = [
        Request::Bind {
            handle,
            host: host.clone(),
            port,
        },
        Request::Connect {
            handle,
            host: host.clone(),
            port,
            timeout: None,
        },
        Request::SendTo {
            handle,
            host,
            port,
            data: vec![1],
            timeout: None,
        },
    ];
    for request in requests {
        assert_eq!(
            bench.call(request),
            Err(HostError::new(
                ErrorKind::Unsupported,
                "a simulated bench carries TCP only, no UDP: run against the real station for this"
            ))
        );
    }
}
