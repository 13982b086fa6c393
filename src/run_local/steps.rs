//! The steps of a test as calls of the helper.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use rehearsal_python::{interpreter::module_name, value::Value};

use super::{
    document::Document,
    helper::Features,
    left_out::{forced, kind_left_out, never_runs},
    literal,
};
use crate::{
    flow::{Template, Variable},
    package::model::{Action, Force, Measurement, MeasurementKind, Operator, Scalar, Step, Test},
};

/// Names that the script has or uses already.
const TAKEN: [&str; 40] = [
    "aborted",
    "any",
    "argparse",
    "bool",
    "callable",
    "dict",
    "enumerate",
    "float",
    "getattr",
    "glob",
    "importlib",
    "int",
    "isinstance",
    "json",
    "len",
    "list",
    "main",
    "next",
    "not_modelled",
    "options",
    "os",
    "parser",
    "print",
    "range",
    "re",
    "repr",
    "settings",
    "sorted",
    "step",
    "str",
    "sum",
    "super",
    "sys",
    "time",
    "traceback",
    "tuple",
    "type",
    "uuid",
    "variables",
    "verdict",
];

/// The parts of a script that come from the steps.
#[derive(Default)]
pub struct Steps {
    pub features: Features,
    /// The module's name and what the script calls it.
    pub modules: BTreeMap<String, String>,
    /// Lists of measurements, by the names of their constants.
    measurements: Vec<(String, Document)>,
    /// Setup, steps, teardown.
    phases: [Vec<Document>; 3],
}

impl Steps {
    pub fn of(test: &Test) -> Self {
        let mut steps = Self::default();
        let all = || test.setup.iter().chain(&test.steps).chain(&test.teardown);
        steps.modules = modules(all());
        if all().any(|step| !never_runs(step) && names(step).any(|name| name.starts_with("__"))) {
            steps.features.add("counters");
        }
        for (index, phase) in [&test.setup, &test.steps, &test.teardown]
            .into_iter()
            .enumerate()
        {
            let calls: Vec<_> = phase.iter().map(|step| steps.step(step)).collect();
            steps.phases[index] = calls;
        }
        if steps.features.has("counters") {
            steps.features.add("store");
        }
        steps
    }

    /// The constants that steps refer to.
    pub fn constants(&self) -> String {
        let lists = self.measurements.iter();
        lists
            .map(|(_, list)| format!("\n{}", list.lines(0)))
            .collect()
    }

    /// The calls, in sections.
    pub fn calls(&self) -> String {
        let mut out = String::new();
        for (title, calls) in ["SETUP", "STEPS", "TEARDOWN"].into_iter().zip(&self.phases) {
            if calls.is_empty() {
                continue;
            }
            out += &format!("\n    # {title}\n");
            out.extend(calls.iter().map(|call| call.lines(4)));
        }
        out
    }

    fn step(&mut self, step: &Step) -> Document {
        let name = Document::atom(literal::text(&step.name.value));
        if let Some(kind) = kind_left_out(step).filter(|_| !never_runs(step)) {
            self.features.add("not_modelled");
            let kind = Document::atom(literal::text(kind.trim_matches('`')));
            return Document::call("not_modelled", vec![name, kind]);
        }
        let mut items = vec![name, self.action(step)];
        if matches!(step.action, Action::Python { .. }) && !step.parameters.is_empty() {
            items.push(self.arguments(&step.parameters));
        }
        if matches!(step.action, Action::Mock) && has_templates(&step.outputs) {
            items.push(self.arguments(&step.outputs));
        }
        if !step.measurements.is_empty() {
            let constant = self.constant(step);
            items.push(Document::atom(format!("meas_specs={constant}")));
        }
        // A mock's outputs are what it returns.
        if !step.outputs.is_empty() && !matches!(step.action, Action::Mock) {
            self.features.add("outputs");
            self.features.add("evaluate");
            self.features.add("store");
            let outputs = step.outputs.iter();
            let outputs = outputs
                .map(|(name, scalar)| {
                    Document::atom(literal::variable(&Variable::written(scalar)))
                        .after(&format!("{}: ", literal::text(name)))
                })
                .collect();
            items.push(Document::dict(outputs).after("outputs="));
        }
        items.extend(self.flags(step));
        Document::call("step", items)
    }

    /// What the step calls.
    fn action(&mut self, step: &Step) -> Document {
        match &step.action {
            Action::Python { module, function } => {
                self.features.add("code");
                let module = self.modules.get(&module_name(&module.value));
                let module = module.map_or("tests", String::as_str);
                let name = &function.value;
                let attribute = literal::is_name(name) && !name.starts_with('_');
                Document::atom(match attribute {
                    true => format!("{module}.{name}"),
                    false => format!("{module}[{}]", literal::text(name)),
                })
            }
            Action::Delay { seconds } => {
                Document::atom(format!("lambda: time.sleep({:?})", seconds.value))
            }
            // Called with its outputs, which are filled in like arguments.
            Action::Mock if has_templates(&step.outputs) => Document::atom("dict"),
            Action::Mock => {
                let outputs = step.outputs.iter().map(|(name, scalar)| {
                    let text = literal::text(&Variable::written(scalar).text());
                    Document::atom(text).after(&format!("{}: ", literal::text(name)))
                });
                Document::dict(outputs.collect()).after("lambda: ")
            }
            _ => Document::atom("None"),
        }
    }

    fn arguments(&mut self, texts: &IndexMap<String, Scalar>) -> Document {
        let arguments = texts.iter().map(|(name, scalar)| {
            let text = Variable::written(scalar).text().into_owned();
            if uses_names(&text) {
                self.features.add("store");
            }
            // A number is passed on as its text, in which nothing is replaced.
            Document::atom(literal::text(&text)).after(&format!("{}: ", literal::text(name)))
        });
        Document::dict(arguments.collect()).after("args=")
    }

    fn flags(&mut self, step: &Step) -> Vec<Document> {
        let mut flags = Vec::new();
        if !step.enabled {
            self.features.add("enabled");
            flags.push("enabled=False".to_owned());
        }
        let word = match forced(step) {
            Some(Force::Pass) => Some("pass"),
            Some(Force::Fail) => Some("fail"),
            Some(Force::Skip) => Some("skip"),
            // Without a precondition it runs anyhow.
            Some(Force::Run) | None => None,
        };
        if let Some(word) = word {
            self.features.add("force");
            flags.push(format!("force=\"{word}\""));
        }
        if let Some(repeat) = &step.repeat
            && repeat.value.condition.is_none()
        {
            self.features.add("repeat");
            flags.push(format!("repeat={}", repeat.value.max_iterations.value));
        }
        if let Some(retry) = step.retry.as_ref().map(|retry| retry.value)
            && retry.count > 0
        {
            flags.push(format!("retries={}", retry.count));
            if retry.delay_ms > 0 {
                flags.push(format!("retry_delay_s={}", seconds(retry.delay_ms)));
            }
        }
        if step.terminate_on_fail {
            flags.push("terminate_on_fail=True".into());
        }
        if step.run_on_abort {
            flags.push("run_on_abort=True".into());
        }
        flags.into_iter().map(Document::atom).collect()
    }

    /// Makes a constant of the step's measurements and gives its name.
    fn constant(&mut self, step: &Step) -> String {
        self.features.add("store");
        self.features.add("measurements");
        let short = literal::snake_case(&step.name.value.to_uppercase()).to_uppercase();
        let short = if short.is_empty() { "STEP" } else { &short };
        let mut name = format!("_{short}_MEASUREMENTS");
        let mut number = 2;
        while self.measurements.iter().any(|(taken, _)| *taken == name) {
            name = format!("_{short}_{number}_MEASUREMENTS");
            number += 1;
        }
        let mock = matches!(step.action, Action::Mock);
        let specs = step
            .measurements
            .iter()
            .map(|measurement| self.measurement(measurement, mock))
            .collect();
        let list = Document::list(specs).after(&format!("{name} = "));
        self.measurements.push((name.clone(), list));
        name
    }

    /// `(name, key, expected)`
    fn measurement(&mut self, measurement: &Measurement, mock: bool) -> Document {
        let name = literal::text(&measurement.name.value);
        let source = self.source(measurement, mock);
        let expected = self.expected(measurement);
        Document::atom(format!("({name}, {source}, {expected})"))
    }

    fn source(&mut self, measurement: &Measurement, mock: bool) -> String {
        let Some(scalar) = &measurement.value else {
            return match &measurement.target {
                Some(target) if mock => {
                    self.features.add("evaluate");
                    literal::limit(target)
                }
                _ => "None".into(),
            };
        };
        let Value::Str(text) = &scalar.value else {
            if scalar.value == Value::None {
                // Text that nothing replaces stands for a value that is not there.
                self.features.add("literal");
                return "(\"literal\", None)".into();
            }
            let written = literal::variable(&Variable::written(scalar));
            if !written.starts_with('"') {
                self.features.add("evaluate");
                return written;
            }
            self.features.add("literal");
            return format!("(\"literal\", {written})");
        };
        if let Some(name) = only_name(text)
            && !name.contains("{{")
        {
            return literal::text(name);
        }
        if uses_names(text) {
            self.features.add("evaluate");
            return literal::text(text);
        }
        self.features.add("literal");
        format!("(\"literal\", {})", literal::text(text))
    }

    fn expected(&mut self, measurement: &Measurement) -> String {
        let operator = measurement.operator.as_ref().map(|its| its.value);
        if operator == Some(Operator::Log) {
            self.features.add("log");
            return "(\"log\", None)".into();
        }
        let text = measurement
            .expected
            .as_ref()
            .map(|text| literal::text(&text.value));
        match measurement.kind {
            MeasurementKind::Boolean => {
                self.features.add("boolean");
                text.unwrap_or_else(|| "(\"boolean\", None)".into())
            }
            MeasurementKind::String => {
                self.features.add("string");
                format!("(\"string\", {})", text.as_deref().unwrap_or("None"))
            }
            MeasurementKind::Numeric => self.limits(measurement, operator),
        }
    }

    fn limits(&mut self, measurement: &Measurement, operator: Option<Operator>) -> String {
        let limit = |limit: &Option<_>| limit.as_ref().map_or("None".into(), literal::limit);
        let low = limit(&measurement.low_limit);
        let high = limit(&measurement.high_limit);
        let target = limit(&measurement.target);
        let (word, bound) = match operator {
            None | Some(Operator::Log) => {
                self.features.add("limits");
                return format!("({low}, {high})");
            }
            Some(Operator::Equal) => ("equal", target),
            Some(Operator::NotEqual) => ("notequal", target),
            Some(Operator::GreaterThan) => ("greaterthan", low),
            Some(Operator::GreaterThanOrEqual) => ("greaterthanorequal", low),
            Some(Operator::LessThan) => ("lessthan", high),
            Some(Operator::LessThanOrEqual) => ("lessthanorequal", high),
        };
        self.features.add("operator");
        format!("(\"{word}\", {bound})")
    }
}

/// Every name that templates of the step use.
pub fn names(step: &Step) -> impl Iterator<Item = &str> {
    let values = step.parameters.values().chain(step.outputs.values());
    let measured = step
        .measurements
        .iter()
        .filter_map(|measurement| measurement.value.as_ref());
    let titles = step
        .measurements
        .iter()
        .map(|measurement| measurement.name.value.as_str());
    let texts = values.chain(measured).filter_map(text_of);
    texts.chain(titles).flat_map(names_in)
}

/// The names in a text, in order.
pub fn names_in(text: &str) -> Vec<&str> {
    Template::parse(text).names().collect()
}

/// The name that a text is a template of, and nothing else.
pub fn only_name(text: &str) -> Option<&str> {
    let (name, rest) = text.strip_prefix("{{")?.split_once("}}")?;
    rest.is_empty().then(|| name.trim())
}

fn text_of(scalar: &Scalar) -> Option<&str> {
    match &scalar.value {
        Value::Str(text) => Some(text),
        _ => None,
    }
}

fn uses_names(text: &str) -> bool {
    !names_in(text).is_empty()
}

/// Milliseconds as Python's seconds.
pub fn seconds(milliseconds: u64) -> String {
    let text = format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000);
    let short = text.trim_end_matches('0');
    match short.ends_with('.') {
        true => format!("{short}0"),
        false => short.into(),
    }
}

/// What the script calls each module: `tests` where there is one.
fn modules<'a>(steps: impl Iterator<Item = &'a Step>) -> BTreeMap<String, String> {
    let mut found = Vec::new();
    for step in steps {
        if let Action::Python { module, .. } = &step.action {
            let name = module_name(&module.value);
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    if let [only] = &*found {
        return BTreeMap::from([(only.clone(), "tests".into())]);
    }
    let mut named = BTreeMap::new();
    for module in found {
        let last = literal::snake_case(module.rsplit('.').next().unwrap_or(&module));
        let fits = literal::is_name(&last) && !TAKEN.contains(&last.as_str());
        let base = if fits { last } else { "tests".into() };
        let mut name = base.clone();
        let mut number = 2;
        while named.values().any(|taken| *taken == name) {
            name = format!("{base}_{number}");
            number += 1;
        }
        named.insert(module, name);
    }
    named
}

fn has_templates(texts: &IndexMap<String, Scalar>) -> bool {
    texts
        .values()
        .any(|scalar| uses_names(&Variable::written(scalar).text()))
}
