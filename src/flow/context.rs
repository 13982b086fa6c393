//! What Maestro would inject on a station: configuration, execution details, tags and MES values (docs/decisions.md 34).

use indexmap::IndexMap;
use rehearsal_python::value::Value;

use crate::{
    event::SetBy,
    package::model::{Local, Scalar, Test},
    source::Span,
};

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
    /// Who set each of them, by the names that templates have for them.
    pub origins: IndexMap<String, Origin>,
    /// Whose values are not written down.
    pub secrets: Secrets,
}

/// Who set a setting, and where a file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    pub by: SetBy,
    pub at: Option<Span>,
}

impl Context {
    pub fn merge(test: &Test, local: &Local, overrides: &Overrides) -> Self {
        let none = IndexMap::new();
        let mut layers = Layers::default();
        Self {
            cfg: layers.merge(
                "cfg.",
                &[("AGENT_HOST", AGENT_HOST)],
                [&none, &local.cfg],
                &overrides.cfg,
            ),
            exec: layers.merge(
                "exec.",
                &[("serial_number", "DEV-001")],
                [&none, &local.exec],
                &overrides.exec,
            ),
            tags: layers.merge("exec.tag.", &[], [&test.tags, &local.tags], &overrides.tags),
            mes: layers.merge("mes.", &[], [&none, &local.mes], &overrides.mes),
            origins: layers.origins,
            secrets: Secrets::with(&local.secrets),
        }
    }

    /// Every setting by the name that templates have for it.
    pub fn settings(&self) -> impl Iterator<Item = (String, &Setting)> {
        [
            ("cfg.", &self.cfg),
            ("exec.", &self.exec),
            ("exec.tag.", &self.tags),
            ("mes.", &self.mes),
        ]
        .into_iter()
        .flat_map(|(prefix, settings)| {
            settings
                .iter()
                .map(move |(key, setting)| (format!("{prefix}{key}"), setting))
        })
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

/// Puts settings over each other and remembers who was the last to set each.
#[derive(Default)]
struct Layers {
    origins: IndexMap<String, Origin>,
}

impl Layers {
    /// `files`: the test's own, then local.yaml.
    fn merge(
        &mut self,
        prefix: &str,
        defaults: &[(&str, &str)],
        files: [&IndexMap<String, Scalar>; 2],
        command_line: &IndexMap<String, String>,
    ) -> IndexMap<String, Setting> {
        let mut merged = IndexMap::new();
        let mut set = |key: &str, setting: Setting, by: SetBy, at: Option<Span>| {
            merged.insert(key.to_owned(), setting);
            let origin = Origin { by, at };
            self.origins.insert(format!("{prefix}{key}"), origin);
        };
        let text = |text: &str| Variable::new(Value::Str(text.into()));
        for (key, value) in defaults {
            set(key, text(value), SetBy::Default, None);
        }
        for (file, by) in files.into_iter().zip([SetBy::Test, SetBy::Local]) {
            for (key, scalar) in file {
                set(key, Variable::written(scalar), by, Some(scalar.at));
            }
        }
        for (key, value) in command_line {
            set(key, text(value), SetBy::CommandLine, None);
        }
        merged
    }
}
