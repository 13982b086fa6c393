//! `precondition` and `repeat.condition`, evaluated (docs/decisions.md 16).

use cel::{ExecutionError, Value as CelValue};
use rehearsal_python::value::Value;

use super::store::{Lookup, Store};
use crate::package::expression::{Expression, first_line};

/// An expression that has been understood.
#[derive(Clone, Debug)]
pub struct Condition(Expression);

impl Condition {
    /// # Errors
    /// Says what cannot be understood; the text fits after "`precondition`: ".
    pub fn parse(text: &str) -> Result<Self, String> {
        Expression::parse(text).map(Self)
    }

    /// Whether it holds now.
    ///
    /// # Errors
    /// A variable that does not exist, even where the result would not depend on it; operands that do not fit; a result that is neither true
    /// nor false.
    pub fn holds(&self, store: &Store) -> Result<bool, String> {
        let mut context = cel::Context::default();
        for name in self.0.names() {
            let Some(variable) = store.find(name) else {
                return Err(match store.nearest(name) {
                    Some(near) => format!("nothing is named `{name}`; did you mean `{near}`?"),
                    None => format!("nothing is named `{name}`"),
                });
            };
            context.add_variable_from_value(name.clone(), converted(&variable.value));
        }
        match self.0.program().execute(&context) {
            Ok(CelValue::Bool(holds)) => Ok(holds),
            Ok(other) => Err(format!(
                "the result is {}, neither true nor false",
                described(&other)
            )),
            Err(error) => Err(explained(&error)),
        }
    }
}

fn converted(value: &Value) -> CelValue {
    match value {
        Value::None => CelValue::Null,
        Value::Bool(value) => CelValue::Bool(*value),
        Value::Int(value) => CelValue::Int(*value),
        // Beyond 64 bits numbers compare with the precision of floats.
        Value::Big(value) => value
            .as_str()
            .parse()
            .map_or(CelValue::Null, CelValue::Float),
        Value::Float(value) => CelValue::Float(*value),
        Value::Str(text) => CelValue::String(text.clone().into()),
        Value::List(items) => {
            CelValue::List(items.iter().map(converted).collect::<Vec<_>>().into())
        }
        Value::Dict(items) => {
            let map: std::collections::HashMap<String, CelValue> = items
                .iter()
                .map(|(key, value)| (key.clone(), converted(value)))
                .collect();
            map.into()
        }
    }
}

fn explained(error: &ExecutionError) -> String {
    match error {
        ExecutionError::UndeclaredReference(name) => format!("nothing is named `{name}`"),
        ExecutionError::NoSuchOverload(error) => {
            let operator = error.function().trim_matches('_');
            let types = error.argument_types().join(" and ");
            format!("`{operator}` cannot be used with {types}")
        }
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => {
            "a division by zero".into()
        }
        ExecutionError::Overflow(..) => "a result is too large for a whole number".into(),
        ExecutionError::ValuesNotComparable(left, right) => {
            format!(
                "{} and {} cannot be compared",
                described(left),
                described(right)
            )
        }
        other => first_line(&other.to_string()),
    }
}

fn described(value: &CelValue) -> String {
    match value {
        CelValue::String(text) => format!("the text {text:?}"),
        CelValue::Int(number) => format!("the number {number}"),
        CelValue::UInt(number) => format!("the number {number}"),
        CelValue::Float(number) => format!("the number {number}"),
        CelValue::Bool(value) => value.to_string(),
        CelValue::Null => "nothing".into(),
        other => format!("a {}", other.type_of()),
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::flow::Context;

    fn store() -> Store {
        let context = Context {
            cfg: IndexMap::new(),
            exec: IndexMap::new(),
            tags: IndexMap::new(),
            mes: IndexMap::new(),
            origins: IndexMap::new(),
            secrets: crate::flow::Secrets::default(),
        };
        let mut store = Store::new(&IndexMap::new(), &context, "id");
        for (name, value) in [
            ("ready", Value::Bool(true)),
            ("text", Value::Str("25".into())),
            ("yes", Value::Str("true".into())),
            ("count", Value::Int(25)),
            ("voltage", Value::Float(25.0)),
            ("none", Value::None),
        ] {
            store.set(name.into(), value.into());
        }
        store
    }

    fn outcome(text: &str) -> Result<bool, String> {
        Condition::parse(text)?.holds(&store())
    }

    #[test]
    fn every_stated_form_is_understood() {
        for (text, holds) in [
            ("ready == true", true),
            ("ready == false", false),
            ("ready", true),
            ("!ready", false),
            ("count > 25", false),
            ("count >= 25", true),
            ("voltage == 25", true),
            ("count == 25.0", true),
            ("count < 25.5", true),
            ("ready == true && count < 30", true),
            ("ready == false || voltage != 25", false),
            ("(ready || count > 99) && !(voltage > 30)", true),
            ("yes == true", false),
            ("yes == \"true\"", true),
            ("text == 25", false),
            ("none == null", true),
            ("__iteration__ < 4", true),
            ("__cycle__ == 1", true),
        ] {
            assert_eq!(outcome(text), Ok(holds), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_decided_is_said() {
        for (text, message) in [
            ("missing == 1", "nothing is named `missing`"),
            ("true || missing", "nothing is named `missing`"),
            ("redy", "nothing is named `redy`; did you mean `ready`?"),
            (
                "count",
                "the result is the number 25, neither true nor false",
            ),
            ("text > 20", "`>` cannot be used with string and int"),
            ("", "the expression is empty"),
            ("ready == True", "write `true` instead of `True`"),
            ("ready and count > 3", "write `&&` instead of `and`"),
            ("count = 3", "`=` compares nothing; write `==`"),
            (
                "count == 3 // three",
                "there are no comments in an expression",
            ),
            ("count / 0 == 1", "a division by zero"),
            (
                "{{count}} > 3",
                "write variables without braces here: `name`, not `{{name}}`",
            ),
            (
                "cfg.HOST == 1",
                "`cfg.` cannot be used here; copy the value into a variable in an earlier step's `outputs`",
            ),
        ] {
            assert_eq!(outcome(text), Err(message.into()), "{text}");
        }
        assert!(
            outcome("count >").is_err_and(|message| message.starts_with("this is no expression"))
        );
    }

    #[test]
    fn what_would_cost_too_much_or_means_something_else_on_a_station_is_refused() {
        let deep = format!("{}ready{}", "(".repeat(200), ")".repeat(200));
        assert!(outcome(&deep).is_err());
        let long = vec!["ready"; 150].join(" && ");
        assert_eq!(outcome(&long), Err("longer than 500 characters".into()));
        let flat = vec!["ready"; 50].join(" && ");
        assert_eq!(outcome(&flat), Ok(true));
        for text in [
            "[1, 2].exists(x, x == count)",
            "[1, 2].map(x, x)",
            "size(text) == 2",
            "count in [1, 25]",
            "text.startsWith('2')",
        ] {
            assert!(
                outcome(text).is_err_and(|message| message.starts_with("only comparisons")),
                "{text}"
            );
        }
    }
}
