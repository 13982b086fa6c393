//! Packages from outside: what they are read as, and what is said about what is wrong with them.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod folder;
mod package_messages;
mod reading;
mod robustness;
mod selection;
mod step_messages;
mod yaml_messages;
