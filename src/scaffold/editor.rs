//! The folder `.vscode` of a package: the schemas of its files, which file has which, and how to debug it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::skeleton::SkeletonFile;
use crate::schema::{Described, SchemaError};

const SETTINGS: &str = ".vscode/settings.json";
const EXTENSIONS: &str = ".vscode/extensions.json";
const LAUNCH: &str = ".vscode/launch.json";

#[derive(Debug, thiserror::Error)]
pub enum EditorError {
    #[error("failed to write `{}`: {source}", shown(.path))]
    Write { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Schema(#[from] SchemaError),
}

/// What was written, by paths from the package, and what was left alone.
#[derive(Debug, Default)]
pub struct EditorFiles {
    pub written: Vec<String>,
    /// The user's own settings, which do not name the schemas yet.
    pub unwired: Option<String>,
}

/// Every file of `.vscode`.
pub fn files() -> Result<Vec<SkeletonFile>, SchemaError> {
    let mut files = schemas()?;
    for (path, text) in [
        (SETTINGS, include_str!("template/settings.json")),
        (EXTENSIONS, include_str!("template/extensions.json")),
        (LAUNCH, include_str!("template/launch.json")),
    ] {
        files.push(SkeletonFile {
            path: path.into(),
            text: text.into(),
        });
    }
    Ok(files)
}

fn schemas() -> Result<Vec<SkeletonFile>, SchemaError> {
    let file = |described: Described| {
        Ok(SkeletonFile {
            path: format!(".vscode/{}.schema.json", described.name()),
            text: described.text()?,
        })
    };
    Described::ALL.into_iter().map(file).collect()
}

/// Writes the schemas into a package that has none or older ones. Settings that are there already are the user's, and stay.
///
/// # Errors
/// Where a file cannot be written.
pub fn help_editor(package: &Path) -> Result<EditorFiles, EditorError> {
    let mut done = EditorFiles::default();
    for file in files()? {
        let path = package.join(&file.path);
        let is_schema = file.path.ends_with(".schema.json");
        if is_schema || !path.exists() {
            write(&path, &file.text).map_err(|source| EditorError::Write { path, source })?;
            done.written.push(file.path);
        } else if file.path == SETTINGS && !names_schemas(&path) {
            done.unwired = Some(file.text);
        }
    }
    Ok(done)
}

/// The file may have comments, so that it is looked at as text.
fn names_schemas(settings: &Path) -> bool {
    let text = fs::read_to_string(settings).unwrap_or_default();
    Described::ALL
        .iter()
        .all(|described| text.contains(&format!(".vscode/{}.schema.json", described.name())))
}

/// Whole or not at all.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    let beside = path.with_extension("json.new");
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}

fn shown(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}
