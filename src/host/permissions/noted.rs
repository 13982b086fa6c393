//! Lets everything through and notes what a sandbox would have refused.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    Access, Permissions, Refusal, Resolver,
    judge::{Judge, Stopped},
};
use crate::host::{ErrorKind, Host, HostError, Reply, Request, cassette::Position};

/// Stands before a host and notes which of the requests that reach something go beyond the permissions.
pub struct Noted<H> {
    inner: H,
    judge: Judge,
    needs: Needs,
}

/// What a run needed beyond its permissions, in the order it asked for it; clones share it.
#[derive(Clone, Default)]
pub struct Needs {
    position: Position,
    noted: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    line: Option<String>,
    needs: BTreeMap<(Access, String), Need>,
}

/// Where something was first asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    pub access: Access,
    /// As the switch that would allow it takes it; of a path, what the code wrote, from the package's folder on.
    pub what: String,
    /// Whether it was to be made as a folder.
    pub folder: bool,
    pub step: Option<String>,
    /// The line of the test code, where that is known.
    pub line: Option<String>,
    order: usize,
}

impl Needs {
    /// `position` has to follow the run's events.
    pub fn new(position: Position) -> Self {
        Self {
            position,
            ..Self::default()
        }
    }

    pub fn position(&self) -> Position {
        self.position.clone()
    }

    /// What was needed, in the order it was asked for.
    pub fn all(&self) -> Vec<Need> {
        let mut needs: Vec<_> = self.state().needs.values().cloned().collect();
        needs.sort_by_key(|need| need.order);
        needs
    }

    /// `connects`: whether the line that was told last is that of this request.
    fn note(&self, refusal: Refusal, folder: bool, connects: bool) {
        let (step, _) = self.position.now();
        let mut state = self.state();
        let order = state.needs.len();
        let line = state.line.clone().filter(|_| connects);
        let Refusal { access, what, .. } = refusal;
        let need = state
            .needs
            .entry((access, what.clone()))
            .or_insert_with(|| Need {
                access,
                what,
                folder,
                step,
                line: None,
                order,
            });
        // A name is looked up before anything is sent to it.
        need.line = need.line.take().or(line);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<H: Host> Noted<H> {
    pub fn new(inner: H, permissions: Permissions, resolver: Resolver, needs: Needs) -> Self {
        Self {
            inner,
            judge: Judge::new(permissions, resolver),
            needs,
        }
    }
}

impl<H: Host> Host for Noted<H> {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        if let Request::At { file, line } = &request {
            self.needs.state().line = Some(format!("{file}:{line}"));
        }
        let folder = matches!(request, Request::MakeFolder { .. });
        let connects = matches!(request, Request::Connect { .. } | Request::SendTo { .. });
        let refusal = match self.judge.admitted(request.clone(), &self.inner) {
            Err(Stopped::Refused(refusal)) => Some(refusal),
            Ok(_) | Err(Stopped::Failed(_)) => None,
        };
        let result = self
            .judge
            .followed(request, |request| self.inner.call(request));
        // A file that is looked for where there is none is not needed.
        let absent = matches!(&result, Err(error) if error.kind == ErrorKind::NotFound);
        if let Some(refusal) = refusal
            && !(absent && refusal.access == Access::Read)
        {
            self.needs.note(refusal, folder, connects);
        }
        result
    }
}
