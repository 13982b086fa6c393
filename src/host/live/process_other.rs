//! A program as Windows runs it: in a job object, so that what it starts ends with it.

use std::{
    env, io,
    os::windows::process::CommandExt,
    path::Path,
    process::Command,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use process_wrap::std::{ChildWrapper, CommandWrap, JobObject};

use crate::host::{Ended, ErrorKind, HostError, Program};

/// The signal that asks a program to end; here it is ended at once.
pub const TERMINATE: u32 = 15;
/// The one that it cannot refuse.
pub const KILL: u32 = 9;

/// Signals, in Linux's numbers, whose default is to end the program: HUP, INT, QUIT, ABRT, KILL, ALRM, TERM.
const ENDING: [u32; 7] = [1, 2, 3, 6, KILL, 14, TERMINATE];

/// How often a program is asked whether it has ended.
const PAUSE: Duration = Duration::from_millis(10);

/// The command without its environment, folder and streams. Windows itself looks into the PATH of the program's environment.
///
/// # Errors
/// None.
#[expect(
    clippy::unnecessary_wraps,
    reason = "other systems look for the file here"
)]
pub fn command(program: &Program, _: &Path, _: Option<&str>) -> Result<Command, HostError> {
    // What the standard library makes of `shell=True` where `sys.platform` is linux.
    if let ("/bin/sh", [_, option, line]) = (&*program.program, program.arguments.as_slice())
        && option == "-c"
    {
        let shell = env::var_os("COMSPEC").unwrap_or_else(|| "cmd.exe".into());
        let mut command = Command::new(shell);
        command.raw_arg(format!("/c \"{line}\""));
        return Ok(command);
    }
    let mut command = Command::new(&program.program);
    command.args(program.arguments.iter().skip(1));
    Ok(command)
}

/// The kind of a failure to start that the standard library has no name for.
pub fn unnamed(error: &io::Error) -> Option<ErrorKind> {
    const ERROR_BAD_EXE_FORMAT: i32 = 193;
    (error.raw_os_error() == Some(ERROR_BAD_EXE_FORMAT)).then_some(ErrorKind::NotProgram)
}

pub struct Process {
    pid: u32,
    state: Mutex<State>,
}

struct State {
    child: Box<dyn ChildWrapper>,
    /// The signal it was ended by.
    signal: Option<u32>,
    ended: bool,
}

impl Process {
    pub fn start(command: Command, _: bool) -> io::Result<Self> {
        let child = CommandWrap::from(command).wrap(JobObject).spawn()?;
        Ok(Self {
            pid: child.id(),
            state: Mutex::new(State {
                child,
                signal: None,
                ended: false,
            }),
        })
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits for its end; to be called once.
    pub fn wait(&self) -> io::Result<Ended> {
        loop {
            {
                let mut state = self.state();
                // The program alone, and not all of its job.
                if let Some(status) = state.child.inner_mut().try_wait()? {
                    state.ended = true;
                    return Ok(match state.signal {
                        Some(signal) => Ended::Signal(signal),
                        None => Ended::Code(status.code().unwrap_or(-1)),
                    });
                }
            }
            thread::sleep(PAUSE);
        }
    }

    /// Ends it, or all of its job, when that is what the signal does to a program that does not mind it.
    ///
    /// # Errors
    /// `NoProcess` when there is none any more, `Invalid` for another signal.
    pub fn signal(&self, number: u32, group: bool) -> Result<(), HostError> {
        let mut state = self.state();
        if state.ended && !group {
            return Err(HostError::new(ErrorKind::NoProcess, "No such process"));
        }
        if number == 0 {
            return Ok(());
        }
        if !ENDING.contains(&number) {
            return Err(HostError::new(
                ErrorKind::Invalid,
                "this system has only signals that end a program",
            ));
        }
        if !state.ended {
            state.signal = Some(number);
        }
        let sent = if group {
            state.child.start_kill()
        } else {
            state.child.inner_mut().start_kill()
        };
        sent.map_err(|error| HostError::new(ErrorKind::Denied, error))
    }

    /// Whether it still runs; what is left of its job is not known.
    pub fn alive(&self) -> bool {
        !self.state().ended
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
