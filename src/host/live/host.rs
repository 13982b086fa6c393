//! Hands each request to the part of the machine it is about.

use std::{
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use indexmap::IndexMap;
use rehearsal_python::{interrupt::Interrupt, value::Value};

use super::{
    capture::Streams,
    error::{bad_handle, from_io, interrupted},
    files::Files,
    network::Network,
    pipes::Pipes,
    programs::Programs,
    system::process_time,
    tls,
    wait::deadline,
};
use crate::host::{Clock, ErrorKind, Handle, Host, HostError, Reply, Request, nanoseconds};

/// The first handle; below it are the standard streams and room for what test code takes for granted.
const FIRST_HANDLE: u64 = 16;

/// The most random bytes handed over at once.
const MAX_RANDOM: u64 = 16 << 20;

/// The machine itself, as the user who started the run may use it.
pub struct LiveHost {
    files: Files,
    pipes: Arc<Pipes>,
    network: Network,
    programs: Programs,
    interrupt: Interrupt,
    environment: Arc<[(String, String)]>,
    start: Instant,
    next: AtomicU64,
}

impl LiveHost {
    /// `root` is where relative paths start; blocked requests end when `interrupt` is raised. `streams` are those of
    /// programs that are given no others.
    pub fn new(
        root: &Path,
        environment: Vec<(String, String)>,
        streams: Streams,
        interrupt: Interrupt,
    ) -> Self {
        let environment: Arc<[_]> = environment.into();
        let pipes = Arc::new(Pipes::new(interrupt.clone()));
        Self {
            files: Files::new(root),
            network: Network::new(pipes.clone(), interrupt.clone()),
            pipes,
            programs: Programs::new(root, environment.clone(), streams, interrupt.clone()),
            interrupt,
            environment,
            start: Instant::now(),
            next: AtomicU64::new(FIRST_HANDLE),
        }
    }

    fn handle(&self) -> Handle {
        Handle(self.next.fetch_add(1, Ordering::Relaxed))
    }

    fn sleep(&self, duration: u64) -> Result<Reply, HostError> {
        let until = deadline(Some(duration));
        let sleeper = thread::current();
        let _waking = self.interrupt.on_raise(move || sleeper.unpark());
        loop {
            if self.interrupt.pending() {
                return Err(interrupted());
            }
            let left = until.map_or(Duration::from_secs(3600), |until| {
                until.saturating_duration_since(Instant::now())
            });
            if left.is_zero() {
                return Ok(Reply::Done);
            }
            thread::park_timeout(left);
        }
    }

    fn now(&self, clock: Clock) -> Result<Reply, HostError> {
        let time = match clock {
            Clock::Real => nanoseconds(
                SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default(),
            ),
            // An offset of a day keeps code that subtracts from the monotonic clock above zero.
            Clock::Monotonic => nanoseconds(self.start.elapsed() + Duration::from_secs(86_400)),
            Clock::Process => process_time()?,
        };
        Ok(Reply::Time(time))
    }

    fn random(size: u64) -> Result<Reply, HostError> {
        if size > MAX_RANDOM {
            return Err(HostError::new(
                ErrorKind::Invalid,
                format!("at most {MAX_RANDOM} random bytes at once"),
            ));
        }
        let mut data = vec![0; usize::try_from(size).unwrap_or(0)];
        getrandom::fill(&mut data).map_err(|error| HostError::new(ErrorKind::Other, error))?;
        Ok(Reply::Bytes(data))
    }

    fn stdio(&self, handle: Handle) -> Result<Stdio, HostError> {
        match self.pipes.stdio(handle) {
            Some(stdio) => stdio.map_err(|error| from_io(&error)),
            None => self.files.stdio(handle),
        }
    }

    fn close(&self, handle: Handle) -> Result<Reply, HostError> {
        let closed = self.files.close(handle)
            || self.network.close(handle)
            || self.pipes.close(handle)
            || self.programs.close(handle);
        if closed {
            Ok(Reply::Done)
        } else {
            Err(bad_handle())
        }
    }
}

impl Host for LiveHost {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        match request {
            Request::Stat { path, follow } => self.files.stat(&path, follow),
            Request::ListFolder { path } => self.files.list_folder(&path),
            Request::Open { path, how } => self.files.open(&path, how, self.handle()),
            Request::Read {
                handle,
                max,
                timeout,
            } => match self.pipes.get(handle) {
                Some(end) => self.pipes.read(&end, max, timeout),
                None => self.files.read(handle, max),
            },
            Request::Write {
                handle,
                data,
                timeout,
            } => match self.pipes.get(handle) {
                Some(end) => self.pipes.write(&end, &data, timeout),
                None => self.files.write(handle, &data),
            },
            Request::Seek {
                handle,
                offset,
                from,
            } => self.files.seek(handle, offset, from),
            Request::Truncate { handle, size } => self.files.truncate(handle, size),
            Request::HandleStat { handle } => match self.pipes.get(handle) {
                Some(_) => Ok(Pipes::stat(handle)),
                None => self.files.handle_stat(handle),
            },
            Request::MakeFolder { path, mode } => self.files.make_folder(&path, mode),
            Request::SetTimes {
                path,
                accessed,
                modified,
            } => self.files.set_times(&path, accessed, modified),
            Request::SetMode { path, mode } => self.files.set_mode(&path, mode),
            Request::RemoveFile { path } => self.files.remove_file(&path),
            Request::RemoveFolder { path } => self.files.remove_folder(&path),
            Request::Rename { from, to, replace } => self.files.rename(&from, &to, replace),
            Request::Close { handle } => self.close(handle),
            Request::Resolve { host, port } => self.network.resolve(&host, port),
            Request::Socket { family, kind } => self.network.socket(family, kind, self.handle()),
            Request::SocketPair => self.network.pair(self.handle(), self.handle()),
            Request::Bind { handle, host, port } => self.network.bind(handle, &host, port),
            Request::Connect {
                handle,
                host,
                port,
                timeout,
            } => self.network.connect(handle, &host, port, timeout),
            Request::Listen { handle, backlog } => self.network.listen(handle, backlog),
            Request::Accept { handle, timeout } => {
                self.network.accept(handle, timeout, self.handle())
            }
            Request::Send {
                handle,
                data,
                timeout,
            } => self.network.send(handle, &data, timeout),
            Request::Receive {
                handle,
                max,
                peek,
                timeout,
            } => self.network.receive(handle, max, peek, timeout),
            Request::SendTo {
                handle,
                host,
                port,
                data,
                timeout,
            } => self.network.send_to(handle, &host, port, &data, timeout),
            Request::ReceiveFrom {
                handle,
                max,
                peek,
                timeout,
            } => self.network.receive_from(handle, max, peek, timeout),
            Request::SocketState { handle } => self.network.state(handle),
            Request::TakeError { handle } => self.network.take_error(handle),
            Request::SetOption {
                handle,
                option,
                value,
            } => self.network.set_option(handle, option, value),
            Request::GetOption { handle, option } => self.network.get_option(handle, option),
            Request::Group {
                handle,
                group,
                interface,
                join,
            } => self.network.group(handle, &group, &interface, join),
            Request::Duplicate { handle } => self.network.duplicate(handle, self.handle()),
            Request::Shutdown { handle, how } => self.network.shutdown(handle, how),
            Request::Wait {
                reads,
                writes,
                timeout,
            } => self.network.wait_for_plain_text(&reads, &writes, timeout),
            Request::Pipe => self.pipes.make(self.handle(), self.handle()),
            Request::Spawn(program) => {
                self.programs
                    .spawn(&program, |handle| self.stdio(handle), self.handle())
            }
            Request::WaitProgram { handle, timeout } => self.programs.wait(handle, timeout),
            Request::Signal {
                handle,
                signal,
                group,
            } => self.programs.signal(handle, signal, group),
            Request::EndPrograms { grace } => {
                self.programs.end(grace);
                Ok(Reply::Done)
            }
            Request::StartTls { handle, tls } => self.network.start_tls(handle, &tls),
            Request::Handshake { handle, timeout } => self.network.handshake(handle, timeout),
            Request::EndTls { handle, timeout } => self.network.end_tls(handle, timeout),
            Request::ReadCertificate { der } => tls::read(&der).map(Reply::Certificate),
            Request::CheckKey { certificate, key } => {
                tls::check_key(&certificate, &key).map(|()| Reply::Done)
            }
            Request::Now { clock } => self.now(clock),
            Request::Sleep { duration } | Request::Idle { duration } => self.sleep(duration),
            Request::Random { size } => Self::random(size),
            Request::Environment => Ok(Reply::Environment(self.environment.to_vec())),
            // A test has no operator at its standard input; a script's is answered before it comes here.
            Request::Input { .. } => Ok(Reply::Bytes(Vec::new())),
            Request::At { .. } => Ok(Reply::Done),
            // Without a debugger everything goes on.
            Request::Debug { .. } => Ok(Reply::Debug(Value::Dict(IndexMap::from([(
                "do".to_owned(),
                Value::Str("resume".into()),
            )])))),
            Request::Output { .. } => Ok(Reply::Done),
        }
    }
}
