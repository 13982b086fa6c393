//! The chain from a verdict back to what it comes from.

use std::collections::HashSet;

use serde_json::Value as Json;

use super::{
    conversation,
    subject::Subject,
    told::{Attempt, AttemptEnd, Execution, Finished, Told},
};
use crate::{
    event::{Declared, Measured, MeasurementReason, Parent, Reason, StepId, Verdict},
    flow::Template,
    report::{shown_limits, shown_value},
    source::{Place, is_of_package},
};

/// Longer pieces of text are cut.
const WIDEST: usize = 72;

/// More parameters are only counted.
const PARAMETERS: usize = 8;

/// More measurements that decided nothing are not shown.
const MEASUREMENTS: usize = 8;

/// More frames of a traceback are not shown.
const FRAMES: usize = 4;

/// Sequences within sequences are followed so deep.
const DEEPEST: usize = 16;

/// What leads to what stands above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What kind it is, in one word.
    pub label: &'static str,
    pub text: String,
    /// `FILE:LINE`
    pub place: Option<String>,
    /// The value came with it, and with so many others.
    pub marked: Option<usize>,
}

/// A verdict and its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// `None` where it never came to one.
    pub verdict: Option<Verdict>,
    pub title: String,
    pub place: Option<String>,
    pub links: Vec<Link>,
    /// What should be known beside the chain.
    pub notes: Vec<String>,
}

impl Link {
    pub(super) fn new(label: &'static str, text: impl Into<String>) -> Self {
        Self {
            label,
            text: text.into(),
            place: None,
            marked: None,
        }
    }

    pub(super) fn at(self, place: Option<String>) -> Self {
        Self { place, ..self }
    }
}

/// The run's verdict, then the step that it comes from.
pub fn of_run(told: &Told) -> Vec<Section> {
    let own: Vec<_> = top(told).collect();
    let bad: Vec<_> = own.iter().copied().filter(|its| its.is_bad()).collect();
    let started = &told.started;
    let mut run = Section {
        verdict: told.finished.as_ref().map(|end| end.verdict),
        title: format!(
            "{} {}, unit {}",
            started.test.name, started.test.version, started.serial_number
        ),
        place: Some(started.test.file.clone()),
        links: Vec::new(),
        notes: Vec::new(),
    };
    match &told.finished {
        Some(finished) => run.links.extend(ended_by(finished)),
        None => run
            .links
            .push(Link::new("run", "the events end before the run does")),
    }
    let cause = cause(told, &bad);
    if bad.is_empty() {
        let text = match &told.finished {
            Some(end) if end.verdict == Verdict::Pass => {
                let count = own.len();
                let plural = if count == 1 { "" } else { "s" };
                format!("none of its {count} step{plural} failed")
            }
            _ => "no step failed".into(),
        };
        run.links.push(Link::new("steps", text));
        run.notes
            .push("name a step or a measurement to see where its values come from".into());
    } else {
        let (ended, running): (Vec<_>, Vec<_>) =
            bad.iter().copied().partition(|its| its.end.is_some());
        if !ended.is_empty() {
            let text = format!("{} of {}: {}", ended.len(), own.len(), names(&ended));
            run.links.push(Link::new("failed", text));
        }
        if !running.is_empty() {
            run.links.push(Link::new("running", names(&running)));
        }
    }
    let mut sections = vec![run];
    if let Some(cause) = cause {
        sections.extend(of_subject(told, &Subject::of_execution(cause)));
    }
    sections
}

fn names(executions: &[&Execution]) -> String {
    let names: Vec<_> = executions
        .iter()
        .map(|its| format!("{:?}", its.name))
        .collect();
    names.join(", ")
}

fn ended_by(finished: &Finished) -> Option<Link> {
    let ended = finished.ended_by.as_ref()?;
    let signal = finished.signal.map(|signal| format!(" ({signal})"));
    let rule = format!("{}{}", ended.rule.as_str(), signal.unwrap_or_default());
    let text = match &ended.step {
        Some(step) => format!("{rule}, at {step:?}"),
        None => rule,
    };
    Some(Link::new("ended by", text))
}

/// The steps of the test itself.
fn top(told: &Told) -> impl Iterator<Item = &Execution> {
    told.executions.iter().filter(|its| its.parent.is_none())
}

/// The first step that has the run's verdict, else the first that failed.
fn cause<'a>(told: &Told, bad: &[&'a Execution]) -> Option<&'a Execution> {
    let verdict = told.finished.as_ref().map(|end| end.verdict);
    let has = |its: &&&Execution| its.end.as_ref().map(|end| end.verdict) == verdict;
    bad.iter().find(has).or(bad.first()).copied()
}

/// One step or measurement; the step of a sequence that it comes from follows.
pub fn of_subject(told: &Told, subject: &Subject<'_>) -> Vec<Section> {
    let mut sections = vec![section(told, subject)];
    let mut subject = *subject;
    while let Some(child) = child(told, &subject)
        && sections.len() < DEEPEST
    {
        subject = Subject::of_execution(child);
        sections.push(section(told, &subject));
    }
    sections
}

/// The step of its sequence that a step failed by.
fn child<'a>(told: &'a Told, subject: &Subject<'_>) -> Option<&'a Execution> {
    let attempt = subject.iteration?.attempts.last()?;
    attempt.sequence.as_ref()?;
    let reason = attempt.end.as_ref().and_then(|end| end.reason);
    if subject.measurement.is_some() || !matches!(reason, Some(Reason::Child) | None) {
        return None;
    }
    let of_attempt = |parent: &Parent| {
        parent.step == subject.execution.id
            && Some(parent.iteration) == subject.iteration.map(|its| its.index)
            && parent.attempt == attempt.number
    };
    let children = told.executions.iter();
    let mut children = children.filter(|its| its.parent.as_ref().is_some_and(of_attempt));
    let verdict = attempt.end.as_ref().map(|end| end.verdict);
    let bad: Vec<_> = children.by_ref().filter(|its| its.is_bad()).collect();
    let has = |its: &&&Execution| its.end.as_ref().map(|end| end.verdict) == verdict;
    bad.iter().find(has).or(bad.first()).copied()
}

fn section(told: &Told, subject: &Subject<'_>) -> Section {
    let execution = subject.execution;
    let attempt = subject.iteration.and_then(|its| its.attempts.last());
    let failed = failed(subject);
    let measurement = subject.measurement.or(failed.first().copied());
    let mut section = Section {
        verdict: None,
        title: execution.name.clone(),
        place: Some(place(&execution.place)),
        links: Vec::new(),
        notes: Vec::new(),
    };
    match measurement {
        Some(measurement) => {
            let measured = &measurement.measured;
            section.verdict = Some(measured.verdict);
            section.title += &format!(" / {}: {}", measured.name, judged(measured));
            section.links.push(limit(
                measured,
                measurement.declared.as_ref(),
                &execution.place,
            ));
            let mut names = Vec::new();
            let declared = measurement.declared.as_ref();
            section
                .links
                .extend(value(measured, declared, attempt, &mut names));
            for name in names {
                section
                    .links
                    .extend(named(told, execution, attempt, &name, measurement.seq));
            }
            section.notes.extend(also(&failed, subject));
        }
        None => {
            let end = execution.end.as_ref();
            section.verdict = end.map(|end| end.verdict);
            let attempt_end = attempt.and_then(|its| its.end.as_ref());
            let of_iteration = subject.iteration.and_then(|its| its.verdict);
            let (reason, message) = match (attempt_end, of_iteration == section.verdict) {
                (Some(end), true) => (end.reason, end.message.as_deref()),
                _ => match end {
                    Some(end) => (end.reason, end.message.as_deref()),
                    None => (None, Some("the events end while it runs")),
                },
            };
            section.title += &told_in_words(reason, message);
            section.links.extend(measured(subject));
        }
    }
    section.notes.extend(times(subject));
    if let Some(attempt) = attempt {
        section.links.extend(tries(subject, attempt));
        section
            .links
            .extend(work(execution, attempt, measurement.is_some()));
        let value = measurement.map(|its| &its.measured.value);
        section
            .links
            .extend(conversation::links(&attempt.exchanges, value));
        section.links.extend(parameters(told, attempt));
    } else if execution.end.as_ref().is_some_and(|end| {
        matches!(
            end.reason,
            Some(Reason::Aborted | Reason::NotSelected | Reason::Disabled)
        )
    }) {
        let ended = told.finished.as_ref().and_then(ended_by);
        section.links.extend(ended);
    }
    section.links.extend(ends(told, execution));
    section
}

/// The measurements of the iteration that did not pass.
fn failed<'a>(subject: &Subject<'a>) -> Vec<&'a super::told::Measurement> {
    let measurements = subject.iteration.iter().flat_map(|its| &its.measurements);
    let attempt = subject.iteration.and_then(|its| its.attempts.last());
    let reason = attempt
        .and_then(|its| its.end.as_ref())
        .and_then(|end| end.reason);
    if !matches!(reason, Some(Reason::Limit)) {
        return Vec::new();
    }
    measurements
        .filter(|its| its.measured.verdict != Verdict::Pass)
        .collect()
}

/// What was measured, where none of it decided.
fn measured(subject: &Subject<'_>) -> Vec<Link> {
    let measurements = subject.iteration.iter().flat_map(|its| &its.measurements);
    measurements
        .take(MEASUREMENTS)
        .map(|its| {
            let declared = its.declared.as_ref();
            let text = format!("{}: {}", its.measured.name, judged(&its.measured));
            Link::new("measured", text).at(declared.map(|its| place(&its.place)))
        })
        .collect()
}

fn also(failed: &[&super::told::Measurement], subject: &Subject<'_>) -> Option<String> {
    let others: Vec<_> = failed
        .iter()
        .filter(|its| subject.measurement.is_none_or(|own| own.seq != its.seq))
        .skip(usize::from(subject.measurement.is_none()))
        .map(|its| its.measured.name.as_str())
        .collect();
    (!others.is_empty()).then(|| format!("failed in the same step: {}", others.join(", ")))
}

fn times(subject: &Subject<'_>) -> Option<String> {
    if subject.times < 2 {
        return None;
    }
    let what = match subject.bad {
        0 => "all passed; this is the last".into(),
        1 => "1 did not pass; this is it".into(),
        bad => format!("{bad} did not pass; this is the first of them"),
    };
    let iteration = match (subject.execution.iterations.len(), subject.iteration) {
        (2.., Some(iteration)) => format!(", iteration {}", iteration.index + 1),
        _ => String::new(),
    };
    Some(format!("{} executions, {what}{iteration}", subject.times))
}

/// "5.42 V, must be at most 5.25"
fn judged(measured: &Measured) -> String {
    let value = shown_value(measured);
    match &measured.message {
        Some(message) if measured.verdict != Verdict::Pass => format!("{value}, {message}"),
        _ => format!("{value} ({})", shown_limits(measured)),
    }
}

fn told_in_words(reason: Option<Reason>, message: Option<&str>) -> String {
    match (reason, message) {
        (Some(reason), Some(message)) => format!(": {message} ({})", reason.as_str()),
        (Some(reason), None) => format!(" ({})", reason.as_str()),
        (None, Some(message)) => format!(": {message}"),
        (None, None) => String::new(),
    }
}

fn limit(measured: &Measured, declared: Option<&Declared>, step: &Place) -> Link {
    let number = |limit: &Option<Json>| limit.as_ref().map(Json::to_string);
    let expected = measured.expected.as_ref().map(|text| format!("{text:?}"));
    let all = [
        ("low_limit", number(&measured.low_limit)),
        ("high_limit", number(&measured.high_limit)),
        ("target", number(&measured.target)),
        ("expected", expected),
        ("operator", measured.operator.clone()),
    ];
    // The one that was not kept, else all of them.
    let decisive = match measured.reason {
        Some(MeasurementReason::BelowLimit) => Some("low_limit"),
        Some(MeasurementReason::AboveLimit) => Some("high_limit"),
        Some(MeasurementReason::NotEqual) if measured.kind == "numeric" => Some("target"),
        Some(MeasurementReason::NotEqual) => Some("expected"),
        _ => None,
    };
    let shown: Vec<_> = all
        .iter()
        .filter(|(key, _)| decisive.is_none_or(|decisive| *key == decisive || *key == "operator"))
        .filter_map(|(key, value)| Some(format!("{key}: {}", value.as_ref()?)))
        .collect();
    let text = match shown.is_empty() {
        true => "none: the value is only recorded".into(),
        false => shown.join(", "),
    };
    let at = declared.map_or(step, |declared| {
        decisive
            .and_then(|key| declared.limits.get(key))
            .unwrap_or(&declared.place)
    });
    Link::new("limit", text).at(Some(place(at)))
}

/// Where the value is taken from; `names` gets the names to follow.
fn value(
    measured: &Measured,
    declared: Option<&Declared>,
    attempt: Option<&Attempt>,
    names: &mut Vec<String>,
) -> Option<Link> {
    let Some(declared) = declared else {
        let Some(answered) = &attempt?.answered else {
            // Events of earlier versions do not tell; what was returned may.
            names.extend(returned_as(measured, attempt?));
            return None;
        };
        let text = format!(
            "{} entered {:?}",
            who(answered),
            answered.value.as_deref().unwrap_or_default()
        );
        return Some(Link::new("operator", text));
    };
    let Some(written) = &declared.value else {
        let key = measured.name.to_lowercase();
        let returned = attempt
            .and_then(|its| its.end.as_ref())
            .and_then(|end| end.returned.as_ref());
        let has_key = returned.is_some_and(|returned| returned.get(&key).is_some());
        let text = match (has_key, returned) {
            (true, _) => format!("no `value:`, so the key {key:?} of what the step returned"),
            (false, Some(Json::Object(_)) | None) => {
                format!("no `value:`, and the step returned no key {key:?}")
            }
            (false, Some(_)) => "no `value:`, so the single value the step returned".into(),
        };
        names.push(if has_key { key } else { "result".into() });
        return Some(Link::new("value", text).at(Some(place(&declared.place))));
    };
    let template = Template::parse(&written.text);
    names.extend(template.names().map(str::to_owned));
    let text = match names.is_empty() {
        true => format!("value: {}, as it stands there", cut(&written.text)),
        false => format!("value: {:?}", cut(&written.text)),
    };
    Some(Link::new("value", text).at(Some(place(&written.place))))
}

/// The one key of what the step returned that has the measured value.
fn returned_as(measured: &Measured, attempt: &Attempt) -> Option<String> {
    match attempt.end.as_ref()?.returned.as_ref()? {
        Json::Object(fields) => {
            let mut equal = fields.iter().filter(|(_, its)| **its == measured.value);
            let (name, _) = equal.next()?;
            equal.next().is_none().then(|| name.clone())
        }
        value => (*value == measured.value).then(|| "result".into()),
    }
}

/// Where a name of a measurement's value comes from: the step's own return first.
fn named(
    told: &Told,
    execution: &Execution,
    attempt: Option<&Attempt>,
    name: &str,
    before: u64,
) -> Vec<Link> {
    let end = attempt.and_then(|its| its.end.as_ref());
    let returned = end.and_then(|end| end.returned.as_ref());
    let own = match returned {
        Some(Json::Object(fields)) => fields.get(name),
        Some(value) if name == "result" => Some(value),
        _ => None,
    };
    let Some(own) = own else {
        let own_output = execution
            .end
            .as_ref()
            .filter(|_| told.is_output(execution.id, name))
            .and_then(|end| end.outputs.get(name));
        let link = match own_output {
            Some(value) => {
                let text = format!(
                    "{name} = {}, an output of this step",
                    cut(&value.to_string())
                );
                Some(Link::new("output", text).at(Some(place(&execution.place))))
            }
            None => told.origin(name, before),
        };
        let has = returned_keys(returned);
        return match link {
            Some(link) => vec![link],
            None => vec![Link::new("returned", has)],
        };
    };
    let stubbed = told.started.mode.stubbed.contains(&execution.name);
    let own = cut(&own.to_string());
    let text = match returned {
        Some(Json::Object(fields)) if fields.len() > 1 => {
            format!("{name:?}: {own}, one of {} keys", fields.len())
        }
        Some(Json::Object(_)) => format!("{name:?}: {own}"),
        _ => own,
    };
    let mut links = vec![match stubbed {
        true => Link::new("stub", format!("{text}, as `stubs` says")).at(Some("local.yaml".into())),
        false => Link::new("returned", text),
    }];
    if let Some(code) = &execution.code {
        let at = code.returns.get(name).unwrap_or(&code.at);
        let line = cut_around(at.text.trim(), name);
        let text = format!("{}: {line}", code.function);
        links.push(Link::new("Python", text).at(Some(format!("{}:{}", at.file, at.line))));
    }
    links
}

fn returned_keys(returned: Option<&Json>) -> String {
    match returned {
        None => "nothing".into(),
        Some(Json::Object(fields)) => {
            let keys: Vec<_> = fields.keys().map(|key| format!("{key:?}")).collect();
            format!("only {}", cut(&keys.join(", ")))
        }
        Some(value) => format!("a single value, {}", cut(&value.to_string())),
    }
}

/// Which attempt it is, and what became of those before.
fn tries(subject: &Subject<'_>, attempt: &Attempt) -> Option<Link> {
    let attempts = &subject.iteration?.attempts;
    let before: Vec<_> = attempts
        .iter()
        .filter(|its| its.number < attempt.number)
        .filter_map(|its| its.end.as_ref())
        .map(|end| match end.reason {
            Some(reason) => format!("{} ({})", end.verdict.as_str(), reason.as_str()),
            None => end.verdict.as_str().into(),
        })
        .collect();
    (!before.is_empty()).then(|| {
        let text = format!(
            "this is attempt {} of {}, after {}",
            attempt.number + 1,
            attempt.of,
            before.join(", ")
        );
        Link::new("retry", text)
    })
}

/// What the step did in the attempt, as far as the way to a measurement has not shown it.
fn work(execution: &Execution, attempt: &Attempt, measured: bool) -> Vec<Link> {
    let mut links = Vec::new();
    if let Some(file) = &attempt.sequence {
        links.push(Link::new("sequence", file.clone()).at(Some(place(&execution.place))));
    }
    let end = attempt.end.as_ref();
    if !measured && let Some(answered) = &attempt.answered {
        let text = format!(
            "{} chose {:?} ({})",
            who(answered),
            answered.button,
            answered.action
        );
        links.push(Link::new("operator", text));
    }
    if end.and_then(|end| end.reason) == Some(Reason::Timeout)
        && let Some(timeout) = attempt.timeout_ns
    {
        let text = format!("timeout_ms: {}", timeout / 1_000_000);
        links.push(Link::new("limit", text).at(Some(place(&execution.place))));
    }
    links.extend(
        attempt
            .refused
            .iter()
            .map(|message| Link::new("refused", message.clone())),
    );
    let raised = end.map(raised).unwrap_or_default();
    if !raised.is_empty() {
        links.extend(raised);
    } else if let (false, Some(code)) = (measured, &execution.code) {
        if let Some(returned) = end.and_then(|end| end.returned.as_ref()) {
            links.push(Link::new("returned", cut(&returned.to_string())));
        }
        let text = format!("{}: {}", code.function, cut(code.at.text.trim()));
        let at = format!("{}:{}", code.at.file, code.at.line);
        links.push(Link::new("Python", text).at(Some(at)));
    }
    links
}

/// The lines of the package that an exception came through, from the inside out.
fn raised(end: &AttemptEnd) -> Vec<Link> {
    let own = end.traceback.iter().rev();
    let own: Vec<_> = own
        .filter(|frame| is_of_package(&frame.file))
        .take(FRAMES)
        .collect();
    own.iter()
        .enumerate()
        .map(|(depth, frame)| {
            let excerpt = end.excerpt.as_ref();
            let excerpt = excerpt.filter(|its| (&its.file, its.line) == (&frame.file, frame.line));
            let text = match (depth, excerpt) {
                (0, Some(excerpt)) => {
                    format!("{}: {}", frame.function, cut(excerpt.text.trim()))
                }
                (0, None) => frame.function.clone(),
                _ => format!("called by {}", frame.function),
            };
            Link::new("Python", text).at(Some(format!("{}:{}", frame.file, frame.line)))
        })
        .collect()
}

/// The parameters, and what their templates stand for.
fn parameters(told: &Told, attempt: &Attempt) -> Vec<Link> {
    let mut links = Vec::new();
    let mut followed = HashSet::new();
    // One whose template could not be filled in is written and never was an argument.
    let unfilled = attempt
        .written
        .keys()
        .find(|name| !attempt.arguments.contains_key(*name));
    let names = unfilled.into_iter().chain(attempt.arguments.keys());
    for name in names.take(PARAMETERS) {
        let written = attempt.written.get(name);
        let template = written.map(|written| Template::parse(&written.text));
        let used: Vec<_> = template.iter().flat_map(Template::names).collect();
        let text = match (attempt.arguments.get(name), written) {
            (Some(value), Some(written)) if !used.is_empty() => {
                format!("{name} = {}, from {:?}", cut(value), cut(&written.text))
            }
            (Some(value), _) => format!("{name} = {}", cut(value)),
            (None, written) => {
                let text = written.map_or(String::new(), |written| cut(&written.text));
                format!("{name}: {text:?}, which could not be filled in")
            }
        };
        links.push(Link::new("parameter", text).at(written.map(|written| place(&written.place))));
        for name in used {
            if followed.insert(name.to_owned()) {
                links.extend(told.origin(name, attempt.seq));
            }
        }
    }
    let more = attempt.arguments.len().saturating_sub(PARAMETERS);
    if more > 0 {
        links.push(Link::new("parameter", format!("and {more} more")));
    }
    links
}

/// The rule by which this step ended the run.
fn ends(told: &Told, execution: &Execution) -> Option<Link> {
    let finished = told.finished.as_ref()?;
    let ended = finished.ended_by.as_ref()?;
    let is_it = execution.parent.is_none() && ended.step.as_deref() == Some(&*execution.name);
    (is_it && execution.is_bad())
        .then(|| Link::new("ends run", ended.rule.as_str()).at(Some(place(&execution.place))))
}

fn who(answered: &crate::event::Answered) -> &'static str {
    use crate::operator::AnsweredBy;
    match answered.by {
        AnsweredBy::Operator => "the operator",
        AnsweredBy::Given => "the given answers",
        AnsweredBy::Unattended => "the rule for unattended runs",
    }
}

impl Told {
    /// Whether a step has put this name into the store other than by returning it.
    fn is_output(&self, step: StepId, name: &str) -> bool {
        self.sets
            .iter()
            .any(|set| set.by == super::origin::By::Output(step) && set.name == name)
    }
}

pub(super) fn place(place: &Place) -> String {
    format!("{}:{}", place.file, place.line)
}

/// A text that fits into a line with others.
pub(super) fn cut(text: &str) -> String {
    let text = text.trim().replace(['\n', '\r'], " ");
    match text.char_indices().nth(WIDEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

/// The same, but what counts can still be seen in it.
pub(super) fn cut_around(text: &str, what: &str) -> String {
    const BEFORE: usize = 30;
    let seen = text.find(what).map_or(0, |at| {
        text.get(..at).map_or(0, |before| before.chars().count())
    });
    if seen + what.chars().count() <= WIDEST {
        return cut(text);
    }
    let rest: String = text.chars().skip(seen.saturating_sub(BEFORE)).collect();
    format!("…{}", cut(&rest))
}
