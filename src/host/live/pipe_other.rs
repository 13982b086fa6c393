//! An end of a pipe where only sockets can be waited for: a thread carries the bytes between the pipe and a socket. So what was
//! written may take a moment to arrive, even within one process.

use std::{
    io::{self, PipeReader, PipeWriter, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// What the poller of `wait.rs` waits for.
pub type Waitable = TcpStream;

pub struct End {
    pipe: Pipe,
    /// Made once the end is used on this side.
    bridge: Mutex<Option<Arc<TcpStream>>>,
}

enum Pipe {
    Reader(PipeReader),
    Writer(PipeWriter),
}

impl End {
    pub fn reader(pipe: PipeReader) -> Self {
        Self::new(Pipe::Reader(pipe))
    }

    pub fn writer(pipe: PipeWriter) -> Self {
        Self::new(Pipe::Writer(pipe))
    }

    fn new(pipe: Pipe) -> Self {
        Self {
            pipe,
            bridge: Mutex::default(),
        }
    }

    pub fn writes(&self) -> bool {
        matches!(self.pipe, Pipe::Writer(_))
    }

    /// Reads what is there; `WouldBlock` when there is nothing yet.
    pub fn try_read(&self, data: &mut [u8]) -> io::Result<usize> {
        (&*self.waitable()?).read(data)
    }

    /// Writes what has room; `WouldBlock` when nothing has.
    pub fn try_write(&self, data: &[u8]) -> io::Result<usize> {
        (&*self.waitable()?).write(data).map_err(|error| {
            if error.kind() == io::ErrorKind::WouldBlock {
                error
            } else {
                io::ErrorKind::BrokenPipe.into()
            }
        })
    }

    pub fn waitable(&self) -> io::Result<Arc<Waitable>> {
        let mut bridge = self.bridge.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stream) = &*bridge {
            return Ok(stream.clone());
        }
        let (near, far) = pair()?;
        near.set_nonblocking(true)?;
        match &self.pipe {
            Pipe::Reader(pipe) => carry(pipe.try_clone()?, far)?,
            Pipe::Writer(pipe) => carry(far, pipe.try_clone()?)?,
        }
        Ok(bridge.insert(Arc::new(near)).clone())
    }

    /// The end as a program's standard stream.
    pub fn stdio(&self) -> io::Result<Stdio> {
        match &self.pipe {
            Pipe::Reader(pipe) => pipe.try_clone().map(Stdio::from),
            Pipe::Writer(pipe) => pipe.try_clone().map(Stdio::from),
        }
    }
}

/// Ends when one side does, and closes both.
fn carry(
    mut from: impl Read + Send + 'static,
    mut to: impl Write + Send + 'static,
) -> io::Result<()> {
    // Not by `io::copy`, which on some systems leaves it to the kernel, and that keeps the pipe locked while it waits.
    let work = move || {
        let mut data = vec![0; 1 << 16];
        loop {
            match from.read(&mut data) {
                Ok(0) => return,
                Ok(count) if to.write_all(&data[..count]).is_err() => return,
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return,
                _ => {}
            }
        }
    };
    thread::Builder::new()
        .name("pipe".into())
        .spawn(work)
        .map(drop)
}

/// Two connected sockets of this process.
fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let near = TcpStream::connect(listener.local_addr()?)?;
    near.set_nodelay(true)?;
    loop {
        let (far, peer) = listener.accept()?;
        // Somebody else may have found the port first.
        if peer == near.local_addr()? {
            far.set_nodelay(true)?;
            return Ok((near, far));
        }
    }
}
