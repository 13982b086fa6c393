//! Folders and files that only this user can change, where the profile's folders are private by themselves; and time.

use std::{
    fmt, fs, io,
    path::Path,
    sync::OnceLock,
    time::{Duration, Instant, SystemTime},
};

/// Makes the folder where it is not there.
///
/// # Errors
/// When the system does not.
pub fn make(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Which file this is, and when it was changed last.
pub struct Mark {
    pub size: u64,
    modified: SystemTime,
    created: Option<SystemTime>,
}

impl Mark {
    pub fn of(file: &Path) -> io::Result<Self> {
        let found = fs::symlink_metadata(file)?;
        Ok(Self {
            size: found.len(),
            modified: found.modified()?,
            created: found.created().ok(),
        })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {:?} {:?}", self.size, self.modified, self.created)
    }
}

/// Time, in the place of the calling thread's processor time.
pub fn thread_time() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}
