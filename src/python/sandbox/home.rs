//! The sandbox as the engine sees it: one guest on a thread of its own, and another one with the same memory when that had to be ended.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use rehearsal_python::{interrupt::Interrupt, setup::Setup};

use super::{
    ahead::{self, Ahead, Found},
    control::Control,
    engine::GUEST_STACK,
    guest::{Broken, Guest, Limits},
    history::{Base, History},
    image::Image,
    memory::Saved,
};
use crate::{
    flow::interruption::Stop,
    host::{Gate, Handle, Host, rations::Rationed},
    python::{
        Call, Exception, Interpreter, Outcome, breakdown,
        conduct::{GRACE, PAUSE, end_programs, failed_to_start, stopped, system_error},
    },
};

/// How often code that was asked to stop is looked at.
const TICK: Duration = Duration::from_millis(1);

/// How often one that is about to start is.
const LOOK: Duration = Duration::from_millis(50);

/// What a thread needs beside the guest's own stack.
const STACK: usize = GUEST_STACK + (32 << 20);

/// Python in a sandbox. Code that will not stop is ended, and what it has changed since its step began is undone.
pub struct Sandbox {
    image: Image,
    host: Arc<Rationed<Arc<dyn Host>>>,
    interrupt: Interrupt,
    setup: Setup,
    limits: Limits,
    ahead: Option<Ahead>,
    worker: Option<Worker>,
    boundary: Arc<Mutex<Boundary>>,
}

/// What there was when the last call began.
#[derive(Default)]
struct Boundary {
    history: Option<History>,
    handles: BTreeSet<Handle>,
}

struct Worker {
    jobs: mpsc::Sender<(Call, mpsc::Sender<Message>)>,
    started: mpsc::Receiver<Result<(), Exception>>,
    ready: bool,
    control: Control,
    gate: Arc<Gate>,
}

enum Message {
    /// With whether it was asked to stop and had ended before it could notice.
    Done(Outcome, bool),
    Broken(Broken),
    /// Whether it is time to stop is to be looked at.
    Look,
}

impl Sandbox {
    /// Begins to start a guest and returns at once. `interrupt` is the one that wakes the host's blocked requests; `ahead` names what the first
    /// call will import.
    pub fn new(
        image: Image,
        host: Arc<dyn Host>,
        interrupt: Interrupt,
        setup: Setup,
        limits: Limits,
        ahead: Option<Ahead>,
    ) -> Self {
        let mut sandbox = Self {
            image,
            host: Arc::new(Rationed::new(host, limits.rations)),
            interrupt,
            setup,
            limits,
            ahead,
            worker: None,
            boundary: Arc::default(),
        };
        let gate = Arc::new(Gate::new(sandbox.host.clone()));
        sandbox.worker = sandbox.spawn(gate).ok();
        sandbox
    }

    fn spawn(&self, gate: Arc<Gate>) -> std::io::Result<Worker> {
        let (jobs, queue) = mpsc::channel::<(Call, mpsc::Sender<Message>)>();
        let (tell, started) = mpsc::channel();
        let control = Control::new(self.interrupt.clone());
        let origin = Origin {
            image: self.image.clone(),
            host: gate.clone(),
            control: control.clone(),
            setup: self.setup.clone(),
            limits: self.limits,
        };
        let (boundary, ahead) = (self.boundary.clone(), self.ahead.clone());
        thread::Builder::new()
            .name(breakdown::THREAD.into())
            .stack_size(STACK)
            .spawn(move || {
                let begun = origin.start(&boundary, ahead.as_ref());
                let (mut guest, mut beginning) = match begun {
                    Ok(begun) => begun,
                    Err(error) => return drop(tell.send(Err(error))),
                };
                if tell.send(Ok(())).is_err() {
                    return;
                }
                for (call, answer) in queue {
                    let begun = match beginning.take() {
                        None => Ok(()),
                        Some(beginning) => {
                            let history = origin.begin(&mut guest, beginning, &call.module);
                            history.map(|history| lock(&boundary).history = Some(history))
                        }
                    };
                    {
                        let mut boundary = lock(&boundary);
                        if let Some(history) = &mut boundary.history {
                            history.keep(&guest);
                        }
                        boundary.handles = origin.host.open_handles();
                    }
                    let outcome = match begun {
                        Ok(()) => guest.call(&call),
                        Err(error) => Ok(Outcome::ImportFailed(error)),
                    };
                    if let (Ok(_), Some(history)) = (&outcome, &mut lock(&boundary).history) {
                        history.called(call, &mut guest);
                    }
                    let broken = outcome.is_err();
                    let message = outcome.map_or_else(Message::Broken, |outcome| {
                        Message::Done(outcome, guest.unnoticed())
                    });
                    if answer.send(message).is_err() || broken {
                        break;
                    }
                }
            })?;
        Ok(Worker {
            jobs,
            started,
            ready: false,
            control,
            gate,
        })
    }

    /// The worker, waiting for the guest's start where need be.
    fn ready(&mut self, stop: &Stop) -> Result<&Worker, Outcome> {
        if self.worker.is_none() {
            let spawned = self.spawn(Arc::new(Gate::new(self.host.clone())));
            self.worker = Some(spawned.map_err(|error| failed_to_start(&error.to_string()))?);
        }
        let gone = || failed_to_start("its thread is gone");
        let worker = self.worker.as_mut().ok_or_else(gone)?;
        while !worker.ready {
            match worker.started.recv_timeout(LOOK) {
                Ok(Ok(())) => worker.ready = true,
                Ok(Err(error)) => {
                    self.worker = None;
                    return Err(Outcome::ImportFailed(error));
                }
                // An import ahead looks how long it has taken.
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    if stop.fired() {
                        worker.control.interrupt.raise();
                    }
                    self.image.engine.increment_epoch();
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    self.worker = None;
                    return Err(gone());
                }
            }
        }
        self.worker.as_ref().ok_or_else(gone)
    }

    /// Puts a guest in the place of one that was ended, with the memory and the handles of the moment before its last call.
    fn replace(&mut self) {
        if let Some(worker) = self.worker.take() {
            worker.control.kill();
            self.image.engine.increment_epoch();
            let kept = lock(&self.boundary).handles.clone();
            let gate = worker.gate.succeed(&kept);
            self.interrupt.take();
            self.worker = self.spawn(Arc::new(gate)).ok();
        }
    }

    fn end(&mut self, broken: Broken) -> Outcome {
        self.replace();
        match broken {
            Broken::Killed => Outcome::Lost,
            Broken::Memory => Outcome::Raised(Exception {
                class: "MemoryError".into(),
                message: format!(
                    "the sandbox's memory of {} MiB is used up; --memory-limit gives it more",
                    self.limits.memory >> 20
                ),
                traceback: Vec::new(),
            }),
            Broken::Defect(why) => Outcome::Raised(system_error(format!(
                "the Python interpreter broke down ({why}); the next step goes on from where this one began"
            ))),
        }
    }
}

/// What a guest is made from.
struct Origin {
    image: Image,
    host: Arc<Gate>,
    control: Control,
    setup: Setup,
    limits: Limits,
}

impl Origin {
    /// A guest that can be called: one that has become what the last one was, or a new one with what is to be done before its first call.
    fn start(
        &self,
        boundary: &Mutex<Boundary>,
        ahead: Option<&Ahead>,
    ) -> Result<(Guest, Option<Beginning>), Exception> {
        if let Some(history) = &lock(boundary).history {
            let mut guest = self.guest()?;
            let repeated = history.repeat(&mut guest, &self.setup);
            repeated.map_err(|broken| failed(format!("{broken:?}")))?;
            guest.note();
            return Ok((guest, None));
        }
        let imported = ahead.map(|ahead| self.ahead(ahead)).transpose()?.flatten();
        let (guest, beginning) = match (imported, ahead) {
            (Some((guest, base)), Some(ahead)) => {
                let module = ahead.module.clone();
                (guest, Beginning::Imported(module, base))
            }
            _ => {
                let (guest, history) = self.fresh()?;
                (guest, Beginning::Fresh(history))
            }
        };
        Ok((guest, Some(beginning)))
    }

    /// A guest in which the module is imported; none where that is to be left to the call.
    fn ahead(&self, ahead: &Ahead) -> Result<Option<(Guest, Base)>, Exception> {
        // Without a folder to keep it in, nothing would be won.
        let Ok(file) = ahead.file(&self.setup, &*self.host) else {
            return Ok(None);
        };
        match ahead::find(&file, &*self.host) {
            Found::NotAhead => Ok(None),
            Found::Memory(kept) => {
                let (mut guest, base) = (self.guest()?, Base::Ahead(kept));
                let restored = base.restore(&mut guest);
                Ok(restored.is_ok().then_some((guest, base)))
            }
            Found::Nothing => {
                let mut guest = self.fresh()?.0;
                let (lasting, notes) = guest.import_ahead(&ahead.module);
                if self.control.interrupt.take() {
                    // The run is over before it has begun; nothing is known of the import.
                    return Ok(None);
                }
                let mut memory = lasting.then(Saved::default);
                if let Some(memory) = &mut memory {
                    guest.save(memory);
                }
                // What cannot be kept is imported again in the next run.
                let _ = ahead::keep(&file, notes, memory.as_ref(), &*self.host);
                Ok(memory.map(|memory| (guest, Base::Saved(memory))))
            }
        }
    }

    /// Makes a guest ready for its first call: another one, where that call is not what was expected.
    fn begin(
        &self,
        guest: &mut Guest,
        beginning: Beginning,
        module: &str,
    ) -> Result<History, Exception> {
        match beginning {
            Beginning::Fresh(history) => Ok(history),
            Beginning::Imported(expected, base) if expected == module => {
                guest.note();
                let resumed = guest.resume(&self.setup);
                resumed.unwrap_or_else(|broken| Err(failed(format!("{broken:?}"))))?;
                let mut history = History::from(base);
                history.begun(guest);
                Ok(history)
            }
            Beginning::Imported(..) => {
                let history;
                (*guest, history) = self.fresh()?;
                Ok(history)
            }
        }
    }

    fn fresh(&self) -> Result<(Guest, History), Exception> {
        let mut guest = self.guest()?;
        guest.note();
        let settled = guest.settle(&self.setup);
        settled.unwrap_or_else(|broken| Err(failed(format!("{broken:?}"))))?;
        let mut history = History::from(Base::Image);
        history.begun(&mut guest);
        Ok((guest, history))
    }

    fn guest(&self) -> Result<Guest, Exception> {
        let (host, control) = (self.host.clone(), self.control.clone());
        Guest::new(&self.image, host, control, self.limits)
            .map_err(|error| failed(format!("{error:#}")))
    }
}

/// What is to be done before the first call of a guest that was not there before.
enum Beginning {
    /// Nothing more.
    Fresh(History),
    /// It has this module imported, and is to be told of its run.
    Imported(String, Base),
}

fn failed(why: impl fmt::Display) -> Exception {
    system_error(format!("the sandbox does not start: {why}"))
}

fn lock(boundary: &Mutex<Boundary>) -> MutexGuard<'_, Boundary> {
    boundary.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Interpreter for Sandbox {
    fn prepare(&mut self, stop: &Stop) {
        // What goes wrong here goes wrong again in the call, which tells it.
        drop(self.ready(stop).err());
    }

    fn call(&mut self, call: &Call, stop: &Stop) -> Outcome {
        let (answer, messages) = mpsc::channel();
        let tell = answer.clone();
        // Nobody waits any more when this fails.
        let listening = stop.listen(move || drop(tell.send(Message::Look)));
        self.host.begin();
        let engine = self.image.engine.clone();
        let (jobs, control) = match self.ready(stop) {
            Ok(worker) => (worker.jobs.clone(), worker.control.clone()),
            Err(outcome) => return outcome,
        };
        if stop.fired() {
            return Outcome::Interrupted(None);
        }
        if jobs.send((call.clone(), answer)).is_err() {
            return self.end(Broken::Defect("its thread is gone".into()));
        }
        let mut asked: Option<Instant> = None;
        loop {
            let message = match (asked, stop.left()) {
                // Somebody may want it to pause. Of time that is not the machine's, a debugged run counts only what is waited for.
                (None, left) if self.setup.debug => {
                    engine.increment_epoch();
                    messages.recv_timeout(left.map_or(PAUSE, |left| left.clamp(TICK, PAUSE)))
                }
                (None, None) => messages
                    .recv()
                    .map_err(|_| mpsc::RecvTimeoutError::Disconnected),
                (None, Some(left)) => messages.recv_timeout(left).inspect_err(|_| stop.waited()),
                (Some(_), _) => messages.recv_timeout(TICK),
            };
            match message {
                Ok(Message::Done(outcome, unnoticed)) => {
                    drop(listening);
                    return if asked.is_some() {
                        stopped(outcome, &self.interrupt, unnoticed)
                    } else {
                        outcome
                    };
                }
                Ok(Message::Broken(broken)) => {
                    drop(listening);
                    // However it ended: it had been asked to.
                    return self.end(asked.map_or(broken, |_| Broken::Killed));
                }
                Ok(Message::Look) | Err(mpsc::RecvTimeoutError::Timeout) => match asked {
                    None if stop.fired() => {
                        asked = Some(Instant::now());
                        control.ask(stop.cause().as_ref());
                        engine.increment_epoch();
                    }
                    None => {}
                    Some(asked) if asked.elapsed() < GRACE => engine.increment_epoch(),
                    Some(_) => return self.end(Broken::Killed),
                },
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    return self.end(Broken::Defect("its thread is gone".into()));
                }
            }
        }
    }

    /// What the modules have kept is as it was when the last call began.
    fn renew(&mut self) {
        self.replace();
    }

    fn finish(&mut self, at_once: bool) {
        end_programs(&*self.host, at_once);
    }

    fn keeps_state(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        "sandbox"
    }
}
