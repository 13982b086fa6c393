//! The body of a stream of events, which goes on until the client or the agent ends it.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Bytes, HttpBody};
use http_body_util::{Full, combinators};
use tokio::time::{Instant, Sleep, sleep_until};

use super::{
    desk::Desk,
    line::{Line, Phase},
};
use crate::host::bench::{Events, StreamId};

/// What [`Full`] gives as its only frame.
type Frame = <combinators::Frame<'static, Full<Bytes>> as Future>::Output;

/// How long a stream waits that has no reason to say anything.
const SILENCE: Duration = Duration::from_secs(3600);

/// The events of one stream, as they come.
pub struct EventBody {
    desk: Arc<Desk>,
    stream: StreamId,
    line: Arc<Line>,
    /// When there may be more to say.
    next: Pin<Box<Sleep>>,
}

impl EventBody {
    pub fn new(desk: Arc<Desk>, stream: StreamId, line: Arc<Line>) -> Self {
        Self {
            desk,
            stream,
            line,
            next: Box::pin(sleep_until(Instant::now())),
        }
    }

    /// What there is to say now; with none, has the reader woken when there may be more.
    fn events(&mut self, context: &mut Context<'_>) -> Poll<Events> {
        loop {
            let now = self.desk.now();
            let mut agent = self.desk.agent();
            match agent.events(self.stream, now) {
                Events::Bytes(bytes) if bytes.is_empty() => {}
                events => return Poll::Ready(events),
            }
            let next = agent.next_events(self.stream, now);
            // Before anybody else can change something.
            self.desk.wait_for_events(context.waker());
            drop(agent);
            let left = next.map_or(SILENCE, |next| next.saturating_sub(now));
            self.next.as_mut().reset(Instant::now() + left);
            if self.next.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
        }
    }
}

/// The body of a stream of which only the head was asked for: of no known length, and never read.
pub struct UnreadBody;

impl HttpBody for UnreadBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Frame> {
        Poll::Ready(None)
    }
}

impl HttpBody for EventBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Frame> {
        let this = self.get_mut();
        match this.events(context) {
            Poll::Ready(Events::Bytes(bytes)) => {
                Pin::new(&mut Full::new(Bytes::from(bytes))).poll_frame(context)
            }
            Poll::Ready(Events::End) => {
                this.line.set_phase(Phase::Answering);
                Poll::Ready(None)
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl Drop for EventBody {
    fn drop(&mut self) {
        self.desk.agent().close_events(self.stream);
        self.desk.stream_gone.notify_waiters();
    }
}
