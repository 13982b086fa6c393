//! `rehearse agent` from outside: the binary on a free port, and clients that are plain sockets.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod browser;
mod client;
mod command;
mod events;
mod faults;
mod malformed;
mod many;
#[path = "../outside/mod.rs"]
mod outside;
mod requests;
#[path = "../serving/mod.rs"]
mod serving;
#[cfg(unix)]
mod signals;
