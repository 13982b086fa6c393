//! Whoever answers prompts, from outside: a terminal, answers given beforehand, `--unattended`, nobody. And the MES routing that
//! decides whether a unit may be tested now.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod asking;
mod given;
mod history;
mod package;
mod routing;
mod screen;
mod switches;
mod terminal;
#[cfg(target_os = "linux")]
mod terminal_of_its_own;
mod without_operator;
