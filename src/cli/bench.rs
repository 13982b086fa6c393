//! The bench a command is to simulate, read from its file.

use std::path::Path;

use super::{Surroundings, output::show};
use crate::{
    diagnostic::{Diagnostics, Style},
    host::bench::{self, Station, default_station},
    package::text_file,
    source::Sources,
};

/// Reads a bench.yaml, called `name` in messages; none when it has errors, and the user has been told.
pub fn read(path: &Path, name: &str, style: Style) -> Option<Station> {
    let (mut sources, mut problems) = (Sources::default(), Diagnostics::default());
    let folder = path.parent().unwrap_or(path);
    let station = text_file::read(path, name, &mut sources, &mut problems)
        .and_then(|id| bench::read_beside(folder, &sources.get(id).text, id, &mut problems));
    problems.sort();
    show(&problems, &sources, style);
    station.filter(|_| !problems.has_errors())
}

/// The station to simulate: of the file named, else of the package's bench.yaml, else the default one. None when it has errors, and
/// the user has been told.
pub fn of_package(
    package: Option<&Path>,
    file: Option<&Path>,
    surroundings: &Surroundings,
    style: Style,
) -> Option<Station> {
    let own = package.map(|root| root.join("bench.yaml"));
    match (file, own.filter(|own| own.exists())) {
        (Some(file), _) => read(
            &surroundings.current.join(file),
            &file.display().to_string(),
            style,
        ),
        (None, Some(own)) => read(&own, "bench.yaml", style),
        (None, None) => Some(default_station()),
    }
}
