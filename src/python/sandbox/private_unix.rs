//! Folders and files that only this user can change, on POSIX systems; and the time a thread has used.

use std::{
    fmt,
    fs::{self, DirBuilder},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::Path,
    time::Duration,
};

/// Makes the folder where it is not there, for this user alone.
///
/// # Errors
/// When it belongs to somebody else, or others may write to it.
pub fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let found = fs::metadata(folder)?;
    let own = rustix::process::geteuid().as_raw();
    if found.uid() != own || found.mode() & 0o022 != 0 {
        return Err(io::Error::other(format!(
            "others may write to the cache folder {}; make it your own and `chmod go-w` it, or name another one in REHEARSAL_CACHE",
            folder.display()
        )));
    }
    Ok(())
}

/// Which file this is, and when it was changed last: not even its owner can set the latter.
pub struct Mark {
    pub size: u64,
    changed: (i64, i64),
    modified: (i64, i64),
    identity: (u64, u64),
    owner: u32,
    mode: u32,
}

impl Mark {
    pub fn of(file: &Path) -> io::Result<Self> {
        let found = fs::symlink_metadata(file)?;
        Ok(Self {
            size: found.size(),
            changed: (found.ctime(), found.ctime_nsec()),
            modified: (found.mtime(), found.mtime_nsec()),
            identity: (found.dev(), found.ino()),
            owner: found.uid(),
            mode: found.mode(),
        })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            size,
            changed,
            modified,
            identity,
            owner,
            mode,
        } = self;
        writeln!(
            f,
            "{size} {changed:?} {modified:?} {identity:?} {owner} {mode:o}"
        )
    }
}

/// Processor time of the calling thread.
pub fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}
