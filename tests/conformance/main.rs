//! Both interpreters, one truth: the same packages run natively and in the sandbox, and what happened is the same event by event.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod cases;
mod events;
mod examples;
#[path = "../folder/mod.rs"]
mod folder;
#[path = "../model/generate.rs"]
mod generate;
#[path = "../model/package.rs"]
mod package;
mod random;
#[path = "../model/scenario.rs"]
#[expect(dead_code, reason = "time is the model's own")]
mod scenario;
