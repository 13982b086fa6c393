//! What test code may reach: the decision in front of every request that leaves it, natively and in the sandbox.

mod guarded;
mod judge;
mod noted;
mod paths;
mod programs;
mod reach;
mod refusal;
mod refusals;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::Host;
use crate::endpoint::Endpoint;

pub use guarded::Guarded;
pub use noted::{Need, Needs, Noted};
pub use paths::{lexical, resolved};
pub use refusal::{Access, Refusal};
pub use refusals::Refusals;

/// Who knows what names stand for, without anybody else hearing of it; none where there is nobody to ask, as in a replay.
pub type Resolver = Option<Arc<dyn Host>>;

/// What may be reached. What is denied wins over what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    pub subject: Subject,
    /// The folder that relative paths start at.
    pub root: PathBuf,
    /// Folders, and single files, that may be read without being named.
    pub own: Vec<PathBuf>,
    /// Folders, and single files, to read.
    pub read: Scope<PathBuf>,
    /// Folders to write below; where only some are allowed, reading there is allowed, too.
    pub write: Scope<PathBuf>,
    /// Where to connect to, and where to be reached.
    pub net: Scope<Endpoint>,
    /// Programs to start, as test code names them; `*` for any.
    pub run: Scope<String>,
    /// Variables of the environment to see.
    pub env: Scope<String>,
}

/// Whose permissions they are, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Sandbox,
    /// A run with the user's own rights, of which something was taken.
    Run,
}

/// What of one kind may be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope<T> {
    /// `None`: everything.
    pub allowed: Option<Vec<T>>,
    pub denied: Vec<Denied<T>>,
}

/// Something that is denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied<T> {
    pub what: T,
    /// The switch, or the entry of local.yaml, that says so.
    pub by: String,
}

/// As a path, in a list of what is allowed or denied: everywhere.
pub const EVERYWHERE: &str = "*";

impl<T> Scope<T> {
    pub fn nothing() -> Self {
        Self {
            allowed: Some(Vec::new()),
            denied: Vec::new(),
        }
    }

    /// Whether nothing of it is taken away.
    pub fn is_everything(&self) -> bool {
        self.allowed.is_none() && self.denied.is_empty()
    }
}

impl Scope<String> {
    /// Whether a variable is within it.
    pub fn admits(&self, name: &str) -> bool {
        let allowed = self.allowed.as_ref();
        let allowed = allowed.is_none_or(|allowed| allowed.iter().any(|its| same(its, name)));
        allowed && !self.denies(name)
    }

    pub fn denies(&self, name: &str) -> bool {
        self.denied.iter().any(|denied| same(&denied.what, name))
    }
}

/// Whether a variable is the one that was named.
fn same(named: &str, name: &str) -> bool {
    named == "*" || named == name || cfg!(windows) && named.eq_ignore_ascii_case(name)
}

impl Permissions {
    /// Those of a sandbox that nothing was allowed.
    pub fn nothing(root: &Path) -> Self {
        Self {
            subject: Subject::Sandbox,
            root: root.to_owned(),
            own: Vec::new(),
            read: Scope::nothing(),
            write: Scope::nothing(),
            net: Scope::nothing(),
            run: Scope::nothing(),
            env: Scope::nothing(),
        }
    }

    /// Whether no request can be refused.
    pub fn is_everything(&self) -> bool {
        self.read.is_everything()
            && self.write.is_everything()
            && self.net.is_everything()
            && self.run.is_everything()
    }

    /// What may be reached, in words; none where that is everything.
    pub fn described(&self) -> Option<String> {
        if self.is_everything() && self.env.is_everything() {
            return None;
        }
        let paths = |path: &PathBuf| path.display().to_string();
        let only = self.subject == Subject::Run;
        let mut parts = Vec::new();
        match (self.subject, &self.read.allowed) {
            (Subject::Sandbox, Some(named)) => {
                parts.push("read the package".into());
                if !named.is_empty() {
                    parts.push(format!("read {}", listed(named.iter().map(paths))));
                }
            }
            (Subject::Sandbox, None) => parts.push("read anything".into()),
            (Subject::Run, Some(named)) => {
                let named = listed(named.iter().map(paths));
                parts.push(format!("only read the package and {named}"));
            }
            (Subject::Run, None) => {}
        }
        parts.extend(self.net.granted(only, "connect to", Endpoint::to_string));
        parts.extend(self.write.granted(only, "write below", paths));
        parts.extend(self.run.granted(only, "start", String::clone));
        parts.extend(self.env.granted(only, "see", String::clone));
        parts.extend(self.read.withheld("not read", paths));
        parts.extend(self.net.withheld("not connect to", Endpoint::to_string));
        parts.extend(self.write.withheld("not write below", paths));
        parts.extend(self.run.withheld("not start", String::clone));
        parts.extend(self.env.withheld("not see", String::clone));
        Some(format!("{} may {}", self.subject, parts.join(", ")))
    }
}

impl<T> Scope<T> {
    /// What is allowed, in words. `only`: of what could be everything, so that only less is worth saying.
    fn granted(&self, only: bool, verb: &str, text: impl Fn(&T) -> String) -> Option<String> {
        match (&self.allowed, only) {
            (None, true) => None,
            (None, false) => Some(format!("{verb} anything")),
            (Some(allowed), false) if allowed.is_empty() => None,
            (Some(allowed), true) if allowed.is_empty() => Some(format!("not {verb} anything")),
            (Some(allowed), _) => {
                let only = if only { "only " } else { "" };
                Some(format!("{only}{verb} {}", listed(allowed.iter().map(text))))
            }
        }
    }

    fn withheld(&self, verb: &str, text: impl Fn(&T) -> String) -> Option<String> {
        let denied = self.denied.iter().map(|denied| text(&denied.what));
        (!self.denied.is_empty()).then(|| format!("{verb} {}", listed(denied)))
    }
}

fn listed(texts: impl Iterator<Item = String>) -> String {
    let texts: Vec<_> = texts
        .map(|text| if text == "*" { "anything".into() } else { text })
        .collect();
    texts.join(", ")
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sandbox => "the sandbox",
            Self::Run => "this run",
        })
    }
}
