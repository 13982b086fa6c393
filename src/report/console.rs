//! The run as a person watches it: one line a step, its measurements and troubles below, the verdict at the end.

use std::{
    fmt::Display,
    io::{self, Write},
};

use anstyle::{AnsiColor, Style};

use crate::{
    event::{
        Answered, Event, Excerpt, Measured, Phase, Reason, RunStarted, Sink, SinkError, Stamped,
        Statistics, Verdict,
    },
    flow::interruption::Signal,
    operator::AnsweredBy,
    python::Frame,
    source::is_of_package,
};

use super::{
    Progress, duration::duration, measurement_lines::measurement_lines,
    statistics_lines::statistics_lines, summary::Summary, visible::visible,
};

/// How far the steps of a sequence are indented.
const NESTED: usize = 4;

/// At most so many frames of a traceback are shown.
const FRAMES: usize = 3;

/// How the console looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    pub colour: bool,
    /// Only failures and the verdict.
    pub quiet: bool,
}

/// Writes a run for people.
pub struct Console {
    writer: Box<dyn Write + Send>,
    look: Look,
    progress: Option<Progress>,
    summary: Summary,
    phase: Option<Phase>,
    /// The steps that run: a sequence's own, then that of its step.
    steps: Vec<Running>,
    /// The first failure to write.
    failed: Option<io::Error>,
}

/// The step that runs.
#[derive(Default)]
struct Running {
    name: String,
    phase: Option<Phase>,
    /// Its name has been printed, because something about it had to be said before its end.
    announced: bool,
    attempts: u32,
    last_attempt: u32,
    iterations: u32,
    measurements: Vec<Measured>,
    /// Of a looped step.
    statistics: Vec<Statistics>,
    /// What it was refused, in words.
    refused: Vec<String>,
    traceback: Vec<Frame>,
    excerpt: Option<Excerpt>,
    /// What it printed, where that is shown only if it fails.
    held: String,
}

/// How a step ended, as its event says.
struct End<'a> {
    verdict: Verdict,
    reason: Option<Reason>,
    message: Option<&'a str>,
    forced: bool,
    duration_ns: u64,
}

impl Console {
    pub fn new(writer: Box<dyn Write + Send>, look: Look) -> Self {
        Self {
            writer,
            look,
            progress: None,
            summary: Summary::default(),
            phase: None,
            steps: Vec::new(),
            failed: None,
        }
    }

    /// Shows which step runs while it does.
    pub fn with_progress(self, progress: Progress) -> Self {
        Self {
            progress: Some(progress),
            ..self
        }
    }

    fn text_of(&mut self, event: &Event) -> String {
        let mut page = Page {
            text: String::new(),
            colour: self.look.colour,
            margin: NESTED * self.steps.len().saturating_sub(1),
        };
        match event {
            Event::RunStarted(started) => self.opening(&mut page, started),
            Event::StepStarted { name, phase, .. } => self.step_started(name, *phase),
            Event::IterationStarted { index, .. } => {
                if let Some(step) = self.steps.last_mut() {
                    step.iterations = index + 1;
                }
            }
            Event::AttemptStarted {
                attempt, attempts, ..
            } => {
                if let Some(step) = self.steps.last_mut() {
                    (step.last_attempt, step.attempts) = (*attempt, *attempts);
                }
            }
            Event::SequenceStarted { .. } => {
                self.announce(&mut page);
                let iteration = self.steps.last().map_or(0, |step| step.iterations);
                if iteration > 1 && !self.look.quiet {
                    page.line(4, format!("iteration {iteration}"));
                }
            }
            Event::Prompted { .. } => {
                self.announce(&mut page);
                if let Some(progress) = &mut self.progress {
                    progress.hide();
                }
            }
            Event::Answered { answer, .. } => self.answered(&mut page, answer),
            Event::Statistics { statistics, .. } => self.statistics(statistics),
            Event::Output { text, .. } => self.output(&mut page, text),
            Event::Refused { message, .. } => match self.steps.last_mut() {
                Some(step) if step.refused.contains(message) => {}
                Some(step) => step.refused.push(message.clone()),
                None => refused(&mut page, 2, message),
            },
            Event::AttemptFinished {
                message,
                traceback,
                excerpt,
                retry_in_ns,
                ..
            } => {
                if let Some(step) = self.steps.last_mut() {
                    step.traceback.clone_from(traceback);
                    step.excerpt.clone_from(excerpt);
                }
                if let Some(pause) = retry_in_ns {
                    self.retry(&mut page, message.as_deref(), *pause);
                }
            }
            Event::Measurement { measurement, .. } => {
                if let Some(step) = self.steps.last_mut() {
                    step.measurements.push(Measured::clone(measurement));
                }
            }
            Event::StepFinished {
                verdict,
                reason,
                message,
                forced,
                duration_ns,
                ..
            } => {
                let (message, forced) = (message.as_deref(), *forced);
                let end = End {
                    verdict: *verdict,
                    reason: *reason,
                    message,
                    forced,
                    duration_ns: *duration_ns,
                };
                self.step_finished(&mut page, &end);
            }
            Event::Warning { message } if !self.look.quiet => {
                let label = page.painted(YELLOW, "warning");
                page.line(2, format!("{label}: {}", visible(message)));
            }
            Event::Interrupted { signal, count } if !self.look.quiet => {
                interrupted(&mut page, *signal, *count)
            }
            Event::RunFinished {
                verdict,
                ended_by,
                duration_ns,
                ..
            } => {
                if !self.look.quiet {
                    page.line(0, "");
                }
                let verdict_mark = page.painted(
                    colour_of(*verdict).bold(),
                    format!("=== {} ===", verdict.as_str()),
                );
                page.line(
                    0,
                    format!("{verdict_mark}  {}", self.summary.totals(*duration_ns)),
                );
                if let Some(ended_by) = ended_by {
                    page.line(2, Summary::ended_by(ended_by));
                }
                page.line(2, self.summary.identity());
                for hint in self.summary.hints(*verdict) {
                    page.line(2, format!("hint: {hint}"));
                }
            }
            Event::IterationFinished { .. }
            | Event::SequenceFinished { .. }
            | Event::HostRequest { .. }
            | Event::HostReply { .. }
            | Event::Exchange { .. }
            | Event::Warning { .. }
            | Event::Interrupted { .. } => {}
        }
        page.text
    }

    fn opening(&mut self, page: &mut Page, started: &RunStarted) {
        self.summary = Summary::of(started);
        if self.look.quiet {
            return;
        }
        let RunStarted {
            test,
            package,
            mode,
            ..
        } = started;
        let title = page.painted(
            BOLD,
            format!("{} {}", visible(&test.name), visible(&test.version)),
        );
        let (file, name, version) = (
            visible(&test.file),
            visible(&package.name),
            visible(&package.version),
        );
        let interpreter = match mode.interpreter.as_str() {
            "sandbox" => "in the sandbox",
            other => other,
        };
        page.line(
            0,
            format!("{title}  ({file} of {name} {version}; Python {interpreter})"),
        );
        page.line(0, self.summary.identity());
        if let Some(permissions) = &mode.permissions {
            page.line(0, visible(permissions));
        }
        page.line(0, "");
    }

    fn step_started(&mut self, name: &str, phase: Phase) {
        let name = visible(name).into_owned();
        if let Some(progress) = &mut self.progress {
            progress.step(&name);
        }
        self.steps.push(Running {
            name,
            phase: Some(phase),
            ..Running::default()
        });
    }

    fn output(&mut self, page: &mut Page, text: &str) {
        match self.steps.last_mut() {
            Some(step) if self.look.quiet => step.held.push_str(text),
            None if self.look.quiet => {}
            Some(_) => {
                self.announce(page);
                page.output(text);
            }
            None => page.output(text),
        }
    }

    /// Names the step before something else is said about it.
    fn announce(&mut self, page: &mut Page) {
        let nested = self.steps.len() > 1;
        let Some(step) = self.steps.last_mut() else {
            return;
        };
        if self.look.quiet || step.announced {
            return;
        }
        step.announced = true;
        let (name, phase) = (step.name.clone(), step.phase);
        if !nested {
            self.heading(page, phase);
        }
        page.line(2, format!("- [RUNNING] {name}"));
    }

    fn heading(&mut self, page: &mut Page, phase: Option<Phase>) {
        if self.phase == phase || self.look.quiet {
            return;
        }
        self.phase = phase;
        let heading = match phase {
            Some(Phase::Setup) => "SETUP",
            Some(Phase::Steps) => "STEPS",
            Some(Phase::Teardown) => "TEARDOWN",
            None => return,
        };
        let heading = page.painted(BOLD, heading);
        page.line(0, heading);
    }

    fn retry(&mut self, page: &mut Page, message: Option<&str>, pause: u64) {
        if self.look.quiet {
            return;
        }
        self.announce(page);
        let Some(step) = self.steps.last() else {
            return;
        };
        let message = message
            .and_then(|message| message.lines().next())
            .unwrap_or("no message");
        let again = if pause == 0 {
            "again at once".into()
        } else {
            format!("again in {}", duration(pause))
        };
        let number = step.last_attempt + 1;
        page.line(
            4,
            format!(
                "attempt {number} of {} failed: {}; {again}",
                step.attempts,
                visible(message)
            ),
        );
    }

    fn step_finished(&mut self, page: &mut Page, end: &End<'_>) {
        let step = self.steps.pop().unwrap_or_default();
        let nested = !self.steps.is_empty();
        if !nested {
            self.summary.count(step.phase, end.verdict, end.reason);
        }
        let bad = matches!(end.verdict, Verdict::Fail | Verdict::Aborted);
        if self.look.quiet && !bad || end.reason == Some(Reason::NotSelected) {
            return;
        }
        if !nested {
            self.heading(page, step.phase);
        }
        let mut details = match (end.verdict, end.reason) {
            (Verdict::Skipped, Some(reason)) => reason.as_str().into(),
            _ => duration(end.duration_ns),
        };
        if step.last_attempt > 0 {
            details.push_str(&format!(
                ", attempt {} of {}",
                step.last_attempt + 1,
                step.attempts
            ));
        }
        if step.iterations > 1 {
            details.push_str(&format!(", {} iterations", step.iterations));
        }
        if end.forced && end.verdict != Verdict::Skipped {
            details.push_str(", forced");
        }
        let mark = page.painted(
            colour_of(end.verdict),
            format!("{:<7}", end.verdict.as_str()),
        );
        page.line(2, format!("- [{mark}] {}  ({details})", step.name));
        page.output(&step.held);
        let mut measurements = step.measurements;
        if !step.statistics.is_empty() {
            // Of a hundred values those that failed are worth a line, and the figures say the rest.
            measurements.retain(|measured| measured.verdict != Verdict::Pass);
        }
        for line in measurement_lines(&measurements) {
            let mark = page.painted(colour_of(line.verdict), line.verdict.as_str());
            let remark = line
                .remark
                .map(|remark| format!("  {remark}"))
                .unwrap_or_default();
            page.line(6, format!("{mark}  {}{remark}", line.text));
        }
        for line in statistics_lines(&step.statistics) {
            page.line(6, line);
        }
        if bad || end.forced {
            page.trouble(end);
        }
        let told = end.message.unwrap_or_default();
        for message in step.refused.iter().filter(|its| !told.contains(*its)) {
            refused(page, 6, message);
        }
        if bad {
            page.traceback(&step.traceback, step.excerpt.as_ref());
        }
    }

    fn answered(&mut self, page: &mut Page, answer: &Answered) {
        let running = self.steps.last().map(|step| step.name.clone());
        if let (Some(progress), Some(name)) = (&mut self.progress, running) {
            progress.step(&name);
        }
        if self.look.quiet {
            return;
        }
        let value = match &answer.value {
            Some(value) => format!(", {}", visible(value)),
            None => String::new(),
        };
        let by = match answer.by {
            AnsweredBy::Operator => "the operator",
            AnsweredBy::Given => "the answers given",
            AnsweredBy::Unattended => "the rule for unattended runs",
        };
        page.line(4, format!("{}{value}  (by {by})", visible(&answer.button)));
    }

    fn statistics(&mut self, statistics: &[Statistics]) {
        let Some(step) = self.steps.last_mut() else {
            return;
        };
        step.statistics = statistics.to_vec();
        if let Some(progress) = &mut self.progress {
            let first = statistics_lines(statistics).next().unwrap_or_default();
            progress.say(&format!("{}  {}×  {first}", step.name, step.iterations));
        }
    }

    fn write(&mut self, text: &str) {
        let writer = &mut self.writer;
        let mut write = || {
            writer
                .write_all(text.as_bytes())
                .and_then(|()| writer.flush())
        };
        let result: io::Result<()> = match &self.progress {
            Some(progress) => progress.aside(write),
            None => write(),
        };
        // Whoever closes a pipe has seen enough; every other failure is told at the end.
        if let Err(error) = result
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            self.failed.get_or_insert(error);
        }
    }
}

impl Sink for Console {
    fn take(&mut self, event: &Stamped) {
        if let (Event::RunFinished { .. }, Some(progress)) = (&event.event, &self.progress) {
            progress.clear();
        }
        let text = self.text_of(&event.event);
        if !text.is_empty() {
            self.write(&text);
        }
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        if let Some(progress) = &self.progress {
            progress.clear();
        }
        match self.failed.take() {
            Some(cause) => Err(SinkError {
                path: "standard output".into(),
                cause,
            }),
            None => Ok(()),
        }
    }
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const YELLOW: Style = AnsiColor::Yellow.on_default();

fn colour_of(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Pass => AnsiColor::Green.on_default(),
        Verdict::Fail => AnsiColor::Red.on_default(),
        Verdict::Aborted => AnsiColor::Magenta.on_default(),
        Verdict::Skipped => YELLOW,
    }
}

fn interrupted(page: &mut Page, signal: Signal, count: u32) {
    let what = match count {
        1 => "aborting the run; steps with run_on_abort still run",
        2 => "giving up the step that runs",
        _ => "stopping at once",
    };
    let signal = page.painted(YELLOW, signal);
    page.line(2, format!("{signal}: {what}"));
}

fn refused(page: &mut Page, indent: usize, message: &str) {
    let label = page.painted(YELLOW, "refused");
    page.line(indent, format!("{label}: {}", visible(message)));
}

/// Lines on their way to the writer.
struct Page {
    text: String,
    colour: bool,
    /// Before every line: steps of a sequence stand below its own.
    margin: usize,
}

impl Page {
    fn line(&mut self, indent: usize, line: impl AsRef<str>) {
        if !line.as_ref().is_empty() {
            self.text
                .extend(std::iter::repeat_n(' ', self.margin + indent));
        }
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    fn painted(&self, style: Style, text: impl Display) -> String {
        if self.colour {
            format!("{style}{text}{style:#}")
        } else {
            text.to_string()
        }
    }

    fn output(&mut self, text: &str) {
        for line in text.lines() {
            let line = self.painted(DIM, format!("| {}", visible(line)));
            self.line(4, line.trim_end());
        }
    }

    /// Why a step has no PASS, where its measurements do not say it.
    fn trouble(&mut self, end: &End<'_>) {
        let message = end.message.unwrap_or_default();
        let label = match end.reason {
            Some(Reason::Limit) => return,
            Some(Reason::Exception | Reason::Interrupted | Reason::Forced) | None => String::new(),
            Some(reason) => format!("{}: ", reason.as_str()),
        };
        for (number, line) in message.lines().enumerate() {
            let label = if number == 0 { label.as_str() } else { "" };
            self.line(6, format!("{label}{}", visible(line)));
        }
    }

    /// The innermost frames of the package, and the line where it happened.
    fn traceback(&mut self, traceback: &[Frame], excerpt: Option<&Excerpt>) {
        let own: Vec<_> = traceback
            .iter()
            .filter(|frame| is_of_package(&frame.file))
            .collect();
        for frame in own.iter().skip(own.len().saturating_sub(FRAMES)) {
            self.line(
                6,
                format!(
                    "{}:{} in {}",
                    visible(&frame.file),
                    frame.line,
                    visible(&frame.function)
                ),
            );
            if let Some(excerpt) = excerpt.filter(|e| e.file == frame.file && e.line == frame.line)
            {
                for line in excerpt.text.trim_end().lines() {
                    let line = self.painted(DIM, visible(line.trim()));
                    self.line(10, line);
                }
            }
        }
    }
}
