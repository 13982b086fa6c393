//! Puts together what test code and the network say to each other, tells it to listeners, and passes it on.

use std::{
    collections::BTreeMap,
    io, mem,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    content::Content,
    exchange::{Http, asked, is_http},
    format::{Connect, Ended, Entry},
    listener::Listener,
    position::Position,
    response::{NotHttp, Stream},
};
use crate::{
    flow::{Secrets, clock::Clock},
    host::{
        Clock as CodeClock, ErrorKind, Handle, Host, HostError, Reply, Request, bench::Frame,
        nanoseconds,
    },
};

/// More readings of a clock, or random values, between two requests are not kept.
const MOST: usize = 10_000;

/// Stands before a host and listens. Connections over TCP are told of, with TLS as the plain text within; files, programs and datagrams are not.
pub struct Recorder<H> {
    inner: H,
    /// The package, which the places in its code are relative to.
    root: PathBuf,
    position: Position,
    clock: Arc<dyn Clock>,
    beginning: Beginning,
    secrets: Secrets,
    state: Mutex<State>,
}

/// What the code's clocks said when the run's began, in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beginning {
    /// Since 1970-01-01 UTC.
    pub real: u64,
    monotonic: u64,
}

impl Beginning {
    pub fn of(host: &impl Host, clock: &dyn Clock) -> Self {
        let of = |which| match host.call(Request::Now { clock: which }) {
            Ok(Reply::Time(time)) => time.saturating_sub(nanoseconds(clock.elapsed())),
            _ => 0,
        };
        Self {
            real: of(CodeClock::Real),
            monotonic: of(CodeClock::Monotonic),
        }
    }
}

struct State {
    listeners: Vec<Box<dyn Listener>>,
    failed: Option<io::Error>,
    /// What addresses were looked up for, and whether there are others to try after them.
    names: BTreeMap<String, (String, bool)>,
    /// Connections that are not decided yet: the host, the port, and since when.
    connecting: BTreeMap<Handle, (String, u16, u64)>,
    talks: BTreeMap<Handle, Talk>,
    connections: u32,
    line: Option<String>,
    clock: Vec<u64>,
    random: Vec<String>,
}

struct Talk {
    number: u32,
    speech: Speech,
}

enum Speech {
    /// Nothing was said yet that tells; with what was.
    Unknown(Vec<u8>),
    Http(Box<Http>),
    Raw,
    /// It began as HTTP and went on as something else. What is said there may hold secrets that cannot be found.
    Hidden,
    /// The peer has ended it.
    Over,
}

impl<H: Host> Recorder<H> {
    pub fn new(
        inner: H,
        root: PathBuf,
        listeners: Vec<Box<dyn Listener>>,
        position: Position,
        clock: Arc<dyn Clock>,
        beginning: Beginning,
        secrets: Secrets,
    ) -> Self {
        Self {
            beginning,
            secrets,
            inner,
            root,
            position,
            clock,
            state: Mutex::new(State {
                listeners,
                failed: None,
                names: BTreeMap::new(),
                connecting: BTreeMap::new(),
                talks: BTreeMap::new(),
                connections: 0,
                line: None,
                clock: Vec::new(),
                random: Vec::new(),
            }),
        }
    }

    /// Ends the recording.
    ///
    /// # Errors
    /// What has kept the first listener that failed from hearing all of it.
    pub fn finish(&self) -> io::Result<()> {
        let mut state = self.state();
        let handles: Vec<_> = state.talks.keys().copied().collect();
        for handle in handles {
            self.say_what_was_held(&mut state, handle);
            state.hang_up(handle, None, self.now());
        }
        let rest = self.begin(&mut state, 0);
        if !rest.clock.is_empty() || !rest.random.is_empty() {
            state.write(&Entry { line: None, ..rest });
        }
        state.listeners.clear();
        state.failed.take().map_or(Ok(()), Err)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        nanoseconds(self.clock.elapsed())
    }

    /// Something begins now.
    fn begin(&self, state: &mut State, connection: u32) -> Entry {
        let (step, attempt) = self.position.now();
        Entry {
            at: self.now(),
            step,
            attempt,
            line: state.line.clone(),
            connection,
            clock: mem::take(&mut state.clock),
            random: mem::take(&mut state.random),
            ..Entry::default()
        }
    }

    fn connected(
        &self,
        handle: Handle,
        host: &str,
        port: u16,
        began: u64,
        error: Option<HostError>,
    ) {
        let mut state = self.state();
        let (host, others) = state
            .names
            .get(host)
            .cloned()
            .unwrap_or_else(|| (host.to_owned(), false));
        let undecided = |error: &HostError| error.kind == ErrorKind::Interrupted;
        if error.as_ref().is_some_and(|error| !undecided(error)) && others {
            // The code goes on with the next address; where a replay runs there is only one.
            return;
        }
        let mut number = 0;
        if error.is_none() {
            state.connections += 1;
            number = state.connections;
            let speech = Speech::Unknown(Vec::new());
            state.talks.insert(handle, Talk { number, speech });
        }
        let mut entry = self.begin(&mut state, number);
        entry.took = entry.at.saturating_sub(began);
        entry.at = began;
        entry.connect = Some(Connect { host, port, error });
        state.write(&entry);
    }

    /// A connection that was still being made has come about, or not.
    fn decided(&self, handle: Handle, error: Option<HostError>) {
        let pending = self.state().connecting.remove(&handle);
        if let Some((host, port, began)) = pending {
            self.connected(handle, &host, port, began, error);
        }
    }

    fn sent(&self, handle: Handle, data: &[u8]) {
        self.decided(handle, None);
        let mut state = self.state();
        let Some(mut talk) = state.talks.remove(&handle) else {
            return;
        };
        let mut data = data.to_vec();
        if let Speech::Unknown(before) = &mut talk.speech {
            before.append(&mut data);
            match is_http(before) {
                None => {}
                Some(is_http) => {
                    data = mem::take(before);
                    talk.speech = if is_http {
                        Speech::Http(Box::new(Http::new(self.secrets.clone())))
                    } else {
                        Speech::Raw
                    };
                }
            }
        }
        match &mut talk.speech {
            Speech::Http(http) => {
                http.requests.push(&data);
                if !self.hear(&mut state, talk.number, http) {
                    talk.speech = Speech::Hidden;
                }
            }
            Speech::Raw => self.say(&mut state, talk.number, &data),
            Speech::Unknown(_) | Speech::Hidden | Speech::Over => {}
        }
        state.talks.insert(handle, talk);
    }

    /// Takes the requests that are whole; false when they cannot be understood.
    fn hear(&self, state: &mut State, number: u32, http: &mut Http) -> bool {
        loop {
            match http.requests.next_frame() {
                Frame::Request(framed) => {
                    let mut entry = self.begin(state, number);
                    entry.http = Some(asked(&framed.request, &self.secrets));
                    http.waiting.push_back(entry);
                    http.asked = true;
                }
                Frame::Incomplete => return true,
                Frame::Continue => {}
                Frame::Bad(_) => {
                    state.give_up(http);
                    return false;
                }
            }
        }
    }

    fn say(&self, state: &mut State, number: u32, data: &[u8]) {
        let mut entry = self.begin(state, number);
        entry.sent = Some(Content::of_bytes(data));
        state.write(&entry);
    }

    /// A server that has something to say without being asked has ended the connection; clients look for that before they use one again.
    fn readable(&self, handle: Handle) {
        let state = self.state();
        let idle = state
            .talks
            .get(&handle)
            .is_some_and(|talk| match &talk.speech {
                Speech::Http(http) => http.is_idle(),
                _ => false,
            });
        drop(state);
        if idle {
            self.ended(handle, Ended::Closed, self.now());
        }
    }

    /// What could have been the beginning of HTTP was none.
    fn say_what_was_held(&self, state: &mut State, handle: Handle) {
        if let Some(talk) = state.talks.get_mut(&handle)
            && let Speech::Unknown(held) = &mut talk.speech
        {
            let (held, number) = (mem::take(held), talk.number);
            talk.speech = Speech::Raw;
            if !held.is_empty() {
                self.say(state, number, &held);
            }
        }
    }

    fn received(&self, handle: Handle, data: &[u8], began: u64) {
        self.decided(handle, None);
        if data.is_empty() {
            return self.ended(handle, Ended::Closed, began);
        }
        let now = self.now();
        let mut state = self.state();
        self.say_what_was_held(&mut state, handle);
        let Some(mut talk) = state.talks.remove(&handle) else {
            return;
        };
        match &mut talk.speech {
            Speech::Http(http) => {
                let heard = match &mut http.stream {
                    Some(stream) => {
                        stream.push(data);
                        Ok(Vec::new())
                    }
                    None => {
                        http.responses.push(data);
                        http.answered(false, now)
                    }
                };
                let events = heard.and_then(|entries| {
                    entries.iter().for_each(|entry| state.write(entry));
                    http.stream.as_mut().map_or(Ok(Vec::new()), Stream::take)
                });
                match events {
                    Ok(events) => {
                        if !events.is_empty() {
                            let entry = self.begin(&mut state, talk.number);
                            state.write(&heard_since(entry, began, &events));
                        }
                        if http.stream.take_if(|stream| stream.ended).is_some() {
                            let mut entry = self.begin(&mut state, talk.number);
                            entry.closed = Some(Ended::Closed);
                            state.write(&entry);
                        }
                    }
                    Err(NotHttp) => {
                        state.give_up(http);
                        talk.speech = Speech::Hidden;
                    }
                }
            }
            Speech::Raw => {
                let entry = self.begin(&mut state, talk.number);
                state.write(&heard_since(entry, began, data));
            }
            Speech::Unknown(_) | Speech::Hidden | Speech::Over => {}
        }
        state.talks.insert(handle, talk);
    }

    /// `began` is when the code began to look.
    fn ended(&self, handle: Handle, how: Ended, began: u64) {
        let now = self.now();
        let mut state = self.state();
        self.say_what_was_held(&mut state, handle);
        let number = state
            .talks
            .get(&handle)
            .filter(|talk| match &talk.speech {
                Speech::Raw => true,
                Speech::Http(http) => http.is_idle(),
                _ => false,
            })
            .map(|talk| talk.number);
        // What ends amid an exchange is told with it.
        if let Some(number) = number {
            let mut entry = self.begin(&mut state, number);
            entry.took = entry.at.saturating_sub(began);
            entry.at = began;
            entry.closed = Some(how);
            state.write(&entry);
        }
        state.hang_up(handle, Some(how), now);
    }

    fn keep_time(&self, which: CodeClock, read: u64) {
        let Beginning { real, monotonic } = self.beginning;
        let time = match which {
            CodeClock::Real => read.saturating_sub(real),
            CodeClock::Monotonic => read.saturating_sub(monotonic),
            CodeClock::Process => return,
        };
        let mut state = self.state();
        if state.clock.len() < MOST {
            state.clock.push(time);
        }
    }

    fn place(&self, file: &str, line: u32) -> String {
        let root = self.root.to_string_lossy().replace('\\', "/");
        let below = file
            .strip_prefix(&root)
            .and_then(|rest| rest.strip_prefix('/'));
        // Where packages lie on this machine is for nobody to know.
        let file = below.unwrap_or_else(|| file.rsplit('/').next().unwrap_or(file));
        format!("{file}:{line}")
    }
}

impl State {
    fn write(&mut self, entry: &Entry) {
        let failed = &mut self.failed;
        self.listeners
            .retain_mut(|listener| match listener.hear(entry) {
                Ok(()) => true,
                Err(error) => {
                    failed.get_or_insert(error);
                    false
                }
            });
    }

    /// Writes what was asked and will not be understood any more.
    fn give_up(&mut self, http: &mut Http) {
        for entry in mem::take(&mut http.waiting) {
            self.write(&entry);
        }
    }

    /// The connection is over: by the peer, when `ended` says how, else by the code.
    fn hang_up(&mut self, handle: Handle, ended: Option<Ended>, now: u64) {
        let talk = match ended {
            Some(_) => self.talks.get_mut(&handle),
            None => None,
        };
        let mut gone = match (talk, ended) {
            (Some(talk), _) => Talk {
                number: talk.number,
                // A peer is only once at its end.
                speech: mem::replace(&mut talk.speech, Speech::Over),
            },
            (None, None) => match self.talks.remove(&handle) {
                Some(talk) => talk,
                None => return,
            },
            (None, Some(_)) => return,
        };
        if let Speech::Http(http) = &mut gone.speech {
            let entries = http.answered(true, now).unwrap_or_default();
            let unanswered = mem::take(&mut http.waiting);
            for mut entry in entries.into_iter().chain(unanswered) {
                if let Some(http) = &mut entry.http {
                    http.closed = http.closed.or(ended);
                    if http.status.is_none() {
                        entry.took = now.saturating_sub(entry.at);
                    }
                }
                self.write(&entry);
            }
        }
    }
}

/// What the code has received, for which it began to look at that time.
fn heard_since(mut entry: Entry, began: u64, data: &[u8]) -> Entry {
    entry.took = entry.at.saturating_sub(began);
    entry.at = began;
    entry.received = Some(Content::of_bytes(data));
    entry
}

impl<H: Host> Host for Recorder<H> {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        match request {
            Request::At { file, line } => {
                let place = self.place(&file, line);
                self.state().line = Some(place);
                Ok(Reply::Done)
            }
            Request::Now { clock } => {
                let reply = self.inner.call(Request::Now { clock });
                if let Ok(Reply::Time(read)) = &reply {
                    self.keep_time(clock, *read);
                }
                reply
            }
            Request::Random { size } => {
                let reply = self.inner.call(Request::Random { size });
                if let Ok(Reply::Bytes(bytes)) = &reply {
                    let digits = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                    let mut state = self.state();
                    if state.random.len() < MOST {
                        state.random.push(digits);
                    }
                }
                reply
            }
            Request::Resolve { host, port } => {
                let began = self.now();
                let asked = Request::Resolve {
                    host: host.clone(),
                    port,
                };
                let reply = self.inner.call(asked);
                match &reply {
                    Ok(Reply::Addresses(found)) => {
                        let mut state = self.state();
                        for (place, address) in found.iter().enumerate() {
                            let others = place + 1 < found.len();
                            state.names.insert(address.clone(), (host.clone(), others));
                        }
                    }
                    Err(error) if error.kind != ErrorKind::Interrupted => {
                        self.connected(Handle(0), &host, port, began, Some(error.clone()));
                    }
                    _ => {}
                }
                reply
            }
            Request::Connect {
                handle,
                ref host,
                port,
                ..
            } => {
                let (host, began) = (host.clone(), self.now());
                let reply = self.inner.call(request);
                let error = reply.as_ref().err().cloned();
                match error {
                    Some(error) if error.kind == ErrorKind::InProgress => {
                        let pending = (host, port, began);
                        self.state().connecting.insert(handle, pending);
                    }
                    error => self.connected(handle, &host, port, began, error),
                }
                reply
            }
            Request::Send {
                handle, ref data, ..
            } => {
                let (data, began) = (data.clone(), self.now());
                let reply = self.inner.call(request);
                match &reply {
                    Ok(Reply::Count(count)) => {
                        let count = usize::try_from(*count).unwrap_or(usize::MAX);
                        self.sent(handle, data.get(..count).unwrap_or(&data));
                    }
                    Err(error)
                        if matches!(error.kind, ErrorKind::Reset | ErrorKind::BrokenPipe) =>
                    {
                        self.ended(handle, Ended::Reset, began);
                    }
                    _ => {}
                }
                reply
            }
            Request::Receive {
                handle, peek, max, ..
            } => {
                let began = self.now();
                let reply = self.inner.call(request);
                match &reply {
                    Ok(Reply::Bytes(bytes)) if !peek && max > 0 => {
                        self.received(handle, bytes, began);
                    }
                    Err(error) if error.kind == ErrorKind::Reset => {
                        self.ended(handle, Ended::Reset, began);
                    }
                    _ => {}
                }
                reply
            }
            Request::Wait { .. } => {
                let reply = self.inner.call(request);
                if let Ok(Reply::Ready { reads, .. }) = &reply {
                    for handle in reads {
                        self.readable(*handle);
                    }
                }
                reply
            }
            Request::TakeError { handle } => {
                let reply = self.inner.call(request);
                self.decided(handle, reply.as_ref().err().cloned());
                reply
            }
            Request::Close { handle } => {
                let now = self.now();
                let mut state = self.state();
                state.connecting.remove(&handle);
                self.say_what_was_held(&mut state, handle);
                state.hang_up(handle, None, now);
                drop(state);
                self.inner.call(Request::Close { handle })
            }
            other => self.inner.call(other),
        }
    }
}
