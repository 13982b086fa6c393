//! The switches that record what a run and its bench say to each other, and that repeat it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::{
    Surroundings,
    output::{Refused, say},
    recordings::compared,
};
use crate::{
    bus::EventBus,
    flow::{Secrets, clock::Clock, virtual_clock::VirtualClock},
    host::{
        Host,
        bench::SimulatedBench,
        cassette::{
            Beginning, Cassette, Departures, Exchanges, Header, Listener, Position, Recorder,
            ReplayNetwork, Replayed, Tape, VERSION,
        },
    },
    package::model::{Package, Test},
};

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Recording")]
pub struct Taping {
    /// Record what the test code and its bench say to each other; compressed when the name ends in .zst
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Run against a recording instead of a bench
    #[arg(long, value_name = "FILE", conflicts_with = "record")]
    replay: Option<PathBuf>,
    /// Record it anew instead, from the station or the simulated bench, and say what has changed
    #[arg(long, requires = "replay")]
    replay_update: bool,
}

/// What is recorded.
pub struct Subject<'a> {
    pub package: &'a Package,
    pub test: &'a Test,
    /// "live" or "simulated".
    pub bench: &'a str,
}

/// A recording that is to be repeated.
pub struct Replay {
    departures: Departures,
    pub clock: Arc<VirtualClock>,
    /// Of the run; the same for the same recording.
    pub id: Uuid,
}

/// A recording that is being made.
pub struct Recording {
    beginning: Beginning,
    /// Until a recorder has it.
    tape: Option<Tape>,
    made: PathBuf,
    /// What it takes the place of.
    before: Option<(PathBuf, Cassette)>,
}

impl Taping {
    /// Whether a recording takes the place of a bench.
    pub fn replays(&self) -> bool {
        self.replay.is_some() && !self.replay_update
    }

    /// The files that are written.
    pub fn written(&self) -> Option<&PathBuf> {
        let updated = self.replay.as_ref().filter(|_| self.replay_update);
        self.record.as_ref().or(updated)
    }

    /// The files that are read or written.
    pub fn files(&self) -> Option<&PathBuf> {
        self.record.as_ref().or(self.replay.as_ref())
    }

    /// What is to be repeated, if anything.
    ///
    /// # Errors
    /// When the recording cannot be read; the user has been told.
    pub fn replay(
        &self,
        position: &Position,
        surroundings: &Surroundings,
    ) -> Result<Option<Replay>, Refused> {
        let Some(file) = self.replay.as_ref().filter(|_| self.replays()) else {
            return Ok(None);
        };
        let cassette = read(&surroundings.current.join(file))?;
        let began = cassette.header.started.parse().unwrap_or_default();
        let digest = Sha256::digest(format!("{:?}", cassette.entries));
        let mut bytes = [0; 16];
        bytes
            .iter_mut()
            .zip(digest)
            .for_each(|(byte, its)| *byte = its);
        Ok(Some(Replay {
            departures: Departures::new(cassette, file.display().to_string(), position.clone()),
            clock: Arc::new(VirtualClock::standing(began)),
            id: Builder::from_random_bytes(bytes).into_uuid(),
        }))
    }

    /// Begins the file of a recording, if one was asked for.
    ///
    /// # Errors
    /// When the file cannot be made, or what it replaces not be read; the user has been told.
    pub fn record(
        &self,
        host: &Arc<dyn Host>,
        subject: &Subject<'_>,
        clock: &Arc<dyn Clock>,
        surroundings: &Surroundings,
    ) -> Result<Option<Recording>, Refused> {
        let Some(file) = self.written() else {
            return Ok(None);
        };
        let path = surroundings.current.join(file);
        let before = if self.replay_update {
            Some((path.clone(), read(&path)?))
        } else {
            None
        };
        let made = match &before {
            None => path,
            // With the same ending, which says whether it is compressed.
            Some(_) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                path.with_file_name(format!(".new-{name}"))
            }
        };
        let beginning = Beginning::of(host, &**clock);
        let package = subject.package;
        let manifest = &package.manifest;
        let header = Header {
            cassette: VERSION,
            version: env!("CARGO_PKG_VERSION").into(),
            package: format!("{} {}", manifest.name.value, manifest.version.value),
            test: subject.test.file.clone(),
            bench: subject.bench.into(),
            started: Timestamp::from_nanosecond(beginning.real.into())
                .unwrap_or_default()
                .to_string(),
            ignore: before
                .as_ref()
                .map(|(_, its)| its.header.ignore.clone())
                .unwrap_or_default(),
            secrets: package.local.secrets.clone(),
        };
        let tape = Tape::create(&made, &header).map_err(|error| {
            say(format_args!(
                "error: {} cannot be written: {error}",
                made.display()
            ));
            Refused
        })?;
        Ok(Some(Recording {
            beginning,
            tape: Some(tape),
            made,
            before,
        }))
    }
}

fn read(path: &Path) -> Result<Cassette, Refused> {
    match Cassette::read(path) {
        Ok(cassette) => {
            if cassette.torn {
                say(format_args!(
                    "warning: {} was cut short; it is used up to its last whole line",
                    path.display()
                ));
            }
            Ok(cassette)
        }
        Err(error) => {
            say(format_args!("error: {error}"));
            Err(Refused)
        }
    }
}

impl Replay {
    /// A bench that knows what the recording knows. `machine` is on this replay's clock.
    pub fn host(&self, machine: Arc<dyn Host>) -> Arc<dyn Host> {
        let network = ReplayNetwork::new(self.departures.clone(), self.clock.clone());
        let bench = SimulatedBench::over(machine, network);
        Arc::new(Replayed::new(
            bench,
            self.departures.clone(),
            self.clock.clone(),
        ))
    }

    pub fn departures(&self) -> Departures {
        self.departures.clone()
    }
}

/// What stands before the host and hears what is said.
pub type Ear = Arc<Recorder<Arc<dyn Host>>>;

/// Puts a recorder before the host where there is somebody to listen: a recording, or whoever wants to see exchanges among the events.
pub fn listened(
    host: &Arc<dyn Host>,
    package: &Package,
    recording: Option<&mut Recording>,
    position: &Position,
    clock: &Arc<dyn Clock>,
    events: &EventBus,
) -> Option<Ear> {
    let mut listeners: Vec<Box<dyn Listener>> = Vec::new();
    let mut beginning = Beginning::default();
    if let Some(recording) = recording
        && let Some(tape) = recording.tape.take()
    {
        beginning = recording.beginning;
        listeners.push(Box::new(tape));
    }
    if events.wants_exchanges() {
        let exchanges = Exchanges::new(events.clone(), position.clone());
        listeners.push(Box::new(exchanges));
    }
    if listeners.is_empty() {
        return None;
    }
    Some(Arc::new(Recorder::new(
        host.clone(),
        package.root.clone(),
        listeners,
        position.clone(),
        clock.clone(),
        beginning,
        Secrets::with(&package.local.secrets),
    )))
}

impl Recording {
    /// Ends the recording. Where it replaces another one, says what has changed; after a run that has not passed that one stays.
    ///
    /// # Errors
    /// When it is not whole.
    pub fn finish(self, ear: Option<&Ear>, passed: bool) -> io::Result<()> {
        ear.map_or(Ok(()), |ear| ear.finish())?;
        let Some((path, old)) = self.before else {
            return Ok(());
        };
        let new = Cassette::read(&self.made).map_err(io::Error::other)?;
        let changes = compared(&old, &new);
        if !passed {
            say(format_args!(
                "{} stays as it was, since the run has not passed; the new recording is {}",
                path.display(),
                self.made.display()
            ));
            return Ok(());
        }
        fs::rename(&self.made, &path)?;
        if changes.is_empty() {
            say(format_args!("{}: nothing has changed", path.display()));
        } else {
            say(format_args!(
                "{} has changed:\n{}",
                path.display(),
                changes.join("\n")
            ));
        }
        Ok(())
    }
}
