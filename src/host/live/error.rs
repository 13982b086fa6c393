//! The machine's errors as the test code's.

use std::io;

use super::system::socket_error;
use crate::host::{ErrorKind, HostError};

/// Keeps the kind, and the operating system's sentence without its number.
pub fn from_io(error: &io::Error) -> HostError {
    use io::ErrorKind as Io;
    let known = error.raw_os_error().and_then(socket_error);
    let kind = known.unwrap_or_else(|| match error.kind() {
        Io::NotFound => ErrorKind::NotFound,
        Io::PermissionDenied => ErrorKind::Denied,
        Io::AlreadyExists => ErrorKind::Exists,
        Io::IsADirectory => ErrorKind::IsFolder,
        Io::NotADirectory => ErrorKind::NotFolder,
        Io::DirectoryNotEmpty => ErrorKind::NotEmpty,
        Io::StorageFull | Io::QuotaExceeded => ErrorKind::NoSpace,
        Io::InvalidFilename => ErrorKind::NameTooLong,
        Io::CrossesDevices => ErrorKind::CrossDevice,
        Io::ReadOnlyFilesystem => ErrorKind::ReadOnlySystem,
        Io::FileTooLarge => ErrorKind::TooLarge,
        Io::ResourceBusy | Io::ExecutableFileBusy => ErrorKind::Busy,
        Io::InvalidInput => ErrorKind::Invalid,
        Io::WouldBlock => ErrorKind::TimedOut,
        Io::TimedOut => ErrorKind::ConnectionTimedOut,
        Io::ConnectionRefused => ErrorKind::Refused,
        Io::ConnectionReset | Io::ConnectionAborted => ErrorKind::Reset,
        Io::BrokenPipe => ErrorKind::BrokenPipe,
        Io::NotConnected => ErrorKind::NotConnected,
        Io::AddrInUse => ErrorKind::AddressInUse,
        Io::AddrNotAvailable => ErrorKind::AddressNotAvailable,
        Io::HostUnreachable | Io::NetworkUnreachable | Io::NetworkDown => ErrorKind::Unreachable,
        Io::Unsupported => ErrorKind::Unsupported,
        _ => ErrorKind::Other,
    });
    let text = error.to_string();
    let sentence = text
        .rfind(" (os error ")
        .map_or(text.as_str(), |end| &text[..end]);
    HostError::new(kind, sentence)
}

pub fn bad_handle() -> HostError {
    HostError::new(ErrorKind::BadHandle, "Bad file descriptor")
}

pub fn interrupted() -> HostError {
    HostError::new(ErrorKind::Interrupted, "the run was asked to stop")
}

pub fn timed_out() -> HostError {
    HostError::new(ErrorKind::TimedOut, "timed out")
}
