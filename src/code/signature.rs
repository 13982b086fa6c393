//! What a function takes.

use ruff_python_ast::{ParameterWithDefault, Parameters};

use super::span;
use crate::source::{FileId, Span};

/// The parameters of a function, as far as a caller has to know them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signature {
    /// What can be given by name, in the order of the definition.
    pub named: Vec<Parameter>,
    /// What can be given by position only (before `/`).
    pub positional_only: Vec<Parameter>,
    /// Whether it takes more positions (`*args`).
    pub more_positions: bool,
    /// Whether it takes any other name (`**kwargs`).
    pub more_names: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub name: String,
    /// Whether it has no default.
    pub required: bool,
    /// Whether it can be given by name only (after `*`).
    pub keyword_only: bool,
    pub at: Span,
}

/// Why a call by names would raise TypeError.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Misfit {
    /// Required and not given.
    pub missing: Vec<String>,
    /// Given and not known.
    pub unexpected: Vec<String>,
    /// Required or given, and not to be given by name at all.
    pub unreachable: Vec<String>,
}

impl Signature {
    pub(super) fn of(parameters: &Parameters, file: FileId) -> Self {
        let read = |one: &ParameterWithDefault, keyword_only| Parameter {
            name: one.parameter.name.to_string(),
            required: one.default.is_none(),
            keyword_only,
            at: span(file, &one.parameter.name),
        };
        let by_place = parameters.args.iter().map(|one| read(one, false));
        let by_name = parameters.kwonlyargs.iter().map(|one| read(one, true));
        Self {
            named: by_place.chain(by_name).collect(),
            positional_only: parameters
                .posonlyargs
                .iter()
                .map(|one| read(one, false))
                .collect(),
            more_positions: parameters.vararg.is_some(),
            more_names: parameters.kwarg.is_some(),
        }
    }

    /// What is left for a caller after `functools.partial` has given some positions and names; `None` if it gave more than there are.
    pub(super) fn after(mut self, positions: usize, names: &[String]) -> Option<Self> {
        let first = positions.min(self.positional_only.len());
        self.positional_only.drain(..first);
        for _ in first..positions {
            match self.named.iter().position(|one| !one.keyword_only) {
                Some(0) => {
                    self.named.remove(0);
                }
                _ if self.more_positions => break,
                _ => return None,
            }
        }
        for name in names {
            match self.named.iter_mut().find(|one| one.name == *name) {
                Some(parameter) => parameter.required = false,
                None if self.more_names => {}
                None => return None,
            }
        }
        Some(self)
    }

    /// What does not fit when a caller gives these, each by its name; `None` if all does.
    pub fn misfit<'a>(&self, given: impl Iterator<Item = &'a str>) -> Option<Misfit> {
        let given: Vec<&str> = given.collect();
        let required = |list: &[Parameter]| -> Vec<String> {
            let required = list.iter().filter(|one| one.required);
            required.map(|one| one.name.clone()).collect()
        };
        let mut missing = required(&self.named);
        missing.retain(|name| !given.contains(&name.as_str()));
        let unexpected = given
            .iter()
            .filter(|name| {
                let mut all = self.named.iter().chain(&self.positional_only);
                !self.more_names && !all.any(|one| one.name == **name)
            })
            .map(|name| (*name).to_owned())
            .collect();
        let unreachable = self
            .positional_only
            .iter()
            .filter(|one| one.required || !self.more_names && given.contains(&one.name.as_str()))
            .map(|one| one.name.clone())
            .collect();
        let misfit = Misfit {
            missing,
            unexpected,
            unreachable,
        };
        (misfit != Misfit::default()).then_some(misfit)
    }

    /// The names of the parameters that can be given by name, as a message lists them: `host, timeout_s (optional)`.
    pub fn listed(&self) -> String {
        let mut parts: Vec<String> = self
            .named
            .iter()
            .map(|one| {
                let optional = if one.required { "" } else { " (optional)" };
                format!("{}{optional}", one.name)
            })
            .collect();
        if self.more_names {
            parts.push("any other name".into());
        }
        parts.join(", ")
    }
}
