//! `rehearse python` from outside, beside CPython where there is one.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod ends;
#[path = "../outside/mod.rs"]
mod outside;
mod program;
mod same;
#[cfg(unix)]
mod signals;
mod sources;
