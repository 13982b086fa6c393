//! `rehearse run`: one test of a package, from its files to its reports.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use rehearsal_python::{interrupt::Interrupt, setup::Setup};

use super::{
    Surroundings,
    assignment::Assignment,
    callees::Callees,
    colour::Colour,
    debug::{Beside, Debugging},
    output::{Refused, say, show, show_one},
    permissions::word,
    permitting::{self, Guest, Permitting},
    prompting::Prompting,
    refusal, repl,
    routing::RoutingSwitches,
    sandboxing::{Sandboxed, Sandboxing},
    selecting::Selecting,
    setup, signals,
    taping::{self, Replay, Taping},
    world::{Watch, World},
};
use crate::{
    bus::EventBus,
    code::{Code, has_breakpoints},
    debug::Session,
    diagnostic::Style,
    event::{Named, Verdict},
    exit::Exit,
    flow::{
        self, Context, Crew, Overrides, Plan, Unit,
        clock::{Clock, RealClock},
    },
    host::{
        cassette::{Departures, Position},
        permissions::{Need, Needs, Refusals},
    },
    package::{
        Neighbours, find_test, load,
        model::{Package, Test},
        names, wheels,
    },
    python::{Interpreter, Native, Sandbox, sandbox::Ahead},
    report::{Console, EventLines, JsonReport, Look, Progress},
    source::Sources,
};

/// Run a test of a package
#[derive(Args, Clone, Debug)]
pub struct Run {
    /// The package's folder, the one with package.json
    package: PathBuf,
    /// The test, below the package or the current folder [default: tests/main.yaml, or the only file in tests/]
    #[arg(value_name = "TEST.yaml")]
    test: Option<String>,
    /// Run against a simulated bench: the package's bench.yaml, or FILE
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    simulate: Option<Option<PathBuf>>,
    /// Let a simulated run wait where it waits, instead of skipping that time
    #[arg(long, requires = "simulate")]
    real_time: bool,
    /// The agent's address; the same as --cfg AGENT_HOST=URL
    #[arg(long, value_name = "URL")]
    host: Option<String>,
    /// The serial number of the unit under test
    #[arg(long, value_name = "SN")]
    serial: Option<String>,
    /// A value of the station's configuration; may be repeated
    #[arg(long, value_name = "K=V")]
    cfg: Vec<Assignment>,
    /// A tag; may be repeated
    #[arg(long, value_name = "K=V")]
    tag: Vec<Assignment>,
    /// A value the MES would give; may be repeated
    #[arg(long, value_name = "K=V")]
    mes: Vec<Assignment>,
    /// Write a report; FORMAT is json; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report_file)]
    report: Vec<ReportFile>,
    /// Write everything that happens, one JSON object a line
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// Print only failures and the verdict
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    prompting: Prompting,
    #[command(flatten)]
    routing: RoutingSwitches,
    #[command(flatten)]
    selecting: Selecting,
    #[command(flatten)]
    sandboxing: Sandboxing,
    #[command(flatten)]
    permitting: Permitting,
    #[command(flatten)]
    taping: Taping,
    #[command(flatten)]
    debugging: Debugging,
    /// Whether somebody talks with its Python instead.
    #[arg(skip)]
    prompt: bool,
}

/// A report that was asked for.
#[derive(Clone, Debug)]
struct ReportFile {
    path: PathBuf,
}

fn report_file(text: &str) -> Result<ReportFile, String> {
    match text.split_once('=') {
        Some(("json", "-")) => {
            Err("the console is on standard output already; write json=FILE".into())
        }
        Some(("json", path)) if !path.is_empty() => Ok(ReportFile { path: path.into() }),
        Some(("json", _)) => Err("the file is missing; write json=FILE".into()),
        Some((format, _)) => Err(format!(
            "there is no report format `{format}`; write json=FILE"
        )),
        None => Err("write json=FILE".into()),
    }
}

impl Run {
    pub fn execute(&self, colour: Colour, surroundings: &Surroundings) -> Exit {
        self.passes(None, colour, surroundings)
            .unwrap_or(Exit::NothingRan)
    }

    /// Runs it: once, or again from the start as often as a debugger goes back in it.
    fn passes(
        &self,
        needed: Option<&Needs>,
        colour: Colour,
        surroundings: &Surroundings,
    ) -> Result<Exit, Refused> {
        let lands = !self.prompt && needed.is_none() && self.breaks(surroundings);
        let beside = self.debugging.begin(self.bound_for(), lands)?;
        if let Err(error) = signals::forward(beside.raiser()) {
            say(format_args!(
                "warning: signals cannot be caught ({error}); Ctrl-C will end the program without teardown"
            ));
        }
        loop {
            if let Some(exit) = self.pass(&beside, needed, colour, surroundings)? {
                beside.end(exit);
                return Ok(exit);
            }
        }
    }

    /// Whether the code calls `breakpoint()` and somebody is there to debug it.
    fn breaks(&self, surroundings: &Surroundings) -> bool {
        let [input, _, error] = surroundings.terminals;
        let code = || Code::read(&self.package(surroundings), &mut Sources::default());
        input && error && has_breakpoints(&code())
    }

    /// Why a debugger cannot go back.
    fn bound_for(&self) -> Option<String> {
        let why = if self.bench() == "live" {
            "the bench is live: what was sent to it cannot be taken back; --simulate and --replay can go back"
        } else if self.real_time {
            "with --real-time no run is like another; leave it out to go back"
        } else if self.taping.written().is_some() {
            "a recording is being made, and cannot be wound back"
        } else {
            return None;
        };
        Some(why.into())
    }

    /// Runs it to see what it needs; against the simulated bench where no other stand-in for the station was asked for. Only what goes wrong is
    /// shown, on standard error. None when nothing was run, and the user has been told.
    pub fn needs(
        mut self,
        colour: Colour,
        surroundings: &Surroundings,
    ) -> Option<(Exit, Vec<Need>)> {
        if !self.taping.replays() {
            self.simulate.get_or_insert(None);
        }
        let needs = Needs::new(Position::default());
        let exit = self.passes(Some(&needs), colour, surroundings).ok()?;
        Some((exit, needs.all()))
    }

    /// The same, and it stops before its first step.
    pub fn debugged(mut self) -> Self {
        self.debugging.start();
        self
    }

    /// Nothing of the test runs; somebody talks with its Python instead.
    pub fn prompted(mut self) -> Self {
        self.prompt = true;
        self
    }

    /// What has to stand on the command line to run the same again, but for what is allowed and what stands in for the station.
    pub fn to_repeat(&self) -> String {
        let path = |path: &Path| word(&path.display().to_string());
        let assigned = |switch: &str, all: &[Assignment]| -> Vec<String> {
            let one = |its: &Assignment| word(&format!("--{switch}={}={}", its.key, its.value));
            all.iter().map(one).collect()
        };
        let mut words = vec![path(&self.package)];
        words.extend(self.test.as_deref().map(word));
        words.extend(self.host.as_ref().map(|url| word(&format!("--host={url}"))));
        words.extend(assigned("cfg", &self.cfg));
        words.extend(assigned("tag", &self.tag));
        words.extend(assigned("mes", &self.mes));
        let folders = self.selecting.packages.iter();
        words.extend(folders.map(|folder| format!("--packages {}", path(folder))));
        words.join(" ")
    }

    pub fn package(&self, surroundings: &Surroundings) -> PathBuf {
        surroundings.current.join(&self.package)
    }

    /// One run from start to end; nothing when it was left to go back in it.
    ///
    /// `needed`: where what goes beyond a sandbox's own permissions is noted.
    fn pass(
        &self,
        beside: &Beside,
        needed: Option<&Needs>,
        colour: Colour,
        surroundings: &Surroundings,
    ) -> Result<Option<Exit>, Refused> {
        let style = surroundings.style(colour);
        let interruption = beside.interruption();
        self.refuse_shared_files(surroundings)?;
        let package = self.load(surroundings, style)?;
        let test = self.select(&package, surroundings, style)?;
        let test = &package.tests[test];

        let context = Context::merge(test, &package.local, &self.overrides());
        let routed = self
            .routing
            .admit(&package, test, &context, self.bench() != "live", style)
            .ok_or(Refused)?;
        if self.taping.replays() && self.simulate.is_some() {
            say(format_args!(
                "error: --replay stands in the place of a bench; leave --simulate out, or add --replay-update to record it anew from the simulated one"
            ));
            return Err(Refused);
        }
        let position = needed.map_or_else(Position::default, Needs::position);
        let replay = self.taping.replay(&position, surroundings)?;
        let virtual_clock = match &replay {
            Some(replay) => Some(replay.clock.clone()),
            None => (self.simulate.is_some() && !self.real_time)
                .then(|| Arc::new(beside.virtual_clock())),
        };
        let virtual_time = virtual_clock.is_some();
        let clock: Arc<dyn Clock> = match &virtual_clock {
            Some(clock) => clock.clone(),
            None => Arc::new(RealClock::new()),
        };
        let interrupt = Interrupt::default();
        let clock = beside.pass(clock, &interruption, &interrupt);
        let events = EventBus::new(clock.clone());
        let selection = self.selecting.selection().map_err(|error| {
            say(format_args!("error: {error}"));
            Refused
        })?;
        let folders: Vec<_> = self
            .selecting
            .packages
            .iter()
            .map(|folder| surroundings.current.join(folder))
            .collect();
        let neighbours = Neighbours::load(&package, &folders).map_err(|error| {
            show(&error.diagnostics, &error.sources, style);
            Refused
        })?;
        let readable: Vec<_> = [&package.root]
            .into_iter()
            .chain(neighbours.packages().map(|package| &package.root))
            .cloned()
            .collect();
        let agent = context.cfg.get("AGENT_HOST");
        let agent = agent.map(|agent| agent.text().into_owned());
        let guest = Guest {
            root: &package.root,
            packages: &readable,
            readable: &readable,
            agent: agent.as_deref(),
            declared: &package.local.permissions,
        };
        let confined = self.sandboxing.is_wanted(guest.declared, surroundings);
        let permissions = self
            .permitting
            .permissions(confined, &guest, surroundings)?;
        let sandbox = self.sandboxing.sandboxed(confined, surroundings)?;
        let world = World {
            package: &package,
            agent: agent.as_deref().unwrap_or_default(),
            environment: permitting::environment(&permissions, surroundings),
            interrupt: interrupt.clone(),
            clock: virtual_clock,
            replay: replay.as_ref(),
            simulate: self.simulate.clone(),
            events: events.clone(),
            seed: beside.seed(),
        };
        let host = world.host(surroundings, style)?;
        // What a replay knows of names is in the recording.
        let resolver = replay.is_none().then(|| host.clone());
        let refusals = Refusals::new(events.clone(), position.clone());
        let departures = replay.as_ref().map(Replay::departures);
        let departed = || departures.as_ref().and_then(Departures::of_attempt);
        let refused = |text: &str| refusals.explain(text);
        let sequences = |unit: &Unit<'_>, path: &str| {
            let from = [&package]
                .into_iter()
                .chain(neighbours.packages())
                .find(|its| std::ptr::eq(&raw const its.sources, unit.sources))?;
            let (package, test) = neighbours.find(from, path)?;
            Some(unit_of(package, test))
        };
        let needs = |test: &Test, wanted: &[usize]| {
            // Only now is the code of interest.
            let code = Code::read(&package.root, &mut Sources::default());
            names::needed(test, wanted, &package, &neighbours, Some(&code))
                .into_iter()
                .collect()
        };
        let excerpts = |file: &str, line: u32| {
            let beside = || {
                let (folder, rest) = file.split_once('/')?;
                let package = neighbours
                    .packages()
                    .find(|its| its.root.file_name().is_some_and(|name| name == folder))?;
                source_line(&package.root, rest, line)
            };
            source_line(&package.root, file, line).or_else(beside)
        };
        let callees = Callees::new(&package, &neighbours);
        let callee = |module: &str, function: &str| {
            let wanted = events.wants_exchanges();
            wanted.then(|| callees.find(module, function)).flatten()
        };
        let request = flow::Request {
            unit: unit_of(&package, test),
            sequences: &sequences,
            context,
            stubs: &package.local.stubs,
            selection,
            needs: &needs,
            execution_id: replay
                .as_ref()
                .map_or(beside.id(), |replay| replay.id)
                .to_string(),
            bench: self.bench().into(),
            virtual_time,
            unattended: self.prompting.unattended,
            routing: routed.mark,
            permissions: permissions.described(),
            excerpts: &excerpts,
            callees: &callee,
            departed: &departed,
            refused: &refused,
            debugger: beside.debugger(),
        };
        let plan = Plan::new(request).map_err(|refusals| {
            for refusal in refusals {
                show(&refusal::explained(&refusal.errors), refusal.sources, style);
            }
            Refused
        })?;
        let mut operator = self
            .prompting
            .operator(&package, plan.tests(), surroundings, style)
            .ok_or(Refused)?;
        let mut recording = self.taping.record(
            &host,
            &taping::Subject {
                package: &package,
                test,
                bench: self.bench(),
            },
            &clock,
            surroundings,
        )?;
        events.attach(Box::new(position.clone()));
        let unwritten = self.attach(needed.is_some(), beside, &events, colour, surroundings);
        if let Some(history) = routed.history {
            events.attach(Box::new(history));
        }
        let ear = taping::listened(
            &host,
            &package,
            recording.as_mut(),
            &position,
            &clock,
            &events,
        );
        let host = match &ear {
            Some(ear) => ear.clone(),
            None => host,
        };
        let needs = needed.map(|needs| (guest.own(), needs.clone()));
        let watch = Watch {
            permissions,
            resolver,
            needs,
            events: events.clone(),
            root: package.root.clone(),
        };
        let host = watch.over(host, {
            let refusals = refusals.clone();
            move |refusal| refusals.tell(refusal)
        });
        let host = beside.over(host, &interrupt);
        let setup = Setup {
            places: ear.is_some() || needed.is_some(),
            debug: beside.is_wanted(),
            ..setup::of_package(&package.root, &neighbours, surroundings)
        };
        let mut interpreter: Box<dyn Interpreter> = match sandbox {
            None => Box::new(Native::new(host, interrupt, setup)),
            Some(Sandboxed {
                image,
                limits,
                cache,
            }) => {
                // What was imported before could not be made to stop.
                let cache = cache.filter(|_| !beside.is_wanted());
                let ahead = plan.first_module().zip(cache).map(|(module, cache)| Ahead {
                    module: module.into(),
                    cache,
                });
                Box::new(Sandbox::new(image, host, interrupt, setup, limits, ahead))
            }
        };
        if self.prompt {
            let talked = repl::talk(&mut *interpreter, beside, &package.root, self.bench());
            return talked.map(Some).map_err(|error| {
                say(format_args!("error: {error}"));
                Refused
            });
        }
        let live = agent.as_deref().filter(|_| self.bench() == "live");
        beside.talk(&package.root, &plan, live).map_err(|error| {
            say(format_args!("error: {error}"));
            Refused
        })?;
        let crew = Crew {
            interpreter: &mut *interpreter,
            operator: &mut *operator,
        };
        let outcome = flow::run(&plan, crew, &clock, &interruption, &events);
        if beside.session().is_some_and(Session::goes_back) {
            return Ok(None);
        }

        let mut exit = outcome.exit();
        if let Some((count, first)) = departures.as_ref().and_then(Departures::left) {
            say(format_args!(
                "warning: the run did not come to {count} of the recording's requests; the first is {first}"
            ));
        }
        let passed = outcome.verdict == Verdict::Pass;
        if let Some(Err(error)) = recording.map(|recording| recording.finish(ear.as_ref(), passed))
        {
            say(format_args!("error: the recording is not whole: {error}"));
            exit = exit.with_lost_report();
        }
        for error in unwritten.into_iter().chain(events.finish()) {
            say(format_args!("error: {error}"));
            exit = exit.with_lost_report();
        }
        Ok(Some(exit))
    }

    /// What the test code talks to.
    fn bench(&self) -> &'static str {
        match &self.simulate {
            _ if self.taping.replays() => "replayed",
            Some(_) => "simulated",
            None => "live",
        }
    }

    /// Two outputs in one file would overwrite each other.
    fn refuse_shared_files(&self, surroundings: &Surroundings) -> Result<(), Refused> {
        let reports = self.report.iter().map(|report| &report.path);
        let mut files: Vec<_> = reports
            .chain(&self.events)
            .chain(self.taping.files())
            .map(|path| surroundings.current.join(path))
            .collect();
        files.sort();
        match files.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => {
                let path = pair[0].display();
                say(format_args!(
                    "error: {path} is named twice; give each output a file of its own"
                ));
                Err(Refused)
            }
            None => Ok(()),
        }
    }

    fn load(&self, surroundings: &Surroundings, style: Style) -> Result<Package, Refused> {
        match load(&surroundings.current.join(&self.package)) {
            Ok((package, mut warnings)) => {
                let vendored = wheels(&package.root);
                let required = &package.manifest.requirements.pip_packages;
                warnings.extend(vendored.missing(required));
                warnings.extend(vendored.problems);
                warnings.sort();
                show(&warnings, &package.sources, style);
                Ok(package)
            }
            Err(error) => {
                show(&error.diagnostics, &error.sources, style);
                Err(Refused)
            }
        }
    }

    fn select(
        &self,
        package: &Package,
        surroundings: &Surroundings,
        style: Style,
    ) -> Result<usize, Refused> {
        let index = find_test(package, self.test.as_deref(), &surroundings.current).map_err(
            |mut diagnostic| {
                if self.simulate == Some(None) && diagnostic.primary.is_none() {
                    let hint = diagnostic
                        .hint
                        .take()
                        .map(|hint| format!("{hint}; "))
                        .unwrap_or_default();
                    diagnostic.hint = Some(format!(
                        "{hint}another bench is given as --simulate=FILE, with the equals sign"
                    ));
                }
                show_one(*diagnostic, &package.sources, style);
                Refused
            },
        )?;
        Ok(index)
    }

    fn overrides(&self) -> Overrides {
        let map = |assignments: &[Assignment]| {
            assignments
                .iter()
                .map(|its| (its.key.clone(), its.value.clone()))
                .collect()
        };
        let mut overrides = Overrides {
            cfg: map(&self.cfg),
            tags: map(&self.tag),
            mes: map(&self.mes),
            ..Overrides::default()
        };
        if let Some(host) = &self.host {
            overrides.cfg.insert("AGENT_HOST".into(), host.clone());
        }
        if let Some(serial) = &self.serial {
            overrides
                .exec
                .insert("serial_number".into(), serial.clone());
        }
        overrides
    }

    /// Attaches everyone who watches, the console `aside` from standard output or there; gives back the reports that cannot even be begun.
    fn attach(
        &self,
        aside: bool,
        beside: &Beside,
        events: &EventBus,
        colour: Colour,
        surroundings: &Surroundings,
    ) -> Vec<crate::event::SinkError> {
        let look = Look {
            colour: surroundings.colour_stdout(colour),
            quiet: self.quiet || aside,
        };
        let writer: Box<dyn Write + Send> = match aside {
            true => Box::new(io::stderr()),
            false => Box::new(io::stdout()),
        };
        if self.prompt {
            events.attach(Box::new(repl::Plain));
            return Vec::new();
        }
        if let Some(session) = beside.session() {
            events.attach(session.sink());
        }
        let mut console = Console::new(beside.console(writer), look);
        if surroundings.stdout_is_terminal
            && surroundings.stderr_is_terminal
            && !look.quiet
            && !beside.is_wanted()
        {
            console = console.with_progress(Progress::on_stderr());
        }
        events.attach(Box::new(console));
        for report in &self.report {
            events.attach(Box::new(JsonReport::new(
                surroundings.current.join(&report.path),
            )));
        }
        let Some(path) = &self.events else {
            return Vec::new();
        };
        match EventLines::create(surroundings.current.join(path)) {
            Ok(lines) => {
                events.attach(Box::new(lines));
                Vec::new()
            }
            Err(error) => vec![error],
        }
    }
}

fn unit_of<'a>(package: &'a Package, test: &'a Test) -> Unit<'a> {
    Unit {
        package: Named {
            name: package.manifest.name.value.clone(),
            version: package.manifest.version.value.clone(),
        },
        test,
        sources: &package.sources,
    }
}

/// One line of a source file of the package, from 1.
fn source_line(root: &Path, file: &str, line: u32) -> Option<String> {
    let path = root.join(file);
    if !path.starts_with(root)
        || path
            .components()
            .any(|part| part == std::path::Component::ParentDir)
    {
        return None;
    }
    let text = fs::read_to_string(path).ok()?;
    text.lines()
        .nth(usize::try_from(line).ok()?.checked_sub(1)?)
        .map(str::to_owned)
}
