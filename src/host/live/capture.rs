//! The test code's own standard streams, as programs find them.

use std::{
    io::{self, IsTerminal, PipeReader, PipeWriter, Read},
    process::Stdio,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use crate::host::Stream;

/// Takes what was printed, whole lines where they are not overlong.
pub type Sink = Arc<dyn Fn(Stream, String) + Send + Sync>;

/// Where a program's standard streams lead when it is given no others.
#[derive(Clone)]
pub enum Streams {
    /// What it prints goes to the sink; its input is empty.
    Captured(Sink),
    /// They are this process's own.
    Inherited,
}

/// A line longer than this is handed over in parts.
const LONGEST: usize = 64 << 10;

/// How long the reader of a program that has ended may find nothing before the rest is left to programs that go on in the
/// background.
const QUIET: Duration = Duration::from_millis(100);

/// How many such pieces are waited for; a background program may print without end.
const PIECES: usize = 64;

/// The streams of one program, with a pipe for each that is captured.
pub struct Capture {
    streams: Streams,
    pipes: Vec<(Stream, PipeReader, PipeWriter)>,
}

impl Capture {
    pub fn new(streams: Streams) -> Self {
        Self {
            streams,
            pipes: Vec::new(),
        }
    }

    pub fn input(&self) -> Stdio {
        match self.streams {
            // The terminal belongs to this process's group, and would stop a program of another one that reads.
            Streams::Inherited if !io::stdin().is_terminal() => Stdio::inherit(),
            _ => Stdio::null(),
        }
    }

    /// The program's side of a stream; asked for twice, both write to the same pipe.
    pub fn output(&mut self, stream: Stream) -> io::Result<Stdio> {
        if let Streams::Inherited = self.streams {
            return Ok(match stream {
                Stream::Stdout => io::stdout().into(),
                Stream::Stderr => io::stderr().into(),
            });
        }
        if let Some((_, _, writer)) = self.pipes.iter().find(|(its, ..)| *its == stream) {
            return writer.try_clone().map(Stdio::from);
        }
        let (reader, writer) = io::pipe()?;
        let stdio = Stdio::from(writer.try_clone()?);
        self.pipes.push((stream, reader, writer));
        Ok(stdio)
    }

    /// Begins to read, once the program has its side of the pipes.
    pub fn read(self) -> Reading {
        let (tell, progress) = mpsc::channel();
        if let Streams::Captured(sink) = self.streams {
            for (stream, reader, _) in self.pipes {
                let (sink, tell) = (sink.clone(), tell.clone());
                // Without a thread to read it the program's output is lost, and the program hears of it.
                let _ = thread::Builder::new()
                    .name("output".into())
                    .spawn(move || forward(reader, stream, &sink, &tell));
            }
        }
        Reading(progress)
    }
}

/// Readers at work.
pub struct Reading(mpsc::Receiver<()>);

impl Reading {
    /// Waits until all has been handed over that a program had printed before it ended.
    pub fn settle(self) {
        for _ in 0..PIECES {
            if self.0.recv_timeout(QUIET).is_err() {
                return;
            }
        }
    }
}

fn forward(mut reader: PipeReader, stream: Stream, sink: &Sink, tell: &mpsc::Sender<()>) {
    let mut data = vec![0; LONGEST];
    let mut line = Vec::new();
    loop {
        let count = match reader.read(&mut data) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        line.extend_from_slice(&data[..count]);
        let whole = match line.iter().rposition(|byte| *byte == b'\n') {
            Some(newline) => newline + 1,
            None if line.len() >= LONGEST => characters(&line),
            None => 0,
        };
        if whole > 0 {
            let rest = line.split_off(whole);
            sink(stream, String::from_utf8_lossy(&line).into_owned());
            line = rest;
        }
        // Nobody listens once the program has ended and its output has settled.
        let _ = tell.send(());
    }
    if !line.is_empty() {
        sink(stream, String::from_utf8_lossy(&line).into_owned());
    }
}

/// How much of the text ends with a whole character.
fn characters(text: &[u8]) -> usize {
    match std::str::from_utf8(text) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => text.len(),
    }
}
