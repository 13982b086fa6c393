//! Files that are made once and found again, in a folder that only this user can change.
//!
//! Beside each lies its mark: which file it was when it was put there, and when it was changed last. A file that does not bear its mark any more is
//! somebody else's.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::private::{self, Mark};

/// Makes the folder where need be.
///
/// # Errors
/// When it cannot be made, or is not this user's alone.
pub fn folder(folder: &Path) -> io::Result<()> {
    private::make(folder)
}

/// Whether the file is as it was put there.
pub fn is_ours(file: &Path) -> bool {
    let found = Mark::of(file);
    found.is_ok_and(|found| {
        fs::read_to_string(mark_of(file)).is_ok_and(|kept| kept == found.to_string())
    })
}

/// Puts a file there as a whole; whatever was there before is gone.
///
/// # Errors
/// When the system refuses.
pub fn put(file: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut made = tempfile::NamedTempFile::new_in(folder)?;
    write(made.as_file_mut())?;
    made.persist(file).map_err(|error| error.error)?;
    mark(file)
}

/// Says of a file that it is as it was put there.
///
/// # Errors
/// When the system refuses.
pub fn mark(file: &Path) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut made = tempfile::NamedTempFile::new_in(folder)?;
    made.write_all(Mark::of(file)?.to_string().as_bytes())?;
    made.persist(mark_of(file)).map_err(|error| error.error)?;
    Ok(())
}

/// Removes all but the youngest files of this ending, with their marks.
pub fn prune(folder: &Path, ending: &str, keep: usize) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut found: Vec<_> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let modified = path.metadata().ok()?.modified().ok()?;
            (path.extension()? == ending).then_some((modified, path))
        })
        .collect();
    found.sort();
    for (_, path) in found.iter().rev().skip(keep) {
        // What cannot be removed now will be another time.
        let _ = fs::remove_file(path);
        let _ = fs::remove_file(mark_of(path));
    }
}

fn mark_of(file: &Path) -> PathBuf {
    file.with_extension("mark")
}
