//! Which test of a package a command means.

use std::path::{Path, PathBuf};

use super::{
    fields::nearest,
    model::{Package, Test},
};
use crate::diagnostic::{Diagnostic, quoted};

/// What is run when nothing is named.
const DEFAULT: &str = "tests/main.yaml";
/// Files listed in a hint.
const MAX_CHOICES: usize = 10;

/// The index in `package.tests` of the file named on the command line, looked for below the package root first, then below the
/// folder `current`; or of the only test with that name. Without a name: tests/main.yaml, or the only file at the top of tests/.
///
/// # Errors
/// Where that names no test, or several.
pub fn find_test(
    package: &Package,
    given: Option<&str>,
    current: &Path,
) -> Result<usize, Box<Diagnostic>> {
    match given {
        Some(given) => named(package, given, current),
        None => default(package),
    }
}

fn named(package: &Package, given: &str, current: &Path) -> Result<usize, Box<Diagnostic>> {
    // An absolute path replaces the folder it is joined to.
    let places = [package.root.join(given), current.join(given)];
    for place in &places {
        let Ok(place) = place.canonicalize() else {
            continue;
        };
        let same = |test: &Test| real(package, test).is_some_and(|path| path == place);
        if let Some(index) = package.tests.iter().position(same) {
            return Ok(index);
        }
    }
    let tests = package.tests.iter().enumerate();
    let mut so_named = tests.filter(|(_, test)| test.name.value == given);
    if let (Some((index, _)), None) = (so_named.next(), so_named.next()) {
        return Ok(index);
    }
    let message = match places.iter().any(|place| place.exists()) {
        true => format!("{} is not a test of this package", quoted(given)),
        false => format!("no test {}", quoted(given)),
    };
    let files = package.tests.iter().map(|test| test.file.as_str());
    let hint = match nearest(given, files.clone()) {
        Some(near) => format!("did you mean {near}?"),
        None => choices(files),
    };
    Err(Diagnostic::error(message).hint(hint).into())
}

fn real(package: &Package, test: &Test) -> Option<PathBuf> {
    package.root.join(&test.file).canonicalize().ok()
}

fn default(package: &Package) -> Result<usize, Box<Diagnostic>> {
    if let Some(index) = package.tests.iter().position(|test| test.file == DEFAULT) {
        return Ok(index);
    }
    let at_top = |test: &Test| test.file.matches('/').count() == 1;
    let mut top = package
        .tests
        .iter()
        .enumerate()
        .filter(|(_, test)| at_top(test));
    if let (Some((index, _)), None) = (top.next(), top.next()) {
        return Ok(index);
    }
    let files = package.tests.iter().map(|test| test.file.as_str());
    let problem = Diagnostic::error(format!(
        "no {DEFAULT}, and more than one file it could be instead"
    ));
    Err(problem.hint(format!("name one; {}", choices(files))).into())
}

fn choices<'a>(files: impl Iterator<Item = &'a str> + Clone) -> String {
    let more = files.clone().count().saturating_sub(MAX_CHOICES);
    let shown: Vec<&str> = files.take(MAX_CHOICES).collect();
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("the package has {}{rest}", shown.join(", "))
}
