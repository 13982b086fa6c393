//! What test code in a sandbox may reach: the decision in front of every request that leaves it.

use std::{
    collections::BTreeSet,
    fs, io,
    net::IpAddr,
    path::{Component, Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{ErrorKind, Handle, Host, HostError, Reply, Request};
use crate::endpoint::Endpoint;

/// What is allowed; everything else is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// The folder that relative paths start at.
    pub root: PathBuf,
    /// Folders, and single files, to read.
    pub read: Vec<PathBuf>,
    /// Folders to write below; reading there is allowed, too.
    pub write: Vec<PathBuf>,
    /// Where to connect to, and where to be reached.
    pub net: Vec<Endpoint>,
    /// Programs to start, as test code names them; `*` for any.
    pub run: Vec<String>,
}

/// Asks the permissions before it passes a request on. Paths are passed on with every link in them resolved, so that what was allowed is what is
/// opened.
pub struct Guarded<H> {
    inner: H,
    permissions: Permissions,
    /// The folders of the permissions, with links resolved.
    read: Vec<PathBuf>,
    write: Vec<PathBuf>,
    /// Addresses that an allowed name turned out to have, with its port.
    known: Mutex<BTreeSet<(IpAddr, Option<u16>)>>,
    /// Sockets with an address of their own.
    bound: Mutex<BTreeSet<Handle>>,
}

enum Access {
    Read,
    Write,
}

impl<H: Host> Guarded<H> {
    pub fn new(inner: H, permissions: Permissions) -> Self {
        let resolved = |folders: &[PathBuf]| -> Vec<PathBuf> {
            folders
                .iter()
                .filter_map(|folder| fs::canonicalize(permissions.root.join(folder)).ok())
                .collect()
        };
        Self {
            read: resolved(&permissions.read),
            write: resolved(&permissions.write),
            inner,
            permissions,
            known: Mutex::default(),
            bound: Mutex::default(),
        }
    }

    /// The request as it may go on.
    fn admitted(&self, mut request: Request) -> Result<Request, HostError> {
        use Access::{Read, Write};
        match &mut request {
            Request::Stat { path, follow } => *path = self.path(path, &Read, *follow)?,
            Request::ListFolder { path } => *path = self.path(path, &Read, true)?,
            Request::Open { path, how } => {
                let writes = how.write || how.append || how.create || how.truncate;
                *path = self.path(path, if writes { &Write } else { &Read }, true)?;
                how.mode &= 0o777;
            }
            Request::MakeFolder { path, mode } | Request::SetMode { path, mode } => {
                *path = self.path(path, &Write, true)?;
                *mode &= 0o777;
            }
            Request::SetTimes { path, .. } => *path = self.path(path, &Write, true)?,
            Request::RemoveFile { path } | Request::RemoveFolder { path } => {
                *path = self.path(path, &Write, false)?;
            }
            Request::Rename { from, to, .. } => {
                *from = self.path(from, &Write, false)?;
                *to = self.path(to, &Write, false)?;
            }
            Request::Resolve { host, port } => self.name(host, *port)?,
            Request::Connect { host, port, .. } | Request::SendTo { host, port, .. } => {
                self.address(host, *port)?;
            }
            Request::Bind { host, port, .. } => self.own_address(host, *port)?,
            Request::Listen { handle, .. } => self.has_address(*handle)?,
            Request::Group { .. } => {
                return Err(denied(
                    "the sandbox joins no multicast groups; run without --sandbox for that".into(),
                ));
            }
            Request::Spawn(program) => {
                let allowed = |its: &String| its == "*" || *its == program.program;
                if !self.permissions.run.iter().any(allowed) {
                    let program = &program.program;
                    return Err(denied(format!(
                        "the sandbox may not start `{program}`; --allow-run={program} lets it"
                    )));
                }
                program.folder = self.path(&program.folder, &Read, true)?;
            }
            _ => {}
        }
        Ok(request)
    }

    /// The path without links, when it may be reached like this. `follow`: whether the last part may be a link that is followed.
    fn path(&self, given: &str, access: &Access, follow: bool) -> Result<String, HostError> {
        if given == "/dev/null" {
            return Ok(given.into());
        }
        let refused = || {
            denied(match access {
                Access::Read => format!(
                    "the sandbox may read below the package only, and `{given}` is not there; --allow-read={given} lets it"
                ),
                Access::Write => format!(
                    "the sandbox may not write `{given}`; --allow-write=DIR lets it write below a folder"
                ),
            })
        };
        let path = self.permissions.root.join(given);
        let real = match real(&path, follow) {
            Ok(real) => real,
            // Whether something is there must not be told either.
            Err(error) => {
                let lexical = lexical(&path);
                let own = self.allows(&lexical, access);
                return Err(if own {
                    super::live::from_io(&error)
                } else {
                    refused()
                });
            }
        };
        if !self.allows(&real, access) {
            return Err(refused());
        }
        real.into_os_string().into_string().map_err(|_| refused())
    }

    fn allows(&self, path: &Path, access: &Access) -> bool {
        let below = |roots: &[PathBuf]| roots.iter().any(|root| path.starts_with(root));
        below(&self.write) || matches!(access, Access::Read) && below(&self.read)
    }

    /// Whether a name may be looked up: one that connections are allowed to.
    fn name(&self, host: &str, port: u16) -> Result<(), HostError> {
        let own = host.parse::<IpAddr>().is_ok()
            || self.permissions.net.iter().any(|its| its.is_host(host));
        if own {
            Ok(())
        } else {
            Err(unreachable(host, port))
        }
    }

    /// Whether code may be reached at an address of the machine.
    fn own_address(&self, host: &str, port: u16) -> Result<(), HostError> {
        if self.permissions.net.iter().any(|its| its.is(host, port)) {
            return Ok(());
        }
        let its = Endpoint {
            host: host.into(),
            port: None,
        };
        Err(denied(format!(
            "the sandbox may not be reached at {host}; --allow-net={its} lets it"
        )))
    }

    /// Whether a socket was given an address: without one it would be reached at all of them.
    fn has_address(&self, handle: Handle) -> Result<(), HostError> {
        if self.bound().contains(&handle) {
            return Ok(());
        }
        self.inner.call(Request::SocketState { handle })?;
        Err(denied(
            "the sandbox may be reached at an address only; bind() one before listen()".into(),
        ))
    }

    fn address(&self, host: &str, port: u16) -> Result<(), HostError> {
        let named = self.permissions.net.iter().any(|its| its.is(host, port));
        let known = || {
            host.parse().is_ok_and(|address: IpAddr| {
                let known = self.known();
                known.contains(&(address, Some(port))) || known.contains(&(address, None))
            })
        };
        if named || known() {
            Ok(())
        } else {
            Err(unreachable(host, port))
        }
    }

    /// Keeps which addresses an allowed name has, for the connections to it.
    fn learn(&self, host: &str, found: &[String]) {
        let mut known = self.known();
        for its in self.permissions.net.iter().filter(|its| its.is_host(host)) {
            let addresses = found.iter().filter_map(|address| address.parse().ok());
            known.extend(addresses.map(|address: IpAddr| (address, its.port)));
        }
    }

    fn bound(&self) -> MutexGuard<'_, BTreeSet<Handle>> {
        self.bound.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self) -> MutexGuard<'_, BTreeSet<(IpAddr, Option<u16>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
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
fn lexical(path: &Path) -> PathBuf {
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

fn denied(message: String) -> HostError {
    HostError::new(ErrorKind::Denied, message)
}

fn unreachable(host: &str, port: u16) -> HostError {
    denied(format!(
        "the sandbox may not connect to {host}:{port}; --allow-net={host}:{port} lets it"
    ))
}

impl<H: Host> Host for Guarded<H> {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        let request = self.admitted(request)?;
        let (mut asked, mut binds) = (None, None);
        match &request {
            Request::Resolve { host, .. } => asked = Some(host.clone()),
            Request::Bind { handle, .. } => binds = Some(*handle),
            Request::Close { handle } => drop(self.bound().remove(handle)),
            _ => {}
        }
        let result = self.inner.call(request);
        match (&result, asked, binds) {
            (Ok(Reply::Addresses(found)), Some(host), _) => self.learn(&host, found),
            (Ok(_), _, Some(handle)) => drop(self.bound().insert(handle)),
            _ => {}
        }
        result
    }
}
