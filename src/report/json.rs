//! The JSON report, written whole at the end or not at all.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::event::{Sink, SinkError, Stamped};

use super::{Builder, Report};

/// Writes the report of a run to a file once the run is over.
pub struct JsonReport {
    path: PathBuf,
    builder: Builder,
}

impl JsonReport {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            builder: Builder::default(),
        }
    }
}

impl Sink for JsonReport {
    fn take(&mut self, event: &Stamped) {
        self.builder.take(event);
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        std::mem::take(&mut self.builder)
            .finish()
            .map_err(io::Error::other)
            .and_then(|report| write(&report, &self.path))
            .map_err(|cause| SinkError {
                path: self.path.clone(),
                cause,
            })
    }
}

/// Beside its final place first, so that nobody ever sees half of it. A link is followed; what is no plain file, a device or a
/// pipe, is written to as it is.
fn write(report: &Report, path: &Path) -> io::Result<()> {
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let path = target.as_path();
    if path.exists() && !path.is_file() {
        let mut writer = BufWriter::new(File::options().write(true).open(path)?);
        serde_json::to_writer_pretty(&mut writer, report)?;
        writer.write_all(b"\n")?;
        return writer.flush();
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        let message = format!("there is no folder {}; create it first", folder.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, message));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rehearsal-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file: NamedTempFile = builder.tempfile_in(folder).map_err(|error| {
        // The name of the temporary file would only confuse.
        io::Error::new(error.kind(), io::Error::from(error.kind()).to_string())
    })?;
    let mut writer = BufWriter::new(file);
    serde_json::to_writer_pretty(&mut writer, report)?;
    writer.write_all(b"\n")?;
    let file = writer
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
