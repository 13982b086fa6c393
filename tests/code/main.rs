//! A package's Python, read without running it: what is known of it, and what the rules say about it.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod absolute_path;
mod functions;
mod imports;
mod limits;
mod one_function;
mod package;
mod packages;
mod pip;
mod robustness;
mod signatures;
mod standard_library;
mod syntax;
mod unmeasured;
