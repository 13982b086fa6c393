//! Everything outside the test code, behind one door: its homes and what stands before them.

pub mod bench;
mod gate;
pub mod live;
mod observer;

pub use gate::Gate;
pub use observer::Observer;
pub use rehearsal_python::{
    host::{
        Address, Clock, Entry, ErrorKind, Family, FileKind, Handle, Host, HostError, OpenHow,
        Reply, Request, SeekFrom, Shutdown, SocketKind, SocketOption, SocketState, Stat, Stream,
    },
    tls::{Certificate, Der, Key, Secured, Side, Tls, TlsTrouble, TlsVersion, Verify},
};
