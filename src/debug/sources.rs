//! Files as editors name them, and as a run does.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::Target;
use crate::event::Phase;

/// A step of the test, or of a sequence that it uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownStep {
    pub name: String,
    pub phase: Phase,
    /// Relative to the package.
    pub file: String,
    /// Where its entry begins, from 1.
    pub line: u32,
    /// Whether it is of the test itself, not of a sequence.
    pub own: bool,
}

/// The files of a package.
#[derive(Clone, Debug)]
pub struct Sources {
    root: PathBuf,
    steps: Vec<KnownStep>,
}

impl Sources {
    pub fn new(root: &Path, steps: Vec<KnownStep>) -> Self {
        Self {
            root: root.into(),
            steps,
        }
    }

    pub fn steps(&self) -> &[KnownStep] {
        &self.steps
    }

    /// The target of a breakpoint at a line of a file, and the line that it is really at.
    ///
    /// # Errors
    /// Why there is none.
    pub fn target(&self, path: &str, line: u32) -> Result<(Target, u32), String> {
        let relative = self.relative(Path::new(path));
        let is_yaml = path.ends_with(".yaml") || path.ends_with(".yml");
        if is_yaml {
            let relative = relative.ok_or_else(|| format!("{path} is no file of the package"))?;
            let step = self
                .steps
                .iter()
                .filter(|step| step.file == relative && step.line <= line)
                .max_by_key(|step| step.line);
            let step = step.ok_or("there is no step at this line")?;
            let target = Target::Yaml {
                file: relative,
                line: step.line,
            };
            return Ok((target, step.line));
        }
        let file = match relative {
            Some(relative) => self.root.join(relative),
            None => path.into(),
        };
        let text = fs::read_to_string(&file).map_err(|error| format!("{path}: {error}"))?;
        let line = next_code(&text, line).ok_or("there is no code from this line on")?;
        let file = slashes(&file);
        Ok((Target::Line { file, line }, line))
    }

    /// Where a file of the package is; none when there is no such file.
    pub fn absolute(&self, relative: &str) -> Option<String> {
        let path = self.root.join(relative);
        path.is_file().then(|| path.display().to_string())
    }

    /// A path as people of the package name it.
    pub fn short(&self, path: &str) -> String {
        self.relative(Path::new(path))
            .unwrap_or_else(|| path.to_owned())
    }

    fn relative(&self, path: &Path) -> Option<String> {
        let within = |path: &Path, root: &Path| path.strip_prefix(root).ok().map(slashes);
        let real = || within(&path.canonicalize().ok()?, &self.root.canonicalize().ok()?);
        real().or_else(|| within(path, &self.root))
    }
}

fn slashes(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

/// The first line from this one on that has something beside a comment.
fn next_code(text: &str, line: u32) -> Option<u32> {
    text.lines()
        .zip(1..)
        .skip(line.saturating_sub(1) as usize)
        .find(|(text, _)| {
            let text = text.trim_start();
            !text.is_empty() && !text.starts_with('#')
        })
        .map(|(_, number)| number)
}
