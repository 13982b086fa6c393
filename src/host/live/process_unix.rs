//! A program as POSIX systems run it: the leader of a process group, which gets its signals.

use std::{
    env, io,
    os::unix::{
        fs::PermissionsExt,
        process::{CommandExt, ExitStatusExt},
    },
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    sync::{Mutex, MutexGuard, PoisonError},
};

use process_wrap::std::{ChildWrapper, CommandWrap, ProcessGroup, ProcessSession};
use rustix::{
    io::Errno,
    process::{
        Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group,
        test_kill_process_group, waitid,
    },
};

use crate::host::{Ended, ErrorKind, HostError, Program};

/// Where programs are looked for when the environment does not say.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// Linux's numbers, which test code uses everywhere, and this system's signals.
const SIGNALS: [(u32, Signal); 21] = [
    (1, Signal::HUP),
    (2, Signal::INT),
    (3, Signal::QUIT),
    (4, Signal::ILL),
    (5, Signal::TRAP),
    (6, Signal::ABORT),
    (7, Signal::BUS),
    (8, Signal::FPE),
    (9, Signal::KILL),
    (10, Signal::USR1),
    (11, Signal::SEGV),
    (12, Signal::USR2),
    (13, Signal::PIPE),
    (14, Signal::ALARM),
    (15, Signal::TERM),
    (17, Signal::CHILD),
    (18, Signal::CONT),
    (19, Signal::STOP),
    (20, Signal::TSTP),
    (21, Signal::TTIN),
    (22, Signal::TTOU),
];

/// The signal that asks a program to end.
pub const TERMINATE: u32 = 15;
/// The one that it cannot refuse.
pub const KILL: u32 = 9;

/// The command without its environment, folder and streams. `path` is the PATH to look into.
///
/// # Errors
/// `NotFound` and `Denied` when no file of that name can be run.
pub fn command(program: &Program, folder: &Path, path: Option<&str>) -> Result<Command, HostError> {
    let file = find(&program.program, folder, path.unwrap_or(DEFAULT_PATH))?;
    let mut command = Command::new(file);
    if let [name, rest @ ..] = program.arguments.as_slice() {
        command.arg0(name).args(rest);
    }
    Ok(command)
}

fn find(name: &str, folder: &Path, path: &str) -> Result<PathBuf, HostError> {
    if name.contains('/') {
        return Ok(name.into());
    }
    let mut denied = false;
    for place in env::split_paths(path) {
        let file = folder.join(place).join(name);
        match file.metadata() {
            Ok(found) if found.is_file() => {
                if found.permissions().mode() & 0o111 != 0 {
                    return Ok(file);
                }
                denied = true;
            }
            _ => {}
        }
    }
    Err(if denied {
        HostError::new(ErrorKind::Denied, "Permission denied")
    } else {
        HostError::new(ErrorKind::NotFound, "No such file or directory")
    })
}

/// The kind of a failure to start that the standard library has no name for.
pub fn unnamed(error: &io::Error) -> Option<ErrorKind> {
    match Errno::from_io_error(error)? {
        Errno::NOEXEC => Some(ErrorKind::NotProgram),
        Errno::TOOBIG => Some(ErrorKind::ArgumentsTooLong),
        _ => None,
    }
}

pub struct Process {
    pid: Pid,
    state: Mutex<State>,
}

struct State {
    child: Box<dyn ChildWrapper>,
    /// Its number may belong to another program by now.
    reaped: bool,
    /// Whether programs it has started may be left.
    group: bool,
}

impl Process {
    pub fn start(command: Command, session: bool) -> io::Result<Self> {
        let mut command = CommandWrap::from(command);
        if session {
            command.wrap(ProcessSession);
        } else {
            command.wrap(ProcessGroup::leader());
        }
        let child = command.spawn()?;
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        Ok(Self {
            pid: pid.ok_or_else(|| io::Error::other("the program has no process number"))?,
            state: Mutex::new(State {
                child,
                reaped: false,
                group: true,
            }),
        })
    }

    pub fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Waits for its end; to be called once.
    pub fn wait(&self) -> io::Result<Ended> {
        // It stays a zombie at first, so that no signal can reach another program with its number.
        let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while let Err(error) = waitid(WaitId::Pid(self.pid), ended) {
            if error != Errno::INTR {
                return Err(error.into());
            }
        }
        let mut state = self.state();
        let status = state.child.wait()?;
        state.reaped = true;
        state.group = test_kill_process_group(self.pid).is_ok();
        Ok(how(status))
    }

    /// Sends a signal to it, or to all of its group.
    ///
    /// # Errors
    /// `NoProcess` when there is none any more, `Invalid` for a signal that this system does not have.
    pub fn signal(&self, number: u32, group: bool) -> Result<(), HostError> {
        let state = self.state();
        let gone = if group { !state.group } else { state.reaped };
        if gone {
            return Err(no_process());
        }
        if number == 0 {
            return Ok(());
        }
        let signal = SIGNALS.iter().find(|(its, _)| *its == number);
        let Some((_, signal)) = signal else {
            return Err(HostError::new(ErrorKind::Invalid, "Invalid argument"));
        };
        let sent = if group {
            kill_process_group(self.pid, *signal)
        } else {
            kill_process(self.pid, *signal)
        };
        sent.map_err(|error| match error {
            Errno::SRCH => no_process(),
            error => HostError::new(ErrorKind::Denied, io::Error::from(error)),
        })
    }

    /// Whether it, or a program of its group, still runs.
    pub fn alive(&self) -> bool {
        let mut state = self.state();
        state.group = state.group && (!state.reaped || test_kill_process_group(self.pid).is_ok());
        state.group
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_process() -> HostError {
    HostError::new(ErrorKind::NoProcess, "No such process")
}

fn how(status: ExitStatus) -> Ended {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ended::Code(code),
        (None, Some(signal)) => {
            let known = SIGNALS.iter().find(|(_, its)| its.as_raw() == signal);
            Ended::Signal(known.map_or(signal.unsigned_abs(), |(number, _)| *number))
        }
        (None, None) => Ended::Code(-1),
    }
}
