//! The switches of `run` that make it stop, and what a run that can stop has beside it.

use std::{
    cell::RefCell,
    io::{self, BufReader, Write},
    net::TcpListener,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
};

use clap::Args;
use jiff::Timestamp;
use rehearsal_python::interrupt::Interrupt;
use uuid::Uuid;

use super::Terminal;
use crate::{
    cli::output::{Refused, say},
    dap::{Client, Server},
    debug::{Debugged, Filters, KnownStep, Pass, Session, Sources, keep_lease},
    event::Signal,
    exit::Exit,
    flow::{
        Plan, clock::Clock, debugger::Debugger, held_clock::HeldClock, interruption::Interruption,
        virtual_clock::VirtualClock,
    },
    host::{Host, bench::AgentAddress},
};

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Debugging")]
pub struct Debugging {
    /// Stop at a step, at FILE:LINE or at a function, and debug from there; may be repeated
    #[arg(long = "break", value_name = "WHERE")]
    breaks: Vec<String>,
    /// Stop where an exception leaves a step, and after a step that does not pass
    #[arg(long)]
    break_on_fail: bool,
    /// Wait for an editor on this port of 127.0.0.1 before the first step; 0 takes a free one
    #[arg(long, value_name = "PORT", conflicts_with_all = ["breaks", "break_on_fail"])]
    dap: Option<u16>,
    /// Whether it stops before its first step.
    #[arg(skip)]
    at_start: bool,
}

/// What a run has beside it that can stop: through all of its passes, where one goes back.
pub struct Beside {
    session: Option<Session>,
    switches: Debugging,
    /// The same in every pass.
    began: Timestamp,
    id: Uuid,
    front: RefCell<Option<Front>>,
    /// The pass that runs.
    current: Arc<Mutex<Interruption>>,
}

/// Whoever talks with the session.
struct Front {
    listener: Option<TcpListener>,
    thread: Option<JoinHandle<()>>,
}

impl Debugging {
    pub fn start(&mut self) {
        self.at_start = true;
    }

    pub fn is_wanted(&self) -> bool {
        self.at_start || self.break_on_fail || !self.breaks.is_empty() || self.dap.is_some()
    }

    /// `bound_for`: why one cannot go back; `lands`: whether `breakpoint()` is to stop although nothing else was asked for.
    ///
    /// # Errors
    /// When there is no listening at the port; the user has been told.
    pub fn begin(&self, bound_for: Option<String>, lands: bool) -> Result<Beside, Refused> {
        let mut front = None;
        let wanted = self.is_wanted() || lands;
        let session = wanted.then(|| Session::new(bound_for));
        if let Some(session) = &session {
            let listener = self.dap.map(listen).transpose()?;
            if self.at_start || listener.is_some() {
                session.stop_at_next_step("entry");
            }
            if self.at_start || self.break_on_fail {
                session.set_filters(Filters {
                    uncaught: true,
                    failed: true,
                    ..Filters::default()
                });
            }
            front = Some(Front {
                listener,
                thread: None,
            });
        }
        Ok(Beside {
            session,
            switches: self.clone(),
            began: Timestamp::now(),
            id: Uuid::new_v4(),
            front: RefCell::new(front),
            current: Arc::default(),
        })
    }
}

fn listen(port: u16) -> Result<TcpListener, Refused> {
    TcpListener::bind(("127.0.0.1", port)).map_err(|error| {
        say(format_args!(
            "error: --dap {port}: there is no listening on 127.0.0.1:{port}: {error}; 0 takes a free port"
        ));
        Refused
    })
}

impl Beside {
    pub fn is_wanted(&self) -> bool {
        self.session.is_some()
    }

    /// What is called for every signal.
    pub fn raiser(&self) -> impl Fn(Signal) + Send + 'static {
        let (current, session) = (self.current.clone(), self.session.clone());
        move |signal| {
            let interruption = current.lock().unwrap_or_else(PoisonError::into_inner);
            interruption.raise(signal);
            drop(interruption);
            if let Some(session) = &session {
                session.run_on();
            }
        }
    }

    /// What stops the pass that begins.
    pub fn interruption(&self) -> Interruption {
        let interruption = Interruption::new();
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = interruption.clone();
        interruption
    }

    /// A clock for a simulated bench: one that is the same in every pass, where one may want to go back.
    pub fn virtual_clock(&self) -> VirtualClock {
        match self.goes_back() {
            true => VirtualClock::repeatable(self.began),
            false => VirtualClock::new(),
        }
    }

    /// What randomness follows from, where passes are to be the same.
    pub fn seed(&self) -> Option<u64> {
        self.goes_back().then(|| self.id.as_u64_pair().0)
    }

    pub fn id(&self) -> Uuid {
        self.id
    }

    fn goes_back(&self) -> bool {
        let session = self.session.as_ref();
        session.is_some_and(|session| session.bound_for().is_none())
    }

    /// The clock of a pass, which can be held.
    pub fn pass(
        &self,
        clock: Arc<dyn Clock>,
        interruption: &Interruption,
        interrupt: &Interrupt,
    ) -> Arc<dyn Clock> {
        let Some(session) = &self.session else {
            return clock;
        };
        let clock = Arc::new(HeldClock::new(clock));
        session.begin(Pass {
            clock: clock.clone(),
            interruption: interruption.clone(),
            interrupt: interrupt.clone(),
        });
        clock
    }

    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    pub fn debugger(&self) -> Option<&dyn Debugger> {
        self.session
            .as_ref()
            .map(|session| session as &dyn Debugger)
    }

    /// The host, with a way for the interpreter's side to the session.
    pub fn over(&self, host: Arc<dyn Host>, interrupt: &Interrupt) -> Arc<dyn Host> {
        match &self.session {
            None => host,
            Some(session) => Arc::new(Debugged::new(host, session.clone(), interrupt.clone())),
        }
    }

    /// The console, without what was seen in an earlier pass.
    pub fn console(&self, inner: Box<dyn Write + Send>) -> Box<dyn Write + Send> {
        match &self.session {
            None => inner,
            Some(session) => Box::new(session.unseen(inner)),
        }
    }

    /// The run is over.
    pub fn end(&self, exit: Exit) {
        if let Some(session) = &self.session {
            session.end(exit.code());
        }
    }

    /// Begins to talk, in the terminal or with an editor, unless somebody talks already. `agent`: the URL of a live one.
    ///
    /// # Errors
    /// What is wrong with a `--break`, or that the system gives no thread.
    pub fn talk(&self, root: &Path, plan: &Plan<'_>, agent: Option<&str>) -> io::Result<()> {
        let mut front = self.front.borrow_mut();
        let (Some(session), Some(front)) = (&self.session, front.as_mut()) else {
            return Ok(());
        };
        if front.thread.is_some() {
            return Ok(());
        }
        let sources = Sources::new(root, known(plan));
        let thread = match front.listener.take() {
            Some(listener) => {
                // Only now, when nothing speaks against the run.
                say(format_args!(
                    "waiting for a debugger on {}",
                    listener.local_addr()?
                ));
                serve(session.clone(), sources, listener)?
            }
            None => {
                let mut terminal = Terminal::new(session.clone(), root, sources);
                for place in &self.switches.breaks {
                    let set = terminal.stop_at(place, None);
                    set.map_err(|error| io::Error::other(format!("--break: {error}")))?;
                }
                terminal.start()?
            }
        };
        front.thread = Some(thread);
        if let Some(Ok(address)) = agent.map(AgentAddress::from_url) {
            let session = session.clone();
            // It ends with the session.
            thread::Builder::new()
                .name("lease".into())
                .spawn(move || keep_lease(&session, &address.host, address.port))?;
        }
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.end(Exit::NothingRan);
        let front = self.front.get_mut().take();
        if let Some(thread) = front.and_then(|front| front.thread) {
            // A signal has ended the run while a person is asked what to do.
            let prompts = self.switches.dap.is_none() && !thread.is_finished();
            let ended = self.current.lock().unwrap_or_else(PoisonError::into_inner);
            if prompts && ended.ending().is_some() {
                say("the run has ended; Enter leaves the debugger");
            }
            drop(ended);
            // A panic of it has been told already.
            let _ = thread.join();
        }
    }
}

/// The steps of a run, each once.
fn known(plan: &Plan<'_>) -> Vec<KnownStep> {
    plan.places()
        .map(|(step, phase, place, own)| KnownStep {
            name: step.name.value.clone(),
            phase,
            file: place.file,
            line: place.line,
            own,
        })
        .collect()
}

/// Waits for one editor, and talks with it until the run is over.
fn serve(session: Session, sources: Sources, listener: TcpListener) -> io::Result<JoinHandle<()>> {
    thread::Builder::new()
        .name("debugger".into())
        .spawn(move || {
            let told = listener.accept().and_then(|(stream, _)| {
                stream.set_nodelay(true)?;
                let input = BufReader::new(stream.try_clone()?);
                let server = Server::new(
                    session.clone(),
                    sources,
                    false,
                    Client::new(Box::new(stream)),
                );
                let teller = server.teller();
                thread::Builder::new()
                    .name("debugger-client".into())
                    .spawn(move || server.serve(input))?;
                teller.tell();
                Ok(())
            });
            if let Err(error) = told {
                say(format_args!("error: no editor can be served: {error}"));
                session.run_on();
            }
        })
}
