//! What a station injects, as defaults and switches of the script.

use std::collections::BTreeSet;

use rehearsal_python::value::Value;

use super::literal;
use crate::{
    flow::{Context, Variable},
    package::model::Test,
};

/// Prefixes of the names of settings, the longer one of two first.
const NAMESPACES: [(&str, &str); 4] = [
    ("exec.tag.", "tag"),
    ("cfg.", "cfg"),
    ("exec.", "exec"),
    ("mes.", "mes"),
];

/// One setting the test uses.
pub struct Opt {
    /// As templates name it: `cfg.AGENT_HOST`.
    pub setting: String,
    /// In `_DEFAULTS`.
    pub key: String,
    /// Of the parsed command line; the switch is this with dashes.
    pub destination: String,
    pub default: Default,
    pub required: bool,
}

pub enum Default {
    Value(String),
    /// Nothing has a value for it.
    Missing,
    /// It must not be written down.
    Secret,
}

impl Opt {
    pub fn switch(&self) -> String {
        format!("--{}", self.destination.replace('_', "-"))
    }
}

/// The settings that templates of the test name, in the order of `names`, and its required tags.
pub fn options<'a>(
    names: impl Iterator<Item = &'a str>,
    test: &Test,
    context: &Context,
) -> Vec<Opt> {
    let required = test
        .required_tags
        .iter()
        .map(|tag| format!("exec.tag.{}", tag.value));
    let required: Vec<String> = required.collect();
    let mut taken = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut options = Vec::new();
    for setting in names
        .map(str::to_owned)
        .chain(required.iter().cloned())
        .filter(|name| !name.starts_with("exec.prompt."))
    {
        let Some((namespace, name)) = split(&setting) else {
            continue;
        };
        if !seen.insert(setting.clone()) {
            continue;
        }
        let key = key(&setting, namespace, name, &mut taken);
        let destination = match setting.as_str() {
            "exec.serial_number" => "serial".into(),
            _ => key.clone(),
        };
        options.push(Opt {
            default: default(&setting, name, context),
            required: required.contains(&setting),
            setting,
            key,
            destination,
        });
    }
    options
}

/// A setting's namespace and its name there.
pub fn split(setting: &str) -> Option<(&'static str, &str)> {
    NAMESPACES
        .into_iter()
        .find_map(|(prefix, namespace)| Some((namespace, setting.strip_prefix(prefix)?)))
}

/// What the setting is without a word on the command line.
pub fn value<'c>(setting: &str, context: &'c Context) -> Option<&'c Variable> {
    let (namespace, name) = split(setting)?;
    match namespace {
        "tag" => context.tags.get(name),
        "cfg" => context.cfg.get(name),
        "mes" => context.mes.get(name),
        _ => context.exec.get(name),
    }
}

fn default(setting: &str, name: &str, context: &Context) -> Default {
    match value(setting, context) {
        _ if context.secrets.cover(name) => Default::Secret,
        None => Default::Missing,
        Some(variable) if variable.value == Value::None => Default::Value("\"\"".into()),
        Some(variable) => Default::Value(literal::variable(variable)),
    }
}

/// A name of Python's that no other setting has.
fn key(setting: &str, namespace: &str, name: &str, taken: &mut BTreeSet<String>) -> String {
    let short = match setting {
        "cfg.AGENT_HOST" => "host".into(),
        "exec.serial_number" => "serial_number".into(),
        _ => literal::snake_case(name),
    };
    let long = format!("{namespace}_{short}");
    let free = |key: &str, taken: &BTreeSet<String>| {
        literal::is_name(key) && !["help", "serial"].contains(&key) && !taken.contains(key)
    };
    let mut key = if free(&short, taken) {
        short
    } else {
        long.clone()
    };
    let mut number = 2;
    while taken.contains(&key) {
        key = format!("{long}_{number}");
        number += 1;
    }
    taken.insert(key.clone());
    key
}
