//! The client once more, recorded and repeated.

use crate::{package, passes, passes_but_for, serving::Serving};

/// Renews a held lease in a thread of its own, so that nobody knows when it asks.
const THREADED: &[&str] = &["Lease"];

#[test]
fn what_was_recorded_on_the_simulated_bench_passes_again() {
    let Some(package) = package() else { return };
    let tape = package.path().join("tape.jsonl.zst");
    passes(
        package.path(),
        &["--simulate", &format!("--record={}", tape.display())],
    );
    passes(package.path(), &[&format!("--replay={}", tape.display())]);
}

#[test]
fn what_was_recorded_over_loopback_passes_again_without_an_agent() {
    let Some(package) = package() else { return };
    let tape = package.path().join("tape.jsonl");
    let agent = Serving::start(package.path(), [package.path()]);
    let record = format!("--record={}", tape.display());
    passes(package.path(), &["--host", agent.url(), &record]);
    let url = agent.url().to_owned();
    drop(agent);
    let replay = format!("--replay={}", tape.display());
    passes(package.path(), &["--host", &url, &replay]);
}

#[test]
fn the_sandbox_records_and_repeats_the_same() {
    let Some(package) = package() else { return };
    let tape = package.path().join("tape.jsonl");
    let record = format!("--record={}", tape.display());
    let replay = format!("--replay={}", tape.display());
    passes_but_for(
        package.path(),
        &["--simulate", "--sandbox", &record],
        THREADED,
    );
    passes_but_for(package.path(), &["--sandbox", &replay], THREADED);
}
