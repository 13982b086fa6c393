//! A copy of the example with a bench of its own, and its three ways to run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::{folder::copy, outside, ran::Ran, serving::Serving};

const ORIGINAL: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/examples/ESH10000121_FunctionalTest_v00"
);

/// The package's folder, in a temporary one.
pub struct Example {
    root: TempDir,
    /// Passed to `run_local.py`.
    agent_timeout: &'static str,
}

impl Example {
    pub fn new() -> Self {
        let root = tempfile::tempdir().expect("a temporary folder");
        let example = Self {
            root,
            agent_timeout: "30",
        };
        copy(Path::new(ORIGINAL), &example.folder());
        example
    }

    fn folder(&self) -> PathBuf {
        self.root.path().join("ESH10000121_FunctionalTest_v00")
    }

    /// Puts text in the place of text that is there.
    #[track_caller]
    pub fn replace(self, file: &str, old: &str, new: &str) -> Self {
        let path = self.folder().join(file);
        let text = fs::read_to_string(&path).expect("the file");
        assert_eq!(text.matches(old).count(), 1, "{old:?} in {file}");
        fs::write(path, text.replace(old, new)).expect("written");
        self
    }

    /// Adds text to the end of a file.
    pub fn append(self, file: &str, more: &str) -> Self {
        let path = self.folder().join(file);
        let text = fs::read_to_string(&path).expect("the file");
        fs::write(path, text + more).expect("written");
        self
    }

    /// Adds a part to the bench, in YAML.
    pub fn bench(self, more: &str) -> Self {
        self.append("bench.yaml", &format!("\n{more}\n"))
    }

    /// Gives up on an answer after so many seconds.
    pub fn agent_timeout(self, seconds: &'static str) -> Self {
        let mut example = self.replace(
            "tests/main.yaml",
            "agent_timeout_s: 30",
            &format!("agent_timeout_s: {seconds}"),
        );
        example.agent_timeout = seconds;
        example
    }

    /// Adds a step that reads four bytes from the identity EEPROM, to the YAML and to the runner alike.
    pub fn reading_the_identity(self) -> Self {
        self.append(
            "python_modules/esh10000121_tests.py",
            r#"

def read_identity():
    """Reads who the module is from its EEPROM."""
    body = {"DeviceName": I2C_BUS, "Action": "SendReceive", "Address": "50", "DataToSend": "00", "NumberOfBytesToReceive": 4}
    received = _connected().post("comm/i2c", body)["received"]
    return {"identity": received.lower(), "identity_number": int(received, 16)}
"#,
        )
        .replace(
            "tests/main.yaml",
            "    - name: Test Interconnect\n",
            r#"    - name: Read Identity
      runner: python
      module: esh10000121_tests
      function: read_identity
      measurements:
        - {name: IDENTITY, type: string, value: "{{identity}}", expected: deadbeef}
        - {name: IDENTITY_NUMBER, value: "{{identity_number}}", operator: equal, target: 3735928559}

    - name: Test Interconnect
"#,
        )
        .replace(
            "run_local.py",
            "    step(\n        \"Test Interconnect\",\n",
            r#"    step(
        "Read Identity",
        tests.read_identity,
        meas_specs=[("IDENTITY", "identity", "deadbeef"), ("IDENTITY_NUMBER", "identity_number", (3735928559, 3735928559))],
    )
    step(
        "Test Interconnect",
"#,
        )
    }

    /// Runs it in all three ways, each with a fresh bench, and sees that they agree; what they agree on, or none where there is no
    /// CPython.
    #[track_caller]
    pub fn agree(&self) -> Option<Ran> {
        let python = outside::cpython()?;
        let agent = self.agent();
        let output = Command::new(python)
            .args(["-B", "run_local.py", "--host", agent.url()])
            .args(["--agent-timeout", self.agent_timeout])
            .current_dir(self.folder())
            .output()
            .expect("Python starts");
        let cpython = Ran::of_run_local(&output, agent.url());
        let agent = self.agent();
        let live = self.rehearse(agent.url(), &[]);
        let simulated = self.rehearse("http://agent64.local:5000", &["--simulate"]);
        assert_eq!(live, cpython, "live differs from CPython");
        // How a connection fails is worded by the system there and by the bench here.
        assert_eq!(
            simulated.without_causes(),
            cpython.clone().without_causes(),
            "simulated differs from CPython"
        );
        Some(cpython)
    }

    fn agent(&self) -> Serving {
        Serving::start(self.root.path(), [self.folder()])
    }

    fn rehearse(&self, url: &str, arguments: &[&str]) -> Ran {
        let report = self.root.path().join("report.json");
        let output: Output = Command::new(env!("CARGO_BIN_EXE_rehearse"))
            .arg("run")
            .arg(self.folder())
            .args(["--host", url])
            .args(arguments)
            .arg(format!("--report=json={}", report.display()))
            .output()
            .expect("rehearse starts");
        Ran::of_rehearse(&output, &report, url)
    }
}
