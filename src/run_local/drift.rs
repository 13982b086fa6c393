//! Where a run_local.py and the YAML have drifted apart.

use std::path::Path;

use rehearsal_python::{interpreter::module_name, value::Value};

use super::{
    evaluate::{Known, Names},
    judgement, literal, options,
    script::{self, Script, ScriptStep},
    steps::names_in,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, clip, quoted},
    flow::{Context, Overrides, Variable},
    package::model::{Action, Force, Package, Scalar, Step, Test},
    source::{FileId, Sources, Span},
};

/// What the comparison came to.
pub struct Drift {
    /// Differences are warnings; what could not be compared is advice.
    pub findings: Diagnostics,
    /// Steps that are on both sides.
    pub compared: usize,
}

/// Why there is nothing to compare.
#[derive(Debug)]
pub struct Unreadable(pub Box<Diagnostic>);

/// Larger scripts are refused: how deep an expression may go in a smaller one, the stack holds.
const MAX_SIZE: usize = 1 << 20;
/// Only what is used is taken.
const STACK: usize = 1 << 30;

/// Compares a script with a test of the package, whose sources hold both.
///
/// # Errors
/// When the script is not Python, or has no helper for steps.
pub fn drift(package: &Package, test: &Test, file: FileId) -> Result<Drift, Unreadable> {
    let source = package.sources.get(file);
    if source.text.len() > MAX_SIZE {
        let message = format!(
            "{} is larger than {} MB",
            quoted(&source.name),
            MAX_SIZE >> 20
        );
        let problem = Diagnostic::error(message).hint("is it the script of one test?");
        return Err(Unreadable(problem.into()));
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let reading = thread.spawn_scoped(scope, || compare(package, test, file));
        let ended = reading
            .map_err(|error| error.to_string())
            .and_then(|reading| reading.join().map_err(|_| "it broke down".into()));
        ended.unwrap_or_else(|error| {
            let message = format!("failed to read {}: {error}", quoted(&source.name));
            Err(Unreadable(Diagnostic::error(message).into()))
        })
    })
}

fn compare(package: &Package, test: &Test, file: FileId) -> Result<Drift, Unreadable> {
    let sources = &package.sources;
    let source = sources.get(file);
    let parsed = ruff_python_parser::parse_module(&source.text).map_err(|error| {
        let at = Span {
            file,
            start: error.location.start().to_u32(),
            end: error.location.end().to_u32(),
        };
        let message = format!("{} is not Python: {}", quoted(&source.name), error.error);
        Unreadable(Diagnostic::error(message).at(at).into())
    })?;
    let code = package.root.join("python_modules");
    let body = &parsed.syntax().body;
    let mut names = Names::new(Some(&code as &Path));
    for statements in script::main_first(body) {
        names.learn(statements);
    }
    let script = script::read(body, &source.text, file, &names);
    if !script.has_helper {
        let message = format!("{} has no helper for steps", quoted(&source.name));
        let problem = Diagnostic::error(message).hint(
            "it is a function such as `step(name, fn, *, args, meas_specs, terminate_on_fail, run_on_abort, retries, retry_delay_s)`; `rehearse export run-local` writes one",
        );
        return Err(Unreadable(problem.into()));
    }
    let mut comparison = Comparison {
        test,
        context: Context::merge(test, &package.local, &Overrides::default()),
        sources,
        findings: Diagnostics::default(),
        compared: 0,
    };
    comparison.steps(&script);
    comparison.settings(&script);
    comparison.findings.sort();
    Ok(Drift {
        findings: comparison.findings,
        compared: comparison.compared,
    })
}

struct Comparison<'a> {
    test: &'a Test,
    context: Context,
    sources: &'a Sources,
    findings: Diagnostics,
    compared: usize,
}

impl Comparison<'_> {
    fn steps(&mut self, script: &Script) {
        let phases = [
            ("setup", &self.test.setup),
            ("steps", &self.test.steps),
            ("teardown", &self.test.teardown),
        ];
        let all: Vec<(&str, &Step)> = phases
            .into_iter()
            .flat_map(|(phase, steps)| steps.iter().map(move |step| (phase, step)))
            .collect();
        let mut taken = vec![false; all.len()];
        // Whether a step of the YAML may be one of those in the script that have no name to compare.
        let mut nameless = false;
        for (name, at) in &script.uncertain {
            let Some(name) = name.as_text() else {
                nameless = true;
                self.not_compared(*at, "a step within a loop or a condition");
                continue;
            };
            self.not_compared(
                *at,
                &format!("step {}, within a loop or a condition", quoted(name)),
            );
            for (taken, (_, step)) in taken.iter_mut().zip(&all) {
                *taken |= step.name.value == name;
            }
        }
        let mut last: Option<usize> = None;
        for step in &script.steps {
            let Some(name) = step.name.as_text() else {
                nameless = true;
                self.not_compared(step.at, "a step whose name only running it would tell");
                continue;
            };
            let found =
                (0..all.len()).find(|&index| !taken[index] && all[index].1.name.value == name);
            let Some(index) = found else {
                let problem = Diagnostic::warning(format!(
                    "step {} is not in {}",
                    quoted(name),
                    self.test.file
                ));
                self.findings.push(
                    problem
                        .at(step.at)
                        .hint("add it to the YAML, or take it out here"),
                );
                continue;
            };
            taken[index] = true;
            self.compared += 1;
            let (phase, yaml) = all[index];
            if let Some(last) = last.filter(|&last| index < last) {
                let message = format!(
                    "step {} comes after {} here, and before it in the YAML",
                    quoted(name),
                    quoted(&all[last].1.name.value)
                );
                self.differ(message, step.at, yaml.name.at, "the YAML has it here");
            } else {
                last = Some(index);
            }
            if let Some(here) = step.phase.filter(|here| *here != phase) {
                let message = format!("step {} stands in {here} here", quoted(name));
                self.differ(message, step.at, yaml.name.at, &format!("in {phase}"));
            }
            self.step(step, yaml);
        }
        for ((_, yaml), _) in all.iter().zip(&taken).filter(|(_, taken)| !**taken) {
            if nameless {
                let what = format!(
                    "step {}, which may be one of those without a name in the script",
                    quoted(&yaml.name.value)
                );
                self.not_compared(yaml.name.at, &what);
                continue;
            }
            let problem = Diagnostic::warning(format!(
                "step {} is missing in the script",
                quoted(&yaml.name.value)
            ));
            self.findings.push(
                problem
                    .at(yaml.name.at)
                    .hint("add a call of the helper for it"),
            );
        }
    }

    fn step(&mut self, script: &ScriptStep, yaml: &Step) {
        let mock = matches!(yaml.action, Action::Mock);
        let Some((action, at)) = &script.action else {
            // Said to be left out, by the script itself.
            return;
        };
        if mock && self.written(*at) == Some("dict") {
            // A mock whose outputs are filled in is written as a call of dict with them.
            self.arguments("output", script, &yaml.outputs, yaml);
        } else {
            self.action(action, *at, yaml);
        }
        // What is called may bring parameters of its own: `functools.partial(…)`.
        if matches!(yaml.action, Action::Python { .. }) && *action != Known::Unknown {
            self.arguments("parameter", script, &yaml.parameters, yaml);
        }
        self.measurements(script, yaml, mock);
        let retry = yaml
            .retry
            .as_ref()
            .map(|retry| retry.value)
            .unwrap_or_default();
        let force = yaml.force.as_ref().map(|force| match force.value {
            Force::Pass => "pass",
            Force::Fail => "fail",
            Force::Skip => "skip",
            Force::Run => "run",
        });
        let force = force.filter(|force| *force != "run");
        let number =
            |value: u64| Known::Plain(i64::try_from(value).map_or(Value::None, Value::Int));
        let flag = |value: bool| Known::Plain(Value::Bool(value));
        let seconds = retry.delay_ms as f64 / 1000.0;
        let delay_at = yaml.retry.as_ref().map(|retry| retry.at);
        let wanted = [
            ("retries", number(retry.count.into()), number(0), delay_at),
            (
                "terminate_on_fail",
                flag(yaml.terminate_on_fail),
                flag(false),
                None,
            ),
            ("run_on_abort", flag(yaml.run_on_abort), flag(false), None),
            ("enabled", flag(yaml.enabled), flag(true), None),
            (
                "force",
                force.map_or(Known::Plain(Value::None), Known::text),
                Known::Plain(Value::None),
                yaml.force.as_ref().map(|force| force.at),
            ),
        ];
        for (keyword, wanted, default, place) in wanted {
            self.keyword(script, yaml, keyword, &wanted, &default, place);
        }
        if retry.count > 0 {
            let wanted = Known::Plain(Value::Float(seconds));
            let default = Known::Plain(Value::Float(0.0));
            self.keyword(script, yaml, "retry_delay_s", &wanted, &default, delay_at);
        }
        if !mock && !yaml.outputs.is_empty() && keyword(script, "outputs").is_none() {
            let message = format!("step {} puts nothing out here", quoted(&yaml.name.value));
            let names: Vec<_> = yaml.outputs.keys().map(String::as_str).collect();
            let at = yaml
                .outputs
                .values()
                .next()
                .map_or(yaml.at, |scalar| scalar.at);
            self.differ(
                message,
                script.at,
                at,
                &format!("`outputs`: {}", names.join(", ")),
            );
        } else if let Some((Known::Dict(items), at)) = keyword(script, "outputs") {
            self.mapping("output", items, *at, &yaml.outputs, yaml);
        }
    }

    fn action(&mut self, action: &Known, at: Span, yaml: &Step) {
        let name = quoted(&yaml.name.value);
        match (&yaml.action, action) {
            (_, Known::Unknown) => self.not_compared(at, &format!("what step {name} calls")),
            (
                Action::Python { module, function },
                Known::Member {
                    module: its,
                    name: called,
                },
            ) => {
                let wanted = module_name(&module.value);
                if *called != function.value {
                    let message = format!("step {name} calls {} here", quoted(called));
                    self.differ(
                        message,
                        at,
                        function.at,
                        &format!("calls {}", quoted(&function.value)),
                    );
                } else if *its != wanted {
                    let message =
                        format!("step {name} calls it in the module {} here", quoted(its));
                    self.differ(message, at, module.at, &format!("in {}", quoted(&wanted)));
                }
            }
            (Action::Delay { seconds }, Known::Sleep(its)) => {
                if *its != seconds.value {
                    let message = format!("step {name} waits {its} s here");
                    self.differ(message, at, seconds.at, &format!("{} s", seconds.value));
                }
            }
            (Action::Mock, Known::Returns(value)) => {
                if let Known::Dict(items) = &**value {
                    self.mapping("output", items, at, &yaml.outputs, yaml);
                }
            }
            // Never called.
            (_, Known::Plain(Value::None)) => {}
            _ => {
                let message = format!("step {name} does something else here");
                self.differ(message, at, yaml.at, "what the YAML says");
            }
        }
    }

    /// What the script says at a place.
    fn written(&self, at: Span) -> Option<&str> {
        let text = &self.sources.get(at.file).text;
        text.get(at.start as usize..at.end as usize)
    }

    fn arguments(
        &mut self,
        noun: &str,
        script: &ScriptStep,
        there: &indexmap::IndexMap<String, Scalar>,
        yaml: &Step,
    ) {
        match keyword(script, "args") {
            Some((Known::Dict(items), at)) => {
                self.mapping(noun, items, *at, there, yaml);
            }
            None | Some((Known::Plain(Value::None), _)) => {
                self.mapping(noun, &[], script.at, there, yaml);
            }
            Some((_, at)) => {
                let what = format!("the {noun}s of step {}", quoted(&yaml.name.value));
                self.not_compared(*at, &what);
            }
        }
    }

    /// Parameters or outputs.
    fn mapping(
        &mut self,
        noun: &str,
        here: &[(String, Known)],
        at: Span,
        there: &indexmap::IndexMap<String, Scalar>,
        yaml: &Step,
    ) {
        let step = quoted(&yaml.name.value);
        for (name, value) in here {
            let Some(scalar) = there.get(name) else {
                let message = format!("{noun} {} of step {step} is only here", quoted(name));
                self.differ(message, at, yaml.name.at, "the step in the YAML");
                continue;
            };
            let Some(text) = value.shown() else {
                self.not_compared(at, &format!("{noun} {} of step {step}", quoted(name)));
                continue;
            };
            let written = Variable::written(scalar).text().into_owned();
            let same = judgement::template(&text) == judgement::template(&written)
                || self.resolved(&written).as_deref() == Some(text.as_str());
            if !same {
                let show = |text: &str| match self.context.secrets.cover(name) {
                    true => "another text".into(),
                    false => literal::text(&clip(text, 60)),
                };
                let message = format!(
                    "{noun} {} of step {step} is {} here",
                    quoted(name),
                    show(&text)
                );
                self.differ(message, at, scalar.at, &show(&written));
            }
        }
        for (name, scalar) in there {
            if !here.iter().any(|(its, _)| its == name) {
                let message = format!("{noun} {} of step {step} is missing here", quoted(name));
                self.differ(message, at, scalar.at, "the YAML gives it");
            }
        }
    }

    /// The text that a template comes to before any step has run, where that is certain.
    fn resolved(&self, text: &str) -> Option<String> {
        let mut out = text.to_owned();
        for name in names_in(text) {
            let declared = || self.test.variables.get(name).map(Variable::written);
            let value = options::value(name, &self.context)
                .cloned()
                .or_else(declared)?;
            // Space inside the braces does not count.
            for mark in [format!("{{{{{name}}}}}"), format!("{{{{ {name} }}}}")] {
                out = out.replace(&mark, &value.text());
            }
        }
        let whole = names_in(&out).is_empty();
        whole.then_some(out)
    }

    fn measurements(&mut self, script: &ScriptStep, yaml: &Step, mock: bool) {
        let step = quoted(&yaml.name.value);
        let (specs, at) = match keyword(script, "meas_specs") {
            Some((Known::List(specs), at)) => (specs.as_slice(), *at),
            None | Some((Known::Plain(Value::None), _)) => (&[][..], script.at),
            Some((_, at)) => {
                self.not_compared(*at, &format!("the measurements of step {step}"));
                return;
            }
        };
        let mut seen = Vec::new();
        for spec in specs {
            let Known::List(parts) = spec else {
                self.not_compared(at, &format!("a measurement of step {step}"));
                continue;
            };
            let [name, source, expected] = &**parts else {
                self.not_compared(
                    at,
                    &format!("a measurement of step {step} that is not (name, key, expected)"),
                );
                continue;
            };
            let Some(name) = name.as_text() else {
                self.not_compared(
                    at,
                    &format!("a measurement of step {step} whose name only running it would tell"),
                );
                continue;
            };
            let found = (0..yaml.measurements.len()).find(|index| {
                !seen.contains(index) && yaml.measurements[*index].name.value == name
            });
            let Some(index) = found else {
                let message = format!("measurement {} of step {step} is only here", quoted(name));
                self.differ(message, at, yaml.name.at, "the step in the YAML");
                continue;
            };
            seen.push(index);
            let measurement = &yaml.measurements[index];
            let what = format!("measurement {} of step {step}", quoted(name));
            let wanted = judgement::source(measurement, mock);
            match judgement::source_in_script(source) {
                None => self.not_compared(at, &format!("where {what} comes from")),
                Some(here) if here != wanted => {
                    let place = measurement
                        .value
                        .as_ref()
                        .map_or(measurement.at, |value| value.at);
                    let message = format!("{what} takes {} here", quoted(&here));
                    self.differ(message, at, place, &format!("takes {}", quoted(&wanted)));
                }
                Some(_) => {}
            }
            let wanted = judgement::wanted(measurement);
            match judgement::wanted_in_script(expected, measurement) {
                None => self.not_compared(at, &format!("what {what} must be")),
                Some(here) if here != wanted => {
                    let message = format!("{what} must be {here} here");
                    self.differ(message, at, measurement.at, &format!("must be {wanted}"));
                }
                Some(_) => {}
            }
        }
        for (index, measurement) in yaml.measurements.iter().enumerate() {
            if !seen.contains(&index) {
                let message = format!(
                    "measurement {} of step {step} is missing here",
                    quoted(&measurement.name.value)
                );
                self.differ(message, at, measurement.at, "the YAML has it");
            }
        }
    }

    fn keyword(
        &mut self,
        script: &ScriptStep,
        yaml: &Step,
        name: &str,
        wanted: &Known,
        default: &Known,
        place: Option<Span>,
    ) {
        let step = quoted(&yaml.name.value);
        let (here, at) =
            keyword(script, name).map_or((default, script.at), |(value, at)| (value, *at));
        let same = match (here.as_number(), wanted.as_number()) {
            (Some(here), Some(wanted)) => here == wanted,
            _ => here == wanted,
        };
        if same {
            return;
        }
        match (python(here), python(wanted)) {
            (Some(here), Some(wanted)) => {
                let message = format!("`{name}` of step {step} is {here} here");
                let there = format!("{wanted} by the YAML");
                self.differ(message, at, place.unwrap_or(yaml.name.at), &there);
            }
            _ => self.not_compared(at, &format!("`{name}` of step {step}")),
        }
    }

    /// Defaults against local.yaml and tags, and the first values of variables.
    fn settings(&mut self, script: &Script) {
        for default in &script.defaults {
            if options::split(&default.setting).is_none() {
                continue;
            }
            let value = options::value(&default.setting, &self.context);
            let nothing = default.value == Known::Plain(Value::None);
            if nothing && (value.is_none() || self.context.secrets.cover(&default.setting)) {
                continue;
            }
            let setting = quoted(&default.setting);
            match (default.value.shown(), value) {
                (None, _) => self.not_compared(default.at, &format!("the default of {setting}")),
                (Some(here), Some(value)) if here == *value.text() => {}
                (Some(here), value) => {
                    let there = match value {
                        _ if self.context.secrets.cover(&default.setting) => {
                            "has another value".into()
                        }
                        Some(value) => format!("is {}", literal::text(&clip(&value.text(), 60))),
                        None => "has no value".into(),
                    };
                    let here = match self.context.secrets.cover(&default.setting) {
                        true => "a secret".into(),
                        false => literal::text(&clip(&here, 60)),
                    };
                    let problem =
                        Diagnostic::warning(format!("the default of {setting} is {here} here"));
                    self.findings.push(problem.at(default.at).hint(format!(
                        "by local.yaml and the tags of {} it {there}",
                        self.test.file
                    )));
                }
            }
        }
        for (name, value, at) in &script.variables {
            let Some(scalar) = self.test.variables.get(name) else {
                let message = format!("variable {} is not in {}", quoted(name), self.test.file);
                self.findings.push(
                    Diagnostic::warning(message)
                        .at(*at)
                        .hint("add it to `variables`, or take it out here"),
                );
                continue;
            };
            let wanted = Variable::written(scalar);
            match value.shown() {
                None => self.not_compared(*at, &format!("variable {}", quoted(name))),
                Some(here) if here != *wanted.text() => {
                    let message = format!(
                        "variable {} is {} here",
                        quoted(name),
                        literal::text(&clip(&here, 60))
                    );
                    self.differ(
                        message,
                        *at,
                        scalar.at,
                        &literal::text(&clip(&wanted.text(), 60)),
                    );
                }
                Some(_) => {}
            }
        }
    }

    /// A difference, at its place in the script and with that in the YAML.
    fn differ(&mut self, message: String, here: Span, there: Span, text: &str) {
        self.findings
            .push(Diagnostic::warning(message).at(here).also(there, text));
    }

    fn not_compared(&mut self, at: Span, what: &str) {
        self.findings
            .push(Diagnostic::advice(format!("not compared: {what}")).at(at));
    }
}

fn keyword<'s>(step: &'s ScriptStep, name: &str) -> Option<(&'s Known, &'s Span)> {
    let mut all = step.keywords.iter();
    all.find(|(its, _, _)| its == name)
        .map(|(_, value, at)| (value, at))
}

/// As Python writes it.
fn python(known: &Known) -> Option<String> {
    match known {
        Known::Plain(value) => Some(literal::variable(&Variable::new(value.clone()))),
        _ => None,
    }
}
