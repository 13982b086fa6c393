//! What POSIX systems have and others do not: a processor clock, permission bits, numbers for files and errors, pairs of sockets.

use std::{
    fs::{self, DirBuilder, Metadata, OpenOptions, Permissions},
    io,
    net::TcpStream,
    os::{
        fd::OwnedFd,
        unix::{
            fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
            net::UnixStream,
        },
    },
    path::Path,
};

use rustix::io::Errno;
use socket2::SockRef;

use crate::host::{ErrorKind, HostError};

/// Processor time of the whole process, in nanoseconds.
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
pub fn process_time() -> Result<u64, HostError> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanoseconds = u64::try_from(time.tv_nsec).unwrap_or(0);
    Ok(seconds * 1_000_000_000 + nanoseconds)
}

/// Device and number of a file: two paths with the same ones are the same file.
pub fn identity(_: &Path, found: &Metadata) -> (u64, u64) {
    (found.dev(), found.ino())
}

/// The path itself: test code uses this system's names of devices.
pub fn device(path: &str) -> &str {
    path
}

pub fn mode(found: &Metadata) -> u32 {
    found.mode() & 0o7777
}

pub fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode))
}

/// The permission bits of a file that opening makes.
pub fn open_mode(options: &mut OpenOptions, mode: u32) {
    options.mode(mode);
}

/// The permission bits of a folder that is made.
pub fn folder_mode(builder: &mut DirBuilder, mode: u32) {
    builder.mode(mode);
}

/// Two stream sockets that are connected with each other.
pub fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let (first, second) = UnixStream::pair()?;
    // The type of a stream in the standard library says nothing about its family.
    let stream = |end: UnixStream| TcpStream::from(OwnedFd::from(end));
    Ok((stream(first), stream(second)))
}

pub fn set_reuse_port(socket: &SockRef<'_>, reuse: bool) -> io::Result<()> {
    socket.set_reuse_port(reuse)
}

pub fn reuse_port(socket: &SockRef<'_>) -> io::Result<bool> {
    socket.reuse_port()
}

/// The kinds of trouble with sockets that the standard library has no name for.
pub fn socket_error(number: i32) -> Option<ErrorKind> {
    match Errno::from_raw_os_error(number) {
        Errno::INPROGRESS => Some(ErrorKind::InProgress),
        Errno::ALREADY => Some(ErrorKind::AlreadyInProgress),
        Errno::ISCONN => Some(ErrorKind::AlreadyConnected),
        Errno::MSGSIZE => Some(ErrorKind::MessageTooLong),
        Errno::DESTADDRREQ => Some(ErrorKind::NoDestination),
        _ => None,
    }
}
