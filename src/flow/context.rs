//! What Maestro would inject on a station: configuration, execution details, tags and MES values (docs/decisions.md 34).

use indexmap::IndexMap;
use rehearsal_python::value::Value;

use crate::package::model::{Local, Scalar, Test};

use super::{
    secret::{MASK, Secrets},
    store::Variable,
};

/// Where the agent is, unless somebody says otherwise.
pub const AGENT_HOST: &str = "http://agent64.local:5000";

/// A setting is a variable that nothing overwrites during the run.
pub type Setting = Variable;

/// Settings of the command line, as text; they win over local.yaml.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--cfg K=V`, `--host URL`
    pub cfg: IndexMap<String, String>,
    /// `--serial SN`
    pub exec: IndexMap<String, String>,
    /// `--tag K=V`
    pub tags: IndexMap<String, String>,
    /// `--mes K=V`
    pub mes: IndexMap<String, String>,
}

/// The settings of one run: defaults, then the test's tags, then local.yaml, then the command line.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    pub cfg: IndexMap<String, Setting>,
    pub exec: IndexMap<String, Setting>,
    pub tags: IndexMap<String, Setting>,
    pub mes: IndexMap<String, Setting>,
    /// Whose values are not written down.
    pub secrets: Secrets,
}

impl Context {
    pub fn merge(test: &Test, local: &Local, overrides: &Overrides) -> Self {
        let none = IndexMap::new();
        Self {
            cfg: layers(
                [("AGENT_HOST", AGENT_HOST)],
                [&none, &local.cfg],
                &overrides.cfg,
            ),
            exec: layers(
                [("serial_number", "DEV-001")],
                [&none, &local.exec],
                &overrides.exec,
            ),
            tags: layers([], [&test.tags, &local.tags], &overrides.tags),
            mes: layers([], [&none, &local.mes], &overrides.mes),
            secrets: Secrets::with(&local.secrets),
        }
    }

    pub fn serial_number(&self) -> String {
        self.exec
            .get("serial_number")
            .map(|serial| serial.text().into_owned())
            .unwrap_or_default()
    }

    /// The keys of `required` that have no value.
    pub fn missing_tags<'a>(&self, required: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
        required
            .filter(|&key| {
                self.tags
                    .get(key)
                    .is_none_or(|tag| tag.text().trim().is_empty())
            })
            .collect()
    }

    /// The configuration as events and reports show it: secrets masked.
    pub fn shown_config(&self) -> IndexMap<String, String> {
        self.shown(&self.cfg)
    }

    /// The tags as events and reports show them: secrets masked.
    pub fn shown_tags(&self) -> IndexMap<String, String> {
        self.shown(&self.tags)
    }

    fn shown(&self, settings: &IndexMap<String, Setting>) -> IndexMap<String, String> {
        let show = |key: &str, setting: &Setting| {
            if self.secrets.cover(key) {
                MASK.into()
            } else {
                setting.text().into_owned()
            }
        };
        settings
            .iter()
            .map(|(key, setting)| (key.clone(), show(key, setting)))
            .collect()
    }
}

fn layers<const N: usize>(
    defaults: [(&str, &str); N],
    files: [&IndexMap<String, Scalar>; 2],
    command_line: &IndexMap<String, String>,
) -> IndexMap<String, Setting> {
    let text = |text: &str| Variable::new(Value::Str(text.into()));
    let mut merged: IndexMap<_, _> = defaults
        .into_iter()
        .map(|(key, value)| (key.to_owned(), text(value)))
        .collect();
    for file in files {
        merged.extend(
            file.iter()
                .map(|(key, scalar)| (key.clone(), Variable::written(scalar))),
        );
    }
    merged.extend(
        command_line
            .iter()
            .map(|(key, value)| (key.clone(), text(value))),
    );
    merged
}
