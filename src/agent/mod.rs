//! The simulated bench behind a real socket, for clients outside this program (docs/commands.md, `rehearse agent`).
//!
//! A `Server` has one `Listener`, which gives each client a `Connection`; `service` answers requests from the bench's agent. What
//! goes wrong with the agent is decided there and done here: a `Line` tells the connection of a request how to end. `EventBody` is an answer
//! that goes on.

mod connection;
mod desk;
mod events;
mod exchange;
mod line;
mod listener;
mod occurrence;
mod server;
mod service;

pub use desk::Detail;
pub use occurrence::{Fate, Occurrence};
pub use server::{ServeError, Server};
