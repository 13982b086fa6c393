//! The event stream as a file: one JSON object a line, written as it happens (docs/events.md).

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::PathBuf,
};

use crate::event::{Event, Sink, SinkError, Stamped};

/// Writes every event as a line of JSON.
pub struct EventLines {
    path: PathBuf,
    writer: BufWriter<Box<dyn Write + Send>>,
    /// The first failure; after it nothing more is written, so that the file has no gap.
    failed: Option<io::Error>,
}

impl EventLines {
    /// Creates the file, or empties it.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, SinkError> {
        let path = path.into();
        match File::create(&path) {
            Ok(file) => Ok(Self::new(path, Box::new(file))),
            Err(cause) => Err(SinkError { path, cause }),
        }
    }

    /// Writes to any writer; `path` is how errors name it.
    pub fn new(path: impl Into<PathBuf>, writer: Box<dyn Write + Send>) -> Self {
        Self {
            path: path.into(),
            writer: BufWriter::new(writer),
            failed: None,
        }
    }

    fn write(&mut self, event: &Stamped) -> io::Result<()> {
        serde_json::to_writer(&mut self.writer, event)?;
        self.writer.write_all(b"\n")?;
        // Host traffic comes in masses; everything else is worth a look while the run goes on.
        match event.event {
            Event::HostRequest { .. }
            | Event::HostReply { .. }
            | Event::Exchange { .. }
            | Event::Measurement { .. } => Ok(()),
            _ => self.writer.flush(),
        }
    }
}

impl Sink for EventLines {
    fn wants_host(&self) -> bool {
        true
    }

    fn wants_exchanges(&self) -> bool {
        true
    }

    fn take(&mut self, event: &Stamped) {
        if self.failed.is_none() {
            self.failed = self.write(event).err();
        }
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        let result = match self.failed.take() {
            Some(cause) => Err(cause),
            None => self.writer.flush(),
        };
        result.map_err(|cause| SinkError {
            path: self.path.clone(),
            cause,
        })
    }
}
