//! The native home: RustPython in this process, on a thread of its own.

use std::{
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use rehearsal_python::{
    interpreter::{Python, Stopper},
    interrupt::Interrupt,
    setup::Setup,
};

use super::{
    Call, Exception, Interpreter, Outcome, breakdown,
    conduct::{GRACE, PAUSE, REPEAT, STACK, end_programs, failed_to_start, stopped, system_error},
};
use crate::{
    flow::interruption::Stop,
    host::{Gate, Host},
};

/// When code that has taken a request up, and goes on all the same, is asked once more.
const LAST: Duration = Duration::from_millis(350);

/// RustPython in this process. Code that will not stop is left behind with its thread, and a fresh interpreter takes over.
pub struct Native {
    host: Arc<dyn Host>,
    interrupt: Interrupt,
    setup: Setup,
    worker: Option<Worker>,
}

struct Worker {
    jobs: mpsc::Sender<(Call, mpsc::Sender<Message>)>,
    started: mpsc::Receiver<Result<Stopper, Exception>>,
    stopper: Option<Stopper>,
    gate: Arc<Gate>,
}

enum Message {
    Done(Outcome),
    /// The interpreter itself failed; with what it said.
    Broken(String),
    /// Whether it is time to stop is to be looked at.
    Look,
}

impl Native {
    /// Begins to start the interpreter and returns at once. `interrupt` is the one that wakes the host's blocked requests.
    pub fn new(host: Arc<dyn Host>, interrupt: Interrupt, setup: Setup) -> Self {
        let mut native = Self {
            host,
            interrupt,
            setup,
            worker: None,
        };
        native.worker = native.spawn().ok();
        native
    }

    fn spawn(&self) -> std::io::Result<Worker> {
        let gate = Arc::new(Gate::new(self.host.clone()));
        let (jobs, queue) = mpsc::channel::<(Call, mpsc::Sender<Message>)>();
        let (tell, started) = mpsc::channel();
        let (host, interrupt, setup) = (gate.clone(), self.interrupt.clone(), self.setup.clone());
        thread::Builder::new()
            .name(breakdown::THREAD.into())
            .stack_size(STACK)
            .spawn(move || {
                let python = match Python::new(host, interrupt, &setup) {
                    Ok(python) => python,
                    Err(error) => return drop(tell.send(Err(error))),
                };
                if tell.send(Ok(python.stopper())).is_ok() {
                    for (call, answer) in queue {
                        let outcome = breakdown::caught(|| python.call(&call));
                        let broken = outcome.is_err();
                        let message = outcome.map_or_else(Message::Broken, Message::Done);
                        if answer.send(message).is_err() || broken {
                            break;
                        }
                    }
                }
                python.abandon();
            })?;
        Ok(Worker {
            jobs,
            started,
            stopper: None,
            gate,
        })
    }

    /// The worker and its stopper, waiting for the interpreter's start where need be; gives up on one that does not start once
    /// the run is to stop.
    fn ready(&mut self, stop: &Stop) -> Result<(&Worker, Stopper), Outcome> {
        if self.worker.is_none() {
            let spawned = self.spawn();
            self.worker = Some(spawned.map_err(|error| failed_to_start(&error.to_string()))?);
        }
        let mut stopping: Option<Instant> = None;
        let stopper = loop {
            let Some(worker) = &mut self.worker else {
                return Err(failed_to_start("its thread is gone"));
            };
            if let Some(stopper) = &worker.stopper {
                break stopper.clone();
            }
            match worker.started.recv_timeout(REPEAT) {
                Ok(Ok(stopper)) => worker.stopper = Some(stopper),
                Ok(Err(error)) => {
                    self.worker = None;
                    return Err(Outcome::ImportFailed(error));
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    self.worker = None;
                    return Err(failed_to_start("its thread is gone"));
                }
                Err(mpsc::RecvTimeoutError::Timeout) if stop.fired() => {
                    if stopping.get_or_insert_with(Instant::now).elapsed() >= GRACE {
                        return Err(self.lose());
                    }
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
            }
        };
        match &self.worker {
            Some(worker) => Ok((worker, stopper)),
            None => Err(failed_to_start("its thread is gone")),
        }
    }

    fn lose(&mut self) -> Outcome {
        if let Some(worker) = self.worker.take() {
            if let Some(stopper) = &worker.stopper {
                stopper.give_up();
            }
            worker.gate.shut();
        }
        self.interrupt.take();
        self.setup.collect = false;
        Outcome::Lost
    }
}

impl Interpreter for Native {
    fn prepare(&mut self, stop: &Stop) {
        // What goes wrong here goes wrong again in the call, which tells it.
        drop(self.ready(stop).err());
    }

    fn call(&mut self, call: &Call, stop: &Stop) -> Outcome {
        let (answer, messages) = mpsc::channel();
        let tell = answer.clone();
        // Nobody waits any more when this fails.
        let listening = stop.listen(move || drop(tell.send(Message::Look)));
        let (worker, stopper) = match self.ready(stop) {
            Ok(ready) => ready,
            Err(outcome) => return outcome,
        };
        if stop.fired() {
            return Outcome::Interrupted(None);
        }
        if worker.jobs.send((call.clone(), answer)).is_err() {
            return self.lose();
        }
        let mut asked: Option<Instant> = None;
        let mut repeated = false;
        loop {
            let message = match (asked, stop.left()) {
                // Of time that is not the machine's, a debugged run counts only what is waited for.
                (None, left) if self.setup.debug => {
                    if self.interrupt.take_pause() {
                        stopper.pause();
                    }
                    messages.recv_timeout(left.map_or(PAUSE, |left| left.clamp(REPEAT, PAUSE)))
                }
                (None, None) => messages
                    .recv()
                    .map_err(|_| mpsc::RecvTimeoutError::Disconnected),
                (None, Some(left)) => messages.recv_timeout(left).inspect_err(|_| stop.waited()),
                (Some(_), _) => messages.recv_timeout(REPEAT),
            };
            match message {
                Ok(Message::Done(outcome)) => {
                    drop(listening);
                    return if asked.is_some() {
                        stopped(outcome, &self.interrupt, false)
                    } else {
                        outcome
                    };
                }
                Ok(Message::Broken(why)) => {
                    self.lose();
                    return Outcome::Raised(system_error(format!(
                        "the Python interpreter broke down ({why}); the next step gets a fresh one"
                    )));
                }
                Ok(Message::Look) | Err(mpsc::RecvTimeoutError::Timeout) if asked.is_none() => {
                    if stop.fired() {
                        asked = Some(Instant::now());
                        stopper.stop();
                    }
                }
                Ok(Message::Look) => {}
                Err(mpsc::RecvTimeoutError::Timeout)
                    if asked.is_some_and(|asked| asked.elapsed() < GRACE) =>
                {
                    // An exception raised where Python drops it, in a destructor say, is followed by a last one.
                    let again = !repeated && asked.is_some_and(|asked| asked.elapsed() >= LAST);
                    if again {
                        repeated = true;
                        stopper.stop();
                    } else if !stopper.taken() {
                        stopper.remind();
                    }
                }
                Err(_) => return self.lose(),
            }
        }
    }

    fn renew(&mut self) {
        self.worker = None;
    }

    fn finish(&mut self, at_once: bool) {
        end_programs(&*self.host, at_once);
    }

    fn name(&self) -> &'static str {
        "native"
    }
}
