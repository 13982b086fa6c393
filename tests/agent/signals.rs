//! Signals end the agent cleanly.

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    client::{Client, NAME},
    serving::Serving,
};

#[test]
fn ctrl_c_and_sigterm_end_it_with_0_even_while_a_client_waits() {
    for signal in [Signal::INT, Signal::TERM] {
        let mut serving = Serving::bench("faults: {agent: {kind: stall, after: 1}}");
        let mut client = Client::of(&serving);
        assert_eq!(client.ask(NAME).status, 200);
        client.send(NAME);
        serving.wait_for_log(" stalled ");
        let pid = i32::try_from(serving.child.id()).expect("a pid");
        kill_process(Pid::from_raw(pid).expect("a pid"), signal).expect("sent");
        let status = serving.child.wait().expect("an end");
        assert_eq!(status.code(), Some(0), "{status}");
    }
}
