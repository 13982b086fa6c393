//! Decides about requests.

use super::{
    Access, Permissions, Refusal, Resolver, Subject,
    paths::{Paths, Wanted},
    programs,
    reach::Reach,
};
use crate::host::{Host, HostError, Reply, Request};

/// The permissions of one run, with what it has learned of the addresses that names have.
pub struct Judge {
    permissions: Permissions,
    paths: Paths,
    reach: Reach,
}

/// Why a request does not go on.
pub enum Stopped {
    Refused(Refusal),
    /// It would have failed anyway, or nobody can tell whether it is allowed.
    Failed(HostError),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<HostError> for Stopped {
    fn from(error: HostError) -> Self {
        Self::Failed(error)
    }
}

impl Judge {
    pub fn new(permissions: Permissions, resolver: Resolver) -> Self {
        Self {
            paths: Paths::new(&permissions),
            reach: Reach::new(permissions.net.clone(), permissions.subject, resolver),
            permissions,
        }
    }

    /// The request as it may go on. `host` is asked for sockets and for the environment that programs get.
    pub fn admitted(&self, mut request: Request, host: &dyn Host) -> Result<Request, Stopped> {
        let path = |path: &mut String, access, wanted| -> Result<(), Stopped> {
            *path = self.paths.admitted(path, access, wanted)?;
            Ok(())
        };
        use Access::{Read, Write};
        match &mut request {
            Request::Stat { path: its, follow } => path(its, Read, Wanted::following(*follow))?,
            Request::ListFolder { path: its } => path(its, Read, Wanted::Target)?,
            Request::Open { path: its, how } => {
                let writes = how.write || how.append || how.create || how.truncate;
                let given = its.clone();
                if writes {
                    path(its, Write, Wanted::Target)?;
                }
                if how.read || !writes {
                    // What is opened for both has to be allowed for both.
                    let read = self.paths.admitted(&given, Read, Wanted::Target)?;
                    if !writes {
                        *its = read;
                    }
                }
                if self.confines() {
                    how.mode &= 0o777;
                }
            }
            Request::MakeFolder { path: its, mode } | Request::SetMode { path: its, mode } => {
                path(its, Write, Wanted::Target)?;
                if self.confines() {
                    *mode &= 0o777;
                }
            }
            Request::SetTimes { path: its, .. } => path(its, Write, Wanted::Target)?,
            Request::RemoveFile { path: its } | Request::RemoveFolder { path: its } => {
                path(its, Write, Wanted::Entry)?;
            }
            Request::Rename { from, to, .. } => {
                // Under its new name it can be read.
                self.paths.admitted(from, Read, Wanted::Whole)?;
                path(from, Write, Wanted::Whole)?;
                path(to, Write, Wanted::Entry)?;
            }
            Request::Resolve { host, port } => self.reach.name(host, *port)?,
            Request::Connect {
                handle,
                host: its,
                port,
                ..
            }
            | Request::SendTo {
                handle,
                host: its,
                port,
                ..
            } => {
                if let Some(address) = self.reach.destination(its, *port, *handle, host)? {
                    *its = address;
                }
            }
            Request::Bind { host, port, .. } => self.reach.own_address(host, *port)?,
            Request::Listen { handle, .. } => self.reach.has_address(*handle, host)?,
            Request::Group { group, .. } => self.reach.group(group)?,
            Request::Spawn(program) => {
                programs::admitted(program, &self.permissions, host)?;
                if !self.permissions.read.is_everything() {
                    path(&mut program.folder, Read, Wanted::Target)?;
                }
            }
            _ => {}
        }
        Ok(request)
    }

    /// Passes an admitted request on, and keeps what its reply tells.
    pub fn followed(
        &self,
        request: Request,
        call: impl FnOnce(Request) -> Result<Reply, HostError>,
    ) -> Result<Reply, HostError> {
        let (mut asked, mut binds, mut doubles) = (None, None, None);
        match &request {
            Request::Resolve { host, .. } => asked = Some(host.clone()),
            Request::Bind { handle, .. } => binds = Some(*handle),
            Request::Duplicate { handle } => doubles = Some(*handle),
            Request::Close { handle } => self.reach.closed(*handle),
            _ => {}
        }
        let result = call(request);
        match (&result, asked, binds) {
            (Ok(Reply::Addresses(found)), Some(host), _) => self.reach.learn(&host, found),
            (Ok(_), _, Some(handle)) => self.reach.bound(handle),
            (Ok(Reply::Handle(second)), ..) => {
                if let Some(handle) = doubles {
                    self.reach.duplicated(handle, *second);
                }
            }
            _ => {}
        }
        result
    }

    /// Whether the code is not trusted at all.
    fn confines(&self) -> bool {
        self.permissions.subject == Subject::Sandbox
    }
}
