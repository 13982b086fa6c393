//! Everything outside of the test code, as a run asks for it.

use std::{path::PathBuf, sync::Arc};

use rehearsal_python::interrupt::Interrupt;

use super::{
    Surroundings, bench as bench_file,
    output::{Refused, say},
    taping::Replay,
};
use crate::{
    bus::EventBus,
    diagnostic::Style,
    flow::virtual_clock::VirtualClock,
    host::{
        Host, Observer, Seeded,
        bench::{AgentAddress, SimulatedBench},
        live::{LiveHost, Streams},
        permissions::{Guarded, Needs, Noted, Permissions, Refusal, Resolver},
        virtual_time::VirtualTime,
    },
    package::model::Package,
};

/// The machine, with a bench before its network that is simulated or knows a recording, where that is asked for.
pub struct World<'a> {
    pub package: &'a Package,
    /// The agent's URL, as the configuration gives it.
    pub agent: &'a str,
    /// What the test code sees of the environment.
    pub environment: Vec<(String, String)>,
    pub interrupt: Interrupt,
    /// Where time is virtual.
    pub clock: Option<Arc<VirtualClock>>,
    pub replay: Option<&'a Replay>,
    /// The bench to simulate, and its file where that is not the package's own.
    pub simulate: Option<Option<PathBuf>>,
    pub events: EventBus,
    /// What randomness follows from, where runs are to be the same.
    pub seed: Option<u64>,
}

impl World<'_> {
    /// # Errors
    /// When the bench to simulate has errors or does not start; the user has been told.
    pub fn host(self, surroundings: &Surroundings, style: Style) -> Result<Arc<dyn Host>, Refused> {
        let agent = self.agent;
        if !agent.contains("://") {
            say(format_args!(
                "warning: cfg.AGENT_HOST is `{agent}`, without http://; clients of the agent want it"
            ));
        }
        let events = self.events;
        let live = LiveHost::new(
            &self.package.root,
            self.environment,
            Streams::Captured(Arc::new(move |stream, text| events.output(stream, text))),
            self.interrupt.clone(),
        );
        let machine: Arc<dyn Host> = match self.clock {
            Some(clock) => Arc::new(VirtualTime::new(live, clock, self.interrupt)),
            None => Arc::new(live),
        };
        let machine: Arc<dyn Host> = match self.seed {
            Some(seed) => Arc::new(Seeded::new(machine, seed)),
            None => machine,
        };
        if let Some(replay) = self.replay {
            return Ok(replay.host(machine));
        }
        let Some(file) = self.simulate else {
            return Ok(machine);
        };
        let root = Some(&*self.package.root);
        let station = bench_file::of_package(root, file.as_deref(), surroundings, style);
        let station = station.ok_or(Refused)?;
        let address = AgentAddress::from_url(agent)
            .map(|address| (address.host, address.port))
            .map_err(|error| {
                say(format_args!("error: cfg.AGENT_HOST: {error}"));
                Refused
            })?;
        let bench = SimulatedBench::new(machine, station, [address]).map_err(|error| {
            say(format_args!(
                "error: the simulated bench does not start: {error}"
            ));
            Refused
        })?;
        Ok(Arc::new(bench))
    }
}

/// What stands before the world, from the inside out: what may refuse, what notes (needs beyond a sandbox's own permissions), what watches.
pub struct Watch {
    pub permissions: Permissions,
    pub resolver: Resolver,
    pub needs: Option<(Permissions, Needs)>,
    pub events: EventBus,
    /// Of the package.
    pub root: PathBuf,
}

impl Watch {
    pub fn over(
        self,
        host: Arc<dyn Host>,
        refused: impl Fn(&Refusal) + Send + Sync + 'static,
    ) -> Arc<dyn Host> {
        let host = guarded(host, self.permissions, self.resolver.clone(), refused);
        match self.needs {
            None => Arc::new(Observer::new(host, self.events, &self.root)),
            Some((own, needs)) => {
                let noted = Noted::new(host, own, self.resolver, needs);
                Arc::new(Observer::new(noted, self.events, &self.root))
            }
        }
    }
}

/// The host as far as it is permitted.
pub fn guarded(
    host: Arc<dyn Host>,
    permissions: Permissions,
    resolver: Resolver,
    refused: impl Fn(&Refusal) + Send + Sync + 'static,
) -> Arc<dyn Host> {
    match permissions.is_everything() {
        true => host,
        false => Arc::new(Guarded::new(host, permissions, resolver, Arc::new(refused))),
    }
}
