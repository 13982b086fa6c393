//! All rules over a package's Python.

use super::{absolute_path, imports, limits, one_function, pip, signatures, unmeasured};
use crate::{
    code::{Code, on_a_deep_stack},
    diagnostic::Diagnostics,
    package::{Wheels, model::Package},
    source::Sources,
};

/// What the rules find, in the order of files and places. `sources` holds the package's files and the code's.
pub fn lint(package: &Package, code: &Code, wheels: &Wheels, sources: &Sources) -> Diagnostics {
    // What goes down a syntax tree needs room.
    let mut found = on_a_deep_stack(|| {
        let mut found = signatures::check(package, code, wheels, sources);
        found.extend(imports::check(package, code, wheels));
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
