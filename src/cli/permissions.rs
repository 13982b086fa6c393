//! `rehearse permissions`: what a package needs of a sandbox.

use std::{
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use clap::Args;

use super::{Surroundings, colour::Colour, output::say, permitting::CODE, run::Run};
use crate::{
    code::{self, Code, on_a_deep_stack},
    exit::Exit,
    host::permissions::{Access, EVERYWHERE, Need, resolved},
    report::visible,
    source::Sources,
};

/// Where temporary files go that the sandbox has no other folder for.
const TEMPORARY: &str = "tmp";

/// Run a test and print the permissions that it needs in the sandbox
///
/// It runs against the simulated bench, or with --replay against a recording, natively unless --sandbox is given: nothing is refused then, and what goes
/// beyond the package's files and the agent is listed.
#[derive(Args, Debug)]
pub struct Permissions {
    #[command(flatten)]
    run: Run,
}

impl Permissions {
    pub fn execute(&self, colour: Colour, surroundings: &Surroundings) -> Exit {
        let Some((exit, needs)) = self.run.clone().needs(colour, surroundings) else {
            return Exit::NothingRan;
        };
        let folder = self.run.package(surroundings);
        let root = fs::canonicalize(&folder).unwrap_or(folder);
        let variables =
            on_a_deep_stack(|| code::variables(&Code::read(&root, &mut Sources::default())));
        let needed = Needed {
            needs: &needs,
            variables: variables.into_iter().collect(),
            root: &root,
        };
        let text = needed.text(&self.run.to_repeat(), surroundings);
        if let Err(error) = io::stdout().lock().write_all(text.as_bytes()) {
            say(format_args!(
                "error: failed to write standard output: {error}"
            ));
            return Exit::NothingRan;
        }
        if exit != Exit::Pass {
            say(
                "warning: the run did not pass; what it would have asked for otherwise is not listed",
            );
        }
        exit
    }
}

/// What a run asked for.
struct Needed<'a> {
    needs: &'a [Need],
    variables: Vec<String>,
    root: &'a Path,
}

/// What to write as a permission.
struct Grant {
    access: &'static str,
    /// On the command line, and in local.yaml.
    switch: String,
    entry: String,
    /// For people.
    what: String,
    why: String,
}

impl Needed<'_> {
    fn text(&self, run: &str, surroundings: &Surroundings) -> String {
        let (grants, impossible) = self.grants(surroundings);
        let mut refused: String = impossible.iter().map(|its| format!("{its}\n")).collect();
        if grants.is_empty() {
            if refused.is_empty() {
                refused.push_str("nothing beyond the package's files and the agent\n");
            }
            return refused;
        }
        let width = grants.iter().map(|its| its.what.chars().count()).max();
        let width = width.unwrap_or_default();
        let mut text = String::new();
        for Grant { what, why, .. } in &grants {
            let line = format!("{what:width$}  {why}");
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text.push_str(&refused);
        let switches: Vec<_> = grants
            .iter()
            .map(|its| word(&format!("--allow-{}={}", its.access, its.switch)))
            .collect();
        let switches = switches.join(" ");
        text.push_str(&format!(
            "\non the command line:\n  rehearse run {run} --sandbox {switches}\n"
        ));
        text.push_str("\nin local.yaml, to be given by --allow-declared:\n  permissions:\n");
        for access in ["net", "read", "write", "run", "env"] {
            let entries: Vec<_> = grants
                .iter()
                .filter(|its| its.access == access)
                .map(|its| serde_json::Value::from(&*its.entry).to_string())
                .collect();
            if !entries.is_empty() {
                text.push_str(&format!("    {access}: [{}]\n", entries.join(", ")));
            }
        }
        text
    }

    /// What to allow; and what cannot be, each in words.
    fn grants(&self, surroundings: &Surroundings) -> (Vec<Grant>, Vec<String>) {
        let mut grants = Vec::new();
        let mut impossible = Vec::new();
        let of = |access| self.needs.iter().filter(move |need| need.access == access);
        let everywhere = of(Access::Net).any(|need| need.what == EVERYWHERE);
        for need in of(Access::Net).filter(|need| !everywhere || need.what == EVERYWHERE) {
            let line = need.line.as_deref().map(|line| self.shown(Path::new(line)));
            grants.push(Grant {
                what: format!("connect to {}", need.what),
                why: [step(need), line]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(", "),
                ..Grant::plain("net", &need.what)
            });
        }
        let paths = |access| of(access).map(|need| (self.folder(need), need));
        let (temporary, written): (Vec<_>, Vec<_>) = paths(Access::Write)
            .partition(|(path, need)| !path.starts_with(self.root) && is_temporary(path, need));
        let (code, written): (Vec<_>, Vec<_>) = written
            .into_iter()
            .partition(|(path, _)| self.root.starts_with(path) || self.is_code(path));
        let (written, code) = (outermost(written), outermost(code));
        let read: Vec<_> = paths(Access::Read)
            .filter(|(path, _)| !written.iter().any(|(folder, _)| path.starts_with(folder)))
            .collect();
        for (path, need) in outermost(read) {
            grants.push(self.path("read", "read", &path, need, surroundings));
        }
        for (path, need) in &written {
            grants.push(self.path("write", "write below", path, need, surroundings));
        }
        for (path, need) in code {
            impossible.push(format!(
                "write in {}  {}: the sandbox cannot be given that, since the package's code is there; write below a folder beside it",
                visible(&path.display().to_string()),
                step(need).unwrap_or_default()
            ));
        }
        // The first folder to write is that of temporary files.
        if let (Some((_, need)), true) = (temporary.first(), written.is_empty()) {
            let folder = self.root.join(TEMPORARY);
            grants.push(Grant {
                what: "write temporary files".into(),
                ..self.path("write", "write below", &folder, need, surroundings)
            });
        }
        for need in of(Access::Run) {
            grants.push(Grant {
                what: format!("start {}", need.what),
                why: step(need).unwrap_or_default(),
                ..Grant::plain("run", &need.what)
            });
        }
        for name in &self.variables {
            grants.push(Grant {
                what: format!("see {name}"),
                why: "named in the code".into(),
                ..Grant::plain("env", name)
            });
        }
        // Names are the package's choice, and what one pastes is run.
        let (strange, mut grants): (Vec<_>, Vec<_>) = grants
            .into_iter()
            .partition(|its: &Grant| its.switch.chars().any(char::is_control));
        impossible.extend(strange.iter().map(|its| {
            format!(
                "{}  {}: no switch can be written for a name with control characters",
                visible(&its.what),
                visible(&its.why)
            )
        }));
        for its in &mut grants {
            its.what = visible(&its.what).into_owned();
            its.why = visible(&its.why).into_owned();
        }
        (grants, impossible)
    }

    /// Whether a folder is one of the package's code, or below one.
    fn is_code(&self, path: &Path) -> bool {
        CODE.iter()
            .any(|part| path.starts_with(self.root.join(part)))
    }

    fn path(
        &self,
        access: &'static str,
        verb: &str,
        path: &Path,
        need: &Need,
        surroundings: &Surroundings,
    ) -> Grant {
        let current = fs::canonicalize(&surroundings.current);
        let current = current.unwrap_or_else(|_| surroundings.current.clone());
        let switch = below(path, &current).unwrap_or(path);
        Grant {
            access,
            switch: switch.display().to_string(),
            entry: self.shown(path),
            what: format!("{verb} {}", self.shown(path)),
            why: step(need).unwrap_or_default(),
        }
    }

    /// As the package sees it.
    fn shown(&self, path: &Path) -> String {
        let shown = below(path, self.root).unwrap_or(path).display().to_string();
        match cfg!(windows) {
            true => shown.replace('\\', "/"),
            false => shown,
        }
    }

    /// What has to be allowed for a path: of one that is written its folder.
    fn folder(&self, need: &Need) -> PathBuf {
        let path = resolved(&self.root.join(&need.what));
        match (need.access, need.folder, path.parent()) {
            (Access::Write, false, Some(folder)) => folder.to_owned(),
            _ => path,
        }
    }
}

impl Grant {
    fn plain(access: &'static str, what: &str) -> Self {
        Self {
            access,
            switch: what.into(),
            entry: what.into(),
            what: what.into(),
            why: String::new(),
        }
    }
}

fn step(need: &Need) -> Option<String> {
    need.step.as_ref().map(|step| format!("step {step}"))
}

/// Those that are not below another one.
fn outermost(all: Vec<(PathBuf, &Need)>) -> Vec<(PathBuf, &Need)> {
    let mut kept: Vec<(PathBuf, &Need)> = Vec::new();
    for (path, need) in &all {
        let covered = all
            .iter()
            .any(|(other, _)| other != path && path.starts_with(other));
        if !covered && !kept.iter().any(|(other, _)| other == path) {
            kept.push((path.clone(), need));
        }
    }
    kept
}

/// Whether a path is one that `tempfile` has chosen.
fn is_temporary(folder: &Path, need: &Need) -> bool {
    let temporary = resolved(&env::temp_dir());
    let name = Path::new(&need.what).strip_prefix(&temporary).ok();
    let first = name.and_then(|name| name.components().next());
    let chosen = first.is_some_and(|first| {
        let name = first.as_os_str().to_string_lossy();
        // To see whether a folder will do, it tries one of eight letters.
        let drawn = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        name.starts_with("tmp") || name.len() == 8 && name.chars().all(drawn)
    });
    chosen && folder.starts_with(temporary)
}

/// The path from a folder on that it is below.
fn below<'p>(path: &'p Path, folder: &Path) -> Option<&'p Path> {
    path.strip_prefix(folder)
        .ok()
        .filter(|rest| !rest.as_os_str().is_empty())
}

/// As a shell takes it for one word.
pub fn word(text: &str) -> String {
    let is_safe =
        |c: char| c.is_alphanumeric() || "-_=./:,@+".contains(c) || cfg!(windows) && c == '\\';
    if text.chars().all(is_safe) {
        text.into()
    } else if cfg!(windows) {
        format!("\"{}\"", text.replace('"', "\\\""))
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
