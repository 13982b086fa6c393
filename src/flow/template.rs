//! Text with `{{name}}` in it: substitution and nothing more (docs/decisions.md 14, 15, 32).

use std::fmt;

use rehearsal_python::value::Value;

use crate::package::model::Scalar;

use super::{
    secret::Secrets,
    store::{Lookup, Variable},
};

/// A text split at its `{{name}}` marks; space inside the braces does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template<'a> {
    parts: Vec<Part<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    Name(&'a str),
}

/// A name that a template uses and nothing has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    pub name: String,
    /// The existing name it most likely means.
    pub nearest: Option<String>,
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing is named `{}`", self.name)?;
        match &self.nearest {
            Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
            None => match self.switch() {
                Some((switch, key)) => {
                    write!(f, "; set it with {switch} {key}=VALUE, or in local.yaml")
                }
                None => Ok(()),
            },
        }
    }
}

impl Unresolved {
    /// The switch of the command line that gives such a name a value, and its key there.
    fn switch(&self) -> Option<(&'static str, &str)> {
        [("exec.tag.", "--tag"), ("cfg.", "--cfg"), ("mes.", "--mes")]
            .into_iter()
            .find_map(|(prefix, switch)| Some((switch, self.name.strip_prefix(prefix)?)))
    }
}

impl<'a> Template<'a> {
    /// Splits any text; braces without a partner are text.
    pub fn parse(text: &'a str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, name, after)) = next_mark(rest) {
            if !before.is_empty() {
                parts.push(Part::Text(before));
            }
            parts.push(Part::Name(name.trim()));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest));
        }
        Self { parts }
    }

    /// The names it uses, in order.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name(name) => Some(*name),
            Part::Text(_) => None,
        })
    }

    /// Whether there is more to it than names.
    pub fn has_text(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Text(_)))
    }

    /// Whether it puts in a setting that must not be written down.
    pub fn uses_secret(&self, secrets: &Secrets) -> bool {
        self.names().any(|name| secrets.cover(name))
    }

    /// The text with every name replaced.
    ///
    /// # Errors
    /// The first name that nothing has.
    pub fn fill(&self, lookup: &impl Lookup) -> Result<String, Unresolved> {
        let mut filled = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Name(name) => filled.push_str(&find(lookup, name)?.text()),
            }
        }
        Ok(filled)
    }

    /// Like [`Template::fill`], but a template that is one name and nothing else passes the value on with its type.
    ///
    /// # Errors
    /// The first name that nothing has.
    pub fn evaluate(&self, lookup: &impl Lookup) -> Result<Variable, Unresolved> {
        match self.parts[..] {
            [Part::Name(name)] => find(lookup, name).cloned(),
            _ => self.fill(lookup).map(|text| Value::Str(text).into()),
        }
    }
}

/// The value a scalar of the YAML stands for: text may be a template, anything else is itself.
pub fn evaluate(scalar: &Scalar, lookup: &impl Lookup) -> Result<Variable, Unresolved> {
    match &scalar.value {
        Value::Str(text) => Template::parse(text).evaluate(lookup),
        _ => Ok(Variable::written(scalar)),
    }
}

fn find<'l>(lookup: &'l impl Lookup, name: &str) -> Result<&'l Variable, Unresolved> {
    lookup.find(name).ok_or_else(|| Unresolved {
        name: name.into(),
        nearest: lookup.nearest(name).map(Into::into),
    })
}

fn next_mark(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (name, after) = rest.split_once("}}")?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;
    use rehearsal_python::value::BigInt;

    use super::*;
    use crate::{
        flow::{Context, store::Store},
        source::{FileId, Span},
    };

    fn scalar(value: Value, text: &str) -> Scalar {
        Scalar {
            value,
            text: text.into(),
            quoted: false,
            at: Span {
                file: FileId(0),
                start: 0,
                end: 0,
            },
        }
    }

    fn store() -> Store {
        let declared = IndexMap::from([
            ("written".into(), scalar(Value::Float(12.0), "12.0")),
            ("exponent".into(), scalar(Value::Float(1000.0), "1e3")),
            ("flag".into(), scalar(Value::Bool(true), "True")),
        ]);
        let setting = |text: &str| Variable::new(Value::Str(text.into()));
        let context = Context {
            cfg: IndexMap::from([("HOST".into(), setting("http://x"))]),
            exec: IndexMap::from([("serial_number".into(), setting("SN1"))]),
            tags: IndexMap::from([("ProductId".into(), setting("P7"))]),
            mes: IndexMap::from([("order".into(), setting("4711"))]),
            origins: IndexMap::new(),
            secrets: crate::flow::Secrets::default(),
        };
        let mut store = Store::new(&declared, &context, "id-1");
        for (name, value) in [
            ("int", Value::Int(3)),
            (
                "big",
                BigInt::parse("123456789012345678901").map_or(Value::None, Value::Big),
            ),
            ("float", Value::Float(0.1)),
            ("nan", Value::Float(f64::NAN)),
            ("none", Value::None),
            (
                "list",
                Value::List(vec![Value::Int(1), Value::Str("a".into())]),
            ),
            (
                "dict",
                Value::Dict(IndexMap::from([("k".into(), Value::Bool(false))])),
            ),
            ("braces", Value::Str("{{int}}".into())),
            ("cfg.HOST", Value::Str("stolen".into())),
        ] {
            store.set(name.into(), value.into());
        }
        store
    }

    #[test]
    fn a_template_puts_in_the_text_of_each_kind_of_value() {
        let store = store();
        for (template, text) in [
            ("plain", "plain"),
            ("", ""),
            ("{{written}}", "12.0"),
            ("{{exponent}}", "1e3"),
            ("{{flag}}", "true"),
            ("{{int}}", "3"),
            ("{{big}}", "123456789012345678901"),
            ("{{float}}", "0.1"),
            ("{{nan}}", "NaN"),
            ("[{{none}}]", "[]"),
            ("{{list}}", "[1,\"a\"]"),
            ("{{dict}}", "{\"k\":false}"),
            ("{{ int }}", "3"),
            ("a{{int}}b{{flag}}c", "a3btruec"),
            ("{{cfg.HOST}}", "http://x"),
            ("{{exec.serial_number}}/{{exec.tag.ProductId}}", "SN1/P7"),
            ("{{mes.order}}", "4711"),
            (
                "{{__iteration__}} {{__cycle__}} {{__execution_id__}}",
                "0 1 id-1",
            ),
            ("{{braces}}", "{{int}}"),
            ("open {{int", "open {{int"),
            ("close }} {x}", "close }} {x}"),
        ] {
            assert_eq!(
                Template::parse(template).fill(&store).as_deref(),
                Ok(text),
                "{template}"
            );
        }
    }

    #[test]
    fn a_template_that_is_one_name_passes_the_value_on_with_its_type_and_text() {
        let store = store();
        for (text, value) in [
            ("{{int}}", Value::Int(3)),
            ("{{flag}}", Value::Bool(true)),
            ("{{int}}.5", Value::Str("3.5".into())),
            ("7", Value::Str("7".into())),
        ] {
            assert_eq!(
                Template::parse(text)
                    .evaluate(&store)
                    .map(|variable| variable.value),
                Ok(value),
                "{text}"
            );
        }
        let passed_on = Template::parse("{{written}}").evaluate(&store).unwrap();
        assert_eq!(
            (&passed_on.value, &*passed_on.text()),
            (&Value::Float(12.0), "12.0")
        );
        let literal = evaluate(&scalar(Value::Float(5.0), "5.00"), &store).unwrap();
        assert_eq!(
            (&literal.value, &*literal.text()),
            (&Value::Float(5.0), "5.00")
        );
    }

    #[test]
    fn a_name_that_nothing_has_is_told_with_the_nearest_one() {
        let store = store();
        for (template, message) in [
            (
                "x {{flaot}}",
                "nothing is named `flaot`; did you mean `float`?",
            ),
            (
                "{{cfg.HOTS}}",
                "nothing is named `cfg.HOTS`; did you mean `cfg.HOST`?",
            ),
            ("{{int + 1}}", "nothing is named `int + 1`"),
            ("{{test.int}}", "nothing is named `test.int`"),
            ("{{}}", "nothing is named ``"),
        ] {
            let error = Template::parse(template).fill(&store).unwrap_err();
            assert_eq!(error.to_string(), message, "{template}");
        }
    }

    #[test]
    fn the_counters_follow_the_iteration() {
        let mut store = store();
        store.count_iteration(4);
        assert_eq!(
            Template::parse("{{__iteration__}} {{__cycle__}}")
                .fill(&store)
                .as_deref(),
            Ok("4 5")
        );
    }
}
