//! Programs that test code has started. Each has a thread that waits for its end, so that a wait can be interrupted.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use rehearsal_python::interrupt::Interrupt;

use super::{
    capture::{Capture, Streams},
    error::{bad_handle, from_io, interrupted, timed_out},
    process::{self, KILL, Process, TERMINATE},
    wait::deadline,
};
use crate::host::{Ended, ErrorKind, Handle, HostError, Program, Reply, Standard, Variables};

/// How long the end of a program that was killed may take to be noticed.
const LAST: Duration = Duration::from_secs(2);

/// How often it is looked whether all programs have ended, at the end of a run.
const PAUSE: Duration = Duration::from_millis(5);

pub struct Programs {
    root: PathBuf,
    environment: Arc<[(String, String)]>,
    streams: Streams,
    interrupt: Interrupt,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    running: HashMap<Handle, Arc<Running>>,
    /// The run has ended, and no program is started any more.
    over: bool,
}

struct Running {
    process: Process,
    ended: Mutex<Option<Ended>>,
    change: Condvar,
}

impl Programs {
    pub fn new(
        root: &Path,
        environment: Arc<[(String, String)]>,
        streams: Streams,
        interrupt: Interrupt,
    ) -> Self {
        Self {
            root: root.to_owned(),
            environment,
            streams,
            interrupt,
            table: Mutex::default(),
        }
    }

    /// Starts a program; `stdio` gives the standard stream that a handle stands for.
    pub fn spawn(
        &self,
        program: &Program,
        stdio: impl Fn(Handle) -> Result<Stdio, HostError>,
        handle: Handle,
    ) -> Result<Reply, HostError> {
        let mut capture = Capture::new(self.streams.clone());
        let command = self.command(program, stdio, &mut capture)?;
        // Held until the program is in the table, so that the end of the run finds it.
        let mut table = self.table();
        if table.over {
            return Err(HostError::new(
                ErrorKind::Unsupported,
                "the run is over; no program is started any more",
            ));
        }
        let process = Process::start(command, program.session).map_err(|error| {
            let mut refusal = from_io(&error);
            refusal.kind = process::unnamed(&error).unwrap_or(refusal.kind);
            refusal
        })?;
        let pid = process.pid();
        let running = Arc::new(Running {
            process,
            ended: Mutex::default(),
            change: Condvar::new(),
        });
        let watched = running.clone();
        let watching = thread::Builder::new()
            .name("program".into())
            .spawn(move || watched.watch(capture));
        if let Err(error) = watching {
            // Nobody would ever know of its end.
            let _ = running.process.signal(KILL, true);
            return Err(from_io(&error));
        }
        table.running.insert(handle, running);
        Ok(Reply::Spawned { handle, pid })
    }

    fn command(
        &self,
        program: &Program,
        stdio: impl Fn(Handle) -> Result<Stdio, HostError>,
        capture: &mut Capture,
    ) -> Result<Command, HostError> {
        let folder = self.root.join(&program.folder);
        let variables = self.variables(&program.variables);
        let path = variables.get("PATH").copied();
        let mut command = process::command(program, &folder, path)?;
        command.env_clear().envs(variables).current_dir(folder);
        let mut stream = |standard| match standard {
            Standard::Empty => Ok(Stdio::null()),
            Standard::Input => Ok(capture.input()),
            Standard::Output(stream) => capture.output(stream).map_err(|error| from_io(&error)),
            Standard::Handle(handle) => stdio(handle),
        };
        command
            .stdin(stream(program.stdin)?)
            .stdout(stream(program.stdout)?)
            .stderr(stream(program.stderr)?);
        Ok(command)
    }

    fn variables<'a>(&'a self, wanted: &'a Variables) -> HashMap<&'a str, &'a str> {
        let mut variables = HashMap::new();
        if wanted.inherit {
            let own = self.environment.iter();
            variables.extend(own.map(|(name, value)| (name.as_str(), value.as_str())));
        }
        for name in &wanted.remove {
            variables.remove(name.as_str());
        }
        let set = wanted.set.iter();
        variables.extend(set.map(|(name, value)| (name.as_str(), value.as_str())));
        variables
    }

    pub fn wait(&self, handle: Handle, timeout: Option<u64>) -> Result<Reply, HostError> {
        let until = deadline(timeout);
        let running = self.get(handle)?;
        let woken = running.clone();
        let _waking = self.interrupt.on_raise(move || {
            // With the lock, so that nobody is between looking and waiting.
            let _ended = woken.ended();
            woken.change.notify_all();
        });
        let mut ended = running.ended();
        loop {
            if let Some(ended) = *ended {
                return Ok(Reply::Ended(ended));
            }
            if self.interrupt.pending() {
                return Err(interrupted());
            }
            let left = until.map_or(Duration::from_secs(3600), |until| {
                until.saturating_duration_since(Instant::now())
            });
            if left.is_zero() {
                return Err(timed_out());
            }
            ended = running
                .change
                .wait_timeout(ended, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    pub fn signal(&self, handle: Handle, signal: u32, group: bool) -> Result<Reply, HostError> {
        let running = self.get(handle)?;
        running.process.signal(signal, group).map(|()| Reply::Done)
    }

    /// Kills the program with all it has started; whether the handle was one.
    pub fn close(&self, handle: Handle) -> bool {
        let running = self.table().running.remove(&handle);
        if let Some(running) = &running {
            // What cannot be killed any more has ended.
            let _ = running.process.signal(KILL, true);
        }
        running.is_some()
    }

    /// Asks all programs that are left to end, and kills after `grace` nanoseconds those that have not.
    pub fn end(&self, grace: u64) {
        let left = {
            let mut table = self.table();
            table.over = true;
            std::mem::take(&mut table.running)
        };
        let signal = |number| {
            for running in left.values() {
                // What cannot be reached any more has ended.
                let _ = running.process.signal(number, true);
            }
        };
        if grace > 0 {
            signal(TERMINATE);
            wait_until(Duration::from_nanos(grace), || {
                left.values().all(|running| !running.process.alive())
            });
        }
        signal(KILL);
        // What they have printed last belongs to the run.
        wait_until(LAST, || {
            left.values().all(|running| running.ended().is_some())
        });
    }

    fn get(&self, handle: Handle) -> Result<Arc<Running>, HostError> {
        let table = self.table();
        table.running.get(&handle).cloned().ok_or_else(bad_handle)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// Waits for the program's end, and for what it has printed; then tells who waits.
    fn watch(&self, capture: Capture) {
        let reading = capture.read();
        let how = self.process.wait().unwrap_or(Ended::Code(-1));
        reading.settle();
        *self.ended() = Some(how);
        self.change.notify_all();
    }

    fn ended(&self) -> MutexGuard<'_, Option<Ended>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wait_until(at_most: Duration, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() && start.elapsed() < at_most {
        thread::sleep(PAUSE);
    }
}
