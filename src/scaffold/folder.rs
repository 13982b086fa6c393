//! A folder that comes into being whole or not at all.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::skeleton::SkeletonFile;

#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("something is there already")]
    Exists,
    #[error("`{}` is a file, not a folder", .0.display())]
    NotAFolder(PathBuf),
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// A folder that does not exist yet, perhaps below others that do not either.
#[derive(Debug)]
pub struct NewFolder {
    /// The nearest folder above that exists.
    above: PathBuf,
    /// The first below it that does not.
    first: PathBuf,
    /// From there to the new folder; empty where they are the same.
    rest: PathBuf,
}

impl NewFolder {
    /// # Errors
    /// Where something is there, or a file stands in the way.
    pub fn at(path: &Path) -> Result<Self, FolderError> {
        if path.symlink_metadata().is_ok() {
            return Err(FolderError::Exists);
        }
        let mut first = path;
        while let Some(above) = first.parent() {
            if above.is_dir() {
                return Ok(Self {
                    above: above.into(),
                    first: first.into(),
                    rest: path.strip_prefix(first).unwrap_or(Path::new("")).into(),
                });
            }
            if above.symlink_metadata().is_ok() {
                return Err(FolderError::NotAFolder(above.into()));
            }
            first = above;
        }
        Err(io::Error::from(io::ErrorKind::NotFound).into())
    }

    /// Writes everything aside first, so that a failure leaves nothing behind.
    ///
    /// # Errors
    /// Where a file cannot be written, or something has come into being meanwhile.
    pub fn write(&self, files: &[SkeletonFile]) -> Result<(), FolderError> {
        let aside = tempfile::Builder::new()
            .prefix(".rehearse-init-")
            .tempdir_in(&self.above)?;
        // A folder within, for the temporary one itself is closed to other users.
        let whole = aside.path().join("new");
        for file in files {
            let path = whole.join(&self.rest).join(&file.path);
            fs::create_dir_all(path.parent().unwrap_or(&whole))?;
            fs::write(path, &file.text)?;
        }
        // A rename would take the place of an empty folder.
        if self.first.symlink_metadata().is_ok() {
            return Err(FolderError::Exists);
        }
        Ok(fs::rename(whole, &self.first)?)
    }
}
