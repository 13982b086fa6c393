//! Where the interpreter's side of the debugger reaches the session.

use rehearsal_python::interrupt::Interrupt;

use super::Session;
use crate::host::{Host, HostError, Reply, Request};

/// Passes what the debugger's side within the interpreter says to a session.
pub struct Debugged<H> {
    inner: H,
    session: Session,
    interrupt: Interrupt,
}

impl<H: Host> Debugged<H> {
    /// `interrupt` is the one that ends the host's waits.
    pub fn new(inner: H, session: Session, interrupt: Interrupt) -> Self {
        Self {
            inner,
            session,
            interrupt,
        }
    }
}

impl<H: Host> Host for Debugged<H> {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        match request {
            Request::Debug { said } => self.session.said(&said, &self.interrupt).map(Reply::Debug),
            other => {
                let result = self.inner.call(other);
                self.session.look(&self.interrupt);
                result
            }
        }
    }
}
