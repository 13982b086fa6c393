//! The history of a routing: one JSON object a line for every complete run, and what it says about a unit (docs/routing.md).

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    diagnostic::{Diagnostic, Diagnostics, clip},
    event::{Event, RunStarted, Sink, SinkError, Stamped, Verdict},
    package::routing::LastResults,
};

/// One run of a unit through a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    pub serial: String,
    pub test: String,
    /// Of the test.
    pub version: String,
    /// Its name.
    pub package: String,
    pub verdict: Verdict,
    /// RFC 3339, UTC.
    pub finished: String,
    pub execution_id: String,
    /// On a simulated bench; says nothing about what a live run may do.
    pub simulated: bool,
}

/// The last result of each test with this serial number; those of simulated runs count only for a simulated run. A line that is no
/// entry is passed over with a warning.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn last_results(
    path: &Path,
    serial: &str,
    simulated: bool,
) -> io::Result<(LastResults, Diagnostics)> {
    let mut results = LastResults::new();
    let mut problems = Diagnostics::default();
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((results, problems)),
        Err(error) => return Err(error),
    };
    for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<HistoryEntry>(line) {
            Ok(entry) if entry.serial == serial && (simulated || !entry.simulated) => {
                results.insert(entry.test, entry.verdict == Verdict::Pass);
            }
            Ok(_) => {}
            Err(error) => {
                let name = path.to_string_lossy().replace('\\', "/");
                let error = error.to_string();
                // Its place counts from the start of the line.
                let cause = error
                    .split_once(" at line ")
                    .map_or(&*error, |(cause, _)| cause);
                let message = format!(
                    "line {} of the history `{}` is no entry: {cause}",
                    index + 1,
                    clip(&name, 200)
                );
                let problem = Diagnostic::warning(message);
                problems.push(problem.hint("it is passed over; correct or remove the line"));
            }
        }
    }
    Ok((results, problems))
}

/// Adds a run to the history once it is over, if it is complete: PASS or FAIL, with no step forced or left out.
pub struct History {
    path: PathBuf,
    started: Option<Box<RunStarted>>,
    /// How many runs have begun and not ended: sequences may run within the run.
    depth: u32,
    forced: bool,
    entry: Option<HistoryEntry>,
}

impl History {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            started: None,
            depth: 0,
            forced: false,
            entry: None,
        }
    }

    fn finished(&mut self, verdict: Verdict, duration_ns: u64) {
        let Some(started) = self.started.take() else {
            return;
        };
        let mode = &started.mode;
        let judged = matches!(verdict, Verdict::Pass | Verdict::Fail);
        let altered = self.forced
            || mode.partial
            || ![&mode.forced, &mode.selection, &mode.stubbed]
                .iter()
                .all(|marks| marks.is_empty());
        if !judged || altered {
            return;
        }
        self.entry = Some(HistoryEntry {
            finished: later(&started.started, duration_ns),
            simulated: mode.bench != "live",
            serial: started.serial_number,
            test: started.test.name,
            version: started.test.version,
            package: started.package.name,
            verdict,
            execution_id: started.execution_id,
        });
    }
}

impl Sink for History {
    fn take(&mut self, event: &Stamped) {
        match &event.event {
            Event::RunStarted(started) => {
                self.depth += 1;
                if self.depth == 1 {
                    self.started = Some(started.clone());
                }
            }
            Event::StepFinished { forced: true, .. } => self.forced = true,
            Event::RunFinished {
                verdict,
                duration_ns,
                ..
            } => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    self.finished(*verdict, *duration_ns);
                }
            }
            _ => {}
        }
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        match self.entry.take() {
            None => Ok(()),
            Some(entry) => append(&entry, &self.path).map_err(|cause| SinkError {
                path: self.path.clone(),
                cause,
            }),
        }
    }
}

/// One write, so that runs that end at the same time do not mix their lines.
fn append(entry: &HistoryEntry, path: &Path) -> io::Result<()> {
    let mut file = File::options()
        .read(true)
        .append(true)
        .create(true)
        .open(path)?;
    let mut line = Vec::new();
    if ends_within_a_line(&mut file)? {
        line.push(b'\n');
    }
    serde_json::to_writer(&mut line, entry)?;
    line.push(b'\n');
    file.write_all(&line)
}

/// What a program that was killed, or an editor, may have left.
fn ends_within_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

fn later(started: &str, duration_ns: u64) -> String {
    let duration = i64::try_from(duration_ns).map(SignedDuration::from_nanos);
    let finished = started
        .parse::<Timestamp>()
        .ok()
        .zip(duration.ok())
        .and_then(|(started, duration)| started.checked_add(duration).ok());
    finished.map_or_else(|| started.to_owned(), |finished| finished.to_string())
}
