//! Events over a real connection.

use std::{
    io::{BufRead, BufReader, ErrorKind},
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::{Value as Json, json};

use crate::{
    client::{Answer, Client, NAME},
    serving::Serving,
};

const OPEN: &str = "GET /api/events HTTP/1.1\r\nHost: a\r\n\r\n";

/// A reader of events.
struct Stream {
    reader: BufReader<TcpStream>,
    name: String,
}

impl Stream {
    fn open(serving: &Serving) -> Self {
        let mut client = Client::of(serving);
        client.send(OPEN);
        let mut stream = Self {
            reader: BufReader::new(client.stream),
            name: String::new(),
        };
        let head = stream.until("\r\n");
        let mut lines: Vec<_> = head
            .lines()
            .filter(|line| !line.starts_with("date: "))
            .collect();
        lines.sort_unstable();
        assert_eq!(
            lines,
            [
                "HTTP/1.1 200 OK",
                "cache-control: no-cache",
                "content-type: text/event-stream",
                "server: Rehearsal",
                "transfer-encoding: chunked",
            ]
        );
        let (name, hello) = stream.event().expect("hello");
        assert_eq!(name, "hello");
        stream.name = hello["streamId"].as_str().expect("an id").into();
        stream
    }

    /// Everything before this line.
    fn until(&mut self, end: &str) -> String {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            assert_ne!(
                self.reader.read_line(&mut line).expect("a line"),
                0,
                "{all}"
            );
            if line == end {
                return all;
            }
            all += &line;
        }
    }

    /// The next event, whatever chunks it comes in; none at the proper end.
    fn event(&mut self) -> Option<(String, Json)> {
        let (mut name, mut data) = (None, None);
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            assert!(Instant::now() < end, "only pings come");
            let mut line = String::new();
            assert_ne!(
                self.reader.read_line(&mut line).expect("a line"),
                0,
                "cut off"
            );
            if line == "0\r\n" {
                return None;
            } else if let Some(text) = line.strip_prefix("event: ") {
                name = Some(text.trim_end().to_owned());
            } else if let Some(text) = line.strip_prefix("data: ") {
                data = Some(serde_json::from_str(text).expect("JSON"));
            } else if line == "\n" && name.is_some() {
                return name.zip(data);
            }
        }
    }
}

fn post(client: &mut Client, path: &str, body: &Json) -> Answer {
    let body = body.to_string();
    client.ask(format!(
        "POST /api/{path} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

#[test]
fn a_change_by_one_client_reaches_the_streams_of_others() {
    let serving = Serving::bench("");
    let mut streams = [Stream::open(&serving), Stream::open(&serving)];
    let mut client = Client::of(&serving);
    post(
        &mut client,
        "modules/unload",
        &json!({"Name": "TempRegulator"}),
    );
    for stream in &mut streams {
        let (name, data) = stream.event().expect("an event");
        assert_eq!(name, "configuration");
        assert_eq!(data, json!({"changeType": "Removed", "generation": 1}));
    }
    post(&mut client, "lease", &json!({"Owner": "A", "TtlMs": 1000}));
    for held in [true, false] {
        let (name, data) = streams[0].event().expect("an event");
        assert_eq!((name.as_str(), &data["held"]), ("lease", &json!(held)));
    }
}

#[test]
fn values_come_about_every_interval() {
    let serving = Serving::bench("resources: {A: \"1.5\"}");
    let mut stream = Stream::open(&serving);
    let mut client = Client::of(&serving);
    let wanted = json!({"StreamId": stream.name, "Channels": ["A"], "IntervalMs": 100});
    let begun = Instant::now();
    assert_eq!(post(&mut client, "subscriptions", &wanted).status, 200);
    for value in ["1.5", "2.5"] {
        post(
            &mut client,
            "resources/value/set",
            &json!({"Name": "A", "Value": value}),
        );
        loop {
            let (name, data) = stream.event().expect("an event");
            assert_eq!(name, "values");
            if data["values"]["A"] == value {
                break;
            }
        }
    }
    for _ in 0..3 {
        stream.event().expect("an event");
    }
    // Three intervals at least lie between five readings.
    assert!(begun.elapsed() >= Duration::from_millis(300));
}

#[test]
fn a_client_that_goes_takes_its_stream_along() {
    let serving = Serving::bench("");
    let stream = Stream::open(&serving);
    let wanted = json!({"StreamId": stream.name, "Channels": ["MON_3V3"], "IntervalMs": 60000});
    drop(stream);
    let mut client = Client::of(&serving);
    let end = Instant::now() + Duration::from_secs(60);
    while post(&mut client, "subscriptions", &wanted).status != 404 {
        assert!(Instant::now() < end, "the stream is still there");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn an_agent_that_refuses_ends_streams() {
    let serving = Serving::bench("faults: {agent: {kind: refuse, after: 2}}");
    let mut stream = Stream::open(&serving);
    assert_eq!(Client::of(&serving).ask(NAME).status, 200);
    assert_eq!(stream.event(), None);
}

#[test]
fn an_agent_that_stalls_is_silent_on_streams_until_it_is_over() {
    let serving = Serving::bench("faults: {agent: {kind: stall, after: 3, times: 1}}");
    let mut stream = Stream::open(&serving);
    let mut client = Client::of(&serving);
    let wanted = json!({"StreamId": stream.name, "Channels": ["MON_3V3"], "IntervalMs": 60000});
    assert_eq!(post(&mut client, "subscriptions", &wanted).status, 200);
    assert_eq!(stream.event().expect("an event").0, "values");
    assert_eq!(
        post(&mut client, "lease", &json!({"Owner": "A"})).status,
        200
    );
    let limit = Duration::from_millis(300);
    let socket = stream.reader.get_ref().try_clone().expect("a socket");
    socket.set_read_timeout(Some(limit)).expect("set");
    // What is left is the end of the last chunk.
    assert_eq!(stream.until("\r\n"), "");
    let error = stream.reader.fill_buf().expect_err("nothing");
    let kinds = [ErrorKind::WouldBlock, ErrorKind::TimedOut];
    assert!(kinds.contains(&error.kind()), "{error}");
    socket
        .set_read_timeout(Some(Duration::from_secs(60)))
        .expect("set");
    client.send(NAME);
    assert_eq!(stream.event().expect("an event").0, "lease");
}

#[test]
fn a_client_that_does_not_read_loses_events_and_holds_up_nobody() {
    let serving = Serving::bench(&format!("resources: {{A: {}}}", "x".repeat(900_000)));
    let mut slow = Stream::open(&serving);
    let mut quick = Stream::open(&serving);
    let mut client = Client::of(&serving);
    for stream in [&slow, &quick] {
        let wanted = json!({"StreamId": stream.name, "Channels": ["A"], "IntervalMs": 100});
        assert_eq!(post(&mut client, "subscriptions", &wanted).status, 200);
    }
    // More than the sockets and the agent hold.
    for _ in 0..40 {
        assert_eq!(quick.event().expect("an event").0, "values");
        assert_eq!(client.ask(NAME).status, 200);
    }
    let mut ids = Vec::new();
    while ids.len() < 2 || ids.windows(2).all(|two| two[0] + 1 == two[1]) {
        let mut line = String::new();
        slow.reader.read_line(&mut line).expect("a line");
        if let Some(id) = line.strip_prefix("id: ") {
            ids.push(id.trim_end().parse::<u64>().expect("a number"));
        }
    }
}

#[cfg(unix)]
#[test]
fn the_end_of_the_agent_ends_streams_properly() {
    use rustix::process::{Pid, Signal, kill_process};

    let mut serving = Serving::bench("");
    let mut stream = Stream::open(&serving);
    let pid = i32::try_from(serving.child.id()).expect("a pid");
    kill_process(Pid::from_raw(pid).expect("a pid"), Signal::TERM).expect("sent");
    assert_eq!(stream.event(), None);
    assert_eq!(serving.child.wait().expect("an end").code(), Some(0));
}
