//! A screen, and an operator before it who types a line at every prompt.

use std::{
    io::{self, BufReader, PipeReader, PipeWriter, Read, Write},
    sync::{Arc, Condvar, Mutex, PoisonError},
};

use rehearsal::operator::Terminal;

/// What has been shown.
#[derive(Clone, Default)]
pub struct Shown(Arc<Mutex<String>>);

impl Shown {
    pub fn text(&self) -> String {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

struct Screen {
    shown: Shown,
    lines: std::vec::IntoIter<&'static str>,
    /// Closed once the lines are used up, if the operator leaves.
    keys: Option<PipeWriter>,
    leaves: bool,
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.shown
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.shown.text().ends_with("> ") {
            return Ok(());
        }
        match (self.lines.next(), &mut self.keys) {
            (Some(line), Some(keys)) => writeln!(keys, "{line}"),
            _ => {
                if self.leaves {
                    self.keys = None;
                }
                Ok(())
            }
        }
    }
}

/// A terminal at which these lines are typed, one at each prompt; then the operator leaves.
pub fn terminal(lines: &[&'static str]) -> (Terminal, Shown) {
    let (keyboard, keys) = io::pipe().expect("a pipe");
    let shown = Shown::default();
    let screen = Screen {
        shown: shown.clone(),
        lines: Vec::from(lines).into_iter(),
        keys: Some(keys),
        leaves: true,
    };
    (
        Terminal::over("/package", BufReader::new(keyboard), screen),
        shown,
    )
}

/// One at which the operator stays; with a further way to type, and one to see how often the keyboard has been read.
pub fn watched(lines: &[&'static str]) -> (Terminal, Shown, PipeWriter, Reads) {
    let (keyboard, keys) = io::pipe().expect("a pipe");
    let more = keys.try_clone().expect("another end");
    let (shown, reads) = (Shown::default(), Reads::default());
    let screen = Screen {
        shown: shown.clone(),
        lines: Vec::from(lines).into_iter(),
        keys: Some(keys),
        leaves: false,
    };
    let keyboard = Counted {
        keyboard,
        reads: reads.clone(),
    };
    (
        Terminal::over("/package", BufReader::new(keyboard), screen),
        shown,
        more,
        reads,
    )
}

/// How many reads have begun.
#[derive(Clone, Default)]
pub struct Reads(Arc<(Mutex<u32>, Condvar)>);

impl Reads {
    pub fn wait_for(&self, count: u32) {
        let (begun, changed) = &*self.0;
        let mut begun = begun.lock().expect("the count");
        while *begun < count {
            begun = changed.wait(begun).expect("the count");
        }
    }
}

struct Counted {
    keyboard: PipeReader,
    reads: Reads,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (begun, changed) = &*self.reads.0;
        *begun.lock().expect("the count") += 1;
        changed.notify_all();
        self.keyboard.read(buffer)
    }
}
