//! The event stream as a file, read again (docs/events.md).

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    diagnostic::clip,
    event::{Event, SCHEMA, Stamped},
};

/// What a file of events holds.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvents {
    /// In their order; the first begins a run.
    pub events: Vec<Stamped>,
    /// The file was cut short within this line, which is left out.
    pub torn: Option<usize>,
}

#[derive(Debug, thiserror::Error)]
pub enum StoredEventsError {
    #[error("{} cannot be read: {error}", path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error(
        "{} is empty; write it with `rehearse run PACKAGE --events {}`",
        path.display(),
        path.display()
    )]
    Empty { path: PathBuf },
    #[error("{}:{line}: this is no event: {error}\n  {excerpt}\n  {HINT}", path.display())]
    Line {
        path: PathBuf,
        line: usize,
        error: String,
        excerpt: String,
    },
    #[error("{}:1: no run begins here, but `{event}`; {HINT}", path.display())]
    NoBeginning { path: PathBuf, event: String },
    #[error(
        "{} has the schema `{found}`, and this program reads `{SCHEMA}`; run the test again, or take the version of rehearse that wrote it",
        path.display()
    )]
    Schema { path: PathBuf, found: String },
}

const HINT: &str = "wanted is the file that `rehearse run PACKAGE --events FILE` writes";

impl StoredEvents {
    /// Reads a file up to its last whole line; `path` is how errors name it.
    ///
    /// # Errors
    /// When there is none, or a line other than the last is not as it should be.
    pub fn read(file: &Path, path: &Path) -> Result<Self, StoredEventsError> {
        let text = fs::read(file).map_err(|error| StoredEventsError::Read {
            path: path.into(),
            error,
        })?;
        let mut stored = Self {
            events: Vec::new(),
            torn: None,
        };
        let mut lines = text.split(|byte| *byte == b'\n').enumerate().peekable();
        while let Some((index, line)) = lines.next() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match serde_json::from_slice(line) {
                Ok(event) => stored.events.push(event),
                // Only what was written last can have no newline after it.
                Err(_) if lines.peek().is_none() && !stored.events.is_empty() => {
                    stored.torn = Some(index + 1);
                }
                Err(error) => return Err(wrong(path, index + 1, &error, line)),
            }
        }
        match stored.events.first().map(|first| &first.event) {
            Some(Event::RunStarted(started)) if started.schema == SCHEMA => Ok(stored),
            Some(Event::RunStarted(started)) => Err(StoredEventsError::Schema {
                path: path.into(),
                found: started.schema.clone(),
            }),
            Some(other) => Err(StoredEventsError::NoBeginning {
                path: path.into(),
                event: name_of(other),
            }),
            None => Err(StoredEventsError::Empty { path: path.into() }),
        }
    }
}

fn wrong(path: &Path, line: usize, error: &serde_json::Error, text: &[u8]) -> StoredEventsError {
    let error = error.to_string();
    // Its place counts from the start of the line.
    let cause = error
        .split_once(" at line ")
        .map_or(&*error, |(cause, _)| cause);
    StoredEventsError::Line {
        path: path.into(),
        line,
        error: cause.into(),
        excerpt: clip(String::from_utf8_lossy(text).trim_end(), 80),
    }
}

/// As the file names it.
fn name_of(event: &Event) -> String {
    let json = serde_json::to_value(event).ok();
    json.and_then(|json| json.as_object()?.keys().next().cloned())
        .unwrap_or_default()
}
