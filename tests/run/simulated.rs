//! The examples on their simulated bench.

use std::{path::Path, process::Command};

use serde_json::Value as Json;

fn run(package: &str, arguments: &[&str]) -> (i32, Json, String) {
    let outside = tempfile::tempdir().expect("a temporary folder");
    let report = outside.path().join("report.json");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples")
        .join(package);
    let output = Command::new(env!("CARGO_BIN_EXE_rehearse"))
        .arg("run")
        .arg(folder)
        .args(arguments)
        .arg(format!("--report=json={}", report.display()))
        .output()
        .expect("rehearse starts");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    let report = std::fs::read(report)
        .map(|text| serde_json::from_slice(&text).expect("JSON"))
        .unwrap_or_default();
    (output.status.code().expect("an exit code"), report, shown)
}

/// The example's bench with one more key.
fn broken_bench(change: impl Fn(String) -> String) -> tempfile::NamedTempFile {
    let bench = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples/ESH10000121_FunctionalTest_v00/bench.yaml");
    let text = change(std::fs::read_to_string(bench).expect("the bench"));
    let file = tempfile::Builder::new()
        .suffix(".yaml")
        .tempfile()
        .expect("a file");
    std::fs::write(file.path(), text).expect("written");
    file
}

fn step<'a>(report: &'a Json, name: &str) -> &'a Json {
    report["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .find(|step| step["name"] == name)
        .expect("the step")
}

fn run_on(bench: &tempfile::NamedTempFile) -> (i32, Json, String) {
    run(
        "ESH10000121_FunctionalTest_v00",
        &[&format!("--simulate={}", bench.path().display())],
    )
}

#[test]
fn the_functional_test_passes_on_its_bench() {
    let (code, report, shown) = run("ESH10000121_FunctionalTest_v00", &["--simulate"]);
    assert_eq!(code, 0, "{shown}");
    assert_eq!(report["schema"], "rehearsal/report/1");
    assert_eq!(report["mode"]["bench"], "simulated");
    assert_eq!(report["mode"]["interpreter"], "native");
    assert_eq!(report["steps"].as_array().expect("steps").len(), 5);
    assert!(
        report["steps"]
            .as_array()
            .expect("steps")
            .iter()
            .all(|step| step["verdict"] == "PASS")
    );
    assert_eq!(
        step(&report, "Scan I2C")["measurements"]
            .as_array()
            .expect("measurements")
            .len(),
        5
    );
}

#[test]
fn a_missing_address_fails_the_scan_and_ends_the_run() {
    let bench = broken_bench(|text| {
        text.replace("      - {address: 0x51, name: calibration EEPROM}\n", "")
    });
    let (code, report, shown) = run_on(&bench);
    assert_eq!(code, 1, "{shown}");
    assert_eq!(step(&report, "Scan I2C")["verdict"], "FAIL");
    assert_eq!(report["ended_by"]["step"], "Scan I2C");
    assert_eq!(step(&report, "Test Interconnect")["verdict"], "SKIPPED");
    assert_eq!(step(&report, "Disconnect")["verdict"], "PASS");
}

#[test]
fn an_open_wire_fails_the_interconnect_test() {
    let bench = broken_bench(|text| text + "\nfaults:\n  opens: [0.ESH10000121.MPIO10]\n");
    let (code, report, shown) = run_on(&bench);
    assert_eq!(code, 1, "{shown}");
    assert_eq!(step(&report, "Scan I2C")["verdict"], "PASS");
    assert_eq!(step(&report, "Test Interconnect")["verdict"], "FAIL");
}

#[test]
fn a_short_between_wires_fails_the_interconnect_test() {
    let bench = broken_bench(|text| {
        text + "\nfaults:\n  shorts: [[0.ESH10000121.MPIO00, 0.ESH10000121.MPIO01]]\n"
    });
    let (code, report, shown) = run_on(&bench);
    assert_eq!(code, 1, "{shown}");
    assert_eq!(step(&report, "Test Interconnect")["verdict"], "FAIL");
}

#[test]
fn an_agent_that_refuses_is_retried_and_then_ends_the_run() {
    let bench = broken_bench(|text| text + "\nfaults:\n  agent: {kind: refuse}\n");
    let (code, report, shown) = run_on(&bench);
    assert_eq!(code, 1, "{shown}");
    let connect = step(&report, "Connect to Agent");
    assert_eq!(connect["verdict"], "FAIL");
    assert_eq!(
        connect["iterations"][0]["attempts"]
            .as_array()
            .expect("attempts")
            .len(),
        3
    );
    assert_eq!(report["ended_by"]["step"], "Connect to Agent");
    assert_eq!(step(&report, "Disconnect")["verdict"], "PASS");
}

#[test]
fn an_agent_that_answers_half_fails_a_step() {
    let bench = broken_bench(|text| text + "\nfaults:\n  agent: {kind: half_reply, after: 3}\n");
    let (code, report, shown) = run_on(&bench);
    assert_eq!(code, 1, "{shown}");
    assert_eq!(report["verdict"], "FAIL");
    assert_eq!(step(&report, "Disconnect")["verdict"], "PASS");
}

#[test]
fn the_showcase_fails_as_its_readme_says() {
    let (code, report, shown) = run("ESH10000122_FailureShowcase_v00", &["--simulate"]);
    assert_eq!(code, 1, "{shown}");
    let verdicts: Vec<_> = report["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| &step["verdict"])
        .collect();
    assert_eq!(
        verdicts,
        [
            "PASS", "PASS", "FAIL", "FAIL", "FAIL", "FAIL", "SKIPPED", "SKIPPED", "PASS", "PASS"
        ]
    );
    assert_eq!(
        report["ended_by"]["rule"],
        "post_execution_action: terminate-on-fail"
    );
}

/// The text without its durations.
fn timeless(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("  (") {
        let (inside, behind) = after.split_once(')').unwrap_or((after, ""));
        result += before;
        if !inside.ends_with(" ms") && !inside.ends_with(" s") {
            result += &format!("  ({inside})");
        }
        rest = behind;
    }
    result + rest
}

#[test]
fn the_readme_shows_what_the_example_prints() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"))
        .expect("the README");
    let (_, recording) = readme
        .split_once("--simulate\n")
        .expect("the recording's first line");
    let (recording, _) = recording.split_once("```").expect("the recording's end");
    let (_, _, shown) = run("ESH10000121_FunctionalTest_v00", &["--simulate"]);
    assert_eq!(timeless(&shown.replace("\r\n", "\n")), timeless(recording));
}

#[cfg(unix)]
#[test]
fn a_report_follows_links_and_writes_into_pipes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (real, link, pipe) = (
        folder.path().join("real.json"),
        folder.path().join("link.json"),
        folder.path().join("pipe"),
    );
    std::fs::write(&real, "old").expect("written");
    std::os::unix::fs::symlink(&real, &link).expect("a link");
    let made = Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .expect("mkfifo starts");
    assert!(made.success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).expect("what was written")
    });
    let arguments = [
        format!("--report=json={}", link.display()),
        format!("--report=json={}", pipe.display()),
    ];
    let (code, _, shown) = run(
        "ESH10000121_FunctionalTest_v00",
        &["--simulate", &arguments[0], &arguments[1]],
    );
    assert_eq!(code, 0, "{shown}");
    let through_pipe: Json = serde_json::from_str(&reader.join().expect("read")).expect("JSON");
    let through_link: Json =
        serde_json::from_slice(&std::fs::read(&real).expect("the target")).expect("JSON");
    assert_eq!(through_pipe["verdict"], "PASS");
    assert_eq!(through_link["execution_id"], through_pipe["execution_id"]);
    assert!(link.is_symlink());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_is_told_and_takes_a_pass_back() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("the device");
    let package =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ESH10000121_FunctionalTest_v00");
    let output = Command::new(env!("CARGO_BIN_EXE_rehearse"))
        .arg("run")
        .arg(package)
        .arg("--simulate")
        .stdout(full)
        .output()
        .expect("rehearse starts");
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: failed to write standard output: No space left on device (os error 28)\n"
    );
}
