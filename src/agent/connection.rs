//! A client's byte stream, which ends as the bench's fault says.

use std::{
    future::Future,
    io::{self, ErrorKind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep},
};

use super::line::{Line, Phase};

/// How often the end of a client's requests waits for the service to look at the last one.
const PATIENCE: u8 = 3;

/// A TCP connection that its line can end, and that ends by itself when it has been silent for too long.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    line: Arc<Line>,
    idle: Pin<Box<Sleep>>,
    limit: Duration,
    /// How often the end of the requests was seen amid one.
    ends: u8,
}

impl Connection {
    /// `limit`: the longest silence between two requests, or amid one that is being sent, and the longest time a client takes
    /// none of its events.
    pub fn new(stream: TcpStream, line: Arc<Line>, limit: Duration) -> Self {
        Self {
            stream,
            line,
            idle: Box::pin(sleep(limit)),
            limit,
            ends: 0,
        }
    }

    fn start_idling(&mut self) {
        self.idle.as_mut().reset(Instant::now() + self.limit);
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        let mut state = this.line.state();
        if buffer.filled().len() > before {
            if state.phase == Phase::Idle {
                state.phase = Phase::Receiving;
            }
            drop(state);
            this.ends = 0;
            this.start_idling();
            return read;
        }
        if read.is_ready() {
            let ended = matches!(read, Poll::Ready(Ok(())));
            // Whoever asks and sends no more still wants the answer.
            if ended && state.phase == Phase::Answering {
                state.reader = Some(context.waker().clone());
                return Poll::Pending;
            }
            // The request may be whole, and the service not know of it yet.
            if ended && state.phase == Phase::Receiving && this.ends < PATIENCE {
                this.ends += 1;
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            return read;
        }
        state.reader = Some(context.waker().clone());
        // An end of the stream would take the answer away.
        if matches!(state.phase, Phase::Working | Phase::Answering) {
            return Poll::Pending;
        }
        // A stream ends by itself.
        let hung_up = state.hung_up && state.phase == Phase::Idle;
        if hung_up || this.idle.as_mut().poll(context).is_ready() {
            return Poll::Ready(Ok(()));
        }
        Poll::Pending
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let mut state = this.line.state();
        let Some(ending) = &mut state.ending else {
            let streaming = state.phase == Phase::Streaming;
            drop(state);
            let written = Pin::new(&mut this.stream).poll_write(context, data);
            if streaming && written.is_ready() {
                this.start_idling();
            }
            return written;
        };
        while !ending.last_words.is_empty() {
            let written =
                ready!(Pin::new(&mut this.stream).poll_write(context, &ending.last_words))?;
            ending.last_words.drain(..written);
        }
        if ending.reset {
            this.stream.set_zero_linger()?;
        }
        // Whoever gets this drops the connection.
        Poll::Ready(Err(ErrorKind::BrokenPipe.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_flush(context))?;
        let mut state = this.line.state();
        let answered = state.phase == Phase::Answering;
        if answered {
            state.phase = Phase::Idle;
            state.wake();
        }
        drop(state);
        if answered {
            this.start_idling();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, io::Write};

    use tokio::{net::TcpListener, runtime::Builder, time::timeout};

    use super::*;

    async fn read(connection: &mut Connection) -> usize {
        let mut bytes = [0; 100];
        let mut buffer = ReadBuf::new(&mut bytes);
        poll_fn(|context| Pin::new(&mut *connection).poll_read(context, &mut buffer))
            .await
            .unwrap();
        buffer.filled().len()
    }

    #[test]
    fn silence_ends_a_connection_amid_a_request() {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let mut client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (stream, _) = listener.accept().await.unwrap();
            let line = Arc::new(Line::default());
            let mut connection = Connection::new(stream, line.clone(), Duration::from_millis(20));
            client.write_all(b"half").unwrap();
            assert_eq!(read(&mut connection).await, 4);
            assert_eq!(line.state().phase, Phase::Receiving);
            let end = timeout(Duration::from_secs(60), read(&mut connection)).await;
            assert_eq!(end.ok(), Some(0));
        });
    }

    #[test]
    fn silence_ends_a_connection_between_requests_but_never_one_that_is_being_answered() {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let mut client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (stream, _) = listener.accept().await.unwrap();
            let line = Arc::new(Line::default());
            let limit = Duration::from_millis(20);
            let mut connection = Connection::new(stream, line.clone(), limit);
            client.write_all(b"request").unwrap();
            assert_eq!(read(&mut connection).await, 7);
            line.set_phase(Phase::Working);
            assert!(timeout(limit * 5, read(&mut connection)).await.is_err());
            line.set_phase(Phase::Answering);
            poll_fn(|context| Pin::new(&mut connection).poll_flush(context))
                .await
                .unwrap();
            assert_eq!(read(&mut connection).await, 0);
        });
    }
}
