//! Stand-ins, as honest as can be, for what only POSIX systems have.

use std::{
    fs::{self, Metadata, OpenOptions},
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::Path,
};

use crate::host::{ErrorKind, HostError};

/// Says that there is no processor clock.
///
/// # Errors
/// Always.
pub fn process_time() -> Result<u64, HostError> {
    Err(HostError::new(
        ErrorKind::Unsupported,
        "processor time is not available on this system; use time.perf_counter()",
    ))
}

/// A number made from the full path: two paths with the same one are the same file.
pub fn identity(path: &Path, _: &Metadata) -> (u64, u64) {
    let mut hasher = DefaultHasher::new();
    path.canonicalize()
        .unwrap_or_else(|_| path.to_owned())
        .hash(&mut hasher);
    (1, hasher.finish())
}

/// This system's name of the null device, which test code knows by the POSIX one.
pub fn device(path: &str) -> &str {
    if path == "/dev/null" { "NUL" } else { path }
}

/// POSIX bits that say what the read-only flag says.
pub fn mode(found: &Metadata) -> u32 {
    let all = if found.is_dir() { 0o777 } else { 0o666 };
    if found.permissions().readonly() {
        all & !0o222
    } else {
        all
    }
}

pub fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    permissions.set_readonly(mode & 0o200 == 0);
    fs::set_permissions(path, permissions)
}

/// Files are made with the system's own defaults.
pub fn open_mode(_: &mut OpenOptions, _: u32) {}
