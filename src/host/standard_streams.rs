//! Lets a script print and read as a program of its own.

use std::{
    io::{self, Write},
    sync::{Mutex, PoisonError, mpsc},
    thread,
};

use rehearsal_python::interrupt::Interrupt;

use super::{
    ErrorKind, Host, HostError, Reply, Request, Stream, live::error::from_io, standard_input,
};

/// The most that is read from standard input at once.
const MAX_READ: u64 = 1 << 16;

/// Passes what the code prints to this process's standard output and error, and gives it this process's standard input.
pub struct StandardStreams<H> {
    inner: H,
    interrupt: Interrupt,
    input: Mutex<Option<Input>>,
}

/// A thread that reads, since nothing can end a read from a terminal: an interruption leaves it waiting for the next request.
struct Input {
    ask: mpsc::Sender<usize>,
    answers: mpsc::Receiver<Answer>,
    wake: mpsc::Sender<Answer>,
    /// A read that an interruption left unanswered.
    owed: bool,
    /// What such a read brought beyond what was asked for next.
    surplus: Vec<u8>,
}

enum Answer {
    Read(io::Result<Vec<u8>>),
    Interrupted,
}

impl<H: Host> StandardStreams<H> {
    /// Blocked reads end when `interrupt` is raised.
    pub fn new(inner: H, interrupt: Interrupt) -> Self {
        Self {
            inner,
            interrupt,
            input: Mutex::default(),
        }
    }

    fn read(&self, max: u64) -> Result<Reply, HostError> {
        let mut input = self.input.lock().unwrap_or_else(PoisonError::into_inner);
        let input = match &mut *input {
            Some(input) => input,
            none => none.insert(Input::new().map_err(|error| from_io(&error))?),
        };
        let max = usize::try_from(max.min(MAX_READ)).unwrap_or(0);
        if !input.surplus.is_empty() {
            return Ok(input.hand_over(max));
        }
        let wake = input.wake.clone();
        let _waking = self
            .interrupt
            .on_raise(move || drop(wake.send(Answer::Interrupted)));
        if !input.owed {
            // The thread ends with this process only.
            let _ = input.ask.send(max);
        }
        input.owed = true;
        loop {
            match input.answers.recv() {
                Ok(Answer::Read(result)) => {
                    input.owed = false;
                    input.surplus = result.map_err(|error| from_io(&error))?;
                    return Ok(input.hand_over(max));
                }
                Ok(Answer::Interrupted) if self.interrupt.pending() => {
                    return Err(HostError::new(ErrorKind::Interrupted, "interrupted"));
                }
                Ok(Answer::Interrupted) => {}
                Err(_) => return Ok(Reply::Bytes(Vec::new())),
            }
        }
    }
}

impl Input {
    fn hand_over(&mut self, max: usize) -> Reply {
        let rest = self.surplus.split_off(max.min(self.surplus.len()));
        Reply::Bytes(std::mem::replace(&mut self.surplus, rest))
    }

    fn new() -> io::Result<Self> {
        let (ask, asked) = mpsc::channel::<usize>();
        let (wake, answers) = mpsc::channel();
        let answer = wake.clone();
        thread::Builder::new().name("stdin".into()).spawn(move || {
            for max in asked {
                let mut data = vec![0; max];
                let result = standard_input::read(&mut data).map(|count| {
                    data.truncate(count);
                    data
                });
                if answer.send(Answer::Read(result)).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self {
            ask,
            answers,
            wake,
            owed: false,
            surplus: Vec::new(),
        })
    }
}

impl<H: Host> Host for StandardStreams<H> {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        match request {
            Request::Output { stream, data } => print(stream, &data)
                .map(|()| Reply::Done)
                .map_err(|error| from_io(&error)),
            Request::Input { max } => self.read(max),
            other => self.inner.call(other),
        }
    }
}

fn print(stream: Stream, data: &[u8]) -> io::Result<()> {
    fn whole(mut stream: impl Write, data: &[u8]) -> io::Result<()> {
        stream.write_all(data)?;
        stream.flush()
    }
    match stream {
        Stream::Stdout => whole(io::stdout().lock(), data),
        Stream::Stderr => whole(io::stderr().lock(), data),
    }
}
