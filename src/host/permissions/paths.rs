//! Files and folders that may be read or written.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use super::{Access, Denied, EVERYWHERE, Permissions, Refusal, Scope, Subject, judge::Stopped};
use crate::host::live::from_io;

/// The permissions that are about paths, with links resolved.
pub struct Paths {
    subject: Subject,
    root: PathBuf,
    /// Folders, and single files; none where everything may be read.
    read: Option<Vec<PathBuf>>,
    write: Option<Vec<PathBuf>>,
    unread: Vec<Barred>,
    unwritten: Vec<Barred>,
}

/// A path that is denied, with what says so; no path stands for all.
struct Barred {
    path: Option<PathBuf>,
    by: String,
}

/// What a request is about, where a path leads to a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// What the link leads to.
    Itself,
    /// The link.
    Link,
    /// The link, or the folder with everything in it.
    Whole,
}

impl Wanted {
    pub fn following(follow: bool) -> Self {
        if follow { Self::Itself } else { Self::Link }
    }
}

impl Paths {
    pub fn new(permissions: &Permissions) -> Self {
        let root = &permissions.root;
        let everywhere = |path: &&PathBuf| path.as_os_str() == EVERYWHERE;
        let resolved = |scope: &Scope<PathBuf>, own: &[PathBuf]| {
            let allowed = scope.allowed.as_ref()?;
            if allowed.iter().any(|path| everywhere(&path)) {
                return None;
            }
            let all = own.iter().chain(allowed);
            Some(
                all.filter_map(|path| fs::canonicalize(root.join(path)).ok())
                    .collect(),
            )
        };
        let barred = |denied: &Denied<PathBuf>| Barred {
            path: (!everywhere(&&denied.what)).then(|| {
                let path = root.join(&denied.what);
                // What is not there yet is denied, too.
                real(&path, true).unwrap_or_else(|_| lexical(&path))
            }),
            by: denied.by.clone(),
        };
        Self {
            subject: permissions.subject,
            read: resolved(&permissions.read, &permissions.own),
            write: resolved(&permissions.write, &[]),
            unread: permissions.read.denied.iter().map(barred).collect(),
            unwritten: permissions.write.denied.iter().map(barred).collect(),
            root: root.clone(),
        }
    }

    /// The path as the request may go on with it: without links, where that mattered.
    ///
    /// # Errors
    /// When it may not be reached like this, or nobody can tell what it leads to.
    pub fn admitted(&self, given: &str, access: Access, wanted: Wanted) -> Result<String, Stopped> {
        let (allowed, barred) = match access {
            Access::Write => (&self.write, &self.unwritten),
            _ => (&self.read, &self.unread),
        };
        let moves =
            wanted == Wanted::Whole && !(self.unread.is_empty() && self.unwritten.is_empty());
        if given == "/dev/null" || allowed.is_none() && barred.is_empty() && !moves {
            return Ok(given.into());
        }
        let path = self.root.join(given);
        let real = match real(&path, wanted == Wanted::Itself) {
            Ok(real) => real,
            // Whether something is there must not be told either.
            Err(error) => {
                self.decide(given, &lexical(&path), access, wanted)?;
                return Err(from_io(&error).into());
            }
        };
        self.decide(given, &real, access, wanted)?;
        real.into_os_string()
            .into_string()
            .map_err(|_| self.outside(given, access).into())
    }

    fn decide(
        &self,
        given: &str,
        path: &Path,
        access: Access,
        wanted: Wanted,
    ) -> Result<(), Refusal> {
        let (allowed, barred) = match access {
            Access::Write => (&self.write, &self.unwritten),
            _ => (&self.read, &self.unread),
        };
        let within = |barred: &&Barred| {
            let its = barred.path.as_deref();
            its.is_none_or(|its| path.starts_with(its))
        };
        // With a folder goes what is in it, to a place where nobody would look for it.
        let moved = |barred: &&Barred| {
            let its = barred.path.as_deref();
            wanted == Wanted::Whole && its.is_some_and(|its| its.starts_with(path))
        };
        let bars = barred.iter().find(within);
        let all = || self.unread.iter().chain(&self.unwritten);
        if let Some(Barred { by, .. }) = bars.or_else(|| all().find(moved)) {
            let verb = verb(access);
            return Err(Refusal {
                access,
                what: given.into(),
                message: format!(
                    "{} may not {verb} `{given}`: {by} forbids it; leave that out to let it",
                    self.subject
                ),
            });
        }
        if let Some(allowed) = allowed {
            let below = |roots: &[PathBuf]| roots.iter().any(|root| path.starts_with(root));
            let written = || self.write.as_deref().is_some_and(below);
            if !(below(allowed) || access == Access::Read && written()) {
                return Err(self.outside(given, access));
            }
        }
        Ok(())
    }

    fn outside(&self, given: &str, access: Access) -> Refusal {
        let subject = self.subject;
        let message = match access {
            Access::Write => format!(
                "{subject} may not write `{given}`; --allow-write=DIR lets it write below a folder"
            ),
            _ => format!(
                "{subject} may read below the package only, and `{given}` is not there; --allow-read={given} lets it"
            ),
        };
        Refusal {
            access,
            what: given.into(),
            message,
        }
    }
}

fn verb(access: Access) -> &'static str {
    match access {
        Access::Write => "write",
        _ => "read",
    }
}

/// The path with all links resolved; what is not there yet may be missing at its end.
fn real(path: &Path, follow: bool) -> io::Result<PathBuf> {
    if follow {
        match fs::canonicalize(path) {
            Ok(real) => return Ok(real),
            // A link that leads nowhere would be followed by whoever makes the file.
            Err(error) if fs::symlink_metadata(path).is_ok() => return Err(error),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Err(_) => {}
        }
    }
    let (Some(parent), Some(Component::Normal(name))) =
        (path.parent(), path.components().next_back())
    else {
        return fs::canonicalize(path);
    };
    Ok(fs::canonicalize(parent)?.join(name))
}

/// The path with `..` taken out by its text alone.
pub fn lexical(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}
