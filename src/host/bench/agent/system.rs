//! The group `system`: the station's services and its restart.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value as Json, json};

use super::{
    super::error::BenchError,
    boot_config::Boot,
    events::Change,
    firmware::Firmware,
    problem::Problem,
    reply::{Answer, Reply},
    roots::Folders,
    server::{Agent, Call},
};

/// How long a service takes to start or to stop.
const SWITCHING: Duration = Duration::from_millis(500);
/// How long after its answer the station goes down, or the web API restarts.
const GRACE: Duration = Duration::from_secs(1);
/// How long the station is down.
const DOWN: Duration = Duration::from_secs(2);

/// What a station is beside its bench.
#[derive(Clone, Debug)]
pub struct System {
    services: [Service; 3],
    /// What is to happen, and when.
    jobs: Vec<(Duration, Job)>,
    /// Whether a time server keeps the clock.
    pub synchronised: bool,
    pub boot: Option<Boot>,
    pub firmware: Firmware,
    pub folders: Folders,
}

/// Something that goes on after its request was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// A service starts to run.
    Started(ServiceId),
    Stopped(ServiceId),
    /// The web API ends all that clients have open.
    RestartWebApi,
    GoDown,
    ComeUp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceId {
    /// The hardware app.
    Hardware,
    /// The web API, which answers.
    WebApi,
    Dashboard,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Active,
    Activating,
    Deactivating,
    Inactive,
}

/// One of the station's systemd units.
#[derive(Clone, Debug)]
pub struct Service {
    id: ServiceId,
    state: State,
    /// Whether it starts with the station.
    enabled: bool,
    /// When it last became active.
    since: Option<Duration>,
}

impl ServiceId {
    fn name(self) -> &'static str {
        match self {
            Self::Hardware => "hardware",
            Self::WebApi => "webapi",
            Self::Dashboard => "dashboard",
        }
    }

    pub fn unit(self) -> &'static str {
        match self {
            Self::Hardware => "accordion.service",
            Self::WebApi => "accordion-webapi.service",
            Self::Dashboard => "accordion-dashboard.service",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Hardware => "Accordion hardware application (simulated)",
            Self::WebApi => "Accordion web API (simulated)",
            Self::Dashboard => "Accordion dashboard (simulated)",
        }
    }

    /// The web API can be restarted through itself, not stopped.
    fn actions(self) -> &'static [&'static str] {
        match self {
            Self::WebApi => &["restart", "enable", "disable"],
            _ => &["start", "stop", "restart", "enable", "disable"],
        }
    }
}

impl System {
    pub fn new(now: Duration) -> Self {
        let ids = [ServiceId::Hardware, ServiceId::WebApi, ServiceId::Dashboard];
        Self {
            services: ids.map(|id| Service {
                id,
                state: State::Active,
                enabled: true,
                since: Some(now),
            }),
            jobs: Vec::new(),
            synchronised: true,
            boot: None,
            firmware: Firmware::default(),
            folders: Folders::default(),
        }
    }

    pub fn next_job(&self) -> Option<(Duration, Job)> {
        self.jobs.iter().min_by_key(|(at, _)| *at).cloned()
    }

    /// Whether the hardware app runs; else what it does instead.
    pub fn hardware(&self) -> Result<(), &'static str> {
        match self.services[0].state {
            State::Active => Ok(()),
            State::Activating => Err("it is starting"),
            State::Deactivating => Err("it is stopping"),
            State::Inactive => {
                Err("it is stopped; start it by POST /api/system/services/hardware/start")
            }
        }
    }

    fn service(&mut self, id: ServiceId) -> &mut Service {
        let [hardware, web_api, dashboard] = &mut self.services;
        match id {
            ServiceId::Hardware => hardware,
            ServiceId::WebApi => web_api,
            ServiceId::Dashboard => dashboard,
        }
    }

    /// Applies what boot.config says of services, by their units.
    fn arrange_services(&mut self) {
        let arranged = self.boot.iter().flat_map(Boot::services);
        let arranged: Vec<_> = arranged.map(|(unit, on)| (unit.to_owned(), on)).collect();
        for service in &mut self.services {
            let unit = service.id.unit();
            for (_, on) in arranged.iter().filter(|(name, _)| name == unit) {
                service.enabled = *on;
            }
        }
    }
}

impl Agent {
    pub(super) fn list_services(&mut self, _: &Call) -> Answer {
        let failed = !self.bench.station().application.connected;
        let shown = self.system.services.iter().map(|service| {
            let (active, sub) = match service.state {
                // The hardware of this bench is not to be had.
                State::Active if failed && service.id == ServiceId::Hardware => {
                    ("failed", "failed")
                }
                State::Active => ("active", "running"),
                State::Activating => ("activating", "start"),
                State::Deactivating => ("deactivating", "stop-sigterm"),
                State::Inactive => ("inactive", "dead"),
            };
            json!({
                "id": service.id.name(),
                "unit": service.id.unit(),
                "description": service.id.description(),
                "installed": true,
                "activeState": active,
                "subState": sub,
                "enabled": service.enabled,
                "since": service.since.map(|since| self.calendar.text(since)),
                "self": service.id == ServiceId::WebApi,
                "actions": service.id.actions(),
            })
        });
        Ok(Reply::json(&shown.collect::<Json>()))
    }

    pub(super) fn act_on_service(&mut self, call: &Call) -> Answer {
        let (name, action) = (call.parameter, call.second_parameter);
        let mut services = self.system.services.iter();
        let found = services.find(|service| service.id.name().eq_ignore_ascii_case(name));
        let id = found.map(|service| service.id).ok_or_else(|| {
            Problem::new(
                StatusCode::NOT_FOUND,
                format!("service \"{name}\" not found: there are hardware, webapi and dashboard"),
            )
        })?;
        let known = id.actions().iter().find(|known| **known == action);
        let action = known.ok_or_else(|| {
            Problem::bad_request(format!(
                "service \"{name}\" has no action \"{action}\": it has {}",
                id.actions().join(", ")
            ))
        })?;
        let ready = call.now.saturating_add(SWITCHING);
        let lost_before = self.lost().is_some();
        let service = self.system.service(id);
        let next = match *action {
            "enable" | "disable" => {
                service.enabled = *action == "enable";
                None
            }
            "restart" if id == ServiceId::WebApi => {
                Some((call.now.saturating_add(GRACE), Job::RestartWebApi))
            }
            "stop" if service.state != State::Inactive => {
                service.state = State::Deactivating;
                Some((ready, Job::Stopped(id)))
            }
            "start" if service.state != State::Active => {
                service.state = State::Activating;
                Some((ready, Job::Started(id)))
            }
            "restart" => {
                service.state = State::Activating;
                Some((ready, Job::Started(id)))
            }
            _ => None,
        };
        self.note(call.now, format!("INFO service {}: {action}", id.name()));
        if let Some((at, job)) = next {
            // The latest word counts.
            let about = |job: &Job| [Job::Started(id), Job::Stopped(id)].contains(job);
            if about(&job) {
                self.system.jobs.retain(|(_, other)| !about(other));
            }
            self.system.jobs.push((at, job));
            self.streams.stir();
        }
        if self.lost().is_some() && !lost_before {
            self.tell_connection();
        }
        Ok(Reply::nothing().status(StatusCode::ACCEPTED))
    }

    pub(super) fn reboot(&mut self, call: &Call) -> Answer {
        let jobs = &mut self.system.jobs;
        let under_way = jobs.iter().any(|(_, job)| *job == Job::GoDown);
        if !under_way {
            jobs.push((call.now.saturating_add(GRACE), Job::GoDown));
            self.note(call.now, "INFO reboot");
            self.streams.stir();
        }
        Ok(Reply::nothing().status(StatusCode::ACCEPTED))
    }

    pub(super) fn do_job(&mut self, job: &Job, now: Duration) {
        self.system.jobs.retain(|(_, other)| other != job);
        match job {
            Job::Stopped(id) => self.system.service(*id).state = State::Inactive,
            Job::Started(id) => {
                let service = self.system.service(*id);
                service.state = State::Active;
                service.since = Some(now);
                if *id == ServiceId::Hardware {
                    self.start_hardware(now);
                }
            }
            Job::RestartWebApi => {
                self.system.service(ServiceId::WebApi).since = Some(now);
                self.end_events();
                self.end_lease("ended with the web API", now);
            }
            Job::GoDown => {
                self.end_events();
                self.end_lease("ended with the reboot", now);
                for service in &mut self.system.services {
                    service.state = State::Activating;
                }
                let back = (now.saturating_add(DOWN), Job::ComeUp);
                self.system.jobs = vec![back];
            }
            Job::ComeUp => self.come_up(now),
        }
    }

    fn come_up(&mut self, now: Duration) {
        self.system.arrange_services();
        for service in &mut self.system.services {
            service.state = State::Inactive;
            // The web API whether it is enabled or not: there is nothing else that could answer.
            if service.enabled || service.id == ServiceId::WebApi {
                service.state = State::Active;
                service.since = Some(now);
            }
        }
        self.calendar.synchronise();
        self.system.synchronised = true;
        self.note(now, "INFO simulated station started");
        if self.system.hardware().is_ok() {
            self.start_hardware(now);
        }
    }

    /// The hardware app starts anew: so does the bench, and what is loaded at the start.
    fn start_hardware(&mut self, now: Duration) {
        if let Err(error) = self.restart_bench(now) {
            self.note(now, format!("ERROR reset: {error}"));
        }
        self.tell_connection();
    }

    /// Puts the bench back to its start, with what boot.config loads.
    ///
    /// # Errors
    /// When a module that is marked as loaded cannot be loaded.
    pub(super) fn restart_bench(&mut self, now: Duration) -> Result<(), BenchError> {
        self.bench.reset(now)?;
        self.apply_boot(now);
        self.configured(Change::Changed);
        Ok(())
    }
}
