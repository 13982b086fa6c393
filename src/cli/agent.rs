//! `rehearse agent`: a simulated bench on a TCP port, for clients of any kind.

use std::{
    fmt::Display,
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs},
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use tokio::sync::Notify;

use super::{Surroundings, bench as bench_file, colour::Colour, output::say, signals};
use crate::{
    agent::{Detail, ServeError, Server},
    diagnostic::Style,
    exit::Exit,
    flow::interruption::Interruption,
    host::bench::{Station, default_station},
};

/// Serve a simulated bench over HTTP, for any client of an agent
#[derive(Args, Debug)]
pub struct Agent {
    /// A package's folder, for its bench.yaml, or a bench.yaml [default: what the current folder has, else the default station]
    #[arg(value_name = "PACKAGE|BENCH.yaml")]
    bench: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:5000", value_parser = listen_address)]
    listen: Listen,
    /// Print no line for each request
    #[arg(long, short)]
    quiet: bool,
    /// Print what was sent and answered, too, without passwords and headers
    #[arg(long, short, conflicts_with = "quiet")]
    verbose: bool,
}

/// A host and a port, which may be 0.
#[derive(Clone, Debug)]
struct Listen {
    host: String,
    port: u16,
}

fn listen_address(text: &str) -> Result<Listen, String> {
    let wrong = || "write HOST:PORT, such as 127.0.0.1:5000".to_owned();
    let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    if host.is_empty() || (bare.is_none() && host.contains([':', '/', '[', ']'])) {
        return Err(wrong());
    }
    Ok(Listen {
        host: bare.unwrap_or(host).to_owned(),
        port: port
            .parse()
            .map_err(|_| format!("`{port}` is no port, which is a number from 0 to 65535"))?,
    })
}

impl Agent {
    pub fn execute(&self, colour: Colour, surroundings: &Surroundings) -> Exit {
        match self.serve(surroundings, surroundings.style(colour)) {
            Some(()) => Exit::Pass,
            None => Exit::NothingRan,
        }
    }

    /// None when it could not serve, and the user has been told.
    fn serve(&self, surroundings: &Surroundings, style: Style) -> Option<()> {
        let interruption = Interruption::new();
        if let Err(error) = signals::forward(interruption.raiser()) {
            say(format_args!(
                "warning: signals cannot be caught ({error}); Ctrl-C will end the program with an error code"
            ));
        }
        let served = self.served(surroundings)?;
        let station = match &served.file {
            Some(file) => bench_file::read(&surroundings.current.join(file), &shown(file), style)?,
            None => default_station(),
        };
        let server = self.bind(station)?;
        if !server.address().ip().is_loopback() {
            say(
                "warning: everybody on the network can use this agent; to keep it to this machine, listen on 127.0.0.1",
            );
        }
        if let Err(error) = announce(&server, &served) {
            say(format_args!(
                "error: failed to write standard output: {error}"
            ));
            return None;
        }
        let quiet = self.quiet;
        let ended = Arc::new(Notify::new());
        let _listening = interruption.stop_above(0).listen({
            let ended = ended.clone();
            move || ended.notify_one()
        });
        let log = move |occurrence: &_| {
            if !quiet {
                say(occurrence);
            }
        };
        let detail = if self.verbose {
            Detail::All
        } else {
            Detail::Line
        };
        server
            .run(detail, log, async move { ended.notified().await })
            .map_err(|error| say(format_args!("error: {error}")))
            .ok()
    }

    /// Which bench is meant.
    fn served(&self, surroundings: &Surroundings) -> Option<Served> {
        let Some(named) = &self.bench else {
            let found = Served::of_folder(Path::new(""), &surroundings.current);
            return Some(found.unwrap_or_default());
        };
        let path = surroundings.current.join(named);
        if !path.is_dir() {
            // What is wrong with it, its reader says.
            return Some(Served {
                package: None,
                file: Some(named.clone()),
            });
        }
        let found = Served::of_folder(named, &path);
        if found.is_none() {
            say(format_args!(
                "error: {} has neither bench.yaml nor package.json; name a package's folder or a bench.yaml, or nothing for the default station",
                shown(named)
            ));
        }
        found
    }

    fn bind(&self, station: Station) -> Option<Server> {
        let Listen { host, port } = &self.listen;
        let wanted = if host.contains(':') {
            format!("[{host}]:{port}")
        } else {
            format!("{host}:{port}")
        };
        let refuse = |error: &io::Error| {
            say(format_args!(
                "error: failed to listen on {wanted}: {}",
                explained(error)
            ));
        };
        let address = match (host.as_str(), *port).to_socket_addrs() {
            // A name may have addresses of both kinds; clients try the older one, too.
            Ok(found) => found.min_by_key(SocketAddr::is_ipv6),
            Err(error) => {
                say(format_args!(
                    "error: failed to listen on {wanted}: the host name is unknown ({error}); name an address of this machine, such as --listen 127.0.0.1:{port}"
                ));
                return None;
            }
        };
        let Some(address) = address else {
            refuse(&io::ErrorKind::AddrNotAvailable.into());
            return None;
        };
        match Server::bind(address, station) {
            Ok(server) => Some(server),
            Err(ServeError::Listen { error, .. }) => {
                refuse(&error);
                None
            }
            Err(error) => {
                say(format_args!("error: {error}"));
                None
            }
        }
    }
}

/// Why an address cannot be had, and what to do about it.
fn explained(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program listens there; end it, or take another port, such as --listen 127.0.0.1:0 for a free one".into()
        }
        io::ErrorKind::PermissionDenied => {
            "the system does not permit it; ports below 1024 are often reserved, take a higher one, such as --listen 127.0.0.1:5000".into()
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine does not have that address; name one it has, such as --listen 127.0.0.1:5000".into()
        }
        _ => error.to_string(),
    }
}

/// What is served: a bench's file, or the default station.
#[derive(Debug, Default)]
struct Served {
    /// The folder of the package it belongs to, as the user wrote it; empty for the current folder.
    package: Option<PathBuf>,
    file: Option<PathBuf>,
}

impl Served {
    /// What a folder has to serve, if it has something.
    fn of_folder(named: &Path, path: &Path) -> Option<Self> {
        let has = |name: &str| path.join(name).exists();
        let package = has("package.json");
        let bench = has("bench.yaml");
        (package || bench).then(|| Self {
            package: package.then(|| named.to_owned()),
            file: bench.then(|| named.join("bench.yaml")),
        })
    }
}

impl Display for Served {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.file {
            Some(file) => f.write_str(&shown(file)),
            None => f.write_str("the default station"),
        }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Says on standard output that the server is ready.
fn announce(server: &Server, served: &Served) -> io::Result<()> {
    let address = server.address();
    let package = match &served.package {
        Some(package) if package.as_os_str().is_empty() => ".".into(),
        Some(package) => shown(package),
        None => "PACKAGE".into(),
    };
    let reached = SocketAddr::new(reached(address.ip()), address.port());
    let mut stdout = io::stdout().lock();
    writeln!(
        stdout,
        "listening on http://{address}, serving {served}; use it with: rehearse run {package} --host http://{reached}; end it with Ctrl-C"
    )?;
    stdout.flush()
}

/// The address under which this machine reaches itself.
fn reached(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}
