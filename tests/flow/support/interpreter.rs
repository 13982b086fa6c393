use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use indexmap::IndexMap;
use rehearsal::{
    bus::EventBus,
    flow::interruption::{Interruption, Signal, Stop},
    python::{Call, Exception, Frame, Interpreter, Outcome},
};
use rehearsal_python::{host::Stream, value::Value};

use super::FakeClock;

/// One thing a scripted function does.
#[derive(Clone)]
pub enum Act {
    Takes(Duration),
    Prints(String),
    Signal(Signal),
    /// Waits in vain: ends only by being stopped.
    Sleeps,
    Ends(Outcome),
}

pub fn takes(milliseconds: u64) -> Act {
    Act::Takes(Duration::from_millis(milliseconds))
}

pub fn prints(text: &str) -> Act {
    Act::Prints(text.into())
}

pub fn signal(signal: Signal) -> Act {
    Act::Signal(signal)
}

pub fn sleeps() -> Act {
    Act::Sleeps
}

pub fn ends(outcome: Outcome) -> Act {
    Act::Ends(outcome)
}

pub fn returns(value: Value) -> Act {
    Act::Ends(Outcome::Returned(value))
}

pub fn raises(class: &str, message: &str) -> Act {
    Act::Ends(Outcome::Raised(exception(class, message)))
}

pub fn dict<const N: usize>(items: [(&str, Value); N]) -> Value {
    Value::Dict(IndexMap::from(
        items.map(|(key, value)| (key.to_owned(), value)),
    ))
}

pub fn exception(class: &str, message: &str) -> Exception {
    let frame = |file: &str, line, function: &str| Frame {
        file: file.into(),
        line,
        function: function.into(),
    };
    Exception {
        class: class.into(),
        message: message.into(),
        traceback: vec![
            frame("python_modules/board.py", 12, "scan"),
            frame("python_modules/bus/i2c.py", 40, "read"),
            frame("/usr/lib/python3.14/socket.py", 7, "recv"),
        ],
    }
}

/// Does what the test says, function by function and attempt by attempt; the last attempt's script is kept for more.
pub struct Scripted {
    pub scripts: HashMap<String, VecDeque<Vec<Act>>>,
    pub calls: Vec<Call>,
    /// How long it takes to start.
    pub start: Duration,
    pub clock: Arc<FakeClock>,
    pub bus: EventBus,
    pub interruption: Interruption,
}

impl Interpreter for Scripted {
    fn prepare(&mut self, _stop: &Stop) {
        self.clock.advance(std::mem::take(&mut self.start));
    }

    fn call(&mut self, call: &Call, stop: &Stop) -> Outcome {
        self.calls.push(call.clone());
        let Some(attempts) = self.scripts.get_mut(&call.function) else {
            return Outcome::Returned(Value::None);
        };
        let script = if attempts.len() > 1 {
            attempts.pop_front()
        } else {
            attempts.front().cloned()
        };
        for act in script.unwrap_or_default() {
            match act {
                Act::Takes(duration) => self.clock.advance(duration),
                Act::Prints(text) => self.bus.output(Stream::Stdout, text),
                Act::Signal(signal) => self.interruption.raise(signal),
                Act::Sleeps => {
                    if let (false, Some(left)) = (stop.fired(), stop.left()) {
                        self.clock.advance(left);
                    }
                    if stop.fired() {
                        return Outcome::Interrupted(None);
                    }
                }
                Act::Ends(outcome) => return outcome,
            }
        }
        Outcome::Returned(Value::None)
    }

    fn name(&self) -> &'static str {
        "scripted"
    }
}
