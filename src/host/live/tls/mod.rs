//! TLS over the machine's TCP: what test code sends and receives is the plain text within, and no key leaves this folder.

mod authentication;
mod certificate;
mod configuration;
mod name;
mod requests;
mod session;
mod trouble;
mod trust;

pub use certificate::{check_key, read};
pub use session::Session;
