//! A whole program in a sandbox.

use std::{
    io,
    sync::{Arc, mpsc},
    thread,
};

use rehearsal_python::{call::Script, interrupt::Interrupt, setup::Setup};

use super::{
    control::Control,
    engine::GUEST_STACK,
    guest::{Broken, Guest, Limits},
    image::Image,
};
use crate::{
    flow::interruption::{Interruption, Signal},
    host::{
        Gate, Host,
        rations::{Rationed, Rations},
    },
    python::{
        ScriptEnd, breakdown,
        conduct::{end_programs, fatal, system_error},
    },
};

enum Message {
    Ended(ScriptEnd),
    Signal,
}

/// Runs the program as [`crate::python::run_script`] does, but in a sandbox.
///
/// # Errors
/// When there is no thread to be had for it.
pub fn run_script(
    image: Image,
    limits: Limits,
    script: Script,
    host: Arc<dyn Host>,
    interrupt: Interrupt,
    setup: Setup,
    interruption: &Interruption,
) -> io::Result<ScriptEnd> {
    // What a script prints is its user's to judge.
    let rations = Rations {
        output: u64::MAX,
        requests: u64::MAX,
        ..limits.rations
    };
    let gate = Arc::new(Gate::new(Arc::new(Rationed::new(host, rations))));
    let control = Control::patient(interrupt.clone());
    let engine = image.engine.clone();
    let (tell, messages) = mpsc::channel();
    let _listening = {
        let tell = tell.clone();
        interruption
            .stop_above(0)
            .listen(move || drop(tell.send(Message::Signal)))
    };
    let (its, host) = (control.clone(), gate.clone());
    thread::Builder::new()
        .name(breakdown::THREAD.into())
        .stack_size(GUEST_STACK + (32 << 20))
        .spawn(move || {
            let end = match Guest::new(&image, host, its, limits) {
                Ok(mut guest) => run(&mut guest, &script, &setup),
                Err(error) => ScriptEnd::Broken(system_error(format!(
                    "the sandbox does not start: {error:#}"
                ))),
            };
            // Nobody waits any more when this fails.
            let _ = tell.send(Message::Ended(end));
        })?;
    let mut answered = 0;
    let end = loop {
        match messages.recv() {
            Ok(Message::Ended(end)) => break end,
            Ok(Message::Signal) => {}
            Err(_) => break ScriptEnd::Broken(system_error("its thread is gone".into())),
        }
        let count = interruption.count();
        if let Some(signal) = fatal(interruption) {
            break ScriptEnd::Signal(signal);
        }
        if count > answered {
            answered = count;
            control.interrupt.raise();
            engine.increment_epoch();
        }
    };
    end_programs(&*gate, matches!(end, ScriptEnd::Signal(_)));
    gate.shut();
    Ok(end)
}

fn run(guest: &mut Guest, script: &Script, setup: &Setup) -> ScriptEnd {
    let ended = guest
        .settle(setup)
        .and_then(|settled| settled.map_or_else(|error| Ok(Err(error)), |()| guest.script(script)));
    match ended {
        Ok(Ok(code)) => ScriptEnd::Exit(code),
        Ok(Err(error)) => ScriptEnd::Broken(error),
        Err(Broken::Memory) => ScriptEnd::Broken(system_error(
            "the sandbox's memory is used up; --memory-limit gives it more".into(),
        )),
        Err(Broken::Killed) => ScriptEnd::Signal(Signal::Interrupt),
        Err(Broken::Defect(why)) => ScriptEnd::Broken(system_error(format!(
            "the Python interpreter broke down ({why})"
        ))),
    }
}
