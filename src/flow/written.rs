//! Values of the YAML as events show them: as written, with their places, secrets masked.

use indexmap::IndexMap;

use crate::{
    event::{Declared, Written},
    package::model::{Measurement, Scalar},
    source::{Place, Sources},
};

use super::{
    Unit,
    secret::{MASK, Secrets},
    template::Template,
};

/// The values of a mapping, by their keys.
pub(super) fn written<'a>(
    scalars: impl IntoIterator<Item = (&'a String, &'a Scalar)>,
    sources: &Sources,
    secrets: &Secrets,
) -> IndexMap<String, Written> {
    scalars
        .into_iter()
        .map(|(name, scalar)| {
            // Which setting a secret comes from is none.
            let secret = secrets.cover(name) && Template::parse(&scalar.text).has_text();
            let text = match secret {
                true => MASK.into(),
                false => scalar.text.clone(),
            };
            let place = sources.place(scalar.at);
            (name.clone(), Written { text, place })
        })
        .collect()
}

/// The variables that a test's file declares.
pub(super) fn declared(unit: &Unit<'_>, secrets: &Secrets) -> IndexMap<String, Written> {
    written(&unit.test.variables, unit.sources, secrets)
}

/// Where a measurement stands.
pub(super) fn measurement(spec: &Measurement, sources: &Sources) -> Declared {
    let mut limits: IndexMap<String, Place> = IndexMap::new();
    let numbers = [
        ("low_limit", &spec.low_limit),
        ("high_limit", &spec.high_limit),
        ("target", &spec.target),
    ];
    for (name, number) in numbers {
        limits.extend(
            number
                .iter()
                .map(|number| (name.to_owned(), sources.place(number.at))),
        );
    }
    let expected = spec.expected.iter();
    limits.extend(expected.map(|its| ("expected".to_owned(), sources.place(its.at))));
    let operator = spec.operator.iter();
    limits.extend(operator.map(|its| ("operator".to_owned(), sources.place(its.at))));
    Declared {
        place: sources.place(spec.at),
        value: spec.value.as_ref().map(|value| Written {
            text: value.text.clone(),
            place: sources.place(value.at),
        }),
        limits,
    }
}
