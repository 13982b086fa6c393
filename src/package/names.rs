//! Which names a step uses and which it makes, told from its YAML alone: what templates and conditions read, what returns, outputs and
//! prompts leave in the variable store.

use std::collections::BTreeSet;

use super::{
    Neighbours,
    expression::Expression,
    model::{Action, Package, Prompt, Scalar, Step, Test, Text},
};
use crate::source::Span;

/// What the system sets before every step.
pub const BUILT_IN: [&str; 3] = ["__iteration__", "__cycle__", "__execution_id__"];
/// What every prompt leaves.
const OF_PROMPT: [&str; 4] = ["InputValue", "Response", "Action", "TimedOut"];
/// What is injected, and looks like a variable with dots in it.
const INJECTED: [&str; 3] = ["cfg.", "exec.", "mes."];
/// What test code returns, as far as that is known without running it.
pub trait Returns {
    /// The names that a call of the function makes; `None` where it cannot be told.
    fn of(&self, module: &str, function: &str) -> Option<Made>;
}

/// The names something makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// For certain.
    pub names: BTreeSet<String>,
    /// Whether it may make others, which nobody can tell without running it.
    pub open: bool,
}

impl Made {
    /// Adds what something else makes.
    pub fn extend(&mut self, other: Self) {
        self.names.extend(other.names);
        self.open |= other.open;
    }

    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}

/// When a step reads a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before it does anything: in parameters, the precondition, the text of a prompt.
    Before,
    /// When it has returned: in outputs, measurements, the condition of a loop.
    After,
}

/// A name that a step reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// `voltage`, `cfg.AGENT_HOST`
    pub name: String,
    /// The value or expression it stands in.
    pub at: Span,
    pub moment: Moment,
}

/// Every name the step reads, in the order of its evaluation. Templates and expressions that are not well formed name nothing.
pub fn uses(step: &Step) -> Vec<Use> {
    let mut found = Vec::new();
    for (text, at, moment) in templates(step) {
        let names = marks(text).map(|mark| mark.trim()).filter(|it| is_name(it));
        found.extend(names.map(|name| Use {
            name: name.to_owned(),
            at,
            moment,
        }));
    }
    for (condition, moment) in conditions(step) {
        let names = expression_names(&condition.value).unwrap_or_default();
        found.extend(names.into_iter().map(|name| Use {
            name,
            at: condition.at,
            moment,
        }));
    }
    found
}

/// What the step makes. Of functions in Python only `returns` can tell, if anyone; of .NET code nobody.
pub fn makes(
    step: &Step,
    package: &Package,
    neighbours: &Neighbours,
    returns: Option<&dyn Returns>,
) -> Made {
    step_makes(step, package, neighbours, returns, &mut Vec::new())
}

/// `seen` are the sequences whose names are in the result already: each counts once, also where they lead back to each other.
fn step_makes<'a>(
    step: &Step,
    package: &'a Package,
    neighbours: &'a Neighbours,
    returns: Option<&dyn Returns>,
    seen: &mut Vec<&'a Test>,
) -> Made {
    let mut made = match &step.action {
        Action::Python { module, function } => returns
            .and_then(|known| known.of(&module.value, &function.value))
            .unwrap_or_else(unknown),
        Action::Dotnet { .. } => {
            let mut made = unknown();
            if let Some(stub) = package.local.stubs.get(&step.name.value) {
                made.names.extend(stub.keys().cloned());
            }
            made
        }
        Action::Delay { .. } | Action::Mock => Made::default(),
        Action::Prompt(prompt) | Action::Manual(Some(prompt)) => of_prompt(Some(prompt)),
        Action::Manual(None) => of_prompt(None),
        Action::Sequence { path } => {
            let mut made = match neighbours.find(package, &path.value) {
                Some((_, child)) if seen.iter().any(|one| std::ptr::eq(*one, child)) => {
                    Made::default()
                }
                Some((owner, child)) => test_makes(child, owner, neighbours, returns, seen),
                None => unknown(),
            };
            made.names.extend(step.parameters.keys().cloned());
            made
        }
    };
    made.names.extend(step.outputs.keys().cloned());
    made
}

/// What a whole test leaves behind: its variables and whatever its steps make.
pub fn of_test(
    test: &Test,
    package: &Package,
    neighbours: &Neighbours,
    returns: Option<&dyn Returns>,
) -> Made {
    test_makes(test, package, neighbours, returns, &mut Vec::new())
}

fn test_makes<'a>(
    test: &'a Test,
    package: &'a Package,
    neighbours: &'a Neighbours,
    returns: Option<&dyn Returns>,
    seen: &mut Vec<&'a Test>,
) -> Made {
    seen.push(test);
    let mut made = Made::default();
    made.names.extend(test.variables.keys().cloned());
    for step in test.in_order() {
        made.extend(step_makes(step, package, neighbours, returns, seen));
    }
    made
}

fn unknown() -> Made {
    Made {
        names: BTreeSet::new(),
        open: true,
    }
}

fn of_prompt(prompt: Option<&Prompt>) -> Made {
    let mut made = Made::default();
    made.names.extend(OF_PROMPT.map(str::to_owned));
    let variable = prompt
        .and_then(|prompt| prompt.input.as_ref())
        .and_then(|input| input.variable.as_ref());
    made.names
        .extend(variable.map(|variable| variable.value.clone()));
    made
}

/// The texts of a step in which templates are filled in.
pub fn templates(step: &Step) -> Vec<(&str, Span, Moment)> {
    let mut found: Vec<(&str, Span, Moment)> = Vec::new();
    fn of_scalar(scalar: &Scalar, moment: Moment) -> (&str, Span, Moment) {
        (&scalar.text, scalar.at, moment)
    }
    found.extend(
        step.parameters
            .values()
            .map(|scalar| of_scalar(scalar, Moment::Before)),
    );
    if let Action::Prompt(prompt) | Action::Manual(Some(prompt)) = &step.action {
        let texts = std::iter::once(&prompt.message).chain(&prompt.title);
        found.extend(texts.map(|text| (text.value.as_str(), text.at, Moment::Before)));
    }
    found.extend(
        step.outputs
            .values()
            .map(|scalar| of_scalar(scalar, Moment::After)),
    );
    for measurement in &step.measurements {
        let name = &measurement.name;
        found.push((&name.value, name.at, Moment::After));
        found.extend(
            measurement
                .value
                .iter()
                .map(|scalar| of_scalar(scalar, Moment::After)),
        );
    }
    found
}

/// The conditions of a step, with the field each stands in.
pub fn conditions(step: &Step) -> impl Iterator<Item = (&Text, Moment)> {
    let before = step.precondition.iter().map(|text| (text, Moment::Before));
    let repeat = step
        .repeat
        .as_ref()
        .and_then(|repeat| repeat.value.condition.as_ref());
    before.chain(repeat.map(|text| (text, Moment::After)))
}

/// What stands between `{{` and `}}`, each as written.
pub fn marks(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once("{{")?;
        let (mark, after) = after.split_once("}}")?;
        rest = after;
        Some(mark)
    })
}

/// A variable's name, or one that is injected (`cfg.AGENT_HOST`, `exec.tag.ProductId`).
pub fn is_name(text: &str) -> bool {
    match INJECTED.iter().find_map(|prefix| text.strip_prefix(prefix)) {
        Some(rest) => rest.split('.').all(|part| {
            let known = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
            !part.is_empty() && part.chars().all(known)
        }),
        None => is_identifier(text),
    }
}

/// Whether Maestro injects the name, and no step can make it.
pub fn is_injected(name: &str) -> bool {
    INJECTED.iter().any(|prefix| name.starts_with(prefix))
}

/// Letters, digits and `_`, no digit first.
pub fn is_identifier(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The variables of a condition, each once; `None` where it cannot be understood.
pub fn expression_names(text: &str) -> Option<Vec<String>> {
    let expression = Expression::parse(text).ok()?;
    Some(expression.names().to_vec())
}
