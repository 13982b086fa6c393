//! The one door between test code and the world: a request, its reply, and what may go wrong.
//!
//! Everything the interpreter's operating system offers (files, network, clocks, randomness, environment, output) is asked for
//! here, natively and in the sandbox alike. Times are nanoseconds, sizes bytes, paths as the test code wrote them.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

pub use crate::program::{Ended, Program, Standard, Variables};
use crate::{
    tls::{Certificate, Key, Secured, Tls, TlsTrouble},
    value::Value,
};

/// Whoever answers the test code's requests.
///
/// `call` blocks until the request is answered; a request that may wait carries its own time-out. It is called from every thread the
/// test code has.
pub trait Host: Send + Sync {
    /// Answers one request.
    ///
    /// # Errors
    /// What the operating system would have refused, as a [`HostError`]; `Interrupted` when the run asked the code to stop.
    fn call(&self, request: Request) -> Result<Reply, HostError>;
}

impl<H: Host + ?Sized> Host for Arc<H> {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        (**self).call(request)
    }
}

/// A file, an end of a pipe, a socket, a listener or a program that the host keeps for the test code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Handle(pub u64);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// → `Stat`
    Stat { path: String, follow: bool },
    /// → `Names`
    ListFolder { path: String },
    /// → `Handle`
    Open { path: String, how: OpenHow },
    /// Reads at most `max` bytes from a file or a pipe; only a pipe may wait. → `Bytes`, empty at its end
    Read {
        handle: Handle,
        max: u64,
        timeout: Option<u64>,
    },
    /// Writes some of `data` to a file or a pipe; only a pipe may wait. → `Count`
    Write {
        handle: Handle,
        #[serde(with = "bytes")]
        data: Vec<u8>,
        timeout: Option<u64>,
    },
    /// → `Count`, the new position
    Seek {
        handle: Handle,
        offset: i64,
        from: SeekFrom,
    },
    /// → `Done`
    Truncate { handle: Handle, size: u64 },
    /// → `Stat`
    HandleStat { handle: Handle },
    /// Makes a folder with these POSIX permission bits, less those the process withholds; elsewhere with the system's own. → `Done`
    MakeFolder { path: String, mode: u32 },
    /// Sets the times of a file, in nanoseconds since 1970-01-01 UTC. → `Done`
    SetTimes {
        path: String,
        accessed: u64,
        modified: u64,
    },
    /// Sets who may do what with a file, as POSIX permission bits; elsewhere only the owner's right to write. → `Done`
    SetMode { path: String, mode: u32 },
    /// Removes a file. → `Done`
    RemoveFile { path: String },
    /// Removes an empty folder. → `Done`
    RemoveFolder { path: String },
    /// → `Done`
    Rename {
        from: String,
        to: String,
        replace: bool,
    },
    /// Closes a file, a pipe's end, a socket or a listener; kills a program with all it has started. → `Done`
    Close { handle: Handle },

    /// → `Addresses`
    Resolve { host: String, port: u16 },
    /// Makes a socket, neither bound nor connected. → `Handle`
    Socket { family: Family, kind: SocketKind },
    /// Makes two stream sockets that are connected with each other. → `Pair`
    SocketPair,
    /// Gives a socket its own address; port 0 asks for a free one. → `Address`, its own
    Bind {
        handle: Handle,
        host: String,
        port: u16,
    },
    /// Connects a socket. With a time-out of 0 it answers `InProgress`; the socket is ready for writing once it is decided.
    /// → `Connected`
    Connect {
        handle: Handle,
        host: String,
        port: u16,
        timeout: Option<u64>,
    },
    /// → `Address`, its own
    Listen { handle: Handle, backlog: u32 },
    /// → `Connected`
    Accept {
        handle: Handle,
        timeout: Option<u64>,
    },
    /// Sends some of `data`. → `Count`
    Send {
        handle: Handle,
        #[serde(with = "bytes")]
        data: Vec<u8>,
        timeout: Option<u64>,
    },
    /// Receives at most `max` bytes; `peek` leaves them there. → `Bytes`, empty when the peer has closed
    Receive {
        handle: Handle,
        max: u64,
        peek: bool,
        timeout: Option<u64>,
    },
    /// Sends one datagram. → `Count`
    SendTo {
        handle: Handle,
        host: String,
        port: u16,
        #[serde(with = "bytes")]
        data: Vec<u8>,
        timeout: Option<u64>,
    },
    /// Receives one datagram, cut after `max` bytes; `peek` leaves it there. → `Datagram`
    ReceiveFrom {
        handle: Handle,
        max: u64,
        peek: bool,
        timeout: Option<u64>,
    },
    /// → `Done`
    Shutdown { handle: Handle, how: Shutdown },
    /// Puts TLS on a TCP connection, without sending anything yet. From here on what is sent and received is the plain text within.
    /// → `Done`
    StartTls { handle: Handle, tls: Box<Tls> },
    /// Makes the two sides know each other; to be asked for again where the time was too short. → `Secured`
    Handshake {
        handle: Handle,
        timeout: Option<u64>,
    },
    /// Takes TLS off again, once the peer has agreed. → `Done`
    EndTls {
        handle: Handle,
        timeout: Option<u64>,
    },
    /// Reads a DER certificate; reaches nothing outside. → `Certificate`
    ReadCertificate {
        #[serde(with = "bytes")]
        der: Vec<u8>,
    },
    /// Says whether a PEM key is that of a DER certificate; reaches nothing outside. → `Done`
    CheckKey {
        #[serde(with = "bytes")]
        certificate: Vec<u8>,
        key: Key,
    },
    /// → `Socket`
    SocketState { handle: Handle },
    /// Asks for an error that came while nobody was waiting, a failed connection above all, and forgets it.
    /// → `Done` when there is none
    TakeError { handle: Handle },
    /// → `Done`
    SetOption {
        handle: Handle,
        option: SocketOption,
        value: i64,
    },
    /// → `Value`
    GetOption {
        handle: Handle,
        option: SocketOption,
    },
    /// Joins a multicast group, or leaves it. `interface` is an IPv4 address, or the index of an interface for IPv6; empty for
    /// any. → `Done`
    Group {
        handle: Handle,
        group: String,
        interface: String,
        join: bool,
    },
    /// Makes a second handle for a socket; it is closed when both are. → `Handle`
    Duplicate { handle: Handle },
    /// Waits until one of the sockets or pipes is ready. → `Ready`, empty when the time is up
    Wait {
        reads: Vec<Handle>,
        writes: Vec<Handle>,
        timeout: Option<u64>,
    },

    /// Makes a pipe. → `Pair`, the end to read from first
    Pipe,
    /// Starts a program, in a process group of its own. → `Spawned`
    Spawn(Box<Program>),
    /// Waits for a program's end; may be asked again afterwards. → `Ended`
    WaitProgram {
        handle: Handle,
        timeout: Option<u64>,
    },
    /// Sends a signal, in Linux's numbers, to a program, or to it and all it has started. → `Done`
    Signal {
        handle: Handle,
        signal: u32,
        group: bool,
    },
    /// The run is over: asks every program that is left to end, and ends it after `grace` nanoseconds. No other will be
    /// started. → `Done`
    EndPrograms { grace: u64 },

    /// → `Time`
    Now { clock: Clock },
    /// → `Done`
    Sleep { duration: u64 },
    /// Waits like `Sleep`, for a lock that nobody else can leave: of no interest to those who watch. → `Done`
    Idle { duration: u64 },
    /// → `Bytes`
    Random { size: u64 },
    /// → `Environment`
    Environment,
    /// Reads at most `max` bytes of standard input. → `Bytes`, empty at its end
    Input { max: u64 },
    /// A piece of what the code printed, UTF-8 as a rule. → `Done`
    Output {
        stream: Stream,
        #[serde(with = "bytes")]
        data: Vec<u8>,
    },
    /// Where the test code is that asks for the network next: a path, and a line from 1. → `Done`
    At { file: String, line: u32 },
    /// What the debugger's side within the interpreter has to say, an event or an answer; waits for what it is to do next. → `Debug`
    Debug { said: Value },
}

impl Request {
    /// The same request after some of the time it may take has passed, in nanoseconds.
    #[must_use]
    pub fn after(mut self, passed: u64) -> Self {
        match &mut self {
            Self::Connect { timeout, .. }
            | Self::Accept { timeout, .. }
            | Self::Send { timeout, .. }
            | Self::Receive { timeout, .. }
            | Self::Read { timeout, .. }
            | Self::Write { timeout, .. }
            | Self::WaitProgram { timeout, .. }
            | Self::Handshake { timeout, .. }
            | Self::EndTls { timeout, .. }
            | Self::SendTo { timeout, .. }
            | Self::ReceiveFrom { timeout, .. }
            | Self::Wait { timeout, .. } => {
                *timeout = timeout.map(|timeout| timeout.saturating_sub(passed));
            }
            Self::Sleep { duration } | Self::Idle { duration } => {
                *duration = duration.saturating_sub(passed)
            }
            _ => {}
        }
        self
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    Done,
    Count(u64),
    #[serde(with = "bytes")]
    Bytes(Vec<u8>),
    Handle(Handle),
    Names(Vec<Entry>),
    Stat(Stat),
    /// IP addresses as text, the preferred one first.
    Addresses(Vec<String>),
    Connected {
        handle: Handle,
        local: Address,
        peer: Address,
    },
    Pair(Handle, Handle),
    Address(Address),
    Socket(SocketState),
    Datagram {
        #[serde(with = "bytes")]
        data: Vec<u8>,
        from: Address,
    },
    /// A socket option's value.
    Value(i64),
    Ready {
        reads: Vec<Handle>,
        writes: Vec<Handle>,
    },
    Spawned {
        handle: Handle,
        pid: u32,
    },
    Ended(Ended),
    Secured(Secured),
    Certificate(Certificate),
    Time(u64),
    Environment(Vec<(String, String)>),
    /// A command of the debugger.
    Debug(Value),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// An IP address as text, with `%` and the number of its zone where it has one; empty for one end of a pair.
    pub ip: String,
    pub port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    V4,
    V6,
    /// One end of a pair.
    Local,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SocketKind {
    /// TCP.
    Stream,
    /// UDP.
    Datagram,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocketState {
    pub family: Family,
    pub kind: SocketKind,
    pub local: Address,
    /// `None` when it is not connected.
    pub peer: Option<Address>,
    pub listening: bool,
}

/// The options of sockets that have an effect; switches are 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SocketOption {
    /// Small pieces are sent at once.
    NoDelay,
    KeepAlive,
    /// Seconds without traffic before the connection is tried.
    KeepIdle,
    /// Seconds between two tries.
    KeepInterval,
    KeepCount,
    ReuseAddress,
    /// Several sockets of one user with the same address; no effect on Windows.
    ReusePort,
    Broadcast,
    /// Bytes.
    ReceiveBuffer,
    /// Bytes.
    SendBuffer,
    /// Seconds that closing may wait for what is unsent; 0 drops it and resets the connection, −1 is the system's way.
    Linger,
    /// How many routers a packet may pass.
    HopLimit,
    /// An IPv6 socket that takes no IPv4.
    OnlyV6,
    MulticastHopLimit,
    /// Whether the machine hears its own.
    MulticastLoop,
    /// An IPv4 address as a number, or the index of an interface for IPv6.
    MulticastInterface,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub name: String,
    pub kind: FileKind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenHow {
    pub read: bool,
    pub write: bool,
    pub append: bool,
    pub create: bool,
    /// With `create`: fails when the file is there already.
    pub exclusive: bool,
    pub truncate: bool,
    /// POSIX permission bits of a file that is made.
    pub mode: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeekFrom {
    Start,
    Current,
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    File,
    Folder,
    Link,
    Pipe,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stat {
    pub kind: FileKind,
    pub size: u64,
    /// Since 1970-01-01 UTC, in nanoseconds.
    pub modified: u64,
    /// POSIX permission bits; made up from the right to write where there are none.
    pub mode: u32,
    /// With `inode`: which file this is.
    pub device: u64,
    pub inode: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shutdown {
    Read,
    Write,
    Both,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// Since 1970-01-01 UTC.
    Real,
    /// Since some moment before the run.
    Monotonic,
    /// Processor time of the run so far.
    Process,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    Stdout,
    Stderr,
}

/// A refused request: what kind of trouble, and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct HostError {
    pub kind: ErrorKind,
    pub message: String,
}

impl HostError {
    pub fn new(kind: ErrorKind, message: impl fmt::Display) -> Self {
        Self {
            kind,
            message: message.to_string(),
        }
    }
}

/// The kinds of trouble, each one an `errno` for Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    NotFound,
    Denied,
    Exists,
    IsFolder,
    NotFolder,
    NotEmpty,
    NoSpace,
    NameTooLong,
    CrossDevice,
    ReadOnlySystem,
    TooLarge,
    Busy,
    Invalid,
    BadHandle,
    TooManyHandles,
    /// A file that is no program of this system.
    NotProgram,
    ArgumentsTooLong,
    /// The program has ended.
    NoProcess,
    /// The request's own time-out has passed; with a time-out of 0: it would have blocked.
    TimedOut,
    Refused,
    Reset,
    BrokenPipe,
    NotConnected,
    AddressInUse,
    AddressNotAvailable,
    Unreachable,
    /// The network gave a connection up.
    ConnectionTimedOut,
    /// A connection has begun and is not decided.
    InProgress,
    /// A connection had begun before and is not decided.
    AlreadyInProgress,
    AlreadyConnected,
    /// More than a datagram can hold.
    MessageTooLong,
    /// A datagram without a destination.
    NoDestination,
    /// A host name that nobody knows.
    UnknownHost,
    Tls(TlsTrouble),
    /// The run wants the code to stop.
    Interrupted,
    Unsupported,
    Other,
}

/// Bytes as `{"text": …}` where they are UTF-8 and as `{"hex": …}` elsewhere, so that an event file can be read by people; as they are where no
/// person reads.
pub(crate) mod bytes {
    use std::fmt;

    use serde::{
        Deserialize, Deserializer, Serialize, Serializer,
        de::{Error, Visitor},
    };

    struct Plain;

    impl Visitor<'_> for Plain {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("bytes")
        }

        fn visit_bytes<E: Error>(self, data: &[u8]) -> Result<Self::Value, E> {
            Ok(data.to_vec())
        }

        fn visit_byte_buf<E: Error>(self, data: Vec<u8>) -> Result<Self::Value, E> {
            Ok(data)
        }
    }

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Readable {
        Text(String),
        Hex(String),
    }

    pub fn serialize<S: Serializer>(data: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return serializer.serialize_bytes(data);
        }
        match std::str::from_utf8(data) {
            Ok(text) => Readable::Text(text.into()),
            Err(_) => Readable::Hex(data.iter().map(|byte| format!("{byte:02x}")).collect()),
        }
        .serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        if !deserializer.is_human_readable() {
            return deserializer.deserialize_byte_buf(Plain);
        }
        match Readable::deserialize(deserializer)? {
            Readable::Text(text) => Ok(text.into_bytes()),
            Readable::Hex(hex) => hex
                .as_bytes()
                .chunks(2)
                .map(|pair| {
                    std::str::from_utf8(pair)
                        .ok()
                        .filter(|pair| pair.len() == 2)
                        .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                        .ok_or_else(|| D::Error::custom("not a hexadecimal byte"))
                })
                .collect(),
        }
    }
}
