//! Stand-ins, as honest as can be, for what only POSIX systems have.

use std::{
    fs::{self, DirBuilder, Metadata, OpenOptions},
    hash::{DefaultHasher, Hash, Hasher},
    io,
    net::{TcpListener, TcpStream},
    path::Path,
};

use socket2::SockRef;

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

/// So are folders.
pub fn folder_mode(_: &mut DirBuilder, _: u32) {}

/// Two stream sockets that are connected with each other, over loopback.
pub fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let first = TcpStream::connect(listener.local_addr()?)?;
    let own = first.local_addr()?;
    // Somebody else may connect in between.
    loop {
        let (second, peer) = listener.accept()?;
        if peer == own {
            first.set_nodelay(true)?;
            second.set_nodelay(true)?;
            return Ok((first, second));
        }
    }
}

/// Does nothing: reusing an address includes it.
pub fn set_reuse_port(_: &SockRef<'_>, _: bool) -> io::Result<()> {
    Ok(())
}

pub fn reuse_port(_: &SockRef<'_>) -> io::Result<bool> {
    Ok(false)
}

/// The kinds of trouble with sockets that the standard library has no name for, by Windows' numbers.
pub fn socket_error(number: i32) -> Option<ErrorKind> {
    match number {
        10036 => Some(ErrorKind::InProgress),
        10037 => Some(ErrorKind::AlreadyInProgress),
        10039 => Some(ErrorKind::NoDestination),
        10040 => Some(ErrorKind::MessageTooLong),
        10056 => Some(ErrorKind::AlreadyConnected),
        _ => None,
    }
}
