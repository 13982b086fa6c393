//! Shows the run's watchers what test code asks of its host.

use std::{
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use rehearsal_python::value::Value;

use super::{ErrorKind, Host, HostError, Reply, Request};
use crate::{bus::EventBus, event::Event};

/// Passes every request on; what the code prints becomes an output event, and what reaches the network, starts, waits for or signals
/// programs, sleeps or draws random bytes becomes a request and a reply event. Files and clocks are not shown: importing a module alone asks hundreds of times.
pub struct Observer<H> {
    inner: H,
    events: EventBus,
    /// Of the package, with forward slashes.
    root: String,
    next: AtomicU64,
}

impl<H: Host> Observer<H> {
    /// `root` is the package's.
    pub fn new(inner: H, events: EventBus, root: &Path) -> Self {
        Self {
            inner,
            events,
            root: format!("{}/", root.display()).replace('\\', "/"),
            next: AtomicU64::new(0),
        }
    }
}

impl<H: Host> Observer<H> {
    /// There is no debugger, else it had come there first.
    fn pass_breakpoint(&self, said: &Value) {
        let Value::Dict(said) = said else { return };
        if let (Some(Value::Str(file)), Some(Value::Int(line))) =
            (said.get("file"), said.get("line"))
        {
            let file = file.strip_prefix(&*self.root).unwrap_or(file);
            // At a prompt there is no file.
            let message = match file.is_empty() {
                true => "breakpoint() was passed; `rehearse debug` stops there".into(),
                false => format!(
                    "breakpoint() at {file}:{line} was passed; `rehearse debug` stops there"
                ),
            };
            self.events.emit(Event::Warning { message });
        }
    }

    /// A program is asked over and over whether it has ended; only the last time says something.
    fn poll(&self, request: Request) -> Result<Reply, HostError> {
        let result = self.inner.call(request.clone());
        if !matches!(&result, Err(error) if error.kind == ErrorKind::TimedOut) {
            let id = self.next.fetch_add(1, Ordering::Relaxed);
            self.events.request(id, request);
            self.events.reply(id, result.clone());
        }
        result
    }
}

impl<H: Host> Host for Observer<H> {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        if let Request::Output { stream, data } = request {
            self.events.output(stream, shown_text(data));
            return Ok(Reply::Done);
        }
        if let Request::Debug { said } = &request {
            self.pass_breakpoint(said);
            return self.inner.call(request);
        }
        if !self.events.wants_host() || !shown(&request) {
            return self.inner.call(request);
        }
        if let Request::WaitProgram {
            timeout: Some(0), ..
        } = request
        {
            return self.poll(request);
        }
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        self.events.request(id, request.clone());
        let result = self.inner.call(request);
        self.events.reply(id, result.clone());
        result
    }
}

/// The text, with bytes that are none as Python shows them: `\\xff`.
fn shown_text(data: Vec<u8>) -> String {
    String::from_utf8(data).unwrap_or_else(|error| {
        let mut text = String::new();
        for chunk in error.as_bytes().utf8_chunks() {
            text.push_str(chunk.valid());
            for byte in chunk.invalid() {
                text.push_str(&format!("\\x{byte:02x}"));
            }
        }
        text
    })
}

fn shown(request: &Request) -> bool {
    matches!(
        request,
        Request::Resolve { .. }
            | Request::Bind { .. }
            | Request::Connect { .. }
            | Request::Listen { .. }
            | Request::Accept { .. }
            | Request::Send { .. }
            | Request::Receive { .. }
            | Request::SendTo { .. }
            | Request::ReceiveFrom { .. }
            | Request::Shutdown { .. }
            | Request::StartTls { .. }
            | Request::Handshake { .. }
            | Request::EndTls { .. }
            | Request::Group { .. }
            | Request::Wait { .. }
            | Request::Spawn(_)
            | Request::WaitProgram { .. }
            | Request::Signal { .. }
            | Request::Sleep { .. }
            | Request::Random { .. }
    )
}
