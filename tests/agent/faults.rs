//! What a bench.yaml can break about the agent, as clients on the network see it.

use std::{
    io::{ErrorKind, Read},
    time::{Duration, Instant},
};

use crate::{
    client::{Client, NAME},
    requests::in_process,
    serving::Serving,
};

fn broken(fault: &str) -> Serving {
    Serving::bench(&format!("faults: {{agent: {fault}}}"))
}

/// Whether an answer comes on a new connection.
fn answers(serving: &Serving) -> bool {
    Client::of(serving).ask(NAME).status == 200
}

#[test]
fn an_agent_that_refuses_for_good_ends_open_connections_and_cannot_be_reached() {
    let serving = broken("{kind: refuse, after: 1}");
    let mut other = Client::of(&serving);
    let mut client = Client::of(&serving);
    assert_eq!(client.ask(NAME).status, 200);
    for client in [&mut client, &mut other] {
        let (bytes, end) = client.rest();
        assert!(bytes.is_empty() && end.is_ok(), "{bytes:?} {end:?}");
    }
    for _ in 0..3 {
        let error = Client::try_of(&serving).err().expect("refused");
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    }
    assert_eq!(serving.log().lines().count(), 1);
}

#[test]
fn an_agent_that_refuses_from_the_start_cannot_be_reached() {
    let serving = broken("{kind: refuse}");
    let error = Client::try_of(&serving).err().expect("refused");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[test]
fn an_agent_that_refuses_for_a_while_breaks_new_connections_and_comes_back() {
    let serving = broken("{kind: refuse, after: 1, times: 2}");
    assert!(answers(&serving));
    for _ in 0..2 {
        let mut client = Client::of(&serving);
        let (bytes, end) = client.rest();
        let error = end.expect_err("broken");
        assert!(bytes.is_empty());
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
    }
    assert!(answers(&serving));
    assert_eq!(serving.log().matches("connection refused\n").count(), 2);
}

#[test]
fn an_agent_that_resets_breaks_the_connection_instead_of_answering() {
    let serving = broken("{kind: reset, after: 1, times: 1}");
    let mut client = Client::of(&serving);
    assert_eq!(client.ask(NAME).status, 200);
    client.send(NAME);
    let (bytes, end) = client.rest();
    assert!(bytes.is_empty());
    assert_eq!(end.expect_err("broken").kind(), ErrorKind::ConnectionReset);
    assert!(answers(&serving));
    assert!(serving.log().contains("GET /api/application/name reset "));
}

#[test]
fn an_agent_that_stalls_leaves_the_request_open_and_answers_the_next_one() {
    let serving = broken("{kind: stall, times: 1}");
    let mut client = Client::of(&serving);
    client.send(NAME);
    serving.wait_for_log(" stalled ");
    assert!(answers(&serving));
    client.stream.set_nonblocking(true).expect("set");
    let error = client.stream.read(&mut [0]).expect_err("nothing yet");
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
}

#[test]
fn half_a_reply_is_half_of_what_the_bench_in_process_would_have_said() {
    let serving = broken("{kind: half_reply, times: 1}");
    let whole = in_process("", &[NAME.as_bytes()]).concat();
    let mut client = Client::of(&serving);
    client.send(NAME);
    let (bytes, end) = client.rest();
    assert_eq!(String::from_utf8_lossy(&bytes), whole[..whole.len() / 2]);
    assert!(end.is_ok(), "{end:?}");
    assert!(answers(&serving));
    assert!(serving.log().contains(" 200 cut off "));
}

#[test]
fn a_slow_agent_answers_later_and_does_not_hold_up_others() {
    let serving = broken("{kind: slow, delay_ms: 300, times: 1}");
    let begun = Instant::now();
    assert_eq!(Client::of(&serving).ask(NAME).status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(300));
    assert!(answers(&serving));
}
