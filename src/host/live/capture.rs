//! What programs print to the standard streams of the test code, line by line.

use std::{
    io::{self, PipeReader, PipeWriter, Read},
    process::Stdio,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use crate::host::Stream;

/// Takes what was printed, whole lines where they are not overlong.
pub type Sink = Arc<dyn Fn(Stream, String) + Send + Sync>;

/// A line longer than this is handed over in parts.
const LONGEST: usize = 64 << 10;

/// How long the reader of a program that has ended may find nothing before the rest is left to programs that go on in the
/// background.
const QUIET: Duration = Duration::from_millis(100);

/// How many such pieces are waited for; a background program may print without end.
const PIECES: usize = 64;

/// The pipes of one program, one for each stream that is captured.
#[derive(Default)]
pub struct Capture(Vec<(Stream, PipeReader, PipeWriter)>);

impl Capture {
    /// The program's side of a stream; asked for twice, both write to the same pipe.
    pub fn stdio(&mut self, stream: Stream) -> io::Result<Stdio> {
        if let Some((_, _, writer)) = self.0.iter().find(|(its, ..)| *its == stream) {
            return writer.try_clone().map(Stdio::from);
        }
        let (reader, writer) = io::pipe()?;
        let stdio = Stdio::from(writer.try_clone()?);
        self.0.push((stream, reader, writer));
        Ok(stdio)
    }

    /// Begins to read, once the program has its side of the pipes.
    pub fn read(self, sink: &Sink) -> Reading {
        let (tell, progress) = mpsc::channel();
        for (stream, reader, _) in self.0 {
            let (sink, tell) = (sink.clone(), tell.clone());
            // Without a thread to read it the program's output is lost, and the program hears of it.
            let _ = thread::Builder::new()
                .name("output".into())
                .spawn(move || forward(reader, stream, &sink, &tell));
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
