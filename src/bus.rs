//! Where events meet those who watch: every event is stamped and handed to all sinks, in one order for all.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use rehearsal_python::host::{HostError, Reply, Request, Stream};

use crate::{
    event::{Event, Sink, SinkError, Stamped, StepId},
    flow::clock::Clock,
    host::permissions::Access,
};

/// The stream of one run's events; clones share it, and any thread may add to it.
#[derive(Clone)]
pub struct EventBus(Arc<Shared>);

struct Shared {
    clock: Arc<dyn Clock>,
    wants_host: AtomicBool,
    wants_exchanges: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next: u64,
    /// The steps that run: a sequence's own, then that of its step.
    steps: Vec<StepId>,
    sinks: Vec<Box<dyn Sink>>,
}

impl EventBus {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shared {
            clock,
            wants_host: AtomicBool::new(false),
            wants_exchanges: AtomicBool::new(false),
            state: Mutex::default(),
        }))
    }

    /// Adds a sink; it gets every event from now on.
    pub fn attach(&self, sink: Box<dyn Sink>) {
        if sink.wants_host() {
            self.0.wants_host.store(true, Ordering::Relaxed);
        }
        if sink.wants_exchanges() {
            self.0.wants_exchanges.store(true, Ordering::Relaxed);
        }
        self.lock().sinks.push(sink);
    }

    /// Stamps the event and hands it to every sink before it returns.
    pub fn emit(&self, event: Event) {
        self.emit_with(|_| event);
    }

    /// Something the step that runs now has printed.
    pub fn output(&self, stream: Stream, text: String) {
        self.emit_with(|step| Event::Output { step, stream, text });
    }

    /// The step that runs now was refused something.
    pub fn refused(&self, access: Access, what: String, message: String) {
        self.emit_with(|step| Event::Refused {
            step,
            access,
            what,
            message,
        });
    }

    /// Whether anybody wants requests and replies.
    pub fn wants_host(&self) -> bool {
        self.0.wants_host.load(Ordering::Relaxed)
    }

    /// Whether anybody wants exchanges with the bench.
    pub fn wants_exchanges(&self) -> bool {
        self.0.wants_exchanges.load(Ordering::Relaxed)
    }

    /// Something the step that runs now asks of its host.
    pub fn request(&self, id: u64, request: Request) {
        self.emit_with(|step| Event::HostRequest { step, id, request });
    }

    /// What the host answered.
    pub fn reply(&self, id: u64, result: Result<Reply, HostError>) {
        self.emit_with(|step| Event::HostReply { step, id, result });
    }

    /// Ends every sink and says which of them failed.
    pub fn finish(&self) -> Vec<SinkError> {
        let sinks = std::mem::take(&mut self.lock().sinks);
        sinks
            .into_iter()
            .filter_map(|mut sink| sink.finish().err())
            .collect()
    }

    fn emit_with(&self, event: impl FnOnce(Option<StepId>) -> Event) {
        let mut state = self.lock();
        let event = event(state.steps.last().copied());
        match &event {
            Event::StepStarted { step, .. } => state.steps.push(*step),
            Event::StepFinished { .. } => drop(state.steps.pop()),
            _ => {}
        }
        // Inside the lock, so that the times rise with the numbers.
        let at = u64::try_from(self.0.clock.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let stamped = Stamped {
            seq: state.next,
            at,
            event,
        };
        state.next += 1;
        for sink in &mut state.sinks {
            sink.take(&stamped);
        }
    }

    /// A sink that panicked must not silence the others.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::flow::clock::RealClock;

    struct Keep(Arc<Mutex<Vec<Stamped>>>);

    impl Sink for Keep {
        fn take(&mut self, event: &Stamped) {
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(event.clone());
        }
    }

    struct Explode;

    impl Sink for Explode {
        fn take(&mut self, _: &Stamped) {
            panic!("a broken sink");
        }
    }

    fn warning(text: &str) -> Event {
        Event::Warning {
            message: text.into(),
        }
    }

    #[test]
    fn events_of_many_threads_are_numbered_without_gaps_and_in_time_order() {
        let bus = EventBus::new(Arc::new(RealClock::new()));
        let kept = Arc::default();
        bus.attach(Box::new(Keep(Arc::clone(&kept))));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..250).for_each(|_| bus.output(Stream::Stdout, "x".into())));
            }
        });
        let kept = kept.lock().unwrap();
        assert_eq!(kept.len(), 1000);
        assert!(
            kept.iter()
                .enumerate()
                .all(|(index, event)| event.seq == index as u64)
        );
        assert!(kept.windows(2).all(|pair| pair[0].at <= pair[1].at));
    }

    #[test]
    fn a_sink_that_panicked_does_not_silence_the_bus() {
        let bus = EventBus::new(Arc::new(RealClock::new()));
        let kept = Arc::default();
        bus.attach(Box::new(Keep(Arc::clone(&kept))));
        bus.attach(Box::new(Explode));
        for text in ["one", "two"] {
            let bus = bus.clone();
            assert!(
                thread::spawn(move || bus.emit(warning(text)))
                    .join()
                    .is_err()
            );
        }
        let kept = kept.lock().unwrap();
        assert_eq!(
            kept.iter().map(|event| event.seq).collect::<Vec<_>>(),
            [0, 1]
        );
    }
}
