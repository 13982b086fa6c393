//! The one variable store of a run: what templates and measurements read, what returns and outputs write (docs/decisions.md 14, 32).

use std::borrow::Cow;

use indexmap::IndexMap;
use rehearsal_python::value::Value;

use crate::package::model::Scalar;

use super::{Context, MASK, Secrets, nearest::nearest};

/// A value and, where it was written down by a person, its text as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    pub value: Value,
    text: Option<String>,
}

impl Variable {
    pub fn new(value: Value) -> Self {
        Self { value, text: None }
    }

    /// A value of a YAML file: a number keeps its text (`12.0` stays `12.0`), a boolean becomes `true` or `false`.
    pub fn written(scalar: &Scalar) -> Self {
        let text = match &scalar.value {
            Value::Int(_) | Value::Big(_) | Value::Float(_) => Some(scalar.text.clone()),
            Value::None | Value::Bool(_) | Value::Str(_) | Value::List(_) | Value::Dict(_) => None,
        };
        Self {
            value: scalar.value.clone(),
            text,
        }
    }

    /// A value and the text it was entered as.
    pub fn with_text(value: Value, text: &str) -> Self {
        Self {
            value,
            text: Some(text.into()),
        }
    }

    /// What a template puts in the value's place.
    pub fn text(&self) -> Cow<'_, str> {
        match (&self.text, &self.value) {
            (Some(text), _) | (None, Value::Str(text)) => Cow::Borrowed(text),
            (None, value) => Cow::Owned(value.to_string()),
        }
    }
}

impl From<Value> for Variable {
    fn from(value: Value) -> Self {
        Self::new(value)
    }
}

/// Wherever a template may find a name.
pub trait Lookup {
    fn find(&self, name: &str) -> Option<&Variable>;

    /// The existing name nearest to one that was not found.
    fn nearest(&self, name: &str) -> Option<&str>;
}

/// All variables of a run: those of the test, and apart from them those the system sets, which no return may overwrite.
#[derive(Clone, Debug, Default)]
pub struct Store {
    /// `__iteration__`, `cfg.…`, `exec.…`, `mes.…`
    system: IndexMap<String, Variable>,
    variables: IndexMap<String, Variable>,
}

impl Store {
    pub fn new(declared: &IndexMap<String, Scalar>, context: &Context, execution_id: &str) -> Self {
        let variables = declared
            .iter()
            .map(|(name, scalar)| (name.clone(), Variable::written(scalar)))
            .collect();
        let mut system = IndexMap::new();
        system.extend(
            context
                .settings()
                .map(|(name, setting)| (name, setting.clone())),
        );
        let mut store = Self { system, variables };
        store.set_system("__execution_id__", Value::Str(execution_id.into()).into());
        store.count_iteration(0);
        store
    }

    /// Sets `__iteration__` (from 0) and `__cycle__` (from 1).
    pub fn count_iteration(&mut self, index: u32) {
        self.set_system("__iteration__", Value::Int(index.into()).into());
        self.set_system("__cycle__", Value::Int(i64::from(index) + 1).into());
    }

    /// `exec.prompt.…`, the second spelling of what a prompt leaves.
    pub fn set_prompt(&mut self, name: &str, variable: Variable) {
        self.set_system(&format!("exec.prompt.{name}"), variable);
    }

    pub fn set(&mut self, name: String, variable: Variable) {
        self.variables.insert(name, variable);
    }

    /// All variables as texts, those of the system last; secrets are masked.
    pub fn shown(&self, secrets: &Secrets) -> IndexMap<String, String> {
        let text = |(name, variable): (&String, &Variable)| {
            let text = match secrets.cover(name) {
                true => MASK.into(),
                false => variable.text().into_owned(),
            };
            (name.clone(), text)
        };
        self.variables
            .iter()
            .chain(&self.system)
            .map(text)
            .collect()
    }

    fn set_system(&mut self, name: &str, variable: Variable) {
        match self.system.get_mut(name) {
            Some(existing) => *existing = variable,
            None => drop(self.system.insert(name.into(), variable)),
        }
    }
}

impl Lookup for Store {
    fn find(&self, name: &str) -> Option<&Variable> {
        self.system.get(name).or_else(|| self.variables.get(name))
    }

    fn nearest(&self, name: &str) -> Option<&str> {
        nearest(
            name,
            self.variables
                .keys()
                .chain(self.system.keys())
                .map(String::as_str),
        )
    }
}

/// A step's own returns before the store, as its measurements see them.
pub struct ReturnsFirst<'a> {
    pub returns: &'a IndexMap<String, Variable>,
    pub store: &'a Store,
}

impl Lookup for ReturnsFirst<'_> {
    fn find(&self, name: &str) -> Option<&Variable> {
        self.returns.get(name).or_else(|| self.store.find(name))
    }

    fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.returns.keys().map(String::as_str)).or_else(|| self.store.nearest(name))
    }
}
