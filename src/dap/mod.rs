//! The Debug Adapter Protocol (<https://microsoft.github.io/debug-adapter-protocol/specification>, version 1.70): an editor as the front of a
//! [`crate::debug::Session`].

mod client;
mod framing;
mod protocol;
mod server;

pub use client::Client;
pub use framing::{MessageError, read, write};
pub use protocol::{Attach, Launch, Request, capabilities, event, failure, response};
pub use server::Server;
