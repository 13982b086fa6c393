//! Which steps of a test are asked for, and what is done to them: the switches of a developer at the desk.

use crate::{
    event::Phase,
    package::model::{Force, Step},
};

/// What the command line says about steps; a name means the first step of that name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Those of `steps` to run, and the steps they need; empty for all.
    pub only: Vec<String>,
    pub from: Option<String>,
    pub until: Option<String>,
    pub forced: Vec<(String, Force)>,
    /// How often to run which step.
    pub looped: Option<(u32, String)>,
    /// Steps with `runner: dotnet` and no stub are left out instead of refused.
    pub skip_dotnet: bool,
}

impl Selection {
    /// The switches as on the command line, for reports.
    pub(super) fn shown(&self) -> Vec<String> {
        let mut shown: Vec<_> = self
            .only
            .iter()
            .map(|name| format!("--only {name:?}"))
            .collect();
        shown.extend(self.from.iter().map(|name| format!("--from {name:?}")));
        shown.extend(self.until.iter().map(|name| format!("--until {name:?}")));
        shown.extend(
            self.looped
                .iter()
                .map(|(count, name)| format!("--loop {count} {name:?}")),
        );
        if self.skip_dotnet {
            shown.push("--skip-dotnet".into());
        }
        shown
    }
}

/// A part of a test, by the places of its steps.
pub(super) struct Part<'a> {
    pub only: &'a [usize],
    /// The steps that those need.
    pub needed: &'a [usize],
    pub from: Option<usize>,
    pub until: Option<usize>,
}

impl Part<'_> {
    /// Which steps belong to it. Setup and teardown do, but for setup steps before `from` where that is one of them; with `only`, also
    /// the steps the named ones need.
    pub fn of(&self, steps: &[(Phase, &Step)]) -> Vec<bool> {
        let from_phase = self.from.map(|from| steps[from].0);
        let mut selected: Vec<bool> = steps
            .iter()
            .enumerate()
            .map(|(index, (phase, _))| {
                let after_from = match from_phase {
                    Some(Phase::Steps) if *phase == Phase::Setup => true,
                    _ => self.from.is_none_or(|from| index >= from),
                };
                let before_until = self.until.is_none_or(|until| index <= until);
                match phase {
                    Phase::Teardown => true,
                    Phase::Setup => after_from && before_until,
                    Phase::Steps => {
                        after_from
                            && before_until
                            && (self.only.is_empty() || self.only.contains(&index))
                    }
                }
            })
            .collect();
        for needed in self.needed {
            if let Some(selected) = selected.get_mut(*needed) {
                *selected = true;
            }
        }
        selected
    }
}
