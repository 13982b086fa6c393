use std::collections::VecDeque;

use indexmap::IndexMap;
use rehearsal::{
    package::model::{
        Action, Force, Measurement, MeasurementKind, Number, Operator, Repeat, Retry, Scalar,
        Spanned, Step, Text,
    },
    source::{FileId, Span},
};
use rehearsal_python::value::Value;

use super::Act;

pub const AT: Span = Span {
    file: FileId(0),
    start: 0,
    end: 0,
};

pub fn text(text: &str) -> Text {
    Spanned {
        value: text.into(),
        at: AT,
    }
}

/// A scalar as YAML would read it.
pub fn scalar(written: &str) -> Scalar {
    let value = match written {
        "true" | "True" => Value::Bool(true),
        "false" | "False" => Value::Bool(false),
        _ => match (written.parse(), written.parse()) {
            (Ok(int), _) => Value::Int(int),
            (_, Ok(float)) => Value::Float(float),
            _ => Value::Str(written.into()),
        },
    };
    Scalar {
        value,
        text: written.into(),
        quoted: false,
        at: AT,
    }
}

/// A step and the script of its function.
pub struct TestStep {
    pub step: Step,
    pub attempts: VecDeque<Vec<Act>>,
}

pub fn step(name: &str) -> TestStep {
    let step = Step {
        name: text(name),
        at: AT,
        action: Action::Python {
            module: text("tests"),
            function: text(name),
        },
        runner_type: None,
        parameters: IndexMap::new(),
        outputs: IndexMap::new(),
        measurements: Vec::new(),
        enabled: true,
        precondition: None,
        force: None,
        retry: None,
        repeat: None,
        timeout_ms: None,
        run_on_abort: false,
        terminate_on_fail: false,
    };
    TestStep {
        step,
        attempts: VecDeque::new(),
    }
}

impl TestStep {
    /// What the next attempt does.
    pub fn does<const N: usize>(mut self, acts: [Act; N]) -> Self {
        self.attempts.push_back(acts.into());
        self
    }

    pub fn run_on_abort(mut self) -> Self {
        self.step.run_on_abort = true;
        self
    }

    pub fn terminate_on_fail(mut self) -> Self {
        self.step.terminate_on_fail = true;
        self
    }

    pub fn disabled(mut self) -> Self {
        self.step.enabled = false;
        self
    }

    pub fn retry(mut self, count: u32, delay_ms: u64) -> Self {
        self.step.retry = Some(Spanned {
            value: Retry { count, delay_ms },
            at: AT,
        });
        self
    }

    pub fn timeout(mut self, milliseconds: u64) -> Self {
        self.step.timeout_ms = Some(Spanned {
            value: milliseconds,
            at: AT,
        });
        self
    }

    pub fn precondition(mut self, condition: &str) -> Self {
        self.step.precondition = Some(text(condition));
        self
    }

    pub fn force(mut self, force: Force) -> Self {
        self.step.force = Some(Spanned {
            value: force,
            at: AT,
        });
        self
    }

    pub fn repeat(mut self, condition: Option<&str>, most: u32) -> Self {
        self.step.repeat = Some(Spanned {
            value: Repeat {
                condition: condition.map(text),
                max_iterations: Spanned {
                    value: most,
                    at: AT,
                },
            },
            at: AT,
        });
        self
    }

    pub fn action(mut self, action: Action) -> Self {
        self.step.action = action;
        self
    }

    pub fn sequence(self, path: &str) -> Self {
        self.action(Action::Sequence { path: text(path) })
    }

    pub fn parameter(mut self, name: &str, written: &str) -> Self {
        self.step.parameters.insert(name.into(), scalar(written));
        self
    }

    pub fn output(mut self, name: &str, written: &str) -> Self {
        self.step.outputs.insert(name.into(), scalar(written));
        self
    }

    pub fn measures(mut self, measure: Measure) -> Self {
        self.step.measurements.push(measure.0);
        self
    }

    pub fn with(mut self, change: impl FnOnce(&mut Step)) -> Self {
        change(&mut self.step);
        self
    }
}

pub struct Measure(pub Measurement);

pub fn numeric(name: &str) -> Measure {
    measure(name, MeasurementKind::Numeric)
}

pub fn boolean(name: &str) -> Measure {
    measure(name, MeasurementKind::Boolean)
}

fn measure(name: &str, kind: MeasurementKind) -> Measure {
    Measure(Measurement {
        name: text(name),
        at: AT,
        kind,
        value: None,
        target: None,
        low_limit: None,
        high_limit: None,
        unit: None,
        operator: None,
        expected: None,
    })
}

fn number(written: &str) -> Option<Number> {
    Some(Number {
        value: written.parse().unwrap(),
        text: written.into(),
        at: AT,
    })
}

impl Measure {
    pub fn string(mut self) -> Self {
        self.0.kind = MeasurementKind::String;
        self
    }

    pub fn value(mut self, written: &str) -> Self {
        self.0.value = Some(scalar(written));
        self
    }

    pub fn low(mut self, written: &str) -> Self {
        self.0.low_limit = number(written);
        self
    }

    pub fn high(mut self, written: &str) -> Self {
        self.0.high_limit = number(written);
        self
    }

    pub fn target(mut self, written: &str) -> Self {
        self.0.target = number(written);
        self
    }

    pub fn unit(mut self, unit: &str) -> Self {
        self.0.unit = Some(text(unit));
        self
    }

    pub fn operator(mut self, operator: Operator) -> Self {
        self.0.operator = Some(Spanned {
            value: operator,
            at: AT,
        });
        self
    }

    pub fn expected(mut self, expected: &str) -> Self {
        self.0.expected = Some(text(expected));
        self
    }
}
