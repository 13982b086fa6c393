//! The wheels a package brings along.

use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};

use crate::diagnostic::{Diagnostic, Diagnostics, quoted};

/// The first bytes of a zip file.
const ZIP: &[u8; 4] = b"PK\x03\x04";

/// The wheels of `wheels/` that can be imported from, in the order of their names; a warning for each of the others.
pub fn wheels(root: &Path) -> (Vec<PathBuf>, Diagnostics) {
    let mut found: Vec<_> = fs::read_dir(root.join("wheels"))
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .collect();
    found.sort();
    let mut warnings = Diagnostics::default();
    found.retain(|path| match unusable(path) {
        None => true,
        Some((why, hint)) => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let wheel = quoted(&format!("wheels/{name}"));
            warnings.push(Diagnostic::warning(format!("{wheel} {why}")).hint(hint));
            false
        }
    });
    (found, warnings)
}

/// Why nothing can be imported from a wheel, and what to do.
fn unusable(path: &Path) -> Option<(&'static str, &'static str)> {
    let stem = path.file_stem()?.to_string_lossy();
    // NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM
    let tags: Vec<_> = stem.rsplitn(4, '-').collect();
    if tags.len() < 4 {
        let hint = "wheels are named NAME-VERSION-PYTHON-ABI-PLATFORM.whl";
        return Some(("is not named like a wheel", hint));
    }
    if tags[0] != "any" || tags[1] != "none" {
        let hint = "Rehearsal imports pure-Python wheels only (…-none-any.whl); look for another version, or do without it";
        return Some(("holds compiled code, which cannot be imported", hint));
    }
    let mut start = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    if read.is_err() || start != *ZIP {
        return Some(("is no zip file, as a wheel must be", "download it again"));
    }
    None
}
