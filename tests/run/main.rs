//! `rehearse run` from outside: throw-away packages, the real interpreter, the JSON report.

mod agent;
mod package;
mod python;
#[cfg(unix)]
mod signals;
mod simulated;
