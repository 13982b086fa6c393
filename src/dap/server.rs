//! One client and one session: requests in, responses and events out.

use std::{
    collections::BTreeMap,
    io::BufRead,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
};

use serde_json::{Value as Json, json};

use super::{
    client::Client,
    framing::read,
    protocol::{
        Completions, Disconnect, Evaluate, OfFrame, OfVariables, Request, Scope, SetBreakpoint,
        SetBreakpoints, SetExceptionBreakpoints, SetExpression, SetFunctionBreakpoints,
        SetVariable, Source, StackFrame, StackTrace, Variable, capabilities, event, failure,
        response,
    },
};
use crate::debug::{
    Breakpoint, Filters, Happening, How, Session, Shown, Sources, Stopped, Target, Where,
};

/// The only thread that there is.
const THREAD: i64 = 1;

/// Talks with one client until it leaves, or the run is over.
pub struct Server {
    session: Session,
    sources: Sources,
    /// Whether the client's leaving ends the run.
    owned: bool,
    client: Client,
    state: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Whether the client has said where to stop.
    configured: bool,
    /// Whether it wants to stop before the first step.
    entry: bool,
    breakpoints: BTreeMap<String, Vec<Breakpoint>>,
    functions: Vec<Breakpoint>,
    next: u32,
    stopped: Option<Stopped>,
    /// What variables references stand for, from 1.
    references: Vec<Reference>,
}

/// Something that has parts.
#[derive(Clone, Debug)]
enum Reference {
    /// Of a Python frame.
    Locals(usize),
    Globals(usize),
    /// Of a step; the innermost first.
    Step(usize),
    Variables(usize),
    Measurements(usize),
    Hardware,
    /// A value that has parts, and an expression for it.
    Value {
        of: u32,
        frame: usize,
        name: Option<String>,
    },
}

impl Server {
    /// `owned`: whether the run ends when the client leaves without a word.
    pub fn new(session: Session, sources: Sources, owned: bool, client: Client) -> Self {
        Self {
            session,
            sources,
            owned,
            client,
            state: Arc::default(),
        }
    }

    /// Talks until the client leaves. Returns whether it has said goodbye.
    pub fn serve(self, mut input: impl BufRead + Send) -> bool {
        let server = Arc::new(self);
        let (jobs, queue) = mpsc::channel::<Request>();
        let worker = server.clone();
        let works = thread::Builder::new()
            .name("debugger-requests".into())
            .spawn(move || {
                for request in queue {
                    worker.handle(&request);
                }
            });
        if works.is_err() {
            server.session.run_on();
            return false;
        }
        loop {
            let message = match read(&mut input) {
                Ok(Some(message)) => message,
                Ok(None) => break,
                Err(error) => {
                    let passable = error.is_passable();
                    server.client.say("important", &format!("{error}\n"));
                    if passable {
                        continue;
                    }
                    break;
                }
            };
            let request: Request = match serde_json::from_value(message) {
                Ok(request) => request,
                Err(error) => {
                    server
                        .client
                        .say("important", &format!("this is no request: {error}\n"));
                    continue;
                }
            };
            match request.command.as_str() {
                // They are not to wait for an expression that never ends.
                "disconnect" => {
                    let asked: Disconnect = request.arguments().unwrap_or_default();
                    match asked.terminate_debuggee.unwrap_or(server.owned) {
                        true => server.session.quit(),
                        false => server.session.run_on(),
                    }
                    server.configure();
                    server.client.send(response(&request, Json::Null));
                    return true;
                }
                "terminate" => {
                    server.configure();
                    server.session.quit();
                    server.client.send(response(&request, Json::Null));
                }
                "pause" => {
                    if server.state().stopped.is_none() {
                        server.session.pause();
                    }
                    server.client.send(response(&request, Json::Null));
                }
                _ => {
                    // It ends only with the channel.
                    let _ = jobs.send(request);
                }
            }
        }
        match server.owned {
            true => server.session.quit(),
            false => server.session.run_on(),
        }
        server.configure();
        false
    }

    /// What happens, told to the client; returns when the run is over. To be called from another thread than [`Server::serve`].
    pub fn tell(&self) {
        loop {
            match self.session.wait() {
                Happening::Stopped(stopped) => self.stop(*stopped),
                Happening::Said(text) => self.client.say("console", &format!("{text}\n")),
                Happening::Over(code) => {
                    self.client.send(event("exited", json!({"exitCode": code})));
                    self.client.send(event("terminated", Json::Null));
                    return;
                }
            }
        }
    }

    /// What tells it all that happens.
    pub fn teller(&self) -> Self {
        Self {
            session: self.session.clone(),
            sources: self.sources.clone(),
            owned: self.owned,
            client: self.client.clone(),
            state: self.state.clone(),
        }
    }

    fn stop(&self, stopped: Stopped) {
        let mut state = self.state();
        if stopped.why == "entry" {
            while !state.configured {
                state = self
                    .state
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            let breaks = state.at_breakpoint(&stopped);
            if !state.entry && !breaks {
                drop(state);
                self.session.resume(How::Continue);
                return;
            }
        }
        let (reason, description) = reason(&stopped);
        let mut body = json!({
            "reason": reason, "description": description, "threadId": THREAD, "allThreadsStopped": true,
        });
        if let Some(detail) = &stopped.detail {
            body["text"] = detail.as_str().into();
        }
        state.references.clear();
        state.stopped = Some(stopped);
        drop(state);
        self.client.send(event("stopped", body));
    }

    fn configure(&self) {
        self.state().configured = true;
        self.state.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn handle(&self, request: &Request) {
        let done = |server: &Self| server.client.send(response(request, Json::Null));
        let answer = match request.command.as_str() {
            "initialize" => Ok(capabilities()),
            "launch" | "attach" => {
                let entry = request.arguments.get("stopOnEntry") == Some(&Json::Bool(true));
                self.state().entry = entry;
                done(self);
                if self.session.bound_for().is_none() {
                    let more = json!({"capabilities": {"supportsStepBack": true}});
                    self.client.send(event("capabilities", more));
                }
                self.client.send(event("initialized", Json::Null));
                return;
            }
            "configurationDone" => {
                done(self);
                self.configure();
                return;
            }
            "setBreakpoints" => self.set_breakpoints(request),
            "setFunctionBreakpoints" => self.set_functions(request),
            "setExceptionBreakpoints" => self.set_filters(request),
            "threads" => Ok(json!({"threads": [{"id": THREAD, "name": "the test"}]})),
            "stackTrace" => self.stack(request),
            "scopes" => self.scopes(request),
            "variables" => self.variables(request),
            "evaluate" => self.evaluate(request),
            "setVariable" => self.set_variable(request),
            "setExpression" => self.set_expression(request),
            "completions" => self.completions(request),
            "exceptionInfo" => self.exception(),
            "continue" | "next" | "stepIn" | "stepOut" | "stepBack" | "reverseContinue"
            | "restartFrame" => {
                self.go(request);
                return;
            }
            other => Err(format!("`{other}` is not offered")),
        };
        self.client.send(match answer {
            Ok(body) => response(request, body),
            Err(message) => failure(request, &message),
        });
    }

    /// The response comes before what follows from going on.
    fn go(&self, request: &Request) {
        let stopped = self.state().stopped.take();
        let Some(stopped) = stopped else {
            let answer = failure(request, "the run does not stand still");
            return self.client.send(answer);
        };
        let how = match request.command.as_str() {
            "continue" => Some(How::Continue),
            "next" => Some(How::Over),
            "stepIn" => Some(How::In),
            "stepOut" => Some(How::Out),
            _ => None,
        };
        if let Some(how) = how {
            let body = match how {
                How::Continue => json!({"allThreadsContinued": true}),
                _ => Json::Null,
            };
            self.client.send(response(request, body));
            return self.session.resume(how);
        }
        let goal = match request.command.as_str() {
            "stepBack" => self.session.before_this().map(Some),
            "reverseContinue" => self.session.start_of_this().map(Some),
            _ => Ok(None),
        };
        match goal {
            Ok(goal) => {
                self.client.send(response(request, Json::Null));
                match goal {
                    Some(goal) => self.session.back_to(goal),
                    // It stands still, so nothing speaks against it.
                    None => drop(self.session.restart_step()),
                }
            }
            Err(message) => {
                self.state().stopped = Some(stopped);
                self.client.send(failure(request, &message));
            }
        }
    }

    fn set_breakpoints(&self, request: &Request) -> Result<Json, String> {
        let asked: SetBreakpoints = request.arguments()?;
        let path = asked.source.path.ok_or("the source has no path")?;
        let mut state = self.state();
        let (mut set, mut told) = (Vec::new(), Vec::new());
        for mut its in asked.breakpoints {
            for text in [
                &mut its.condition,
                &mut its.hit_condition,
                &mut its.log_message,
            ] {
                text.take_if(|text| text.trim().is_empty());
            }
            state.next += 1;
            let number = state.next;
            let line = u32::try_from(its.line).unwrap_or(0);
            let found = self.sources.target(&path, line).and_then(|found| {
                match (&found.0, &its.condition, &its.hit_condition, &its.log_message) {
                    (Target::Yaml { .. }, None, None, None) => Ok(found),
                    (Target::Yaml { .. }, ..) => Err(
                        "at a step there is no code yet that could evaluate a condition or a message; set it at a line of Python".into(),
                    ),
                    _ => Ok(found),
                }
            });
            match found {
                Ok((target, line)) => {
                    set.push(Breakpoint {
                        number,
                        target,
                        condition: its.condition,
                        hits: its.hit_condition,
                        log: its.log_message,
                    });
                    told.push(SetBreakpoint {
                        id: number,
                        verified: true,
                        message: None,
                        line: Some(line.into()),
                    });
                }
                Err(message) => told.push(SetBreakpoint {
                    id: number,
                    verified: false,
                    message: Some(message),
                    line: None,
                }),
            }
        }
        state.breakpoints.insert(path, set);
        self.session.set_breakpoints(state.all_breakpoints());
        Ok(json!({"breakpoints": told}))
    }

    fn set_functions(&self, request: &Request) -> Result<Json, String> {
        let asked: SetFunctionBreakpoints = request.arguments()?;
        let mut state = self.state();
        let (mut set, mut told) = (Vec::new(), Vec::new());
        for its in asked.breakpoints {
            state.next += 1;
            set.push(Breakpoint {
                number: state.next,
                target: Target::Function(its.name),
                condition: its.condition.filter(|text| !text.trim().is_empty()),
                hits: its.hit_condition.filter(|text| !text.trim().is_empty()),
                log: None,
            });
            told.push(SetBreakpoint {
                id: state.next,
                verified: true,
                ..SetBreakpoint::default()
            });
        }
        state.functions = set;
        self.session.set_breakpoints(state.all_breakpoints());
        Ok(json!({"breakpoints": told}))
    }

    fn set_filters(&self, request: &Request) -> Result<Json, String> {
        let asked: SetExceptionBreakpoints = request.arguments()?;
        let option = |id: &str| asked.filter_options.iter().find(|its| its.filter_id == id);
        let has = |id: &str| asked.filters.iter().any(|its| its == id) || option(id).is_some();
        let words = option("bench").and_then(|its| its.condition.as_deref());
        let words = words.unwrap_or_default().split_whitespace();
        self.session.set_filters(Filters {
            raised: has("raised"),
            uncaught: has("uncaught"),
            failed: has("failed"),
            limits: has("limits"),
            bench: has("bench").then(|| words.map(str::to_owned).collect()),
        });
        Ok(Json::Null)
    }

    fn stack(&self, request: &Request) -> Result<Json, String> {
        let asked: StackTrace = request.arguments()?;
        let state = self.state();
        let stopped = state.stopped()?;
        let code = stopped.frames().iter().map(|frame| {
            let is_file = frame.file.contains('/');
            StackFrame {
                id: 0,
                name: frame.function.clone(),
                source: Some(Source {
                    name: Some(self.sources.short(&frame.file)),
                    path: is_file.then(|| frame.file.clone()),
                }),
                line: frame.line.into(),
                column: 1,
                presentation_hint: (!frame.own).then_some("subtle"),
                can_restart: true,
            }
        });
        let steps = stopped.steps.iter().map(|step| StackFrame {
            id: 0,
            name: format!("step \"{}\"", step.name),
            source: Some(Source {
                name: Some(step.place.file.clone()),
                path: self.sources.absolute(&step.place.file),
            }),
            line: step.place.line.into(),
            column: 1,
            presentation_hint: None,
            can_restart: true,
        });
        let mut frames: Vec<_> = code.chain(steps).collect();
        for (frame, id) in frames.iter_mut().zip(1..) {
            frame.id = id;
        }
        let total = frames.len();
        let levels = asked.levels.filter(|levels| *levels > 0).unwrap_or(total);
        let frames: Vec<_> = frames
            .into_iter()
            .skip(asked.start_frame.unwrap_or(0))
            .take(levels)
            .collect();
        Ok(json!({"stackFrames": frames, "totalFrames": total}))
    }

    fn scopes(&self, request: &Request) -> Result<Json, String> {
        let asked: OfFrame = request.arguments()?;
        let mut state = self.state();
        let (code, step) = state.frame(asked.frame_id)?;
        let mut scopes = Vec::new();
        let mut add = |name, hint, reference| {
            scopes.push(Scope {
                name,
                presentation_hint: hint,
                variables_reference: state.refer(reference),
                expensive: false,
            });
        };
        if let Some(frame) = code {
            add("Locals", Some("locals"), Reference::Locals(frame));
            add("Globals", None, Reference::Globals(frame));
        }
        add("Step", Some("arguments"), Reference::Step(step));
        add("Variables", None, Reference::Variables(step));
        add("Measurements", None, Reference::Measurements(step));
        add("Hardware", None, Reference::Hardware);
        Ok(json!({"scopes": scopes}))
    }

    fn variables(&self, request: &Request) -> Result<Json, String> {
        let asked: OfVariables = request.arguments()?;
        let (reference, steps) = {
            let state = self.state();
            let steps = state.stopped()?.steps.clone();
            (state.reference(asked.variables_reference)?, steps)
        };
        let plain = |name: &str, value: &str| Variable {
            name: name.into(),
            value: value.into(),
            ..Variable::default()
        };
        let all: Vec<Variable> = match reference {
            Reference::Locals(frame) => {
                let values = self.session.variables(frame, "locals")?;
                self.shown(values, frame, |name| Some(name.to_owned()))
            }
            Reference::Globals(frame) => {
                let values = self.session.variables(frame, "globals")?;
                self.shown(values, frame, |name| Some(name.to_owned()))
            }
            Reference::Value { of, frame, name } => {
                let values = self.session.parts(of)?;
                let within = |part: &str| {
                    let name = name.as_ref()?;
                    match part.chars().next() {
                        Some('[') => Some(format!("{name}{part}")),
                        Some(first) if first.is_alphabetic() || first == '_' => {
                            Some(format!("{name}.{part}"))
                        }
                        _ => Some(format!("{name}[{part}]")),
                    }
                };
                self.shown(values, frame, within)
            }
            Reference::Step(step) => match steps.get(step) {
                Some(step) => {
                    let function = step.function.iter().map(|its| plain("(calls)", its));
                    let arguments = step.arguments.iter().map(|(name, text)| plain(name, text));
                    function.chain(arguments).collect()
                }
                None => Vec::new(),
            },
            Reference::Variables(step) => pairs(steps.get(step).map(|step| &step.store)),
            Reference::Measurements(step) => pairs(steps.get(step).map(|step| &step.measurements)),
            Reference::Hardware => self
                .session
                .exchanges()
                .into_iter()
                .rev()
                .map(|(request, reply)| plain(&request, &reply))
                .collect(),
        };
        let count = asked.count.filter(|count| *count > 0).unwrap_or(usize::MAX);
        let all: Vec<_> = all
            .into_iter()
            .skip(asked.start.unwrap_or(0))
            .take(count)
            .collect();
        Ok(json!({"variables": all}))
    }

    fn shown(
        &self,
        values: Vec<Shown>,
        frame: usize,
        expression: impl Fn(&str) -> Option<String>,
    ) -> Vec<Variable> {
        let mut state = self.state();
        values
            .into_iter()
            .map(|its| {
                let name = expression(&its.name);
                Variable {
                    variables_reference: state.value(its.of, frame, name.clone()),
                    name: its.name,
                    value: its.text,
                    kind: its.kind,
                    evaluate_name: name,
                }
            })
            .collect()
    }

    fn evaluate(&self, request: &Request) -> Result<Json, String> {
        let asked: Evaluate = request.arguments()?;
        let (code, step, steps) = {
            let state = self.state();
            let (code, step) = state.frame(asked.frame_id)?;
            (code, step, state.stopped()?.steps.clone())
        };
        let Some(frame) = code else {
            let name = asked.expression.trim();
            let found = steps.get(step).and_then(|step| {
                let of_step = step.arguments.get(name);
                of_step
                    .or_else(|| step.store.get(name))
                    .or_else(|| step.measurements.get(name))
            });
            return match found {
                Some(text) => Ok(json!({"result": text, "variablesReference": 0})),
                None => Err(format!(
                    "the step knows no `{name}`; expressions are evaluated in frames of Python"
                )),
            };
        };
        let shown = self.session.evaluate(frame, &asked.expression)?;
        let name = Some(asked.expression).filter(|_| asked.context.as_deref() != Some("repl"));
        let reference = self.state().value(shown.of, frame, name);
        Ok(json!({"result": shown.text, "type": shown.kind, "variablesReference": reference}))
    }

    fn set_variable(&self, request: &Request) -> Result<Json, String> {
        let mut asked: SetVariable = request.arguments()?;
        asked.value = without_hex(asked.value);
        let reference = self.state().reference(asked.variables_reference)?;
        let (shown, frame) = match reference {
            Reference::Locals(frame) => (
                self.session.assign(frame, &asked.name, &asked.value)?,
                frame,
            ),
            Reference::Globals(frame) => {
                let set = self
                    .session
                    .assign_global(frame, &asked.name, &asked.value)?;
                (set, frame)
            }
            Reference::Value { of, frame, .. } => {
                let set = self
                    .session
                    .assign_part(frame, of, &asked.name, &asked.value)?;
                (set, frame)
            }
            _ => return Err("only variables of Python can be set".into()),
        };
        let reference = self.state().value(shown.of, frame, None);
        Ok(json!({"value": shown.text, "type": shown.kind, "variablesReference": reference}))
    }

    fn set_expression(&self, request: &Request) -> Result<Json, String> {
        let mut asked: SetExpression = request.arguments()?;
        asked.value = without_hex(asked.value);
        let (code, _) = self.state().frame(asked.frame_id)?;
        let frame = code.ok_or("only what Python knows can be set, in a frame of it")?;
        let shown = self
            .session
            .assign(frame, &asked.expression, &asked.value)?;
        let reference = self.state().value(shown.of, frame, None);
        Ok(json!({"value": shown.text, "type": shown.kind, "variablesReference": reference}))
    }

    fn completions(&self, request: &Request) -> Result<Json, String> {
        let asked: Completions = request.arguments()?;
        let (code, _) = self.state().frame(asked.frame_id)?;
        let Some(frame) = code else {
            return Ok(json!({"targets": []}));
        };
        let line = usize::try_from(asked.line.unwrap_or(1).max(1)).unwrap_or(1) - 1;
        let text = asked.text.lines().nth(line).unwrap_or_default();
        // Columns count UTF-16 code units, from 1.
        let column = usize::try_from(asked.column.max(1)).unwrap_or(1) - 1;
        let units: Vec<u16> = text.encode_utf16().take(column).collect();
        let before = String::from_utf16_lossy(&units);
        let (names, start) = self.session.complete(frame, &before)?;
        let length = before.chars().count().saturating_sub(start);
        let targets: Vec<_> = names
            .iter()
            .map(|name| json!({"label": name, "start": start, "length": length}))
            .collect();
        Ok(json!({"targets": targets}))
    }

    fn exception(&self) -> Result<Json, String> {
        let state = self.state();
        let stopped = state.stopped()?;
        let detail = stopped.detail.clone().unwrap_or_default();
        let id = match stopped.why.as_str() {
            "raised" | "uncaught" => detail.split(':').next().unwrap_or_default().to_owned(),
            "limits" => "measurement out of limits".into(),
            "failed" => "step failed".into(),
            "bench" => "bench request".into(),
            _ => return Err("it did not stop for an exception".into()),
        };
        let mode = if stopped.why == "raised" {
            "always"
        } else {
            "unhandled"
        };
        Ok(json!({"exceptionId": id, "description": detail, "breakMode": mode}))
    }
}

impl State {
    fn all_breakpoints(&self) -> Vec<Breakpoint> {
        let lines = self.breakpoints.values().flatten();
        lines.chain(&self.functions).cloned().collect()
    }

    /// Whether a breakpoint is set where it stands.
    fn at_breakpoint(&self, stopped: &Stopped) -> bool {
        let place = stopped.step().map(|step| &step.place);
        self.breakpoints.values().flatten().any(|its| {
            matches!((&its.target, place), (Target::Yaml { file, line }, Some(place)) if *file == place.file && *line == place.line)
        })
    }

    fn stopped(&self) -> Result<&Stopped, String> {
        self.stopped
            .as_ref()
            .ok_or_else(|| "the run does not stand still".into())
    }

    /// The Python frame, where it is one, and the step that a frame belongs to; the innermost where none is named.
    fn frame(&self, id: Option<i64>) -> Result<(Option<usize>, usize), String> {
        let stopped = self.stopped()?;
        let code = stopped.frames().len();
        let index = usize::try_from(id.unwrap_or(1)).unwrap_or(0).checked_sub(1);
        match index {
            Some(index) if index < code => Ok((Some(index), 0)),
            Some(index) if index < code + stopped.steps.len() => Ok((None, index - code)),
            _ => Err(format!("there is no frame {}", id.unwrap_or(1))),
        }
    }

    fn refer(&mut self, reference: Reference) -> i64 {
        self.references.push(reference);
        i64::try_from(self.references.len()).unwrap_or(0)
    }

    fn value(&mut self, of: u32, frame: usize, name: Option<String>) -> i64 {
        match of {
            0 => 0,
            of => self.refer(Reference::Value { of, frame, name }),
        }
    }

    fn reference(&self, number: i64) -> Result<Reference, String> {
        let index = usize::try_from(number)
            .ok()
            .and_then(|number| number.checked_sub(1));
        let found = index.and_then(|index| self.references.get(index));
        found.cloned().ok_or_else(|| {
            format!("there is no variables reference {number} since it stood still last")
        })
    }
}

fn pairs(map: Option<&indexmap::IndexMap<String, String>>) -> Vec<Variable> {
    map.into_iter()
        .flatten()
        .map(|(name, value)| Variable {
            name: name.clone(),
            value: value.clone(),
            ..Variable::default()
        })
        .collect()
}

/// Whole numbers are shown in hexadecimal as well, `21  0x15`, and editors offer that to be edited.
fn without_hex(value: String) -> String {
    match value.split_once("  ") {
        Some((number, hex)) if number.parse::<i128>().is_ok() && hex.contains("0x") => {
            number.into()
        }
        _ => value,
    }
}

/// Why it stands still, by the protocol's word and for people.
fn reason(stopped: &Stopped) -> (&'static str, String) {
    let name = stopped
        .step()
        .map(|step| step.name.as_str())
        .unwrap_or_default();
    let (word, text) = match stopped.why.as_str() {
        "entry" => ("entry", "before the first step".into()),
        "breakpoint()" => ("breakpoint", "breakpoint()".into()),
        "breakpoint" => ("breakpoint", String::new()),
        "raised" => ("exception", "an exception was raised".into()),
        "uncaught" => ("exception", "an exception leaves the step".into()),
        "limits" => ("exception", "a measurement is out of its limits".into()),
        "failed" => ("exception", "the step did not pass".into()),
        "bench" => ("exception", "a request of the bench".into()),
        "pause" => ("pause", "paused".into()),
        "restart" => ("restart", "the step begins anew".into()),
        "back" => ("step", "went back".into()),
        _ => ("step", String::new()),
    };
    let place = match &stopped.at {
        Where::Before => format!("before step \"{name}\""),
        Where::After(verdict, _) => format!("after step \"{name}\": {}", verdict.as_str()),
        Where::Code(_) => format!("in step \"{name}\""),
    };
    match text.is_empty() {
        true => (word, place),
        false => (word, format!("{text}, {place}")),
    }
}
