//! `rehearse run` from outside: throw-away packages, the real interpreter, the JSON report.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod agent;
mod asyncio;
mod certificates;
#[cfg(unix)]
mod debugger;
mod devices;
mod library;
#[cfg(unix)]
mod orphans;
#[path = "../outside/mod.rs"]
mod outside;
mod package;
mod programs;
mod python;
mod recording;
mod sandboxed;
#[cfg(unix)]
#[path = "../serving/mod.rs"]
mod serving;
#[cfg(unix)]
mod signals;
mod simulated;
mod sockets;
mod threads;
mod timeouts;
mod tls;
mod virtual_time;
mod why;
