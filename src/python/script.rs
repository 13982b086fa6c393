//! A whole program in an interpreter of its own, as CPython's command line runs one.

use std::{
    io,
    sync::{Arc, mpsc},
    thread,
};

use rehearsal_python::{
    call::Script,
    interpreter::{Python, Stopper},
    interrupt::Interrupt,
    setup::Setup,
};

use super::{
    Exception, breakdown,
    conduct::{REPEAT, STACK, end_programs, fatal, system_error},
};
use crate::{
    flow::interruption::{Interruption, Signal},
    host::{Gate, Host},
};

/// How a program ended.
#[derive(Debug)]
pub enum ScriptEnd {
    /// With this exit code.
    Exit(u8),
    /// A signal ended it, without asking.
    Signal(Signal),
    /// The interpreter did not start, or broke down.
    Broken(Exception),
}

enum Message {
    Started(Stopper),
    Ended(ScriptEnd),
    Signal,
}

/// Runs the program. Ctrl-C raises KeyboardInterrupt in it, the third one ends it; SIGTERM and SIGHUP end it at once.
///
/// # Errors
/// When there is no thread to be had for the interpreter.
pub fn run_script(
    script: Script,
    host: Arc<dyn Host>,
    interrupt: Interrupt,
    setup: Setup,
    interruption: &Interruption,
) -> io::Result<ScriptEnd> {
    let gate = Arc::new(Gate::new(host));
    let (tell, messages) = mpsc::channel();
    let _listening = {
        let tell = tell.clone();
        interruption
            .stop_above(0)
            .listen(move || drop(tell.send(Message::Signal)))
    };
    let its = gate.clone();
    thread::Builder::new()
        .name(breakdown::THREAD.into())
        .stack_size(STACK)
        .spawn(move || {
            let end = breakdown::caught(|| match Python::new(its, interrupt, &setup) {
                Ok(python) => {
                    let _ = tell.send(Message::Started(python.stopper()));
                    let end = python.script(&script);
                    python.abandon();
                    end.map_or_else(ScriptEnd::Broken, ScriptEnd::Exit)
                }
                Err(error) => ScriptEnd::Broken(error),
            });
            let end = end.unwrap_or_else(|why| broken(&why));
            // Nobody waits any more when this fails.
            let _ = tell.send(Message::Ended(end));
        })?;
    let end = wait(&messages, interruption);
    end_programs(&*gate, matches!(end, ScriptEnd::Signal(_)));
    gate.shut();
    Ok(end)
}

fn broken(why: &str) -> ScriptEnd {
    ScriptEnd::Broken(system_error(format!(
        "the Python interpreter broke down ({why})"
    )))
}

fn wait(messages: &mpsc::Receiver<Message>, interruption: &Interruption) -> ScriptEnd {
    let mut stopper: Option<Stopper> = None;
    let mut answered = 0;
    let mut asked = false;
    loop {
        let message = if asked {
            messages.recv_timeout(REPEAT)
        } else {
            messages
                .recv()
                .map_err(|_| mpsc::RecvTimeoutError::Disconnected)
        };
        match message {
            Ok(Message::Ended(end)) => return end,
            Ok(Message::Started(its)) => stopper = Some(its),
            Ok(Message::Signal) | Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                return broken("its thread is gone");
            }
        }
        let count = interruption.count();
        if let Some(signal) = fatal(interruption) {
            return ScriptEnd::Signal(signal);
        }
        if let Some(stopper) = &stopper {
            if count > answered {
                answered = count;
                asked = true;
                stopper.stop();
            } else if asked && stopper.taken() {
                asked = false;
            } else if asked {
                stopper.remind();
            }
        }
    }
}
