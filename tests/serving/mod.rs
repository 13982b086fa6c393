//! A `rehearse agent` that tests talk to.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "every test program uses a part of this"
)]

use std::{
    ffi::OsStr,
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use tempfile::{NamedTempFile, TempDir};

/// A running agent; it ends with this value.
pub struct Serving {
    pub child: Child,
    /// The line that says it is ready.
    pub ready: String,
    stdout: BufReader<ChildStdout>,
    stderr: NamedTempFile,
    /// The folder of a bench.yaml that only it uses.
    folder: Option<TempDir>,
}

impl Serving {
    /// Starts `rehearse agent` in a folder with these arguments, on a free port, and waits until it is ready.
    #[track_caller]
    pub fn start<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Self {
        let stderr = NamedTempFile::new().expect("a file for stderr");
        let writing = File::options()
            .append(true)
            .open(stderr.path())
            .expect("opened");
        let mut child = Command::new(env!("CARGO_BIN_EXE_rehearse"))
            .arg("agent")
            .args(arguments)
            .args(["--listen", "127.0.0.1:0"])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(writing)
            .spawn()
            .expect("rehearse starts");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut serving = Self {
            child,
            ready: String::new(),
            stdout,
            stderr,
            folder: None,
        };
        serving
            .stdout
            .read_line(&mut serving.ready)
            .expect("a line");
        let ready = serving.ready.starts_with("listening on http://");
        let log = serving.log();
        assert!(ready, "not ready: {}{log}", serving.ready);
        serving
    }

    /// Serves a bench.yaml with this text.
    #[track_caller]
    pub fn bench(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("bench.yaml");
        std::fs::write(&file, text).expect("written");
        let mut serving = Self::start(folder.path(), [file.as_os_str()]);
        serving.folder = Some(folder);
        serving
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> &str {
        let (_, url) = self.ready.split_once("listening on ").expect("an address");
        url.split_once(',').expect("a comma").0
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> &str {
        self.url().strip_prefix("http://").expect("a scheme")
    }

    /// What it has written to stderr.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.stderr.path()).expect("text")
    }

    /// Waits until its log holds this text.
    #[track_caller]
    pub fn wait_for_log(&self, text: &str) {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let log = self.log();
            if log.contains(text) {
                return;
            }
            assert!(Instant::now() < end, "no {text:?} in the log: {log}");
            sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
