//! `rehearse agent` from outside: the binary on a free port, and clients that are plain sockets.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod client;
mod command;
mod faults;
mod requests;
#[path = "../serving/mod.rs"]
mod serving;
#[cfg(unix)]
mod signals;
