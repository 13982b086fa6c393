//! All rules over a package's Python.

use std::collections::HashSet;

use super::{absolute_path, imports, limits, one_function, pip, signatures, unmeasured};
use crate::{
    code::{Code, modules_of, on_a_deep_stack},
    diagnostic::Diagnostics,
    package::{Neighbours, Wheels, model::Package},
    source::Sources,
};

/// What the rules find, in the order of files and places. `sources` holds the package's files and the code's.
pub fn lint(
    package: &Package,
    code: &Code,
    wheels: &Wheels,
    neighbours: &Neighbours,
    sources: &Sources,
) -> Diagnostics {
    // What the packages of sequences have can be imported too (docs/decisions.md 26).
    let beside: HashSet<String> = neighbours
        .packages()
        .flat_map(|package| modules_of(&package.root))
        .collect();
    // What goes down a syntax tree needs room.
    let mut found = on_a_deep_stack(|| {
        let mut found = signatures::check(package, code, wheels, &beside, sources);
        found.extend(imports::check(package, code, wheels, &beside));
        found.extend(pip::check(code));
        found.extend(absolute_path::check(code));
        found.extend(limits::check(code));
        found.extend(one_function::check(package, code));
        found.extend(unmeasured::check(package, code, sources));
        found
    });
    found.sort();
    found
}
