//! Whether a unit may go through a test now.

use std::collections::HashMap;

use super::{Route, Routing};
use crate::{
    diagnostic::{Diagnostic, quoted},
    package::model::Text,
    source::Span,
};

/// Routes or tests listed in a message.
const MAX_LISTED: usize = 5;

/// What is to be tested, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Unit<'a> {
    pub serial: &'a str,
    /// The tag ProductId.
    pub product: Option<&'a str>,
    /// The tag ProductRevision.
    pub revision: Option<&'a str>,
    /// The test's name.
    pub test: &'a str,
}

/// Test → whether its last run with this unit passed, as far as a history tells.
pub type LastResults = HashMap<String, bool>;

/// What a run would go against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Every unit is on a route.
    Route,
    /// The unit's route names the test.
    Test,
    /// All tests before it on the route have passed.
    Order,
}

/// Why a unit may not go through a test now.
#[derive(Clone, Debug)]
pub struct Violation {
    pub rule: Rule,
    /// Points into the routing.
    pub diagnostic: Diagnostic,
}

impl Routing {
    /// Lets the test run where one route for this unit names it, and all tests before it on that route have passed: by the history's
    /// last word on each, and where that is silent by `completed`.
    ///
    /// # Errors
    /// Says which rule forbids it.
    pub fn decide(&self, unit: &Unit, last: &LastResults) -> Result<(), Box<Violation>> {
        let routes: Vec<&Route> = self
            .routes
            .iter()
            .filter(|route| route.misfit(unit).is_none())
            .collect();
        if routes.is_empty() {
            return Err(self.no_route(unit));
        }
        let missing = routes
            .iter()
            .filter_map(|route| Some((route.place(unit.test)?, self.missing(route, unit, last)?)))
            .min_by_key(|(_, missing)| missing.len());
        match missing {
            None => Err(other_test(unit, &routes)),
            Some((_, missing)) if missing.is_empty() => Ok(()),
            Some((own, missing)) => Err(too_early(unit, own, &missing, last)),
        }
    }

    /// The tests that must pass before this one; none where it is not on the route.
    fn missing<'r>(
        &self,
        route: &'r Route,
        unit: &Unit,
        last: &LastResults,
    ) -> Option<Vec<&'r Text>> {
        let own = route
            .tests
            .iter()
            .position(|test| test.value == unit.test)?;
        let completed = self.completed.get(unit.serial);
        let passed = |test: &Text| match last.get(&test.value) {
            Some(passed) => *passed,
            None => completed.is_some_and(|all| all.iter().any(|one| one.value == test.value)),
        };
        Some(
            route.tests[..own]
                .iter()
                .filter(|test| !passed(test))
                .collect(),
        )
    }

    fn no_route(&self, unit: &Unit) -> Box<Violation> {
        let message = format!(
            "no route is for the unit with serial {}",
            quoted(unit.serial)
        );
        let mut diagnostic = Diagnostic::error(message).at(self.at);
        for route in self.routes.iter().take(MAX_LISTED) {
            if let Some((at, why)) = route.misfit(unit) {
                diagnostic = diagnostic.also(at, why);
            }
        }
        Violation::new(
            Rule::Route,
            diagnostic,
            "correct the serial number or the tags ProductId and ProductRevision, or add a route",
        )
    }
}

impl Route {
    /// The first thing that keeps a unit off this route.
    fn misfit(&self, unit: &Unit) -> Option<(Span, String)> {
        if let Some(first) = self.serials.first()
            && !self
                .serials
                .iter()
                .any(|pattern| pattern.value.matches(unit.serial))
        {
            return Some((first.at, format!("not {}", quoted(unit.serial))));
        }
        for (wanted, own, tag) in [
            (&self.products, unit.product, "ProductId"),
            (&self.revisions, unit.revision, "ProductRevision"),
        ] {
            let Some(first) = wanted.first() else {
                continue;
            };
            let Some(own) = own.filter(|own| !own.is_empty()) else {
                return Some((first.at, format!("the unit has no tag {tag}")));
            };
            if !wanted.iter().any(|text| text.value == own) {
                return Some((first.at, format!("not {}", quoted(own))));
            }
        }
        None
    }

    /// Where it names a test.
    fn place(&self, test: &str) -> Option<Span> {
        self.tests
            .iter()
            .find(|text| text.value == test)
            .map(|text| text.at)
    }
}

impl Violation {
    fn new(rule: Rule, diagnostic: Diagnostic, remedy: &str) -> Box<Self> {
        Box::new(Self {
            rule,
            diagnostic: diagnostic.hint(format!("{remedy}; --ignore-routing runs it all the same")),
        })
    }
}

fn other_test(unit: &Unit, routes: &[&Route]) -> Box<Violation> {
    let message = format!(
        "test {} is not on the route of serial {}",
        quoted(unit.test),
        quoted(unit.serial)
    );
    let mut diagnostic = Diagnostic::error(message);
    for (index, route) in routes.iter().take(MAX_LISTED).enumerate() {
        let names = listed(route.tests.iter());
        diagnostic = match index {
            0 => diagnostic
                .at(route.at)
                .label(format!("its tests are {names}")),
            _ => diagnostic.also(route.at, format!("or {names}")),
        };
    }
    Violation::new(Rule::Test, diagnostic, "add the test to the route")
}

fn too_early(unit: &Unit, own: Span, missing: &[&Text], last: &LastResults) -> Box<Violation> {
    let message = format!(
        "test {} may not run yet: serial {} has not passed {}",
        quoted(unit.test),
        quoted(unit.serial),
        listed(missing.iter().copied())
    );
    let mut diagnostic = Diagnostic::error(message);
    for (index, test) in missing.iter().take(MAX_LISTED).enumerate() {
        let label = match last.contains_key(&test.value) {
            true => "did not pass when it was run last",
            false => "has not passed",
        };
        diagnostic = match index {
            0 => diagnostic.at(test.at).label(label),
            _ => diagnostic.also(test.at, label),
        };
    }
    Violation::new(
        Rule::Order,
        diagnostic.also(own, "comes later"),
        "run what comes first, or list it under `completed` if it passed elsewhere",
    )
}

fn listed<'t>(tests: impl ExactSizeIterator<Item = &'t Text>) -> String {
    let more = tests.len().saturating_sub(MAX_LISTED);
    let names: Vec<String> = tests
        .take(MAX_LISTED)
        .map(|test| quoted(&test.value))
        .collect();
    let rest = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{rest}", names.join(", "))
}
