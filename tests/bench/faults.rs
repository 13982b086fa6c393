//! What a bench.yaml can break about the agent.

use std::time::Duration;

use rehearsal::host::bench::Network as _;
use rehearsal::host::bench::{NetworkError, Received};

use crate::client::{Client, answers};

const NAME: &str = "GET /api/application/name HTTP/1.1\r\nHost: a\r\n\r\n";

fn broken(fault: &str) -> Client {
    Client::with(&format!("faults: {{agent: {fault}}}"))
}

fn receive(client: &mut Client) -> Result<Received, NetworkError> {
    client
        .network
        .receive(client.connection, 1000, false, client.now)
}

#[test]
fn an_agent_that_refuses_ends_open_connections_and_comes_back() {
    let mut client = broken("{kind: refuse, after: 1, times: 2}");
    client.send(NAME);
    let (text, closed) = client.receive();
    assert_eq!(answers(&text).len(), 1);
    assert!(closed);
    for _ in 0..2 {
        assert_eq!(
            client.network.connect("localhost", 5000, client.now),
            Err(NetworkError::Refused)
        );
    }
    client.connection = client
        .network
        .connect("localhost", 5000, client.now)
        .unwrap();
    client.get("channels");
}

#[test]
fn an_agent_that_resets_breaks_the_connection() {
    let mut client = broken("{kind: reset, after: 1}");
    client.send(NAME.repeat(2));
    assert!(matches!(receive(&mut client), Ok(Received::Bytes(_))));
    assert_eq!(receive(&mut client), Err(NetworkError::Reset));
    assert_eq!(
        client.network.send(client.connection, b"x", client.now),
        Err(NetworkError::BrokenPipe)
    );
}

#[test]
fn an_agent_that_stalls_never_answers() {
    let mut client = broken("{kind: stall}");
    client.send(NAME);
    client.now += Duration::from_secs(3600);
    client.send(NAME);
    assert_eq!(receive(&mut client), Ok(Received::WouldBlock(None)));
}

#[test]
fn half_a_reply_is_half_of_its_bytes() {
    let mut whole = Client::new();
    whole.send(NAME);
    let whole = whole.receive().0;
    let mut client = broken("{kind: half_reply}");
    client.send(NAME);
    assert_eq!(client.receive(), (whole[..whole.len() / 2].into(), true));
}

#[test]
fn a_slow_agent_answers_later_and_in_order() {
    let mut client = broken("{kind: slow, delay_ms: 300, times: 1}");
    client.send(NAME.repeat(2));
    let ready = client.now + Duration::from_millis(300);
    assert_eq!(receive(&mut client), Ok(Received::WouldBlock(Some(ready))));
    client.now = ready;
    assert_eq!(answers(&client.receive().0).len(), 2);
}
