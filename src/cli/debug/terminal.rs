//! The debugger's prompt.

use std::{
    fs,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    thread,
};

use rustyline::{DefaultEditor, error::ReadlineError};

use super::{Command, Parsed, command::HELP, parse};
use crate::{
    cli::output::say,
    debug::{Breakpoint, Frame, Happening, How, Session, Shown, Sources, Stopped, Target, Where},
    event::Phase,
    flow::debugger::Order,
    report::visible,
};

/// How many lines are shown around the one where it stands.
const AROUND: u32 = 4;

const PROMPT: &str = "(rehearse) ";

/// Talks with a person about a session, line by line.
pub struct Terminal {
    session: Session,
    root: PathBuf,
    sources: Sources,
    watched: Vec<String>,
    last: Option<Command>,
    frame: usize,
    next: u32,
}

impl Terminal {
    pub fn new(session: Session, root: &Path, sources: Sources) -> Self {
        Self {
            session,
            root: root.into(),
            sources,
            watched: Vec::new(),
            last: None,
            frame: 0,
            next: 1,
        }
    }

    /// Sets a breakpoint as a person writes it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn stop_at(&mut self, place: &str, condition: Option<String>) -> Result<String, String> {
        let target = self.target(place)?;
        if condition.is_some() && matches!(target, Target::Step(_) | Target::Yaml { .. }) {
            return Err("at a step there is no code yet that could evaluate a condition; set it at a line of Python".into());
        }
        let breakpoint = Breakpoint {
            number: self.next,
            target,
            condition,
            hits: None,
            log: None,
        };
        self.next += 1;
        let text = format!("breakpoint {}", self.described(&breakpoint));
        let mut all = self.session.breakpoints();
        all.push(breakpoint);
        self.session.set_breakpoints(all);
        Ok(text)
    }

    /// Talks on a thread of its own until the run is over.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(mut self) -> io::Result<thread::JoinHandle<()>> {
        thread::Builder::new()
            .name("debugger".into())
            .spawn(move || self.talk())
    }

    fn talk(&mut self) {
        let mut editor = match DefaultEditor::new() {
            Ok(editor) => editor,
            Err(error) => {
                say(format_args!("error: no line can be read: {error}"));
                return self.session.quit();
            }
        };
        loop {
            match self.session.wait() {
                Happening::Stopped(stopped) => {
                    // What is not the user's is seldom of interest.
                    let own = stopped.frames().iter().position(|frame| frame.own);
                    self.frame = own.unwrap_or(0);
                    self.show(&stopped);
                    self.prompt(&mut editor, &stopped);
                }
                Happening::Said(text) => say(visible(&text)),
                Happening::Over(_) => return,
            }
        }
    }

    /// Reads lines until one lets the run go on.
    fn prompt(&mut self, editor: &mut DefaultEditor, stopped: &Stopped) {
        loop {
            let line = match editor.readline(PROMPT) {
                Ok(line) => line,
                Err(ReadlineError::Interrupted) => continue,
                // A list of commands has come to its end.
                Err(ReadlineError::Eof) if !io::stdin().is_terminal() => {
                    return self.session.run_on();
                }
                // Nobody will say anything any more.
                Err(_) => return self.session.quit(),
            };
            if self.session.is_over() {
                return;
            }
            let command = match parse(&line) {
                Parsed::Command(command) => {
                    // What cannot be remembered is not needed.
                    let _ = editor.add_history_entry(line.trim());
                    command
                }
                Parsed::Again => match &self.last {
                    Some(command) => command.clone(),
                    None => continue,
                },
                Parsed::Wrong(text) => {
                    say(text);
                    continue;
                }
            };
            self.last = Some(command.clone());
            if self.obey(command, stopped) {
                return;
            }
        }
    }

    /// Does what was said; true when the run goes on.
    fn obey(&mut self, command: Command, stopped: &Stopped) -> bool {
        let before = |how: How, order: Order| {
            match stopped.at {
            Where::Before => {
                self.session.order(how, order);
                Ok(())
            }
            _ => Err(
                "that is said before a step begins; `b \"STEP\"` stops there, `restart` begins this one anew"
                    .into(),
            ),
        }
        };
        let go = |how| {
            self.session.resume(how);
            Ok(())
        };
        let done = match command {
            Command::Continue => go(How::Continue),
            Command::Next => go(How::Over),
            Command::Step => go(How::In),
            Command::Out => go(How::Out),
            Command::Back => self.session.step_back(),
            Command::Restart => self.session.restart_step(),
            Command::Goto(name) => self.known(&name).and_then(|()| self.session.go_to(&name)),
            Command::Force(force) => {
                let force = Some(force);
                let order = Order {
                    force,
                    ..Order::default()
                };
                before(How::Over, order)
            }
            Command::Loop(rounds) => {
                let order = Order {
                    rounds: Some(rounds),
                    ..Order::default()
                };
                before(How::Over, order)
            }
            Command::Quit => {
                self.session.quit();
                Ok(())
            }
            other => {
                let in_code = matches!(stopped.at, Where::Code(_));
                if let Err(error) = self.look(other, stopped, in_code) {
                    say(visible(&error));
                }
                return false;
            }
        };
        match done {
            Ok(()) => true,
            Err(error) => {
                say(visible(&error));
                false
            }
        }
    }

    fn look(&mut self, command: Command, stopped: &Stopped, in_code: bool) -> Result<(), String> {
        match command {
            Command::Where => self.show_stack(stopped),
            Command::Up => self.go_to(self.frame + 1, stopped)?,
            Command::Down => self.go_to(
                self.frame
                    .checked_sub(1)
                    .ok_or("this is the innermost frame")?,
                stopped,
            )?,
            Command::Frame(number) => self.go_to(number, stopped)?,
            Command::Print(text) if in_code => {
                let shown = self.session.evaluate(self.frame, &text)?;
                if shown.kind != "NoneType" {
                    say(visible(&shown.text));
                }
            }
            Command::Print(name) => {
                let store = stopped.step().into_iter().flat_map(|step| &step.store);
                let found = store.into_iter().find(|(its, _)| **its == name);
                let (_, text) = found.ok_or("no code stands still here; `vars` lists what the run knows, `s` goes into the step's function")?;
                say(visible(text));
            }
            Command::Set(name, text) => {
                let shown = self.session.assign(self.frame, &name, &text)?;
                say(format_args!("{name} = {}", visible(&shown.text)));
            }
            Command::Locals => print(&self.session.variables(self.frame, "locals")?),
            Command::Globals => print(&self.session.variables(self.frame, "globals")?),
            Command::Variables => {
                for (name, text) in stopped.step().into_iter().flat_map(|step| &step.store) {
                    say(format_args!("{name} = {}", visible(text)));
                }
            }
            Command::List(line) => self.list(stopped, line)?,
            Command::Steps => self.list_steps(stopped),
            Command::Bench => {
                for (request, reply) in self.session.exchanges() {
                    say(format_args!("{}\n  {}", visible(&request), visible(&reply)));
                }
            }
            Command::Break { place, condition } => say(self.stop_at(&place, condition)?),
            Command::Breakpoints => {
                for breakpoint in self.session.breakpoints() {
                    say(self.described(&breakpoint));
                }
            }
            Command::Delete(number) => {
                let mut all = self.session.breakpoints();
                let before = all.len();
                all.retain(|its| its.number != number);
                if all.len() == before {
                    return Err(format!(
                        "there is no breakpoint {number}; `breakpoints` lists them"
                    ));
                }
                self.session.set_breakpoints(all);
            }
            Command::Watch(text) => {
                self.watched.push(text);
                self.show_watched(in_code);
            }
            Command::Unwatch => self.watched.clear(),
            Command::Help => say(HELP),
            _ => {}
        }
        Ok(())
    }

    /// Whether one can go to a step.
    fn known(&self, name: &str) -> Result<(), String> {
        let mut named = self.sources.steps().iter().filter(|step| step.name == name);
        match named.clone().next() {
            None => Err(format!(
                "there is no step \"{name}\"; `steps` lists their names"
            )),
            Some(_) if named.any(|step| step.own) => Ok(()),
            Some(step) => Err(format!(
                "\"{name}\" is a step of the sequence in {}; go to the step that runs it",
                step.file
            )),
        }
    }

    /// With the path as people of the package name it.
    fn described(&self, breakpoint: &Breakpoint) -> String {
        let mut short = breakpoint.clone();
        if let Target::Line { file, .. } = &mut short.target {
            *file = self.sources.short(file);
        }
        visible(&short.to_string()).into_owned()
    }

    fn target(&self, place: &str) -> Result<Target, String> {
        let bare = place.trim_matches(['"', '\'']);
        if self.sources.steps().iter().any(|step| step.name == bare) {
            return Ok(Target::Step(bare.into()));
        }
        if let Some((file, line)) = place.rsplit_once(':')
            && let Ok(line) = line.parse()
        {
            return self.line(file, line);
        }
        let is_name = bare.split('.').all(|part| {
            let mut letters = part.chars();
            letters
                .next()
                .is_some_and(|c| c.is_alphabetic() || c == '_')
                && letters.all(|c| c.is_alphanumeric() || c == '_')
        });
        if is_name && bare == place {
            return Ok(Target::Function(place.into()));
        }
        Err(format!(
            "`{place}` is neither FILE:LINE nor a function nor a step of this test; `steps` lists its steps"
        ))
    }

    /// A line of a file of the package, of Python or of YAML.
    fn line(&self, file: &str, line: u32) -> Result<Target, String> {
        let found = [
            file.to_owned(),
            format!("python_modules/{file}"),
            format!("tests/{file}"),
        ]
        .into_iter()
        .map(|file| self.root.join(file))
        .find(|path| path.is_file());
        let path = found.ok_or_else(|| {
            format!("there is no file {file} in the package, nor in its python_modules or tests")
        })?;
        let target = self.sources.target(&path.display().to_string(), line);
        target.map(|(target, _)| target)
    }

    // What is shown

    fn show(&mut self, stopped: &Stopped) {
        let step = stopped.step();
        let name = step
            .map(|step| visible(&step.name).into_owned())
            .unwrap_or_default();
        match &stopped.at {
            Where::Before => {
                let place = step.map(|step| format!("{}:{}", step.place.file, step.place.line));
                let calls = step.and_then(|step| step.function.as_ref());
                let calls = calls
                    .map(|calls| format!("  calls {calls}"))
                    .unwrap_or_default();
                say(format_args!(
                    "> before step {name}  {}{calls}",
                    place.unwrap_or_default()
                ));
            }
            Where::After(verdict, _) => {
                let why = stopped.detail.as_deref().unwrap_or_default();
                say(format_args!(
                    "> after step {name}: {} {why}",
                    verdict.as_str()
                ));
            }
            Where::Code(frames) => {
                let frame = frames.get(self.frame);
                let place = frame.map(|frame| self.place(frame)).unwrap_or_default();
                let why = match (stopped.why.as_str(), &stopped.detail) {
                    ("step", _) => String::new(),
                    (why, Some(detail)) => format!("  {why}: {}", visible(detail)),
                    (why, None) => format!("  {why}"),
                };
                say(format_args!("> {place}, step {name}{why}"));
                self.show_line(frame, 1);
            }
        }
        self.show_watched(matches!(stopped.at, Where::Code(_)));
    }

    fn show_watched(&self, in_code: bool) {
        for text in self.watched.iter().filter(|_| in_code) {
            match self.session.evaluate(self.frame, text) {
                Ok(shown) => say(format_args!("  {text} = {}", visible(&shown.text))),
                Err(error) => say(format_args!("  {text}: {}", visible(&error))),
            }
        }
    }

    fn show_stack(&self, stopped: &Stopped) {
        if let Where::Code(frames) = &stopped.at {
            for (number, frame) in frames.iter().enumerate() {
                let mark = if number == self.frame { ">" } else { " " };
                say(format_args!("{mark} {number}  {}", self.place(frame)));
            }
        }
        if let Some(step) = stopped.step() {
            say(format_args!(
                "     step {}  {}:{}",
                visible(&step.name),
                step.place.file,
                step.place.line
            ));
        }
    }

    fn go_to(&mut self, number: usize, stopped: &Stopped) -> Result<(), String> {
        let Where::Code(frames) = &stopped.at else {
            return Err("no code stands still here".into());
        };
        let frame = frames.get(number).ok_or("there is no frame further out")?;
        self.frame = number;
        say(format_args!("> {number}  {}", self.place(frame)));
        self.show_line(Some(frame), 1);
        Ok(())
    }

    fn list(&self, stopped: &Stopped, line: Option<u32>) -> Result<(), String> {
        let frame = match &stopped.at {
            Where::Code(frames) => frames.get(self.frame).cloned(),
            Where::Before | Where::After(..) => stopped.step().map(|step| Frame {
                function: String::new(),
                file: self.root.join(&step.place.file).display().to_string(),
                line: step.place.line,
                own: true,
            }),
        };
        let frame = frame.ok_or("there is nothing to list")?;
        let frame = Frame {
            line: line.unwrap_or(frame.line),
            ..frame
        };
        self.show_line(Some(&frame), AROUND);
        Ok(())
    }

    /// Lines around the one where it stands, which is marked.
    fn show_line(&self, frame: Option<&Frame>, around: u32) {
        let Some(frame) = frame else { return };
        let Ok(text) = fs::read_to_string(&frame.file) else {
            return;
        };
        let first = frame.line.saturating_sub(around).max(1);
        let lines = text
            .lines()
            .zip(1..)
            .filter(|(_, number)| (first..=frame.line + around).contains(number));
        for (line, number) in lines {
            let mark = if number == frame.line { "->" } else { "  " };
            say(format_args!("{mark} {number:4}  {}", visible(line)));
        }
    }

    fn list_steps(&self, stopped: &Stopped) {
        let now = stopped.step().map(|step| step.name.as_str());
        for step in self.sources.steps() {
            let mark = if Some(step.name.as_str()) == now {
                ">"
            } else {
                " "
            };
            let phase = match step.phase {
                Phase::Setup => "setup",
                Phase::Steps => "steps",
                Phase::Teardown => "teardown",
            };
            say(format_args!("{mark} {phase:8}  {}", visible(&step.name)));
        }
    }

    /// `python_modules/m.py:12 in f`
    fn place(&self, frame: &Frame) -> String {
        format!(
            "{}:{} in {}",
            visible(&self.sources.short(&frame.file)),
            frame.line,
            visible(&frame.function)
        )
    }
}

fn print(values: &[Shown]) {
    for Shown { name, text, .. } in values {
        say(format_args!("{} = {}", visible(name), visible(text)));
    }
}
