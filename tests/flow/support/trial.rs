use std::{
    collections::{HashMap, VecDeque},
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use indexmap::IndexMap;
use rehearsal::{
    bus::EventBus,
    event::{EndedBy, Event, Named, Phase, Reason, Rule, Sink, Stamped, Verdict},
    flow::{
        Context, Crew, Needs, Overrides, Plan, PlanError, Request, RunOutcome, Selection,
        Sequences, Unit,
        clock::Clock,
        interruption::{Interruption, Signal, Stop},
        run,
    },
    operator::{Answer, AnsweredBy, Operator, Question, Response},
    package::model::{Local, OnStepFailure, Policy, Spanned, Test},
    python::Call,
    report::{Console, Look, Report},
    source::Sources,
};

use super::{FakeClock, TestStep, interpreter::Scripted, scalar, step::AT, text};

/// A test and how to run it.
pub struct Trial {
    pub test: Test,
    pub local: Local,
    pub overrides: Overrides,
    pub clock: Arc<FakeClock>,
    pub interruption: Interruption,
    look: Look,
    bench: String,
    scripts: HashMap<String, VecDeque<Vec<super::Act>>>,
    pub selection: Selection,
    /// Which step needs which, by their places.
    pub needs: Vec<(usize, usize)>,
    /// How long the interpreter takes to start.
    pub start: Duration,
    /// What steps of type sequence may run, by their files.
    pub sequences: Vec<Test>,
    /// What the operator answers, one after the other; nobody is there once they are used up.
    pub answers: VecDeque<(&'static str, Option<&'static str>)>,
    sinks: Vec<Box<dyn Sink>>,
}

/// What came of it.
pub struct Finished {
    pub outcome: RunOutcome,
    pub events: Vec<Stamped>,
    pub calls: Vec<Call>,
    pub console: String,
    pub lost_reports: Vec<String>,
    pub asked: Vec<Question>,
}

impl Trial {
    pub fn new() -> Self {
        Self {
            test: empty("tests/power.yaml", "Power Check"),
            local: Local::default(),
            overrides: Overrides::default(),
            clock: Arc::default(),
            interruption: Interruption::new(),
            look: Look::default(),
            bench: "simulated".into(),
            scripts: HashMap::new(),
            selection: Selection::default(),
            needs: Vec::new(),
            start: Duration::ZERO,
            sequences: Vec::new(),
            answers: VecDeque::new(),
            sinks: Vec::new(),
        }
    }

    pub fn setup(mut self, step: TestStep) -> Self {
        let step = self.script(step);
        self.test.setup.push(step);
        self
    }

    pub fn step(mut self, step: TestStep) -> Self {
        let step = self.script(step);
        self.test.steps.push(step);
        self
    }

    pub fn teardown(mut self, step: TestStep) -> Self {
        let step = self.script(step);
        self.test.teardown.push(step);
        self
    }

    /// A test that a step of type sequence may run.
    pub fn sequence_file(
        mut self,
        file: &str,
        steps: impl IntoIterator<Item = (Phase, TestStep)>,
        change: impl FnOnce(&mut Test),
    ) -> Self {
        let mut test = empty(file, file);
        for (phase, step) in steps {
            let step = self.script(step);
            match phase {
                Phase::Setup => test.setup.push(step),
                Phase::Steps => test.steps.push(step),
                Phase::Teardown => test.teardown.push(step),
            }
        }
        change(&mut test);
        self.sequences.push(test);
        self
    }

    pub fn answer(mut self, button: &'static str, value: Option<&'static str>) -> Self {
        self.answers.push_back((button, value));
        self
    }

    fn script(&mut self, step: TestStep) -> rehearsal::package::model::Step {
        if !step.attempts.is_empty() {
            self.scripts
                .insert(step.step.name.value.clone(), step.attempts);
        }
        step.step
    }

    pub fn variable(mut self, name: &str, written: &str) -> Self {
        self.test.variables.insert(name.into(), scalar(written));
        self
    }

    pub fn policy(mut self, policy: OnStepFailure) -> Self {
        self.test.policy.on_step_failure = Some(Spanned {
            value: policy,
            at: AT,
        });
        self
    }

    pub fn quiet(mut self) -> Self {
        self.look.quiet = true;
        self
    }

    pub fn colour(mut self) -> Self {
        self.look.colour = true;
        self
    }

    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub fn sink(mut self, sink: impl Sink + 'static) -> Self {
        self.sinks.push(Box::new(sink));
        self
    }

    /// A signal has come before anything started.
    pub fn already_interrupted(self, signal: Signal) -> Self {
        self.interruption.raise(signal);
        self
    }

    pub fn disturb_next_sleep(self, signal: Signal) -> Self {
        self.clock.disturb_next_sleep(&self.interruption, signal);
        self
    }

    /// Why the test is refused.
    pub fn refused(self) -> Vec<PlanError> {
        let sources = sources();
        let sequences = |_: &Unit<'_>, path: &str| self.sequence(&sources, path);
        let needs = |_: &Test, wanted: &[usize]| self.needed(wanted);
        match Plan::new(self.request(&sources, &sequences, &needs)) {
            Ok(_) => panic!("the plan was accepted"),
            Err(refusals) => refusals
                .into_iter()
                .flat_map(|refusal| refusal.errors)
                .collect(),
        }
    }

    fn request<'a>(
        &'a self,
        sources: &'a Sources,
        sequences: &'a Sequences<'a>,
        needs: &'a Needs<'a>,
    ) -> Request<'a> {
        Request {
            unit: unit(&self.test, sources),
            sequences,
            stubs: &self.local.stubs,
            selection: self.selection.clone(),
            needs,
            context: Context::merge(&self.test, &self.local, &self.overrides),
            execution_id: "0f1e".into(),
            bench: self.bench.clone(),
            virtual_time: false,
            unattended: false,
            routing: None,
            permissions: None,
            departed: &|| None,
            debugger: None,
            refused: &|_| false,
            callees: &|_, _| None,
            excerpts: &|file, line| {
                (file != "python_modules/board.py").then(|| format!("    raise_line_{line}()\n"))
            },
        }
    }

    pub fn run(mut self) -> Finished {
        let bus = EventBus::new(self.clock.clone());
        let console = Shared::default();
        bus.attach(Box::new(Console::new(Box::new(console.clone()), self.look)));
        let kept = Kept::default();
        bus.attach(Box::new(kept.clone()));
        for sink in std::mem::take(&mut self.sinks) {
            bus.attach(sink);
        }
        let mut interpreter = Scripted {
            scripts: std::mem::take(&mut self.scripts),
            calls: Vec::new(),
            start: self.start,
            clock: self.clock.clone(),
            bus: bus.clone(),
            interruption: self.interruption.clone(),
        };
        let mut operator = Answers {
            answers: std::mem::take(&mut self.answers),
            asked: Vec::new(),
            clock: self.clock.clone(),
        };
        let sources = sources();
        let sequences = |_: &Unit<'_>, path: &str| self.sequence(&sources, path);
        let needs = |_: &Test, wanted: &[usize]| self.needed(wanted);
        let plan = match Plan::new(self.request(&sources, &sequences, &needs)) {
            Ok(plan) => plan,
            Err(refusals) => {
                let errors: Vec<_> = refusals.iter().map(|refusal| &refusal.errors).collect();
                panic!("refused: {errors:?}")
            }
        };
        let crew = Crew {
            interpreter: &mut interpreter,
            operator: &mut operator,
        };
        let clock: Arc<dyn Clock> = self.clock.clone();
        let outcome = run(&plan, crew, &clock, &self.interruption, &bus);
        let lost_reports = bus.finish().iter().map(ToString::to_string).collect();
        let events = std::mem::take(&mut *kept.0.lock().unwrap());
        let console = String::from_utf8(console.0.lock().unwrap().clone()).unwrap();
        Finished {
            outcome,
            events,
            calls: interpreter.calls,
            console,
            lost_reports,
            asked: operator.asked,
        }
    }

    fn needed(&self, wanted: &[usize]) -> Vec<usize> {
        self.needs
            .iter()
            .filter(|(step, _)| wanted.contains(step))
            .map(|(_, needed)| *needed)
            .collect()
    }

    fn sequence<'a>(&'a self, sources: &'a Sources, path: &str) -> Option<Unit<'a>> {
        let test = self.sequences.iter().find(|test| test.file == path)?;
        Some(unit(test, sources))
    }
}

impl Finished {
    pub fn report(&self) -> Report {
        Report::from_events(&self.events).unwrap()
    }

    /// Name, verdict and reason of every step.
    pub fn steps(&self) -> Vec<String> {
        let line = |name: &str, verdict: Verdict, reason: Option<Reason>| match reason {
            Some(reason) => format!("{name}: {} {}", verdict.as_str(), reason.as_str()),
            None => format!("{name}: {}", verdict.as_str()),
        };
        self.report()
            .steps
            .iter()
            .map(|step| line(&step.name, step.verdict, step.reason))
            .collect()
    }

    pub fn functions(&self) -> Vec<&str> {
        self.calls
            .iter()
            .map(|call| call.function.as_str())
            .collect()
    }

    /// The message of the step of this name.
    pub fn message(&self, name: &str) -> String {
        let report = self.report();
        report
            .steps
            .iter()
            .find(|step| step.name == name)
            .and_then(|step| step.message.clone())
            .unwrap_or_default()
    }

    pub fn warnings(&self) -> Vec<String> {
        self.events
            .iter()
            .filter_map(|event| match &event.event {
                Event::Warning { message } => Some(message.clone()),
                _ => None,
            })
            .collect()
    }
}

fn empty(file: &str, name: &str) -> Test {
    Test {
        file: file.into(),
        name: text(name),
        version: text("1.0.0"),
        device: None,
        tags: IndexMap::new(),
        required_tags: Vec::new(),
        variables: IndexMap::new(),
        setup: Vec::new(),
        steps: Vec::new(),
        teardown: Vec::new(),
        policy: Policy::default(),
    }
}

fn unit<'a>(test: &'a Test, sources: &'a Sources) -> Unit<'a> {
    Unit {
        package: Named {
            name: "ESH1_Power_v01".into(),
            version: "0.3.0".into(),
        },
        test,
        sources,
    }
}

/// An operator who says what the test wants.
struct Answers {
    answers: VecDeque<(&'static str, Option<&'static str>)>,
    asked: Vec<Question>,
    clock: Arc<FakeClock>,
}

impl Operator for Answers {
    fn ask(&mut self, question: &Question, stop: &Stop) -> Response {
        self.asked.push(question.clone());
        let Some((name, value)) = self.answers.pop_front() else {
            return Response::Nobody("there is nobody".into());
        };
        if name == "never" {
            self.clock.advance(stop.left().unwrap());
            return Response::Stopped;
        }
        Response::Answered(Answer {
            button: question
                .buttons
                .iter()
                .position(|button| button.name == name)
                .unwrap(),
            value: value.map(Into::into),
            by: AnsweredBy::Operator,
        })
    }
}

fn sources() -> Sources {
    let mut sources = Sources::default();
    sources.add("tests/power.yaml", "test:\n");
    sources
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Stamped>>>);

impl Sink for Kept {
    fn take(&mut self, event: &Stamped) {
        self.0.lock().unwrap().push(event.clone());
    }
}

/// The end of a run by a step and a rule.
pub fn ended_by(step: &str, rule: Rule) -> Option<EndedBy> {
    Some(EndedBy {
        step: Some(step.into()),
        rule,
    })
}

/// A writer whose text can be read while it is in use.
#[derive(Clone, Default)]
pub struct Shared(pub Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
