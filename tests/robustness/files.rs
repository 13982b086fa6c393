//! The files a user writes: anything at all, and good ones spoilt.

use proptest::prelude::*;

use crate::{
    mutation::{anything, soup, spoilt},
    nasty,
    reading::{KINDS, Kind, on_a_small_stack, package, read},
    runner, seeds,
};

/// What few packages have.
const LOCAL: &str = r#"stubs:
  Measure: {voltage: 5.01, ok: true}
routing:
  routes:
    - tests: [Incoming Check, Final Test]
      serials: ["SN-1*", "[A-C]?"]
      products: [ESH10000121]
      revisions: ["1", 2]
  completed:
    SN-100: [Incoming Check]
  history: results/history.jsonl
"#;

fn holds(kind: Kind, cases: u32, content: impl Strategy<Value = Vec<u8>> + Send) {
    let folder = package();
    let run = move || {
        runner(cases).run(&content, |content| {
            read(folder.path(), kind, &content);
            Ok(())
        })
    };
    if let Err(error) = on_a_small_stack(run) {
        panic!("{kind:?}: {error}");
    }
}

#[test]
fn a_file_of_anything_is_read_to_its_end() {
    for kind in KINDS {
        holds(kind, 300, anything());
        holds(kind, 300, soup());
    }
}

#[test]
fn a_test_spoilt_anywhere_is_read_to_its_end() {
    holds(Kind::Test, 3000, spoilt(seeds::all(Kind::Test)));
}

#[test]
fn a_manifest_spoilt_anywhere_is_read_to_its_end() {
    holds(Kind::Manifest, 1500, spoilt(seeds::all(Kind::Manifest)));
}

#[test]
fn local_settings_spoilt_anywhere_are_read_to_their_end() {
    let mut seeds = seeds::all(Kind::Local);
    seeds.push(LOCAL.to_owned());
    holds(Kind::Local, 1500, spoilt(seeds));
}

#[test]
fn a_bench_spoilt_anywhere_is_read_to_its_end() {
    holds(Kind::Bench, 1500, spoilt(seeds::all(Kind::Bench)));
}

#[test]
fn nasty_files_are_read_to_their_end() {
    for kind in KINDS {
        for (name, content) in nasty::files() {
            let folder = package();
            let shown = on_a_small_stack(|| read(folder.path(), kind, &content));
            assert!(shown.len() < 4 << 20, "{name}: {} bytes", shown.len());
        }
    }
}
