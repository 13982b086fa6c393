//! What the image has frozen begins anew in each run.

use crate::package::Package;

const CODE: &str = r#"
import random, uuid, tempfile, os, time, secrets

def f():
    print(random.random(), random.Random().random(), uuid.uuid4(), secrets.token_hex(8), os.urandom(4).hex())
    print(time.time() > 1.7e9, time.monotonic() >= 0)
    print(os.environ.get("HOME"), os.environ.get("ALLOWED"), len(os.environ))
"#;

#[test]
fn two_runs_draw_other_numbers() {
    let cache = tempfile::tempdir().expect("a folder");
    let package = Package::with(CODE).step("f", "");
    let mut outputs = Vec::new();
    for _ in 0..3 {
        let mut command = package.command(&["--sandbox"]);
        command.env("REHEARSAL_CACHE", cache.path());
        let output = command.output().expect("rehearse starts");
        let printed = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(output.status.success(), "{printed}");
        assert!(printed.contains("True True\n"), "{printed}");
        let line = printed.lines().find(|line| line.contains("| 0."));
        outputs.extend(
            line.expect("the line")
                .split_whitespace()
                .skip(1)
                .map(String::from),
        );
    }
    let mut different = outputs.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), outputs.len(), "{outputs:?}");
}

#[test]
fn the_environment_is_empty_but_for_what_is_allowed() {
    let package = Package::with(CODE).step("f", "");
    let run = |switches: &[&str]| {
        let mut command = package.command(&["--sandbox"]);
        command
            .args(switches)
            .env("ALLOWED", "value")
            .env("HOME", "/somewhere");
        String::from_utf8(command.output().expect("rehearse starts").stdout).expect("UTF-8")
    };
    assert!(run(&[]).contains("| None None 0\n"));
    assert!(run(&["--allow-env=ALLOWED"]).contains("| None value 1\n"));
}

#[test]
fn a_package_whose_import_draws_numbers_draws_others_each_time() {
    let cache = tempfile::tempdir().expect("a folder");
    for body in [
        "import random\nN = random.random()",
        "import random\nN = random.Random().random()",
        "import os\nN = os.urandom(8).hex()",
        "import uuid\nN = uuid.uuid4()",
        "import time\nN = time.time_ns()",
        "import os\nN = os.getpid()",
        "import tempfile\nN = next(tempfile._get_candidate_names())",
        "N = __import__('random').getrandbits(64)",
    ] {
        let package =
            Package::with(format!("{body}\ndef f():\n    print('drawn', N)\n")).step("f", "");
        let drawn = || {
            let mut command = package.command(&["--sandbox"]);
            command.env("REHEARSAL_CACHE", cache.path());
            let printed = command.output().expect("rehearse starts").stdout;
            let printed = String::from_utf8(printed).expect("UTF-8");
            let line = printed.lines().find(|line| line.contains("drawn"));
            String::from(line.unwrap_or_else(|| panic!("{printed}")))
        };
        let (first, second) = (drawn(), drawn());
        assert_ne!(first, second, "{body}");
    }
}
