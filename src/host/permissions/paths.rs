//! Files and folders that may be read or written.

use std::{
    fs, io,
    path::{Component, Path, PathBuf, Prefix},
};

use super::{Access, Denied, EVERYWHERE, Permissions, Refusal, Scope, Subject, judge::Stopped};
use crate::host::live::from_io;

/// The permissions that are about paths, with links resolved.
pub struct Paths {
    subject: Subject,
    root: PathBuf,
    read: Rules,
    write: Rules,
}

/// What may be done with paths in one way.
struct Rules {
    /// Folders, and single files; none where everything may be reached.
    allowed: Option<Vec<PathBuf>>,
    barred: Vec<Barred>,
}

/// A path that is denied, with what says so; no path stands for all.
struct Barred {
    path: Option<PathBuf>,
    by: String,
}

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// What stands there, or, for a link, what it leads to.
    Target,
    /// The entry of its folder, be it a link.
    Entry,
    /// The same, with everything in it.
    Whole,
}

impl Wanted {
    pub fn following(follow: bool) -> Self {
        if follow { Self::Target } else { Self::Entry }
    }
}

impl Rules {
    fn new(root: &Path, scope: &Scope<PathBuf>, own: &[PathBuf]) -> Self {
        let allowed = scope.allowed.as_ref().map(|allowed| {
            let all = own.iter().chain(allowed);
            all.map(|path| resolved(&root.join(path))).collect()
        });
        let barred = |denied: &Denied<PathBuf>| Barred {
            path: (denied.what.as_os_str() != EVERYWHERE)
                .then(|| resolved(&root.join(&denied.what))),
            by: denied.by.clone(),
        };
        Self {
            allowed,
            barred: scope.denied.iter().map(barred).collect(),
        }
    }

    fn is_everything(&self) -> bool {
        self.allowed.is_none() && self.barred.is_empty()
    }

    fn has(&self, path: &Path) -> bool {
        let within = |allowed: &Vec<PathBuf>| allowed.iter().any(|root| path.starts_with(root));
        self.allowed.as_ref().is_none_or(within)
    }

    /// What forbids a path. `whole`: or something below it, which would go along to a place where nobody would look for it.
    fn bars(&self, path: &Path, whole: bool) -> Option<&Barred> {
        self.barred.iter().find(|barred| match &barred.path {
            None => true,
            Some(its) => path.starts_with(its) || whole && its.starts_with(path),
        })
    }
}

impl Paths {
    pub fn new(permissions: &Permissions) -> Self {
        let root = &permissions.root;
        Self {
            subject: permissions.subject,
            read: Rules::new(root, &permissions.read, &permissions.own),
            write: Rules::new(root, &permissions.write, &[]),
            root: root.clone(),
        }
    }

    /// The path as the request may go on with it: without links, where that mattered.
    ///
    /// # Errors
    /// When it may not be reached like this, or nobody can tell what it leads to.
    pub fn admitted(&self, given: &str, access: Access, wanted: Wanted) -> Result<String, Stopped> {
        let rules = self.rules(access);
        let moves =
            wanted == Wanted::Whole && !(self.read.is_everything() && self.write.is_everything());
        if given == "/dev/null" || rules.is_everything() && !moves {
            return Ok(given.into());
        }
        let path = self.root.join(given);
        if is_elsewhere(&path) && !rules.has(&lexical(&path)) {
            // Even to look what it is would be a connection to there.
            return Err(self.outside(given, access).into());
        }
        match real(&path, wanted == Wanted::Target) {
            Ok(real) => {
                self.decide(given, &real, access, wanted)?;
                let real = real.into_os_string().into_string();
                real.map_err(|_| self.outside(given, access).into())
            }
            // Whether something is there must not be told either.
            Err(error) => {
                self.decide(given, &resolved(&path), access, wanted)?;
                match &rules.allowed {
                    // A link to where nothing is yet, or to what no path can name.
                    None => Ok(given.into()),
                    Some(_) => Err(from_io(&error).into()),
                }
            }
        }
    }

    fn rules(&self, access: Access) -> &Rules {
        match access {
            Access::Write => &self.write,
            _ => &self.read,
        }
    }

    fn decide(
        &self,
        given: &str,
        path: &Path,
        access: Access,
        wanted: Wanted,
    ) -> Result<(), Refusal> {
        let rules = self.rules(access);
        let whole = wanted == Wanted::Whole;
        let taken_along = || {
            let either = self.read.bars(path, true).or(self.write.bars(path, true));
            either.filter(|_| whole)
        };
        if let Some(Barred { by, .. }) = rules.bars(path, whole).or_else(taken_along) {
            let verb = verb(access);
            return Err(Refusal {
                access,
                what: self.shown(given),
                message: format!(
                    "{} may not {verb} `{given}`: {by} forbids it; leave that out to let it",
                    self.subject
                ),
            });
        }
        // What may be written may be read.
        let written =
            || access == Access::Read && self.write.allowed.is_some() && self.write.has(path);
        if rules.has(path) || written() {
            Ok(())
        } else {
            Err(self.outside(given, access))
        }
    }

    fn outside(&self, given: &str, access: Access) -> Refusal {
        let subject = self.subject;
        let what = self.shown(given);
        let message = match access {
            Access::Write => format!(
                "{subject} may not write `{given}`; --allow-write=DIR lets it write below a folder"
            ),
            _ => format!("{subject} may not read `{given}`; --allow-read={what} lets it"),
        };
        Refusal {
            access,
            what,
            message,
        }
    }

    /// As a switch takes it, which knows nothing of the package's folder.
    fn shown(&self, given: &str) -> String {
        lexical(&self.root.join(given)).display().to_string()
    }
}

fn verb(access: Access) -> &'static str {
    match access {
        Access::Write => "write",
        _ => "read",
    }
}

/// Whether a path of Windows leads to another machine or a device, or names a stream within a file, which no comparison would find.
fn is_elsewhere(path: &Path) -> bool {
    path.components().any(|part| match part {
        Component::Prefix(prefix) => {
            !matches!(prefix.kind(), Prefix::Disk(_) | Prefix::VerbatimDisk(_))
        }
        Component::Normal(name) => cfg!(windows) && name.to_string_lossy().contains(':'),
        _ => false,
    })
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

/// How many links are followed one after the other.
const MOST_LINKS: usize = 40;

/// The path with the links of as much of it resolved as there is, links that lead nowhere among them.
pub fn resolved(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => break,
        }
    }
    let path = lexical(&path);
    let found = path.ancestors().find_map(|ancestor| {
        let real = fs::canonicalize(ancestor).ok()?;
        Some((real, path.strip_prefix(ancestor).ok()?))
    });
    match found {
        Some((real, rest)) if rest.as_os_str().is_empty() => real,
        Some((real, rest)) => real.join(rest),
        None => path,
    }
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
