//! The lines an operator types.
//!
//! The terminal stays as it is: the system edits the line, shows it, and turns Ctrl-C into its signal. So nothing has to be put back
//! when a prompt is given up, and a barcode scanner or a serial console works like a keyboard. Nothing can end a read from a
//! terminal; it is left to a thread, which serves the next prompt where one is given up.

use std::{
    io::{self, BufRead},
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use crate::flow::interruption::Stop;

#[cfg_attr(unix, path = "terminal_unix.rs")]
#[cfg_attr(not(unix), path = "terminal_other.rs")]
mod system;

/// How often a stop is looked for that nobody announces.
const LOOK: Duration = Duration::from_millis(50);

type Open = Box<dyn FnOnce() -> Box<dyn BufRead> + Send>;

pub struct Keyboard {
    state: State,
    /// Whether this is the terminal that the system may be asked about.
    real: bool,
}

enum State {
    /// Nothing is read before the first prompt: a run in the background would be halted for it.
    Closed(Open),
    Open {
        lines: Receiver<Read>,
        wake: Sender<Read>,
    },
    Ended,
}

enum Read {
    Line(String),
    Ended,
    Signal,
}

/// What became of waiting for a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// Without its newline, and without space around it.
    Line(String),
    /// No more lines will come.
    Ended,
    Stopped,
}

impl Keyboard {
    /// Standard input.
    pub fn of_this_process() -> Self {
        Self {
            state: State::Closed(Box::new(|| Box::new(io::stdin().lock()))),
            real: true,
        }
    }

    pub fn over(input: impl BufRead + Send + 'static) -> Self {
        Self {
            state: State::Closed(Box::new(|| Box::new(input))),
            real: false,
        }
    }

    /// Forgets what was typed before now: it was no answer to what is asked next.
    ///
    /// # Errors
    /// When there can be no thread that reads.
    pub fn forget(&mut self) -> io::Result<()> {
        if let State::Closed(_) = &self.state
            && let State::Closed(open) = std::mem::replace(&mut self.state, State::Ended)
        {
            if self.real {
                system::forget_typed();
            }
            let (wake, lines) = mpsc::channel();
            let sender = wake.clone();
            thread::Builder::new()
                .name("keyboard".into())
                .spawn(move || read(&mut *open(), &sender))?;
            if self.real {
                system::wait_for_typed();
            }
            self.state = State::Open { lines, wake };
        } else if self.real {
            system::forget_typed();
        }
        if let State::Open { lines, .. } = &self.state {
            while let Ok(read) = lines.try_recv() {
                if matches!(read, Read::Ended) {
                    self.state = State::Ended;
                    break;
                }
            }
        }
        Ok(())
    }

    /// Waits for the next line, or until the stop fires.
    pub fn line(&mut self, stop: &Stop) -> Heard {
        let State::Open { lines, wake } = &self.state else {
            return Heard::Ended;
        };
        let wake = wake.clone();
        let _listening = stop.listen(move || {
            // A keyboard that is gone needs no waking.
            let _ = wake.send(Read::Signal);
        });
        loop {
            if stop.fired() {
                return Heard::Stopped;
            }
            match lines.recv_timeout(LOOK) {
                Ok(Read::Line(line)) => return Heard::Line(line.trim().to_owned()),
                Ok(Read::Signal) | Err(RecvTimeoutError::Timeout) => {}
                Ok(Read::Ended) | Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.state = State::Ended;
        Heard::Ended
    }
}

/// Hands over line after line; text that is no UTF-8 as near as it can be read.
fn read(input: &mut dyn BufRead, lines: &Sender<Read>) {
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = match input.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => Read::Ended,
            Ok(_) => Read::Line(String::from_utf8_lossy(&line).into_owned()),
        };
        let ended = matches!(read, Read::Ended);
        if lines.send(read).is_err() || ended {
            return;
        }
    }
}
