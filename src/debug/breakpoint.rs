//! Where a run is to stop.

use std::fmt;

use indexmap::IndexMap;
use rehearsal_python::value::Value;

/// A place, and when to stop there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakpoint {
    /// From 1, each its own.
    pub number: u32,
    pub target: Target,
    /// A Python expression that has to hold.
    pub condition: Option<String>,
    /// `5`, `>= 5`, `% 5`: which time it stops.
    pub hits: Option<String>,
    /// What to say instead of stopping, with expressions in braces.
    pub log: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A line of Python: the file's absolute path with forward slashes, the line from 1.
    Line { file: String, line: u32 },
    /// A function by its name, `read` or `Client.read`.
    Function(String),
    /// A step by its name.
    Step(String),
    /// A step by a line of its YAML file, relative to the package.
    Yaml { file: String, line: u32 },
}

/// Which failures stop a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// An exception, where it is raised.
    pub raised: bool,
    /// An exception that leaves a step's function.
    pub uncaught: bool,
    /// A step that does not pass.
    pub failed: bool,
    /// A measurement out of its limits.
    pub limits: bool,
    /// A request of the bench that fails, or one that says all of these words.
    pub bench: Option<Vec<String>>,
}

impl Breakpoint {
    /// As the side within the interpreter takes it; none for those that are the engine's.
    pub fn to_value(&self) -> Option<Value> {
        let text = |text: &Option<String>| text.clone().map_or(Value::None, Value::Str);
        let mut value = IndexMap::from([
            ("number".to_owned(), Value::Int(self.number.into())),
            ("condition".to_owned(), text(&self.condition)),
            ("hits".to_owned(), text(&self.hits)),
            ("log".to_owned(), text(&self.log)),
        ]);
        match &self.target {
            Target::Line { file, line } => {
                value.insert("file".into(), Value::Str(file.clone()));
                value.insert("line".into(), Value::Int((*line).into()));
            }
            Target::Function(name) => {
                value.insert("function".into(), Value::Str(name.clone()));
            }
            Target::Step(_) | Target::Yaml { .. } => return None,
        }
        Some(Value::Dict(value))
    }
}

impl fmt::Display for Breakpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {}", self.number, self.target)?;
        if let Some(condition) = &self.condition {
            write!(f, " if {condition}")?;
        }
        if let Some(log) = &self.log {
            write!(f, " says {log:?}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { file, line } | Self::Yaml { file, line } => write!(f, "{file}:{line}"),
            Self::Function(name) => write!(f, "function {name}"),
            Self::Step(name) => write!(f, "step {name:?}"),
        }
    }
}
