//! The file: JSON, one object a line, the header first; compressed when its name ends in .zst.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::content::Content;
use crate::host::HostError;

/// The format's version, which readers insist on.
pub const VERSION: u32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`VERSION`].
    pub cassette: u32,
    /// Of this tool.
    pub version: String,
    /// Name and version of the package.
    pub package: String,
    /// The test's file, relative to the package.
    pub test: String,
    /// "live" or "simulated".
    pub bench: String,
    /// RFC 3339, UTC.
    pub started: String,
    /// Which fields of bodies may differ in a replay: names from the outside in, with dots between them, `*` for any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
    /// Names of values that were left out, beside those that look like secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
}

/// One thing that happened. Exactly one of `connect`, `http`, `sent`, `received` and `closed` is there; in the last line of a whole recording there may be none, only
/// what code has read from the clock and drawn at random after all the others. Times are nanoseconds on the run's clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When it began.
    pub at: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub took: u64,
    /// The step that asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Which attempt of the run, counted from 1.
    #[serde(default)]
    pub attempt: u32,
    /// Which line of Python asked, as `FILE:LINE`, relative to the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// Connections are counted from 1.
    #[serde(default)]
    pub connection: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect: Option<Connect>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<Exchange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Content>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Content>,
    /// The peer has ended the connection, and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Ended>,
    /// What the code has read from the clock before, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clock: Vec<u64>,
    /// The random bytes it has drawn before, in hexadecimal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub random: Vec<String>,
}

impl Entry {
    /// Whether something was said, or done.
    pub fn says_something(&self) -> bool {
        self.is_action() || self.received.is_some() || self.closed.is_some()
    }

    /// Whether this is something the code did, and not what came back.
    pub fn is_action(&self) -> bool {
        self.connect.is_some() || self.http.is_some() || self.sent.is_some()
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connect {
    /// As the code named it.
    pub host: String,
    pub port: u16,
    /// Why there is no connection; interrupted, when the run ended the wait for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<HostError>,
}

/// A request over HTTP and what came back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    pub method: String,
    /// With its query.
    pub path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Content>,
    /// None when no answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Content>,
    /// The reply's media type, where it is not JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    /// Those headers of the reply that clients act upon, in lower case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The connection has ended with this answer, or in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Ended>,
}

/// How a connection came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    Closed,
    Reset,
}

impl Ended {
    /// In words.
    pub fn shown(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Reset => "reset",
        }
    }
}

/// A recording as read.
#[derive(Clone, Debug, PartialEq)]
pub struct Cassette {
    pub header: Header,
    /// In the order in which they began.
    pub entries: Vec<Entry>,
    /// The recording was cut short within a line, which is left out.
    pub torn: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum CassetteError {
    #[error("{path} cannot be read: {error}")]
    Read { path: PathBuf, error: io::Error },
    #[error("{path} is empty; record with `rehearse run PACKAGE --record {path}`")]
    Empty { path: PathBuf },
    #[error("{path}:{line}: this is no line of a recording: {error}\n  {excerpt}")]
    Line {
        path: PathBuf,
        line: usize,
        error: String,
        excerpt: String,
    },
    #[error(
        "{path} has version {found} of the format, and this program reads {VERSION}; record it again, or take the version of rehearse that made it"
    )]
    Version { path: PathBuf, found: u64 },
}

impl Cassette {
    /// Reads a recording up to its last whole line.
    ///
    /// # Errors
    /// When there is none, or a line other than the last is not as it should be.
    pub fn read(path: &Path) -> Result<Self, CassetteError> {
        let failed = |error| CassetteError::Read {
            path: path.into(),
            error,
        };
        let file = File::open(path).map_err(failed)?;
        let mut text = Vec::new();
        let mut cut = false;
        if is_packed(path) {
            let mut packed = zstd::Decoder::new(file).map_err(failed)?;
            // What was unpacked before the end is kept.
            if let Err(error) = packed.read_to_end(&mut text) {
                if error.kind() != io::ErrorKind::UnexpectedEof {
                    return Err(failed(error));
                }
                cut = true;
            }
        } else {
            BufReader::new(file)
                .read_to_end(&mut text)
                .map_err(failed)?;
        }
        let whole = text
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let torn = cut || whole < text.len();
        let mut lines = text.get(..whole).unwrap_or_default().lines().enumerate();
        let parse = |text: String, line: usize| -> Result<serde_json::Value, CassetteError> {
            serde_json::from_str(&text).map_err(|error| wrong(path, line, &error, &text))
        };
        let Some((_, first)) = lines.next() else {
            return Err(CassetteError::Empty { path: path.into() });
        };
        let first = first.map_err(failed)?;
        let header = parse(first.clone(), 1)?;
        if let Some(found) = header.get("cassette").and_then(serde_json::Value::as_u64)
            && found != u64::from(VERSION)
        {
            return Err(CassetteError::Version {
                path: path.into(),
                found,
            });
        }
        let header =
            serde_json::from_str(&first).map_err(|error| wrong(path, 1, &error, &first))?;
        let mut entries: Vec<Entry> = Vec::new();
        for (number, line) in lines {
            let line = line.map_err(failed)?;
            if !line.trim().is_empty() {
                let entry = serde_json::from_str(&line);
                entries.push(entry.map_err(|error| wrong(path, number + 1, &error, &line))?);
            }
        }
        // An exchange is written once it is over; others may have come and gone meanwhile.
        entries.sort_by_key(|entry| entry.at);
        Ok(Self {
            header,
            entries,
            torn,
        })
    }
}

fn wrong(path: &Path, line: usize, error: &serde_json::Error, text: &str) -> CassetteError {
    CassetteError::Line {
        path: path.into(),
        line,
        error: error.to_string(),
        excerpt: text.chars().take(120).collect(),
    }
}

fn is_packed(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "zst")
}

/// A recording that is being written: every line is in the file before the next thing happens.
pub struct Tape {
    path: PathBuf,
    file: Box<dyn Write + Send>,
}

impl Tape {
    /// Begins a file with its header.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn create(path: &Path, header: &Header) -> io::Result<Self> {
        let file = File::create(path)?;
        let file: Box<dyn Write + Send> = if is_packed(path) {
            Box::new(zstd::Encoder::new(file, 0)?.auto_finish())
        } else {
            Box::new(BufWriter::new(file))
        };
        let mut tape = Self {
            path: path.into(),
            file,
        };
        tape.line(header)?;
        Ok(tape)
    }

    /// Adds a line.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&mut self, entry: &Entry) -> io::Result<()> {
        self.line(entry)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.file, line)?;
        self.file.write_all(b"\n")?;
        self.file.flush()
    }
}
