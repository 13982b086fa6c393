//! Everything outside the test code, behind one door: its homes and what stands before them.

pub mod bench;
pub mod cassette;
mod gate;
pub mod live;
mod nanoseconds;
mod observer;
pub mod permissions;
pub mod rations;
mod seeded;
#[cfg_attr(unix, path = "standard_input_unix.rs")]
#[cfg_attr(not(unix), path = "standard_input_other.rs")]
mod standard_input;
mod standard_streams;
pub mod virtual_time;

pub use gate::Gate;
pub use nanoseconds::nanoseconds;
pub use observer::Observer;
pub use rehearsal_python::{
    host::{
        Address, Clock, Ended, Entry, ErrorKind, Family, FileKind, Handle, Host, HostError,
        OpenHow, Program, Reply, Request, SeekFrom, Shutdown, SocketKind, SocketOption,
        SocketState, Standard, Stat, Stream, Variables,
    },
    tls::{Certificate, Der, Key, Secured, Side, Tls, TlsTrouble, TlsVersion, Verify},
};
pub use seeded::Seeded;
pub use standard_streams::StandardStreams;
