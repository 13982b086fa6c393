//! The switches that put Python into the sandbox, and say what it may reach from there.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;
use etcetera::BaseStrategy;

use super::{Surroundings, output::say};
use crate::{
    endpoint::Endpoint,
    host::{bench::AgentAddress, permissions::Permissions},
    package::model::Declared,
    python::sandbox::{Image, Limits, MOST_MEMORY},
};

/// Makes the sandbox the default where it is set.
const SANDBOX: &str = "REHEARSAL_SANDBOX";

/// Where the unpacked sandbox is kept instead of this system's folder for caches.
const CACHE: &str = "REHEARSAL_CACHE";

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Sandbox")]
pub struct Sandboxing {
    /// Run the Python in a sandbox that reaches the package's files and the agent, and nothing else; REHEARSAL_SANDBOX=1 makes it the default
    #[arg(long, overrides_with = "no_sandbox")]
    sandbox: bool,
    /// Run it with your own rights, whatever the default is
    #[arg(long, overrides_with = "sandbox")]
    no_sandbox: bool,
    /// Let the sandbox connect to a port of a host, or be reached there, `*` for any port; may be repeated
    #[arg(long, value_name = "HOST:PORT")]
    allow_net: Vec<Endpoint>,
    /// Let it read a file, or what is below a folder; may be repeated
    #[arg(long, value_name = "PATH")]
    allow_read: Vec<PathBuf>,
    /// Let it write below a folder; may be repeated
    #[arg(long, value_name = "DIR")]
    allow_write: Vec<PathBuf>,
    /// Let it start a program, `*` for any, which then runs outside of the sandbox; may be repeated
    #[arg(long, value_name = "PROGRAM")]
    allow_run: Vec<String>,
    /// Let it see an environment variable; may be repeated
    #[arg(long, value_name = "NAME")]
    allow_env: Vec<String>,
    /// Let it have what local.yaml declares under `permissions`
    #[arg(long)]
    allow_declared: bool,
    /// The memory it may use [default: 256M]
    #[arg(long, value_name = "SIZE", value_parser = memory)]
    memory_limit: Option<usize>,
}

fn memory(text: &str) -> Result<usize, String> {
    let (digits, unit) = match text.char_indices().next_back() {
        Some((at, 'K' | 'k')) => (&text[..at], 1 << 10),
        Some((at, 'M' | 'm')) => (&text[..at], 1 << 20),
        Some((at, 'G' | 'g')) => (&text[..at], 1 << 30),
        _ => (text, 1),
    };
    let size = digits
        .parse::<usize>()
        .ok()
        .and_then(|number| number.checked_mul(unit))
        .ok_or_else(|| format!("`{text}` is no size; write for example 256M or 1G"))?;
    if (LEAST..=MOST_MEMORY).contains(&size) {
        Ok(size)
    } else {
        Err("a sandbox has from 64M to 4G of memory".into())
    }
}

const LEAST: usize = 64 << 20;

/// A sandbox that was asked for.
pub struct Wanted {
    pub image: Image,
    pub limits: Limits,
    pub permissions: Permissions,
    /// What the test code sees of the environment, and what programs it may start find.
    pub environment: Vec<(String, String)>,
    /// The variables of it that the user named.
    variables: Vec<String>,
    /// How many of the folders to read are there without being named.
    own: usize,
    /// The folder for what can be made again; none where this system has none.
    pub cache: Option<PathBuf>,
}

impl Wanted {
    /// What the sandbox may reach, in words.
    pub fn described(&self) -> String {
        let Permissions {
            root: _,
            read,
            write,
            net,
            run,
        } = &self.permissions;
        let listed = |verb: &str, texts: Vec<String>| {
            (!texts.is_empty()).then(|| format!("{verb} {}", texts.join(", ")))
        };
        let paths = |paths: &[PathBuf]| -> Vec<String> {
            paths
                .iter()
                .map(|path| path.display().to_string())
                .collect()
        };
        let own = read.get(self.own..).unwrap_or_default();
        let parts: Vec<_> = [
            listed("read", paths(own)),
            listed("connect to", net.iter().map(Endpoint::to_string).collect()),
            listed("write below", paths(write)),
            listed("start", run.clone()),
            listed("see", self.variables.clone()),
        ]
        .into_iter()
        .flatten()
        .collect();
        if parts.is_empty() {
            return "may read the package".into();
        }
        format!("may read the package, {}", parts.join(", "))
    }
}

/// What is to run in the sandbox.
pub struct Guest<'a> {
    /// The folder that relative paths start at.
    pub root: &'a Path,
    /// The package whose code must not be changed.
    pub package: Option<&'a Path>,
    /// What it may read without being asked.
    pub readable: &'a [PathBuf],
    /// The URL of the agent that it may connect to.
    pub agent: Option<&'a str>,
    pub declared: &'a Declared,
}

/// The sandbox cannot be had, and the user has been told.
pub struct Unavailable;

impl Sandboxing {
    /// The sandbox that these switches, the environment or local.yaml ask for; none where Python is to run with the user's own rights.
    ///
    /// # Errors
    /// When one was asked for and is not to be had; the user has been told.
    pub fn wanted(
        &self,
        guest: &Guest<'_>,
        surroundings: &Surroundings,
    ) -> Result<Option<Wanted>, Unavailable> {
        let wanted = self.sandbox
            || !self.no_sandbox
                && (surroundings.is_set(SANDBOX) && surroundings.value(SANDBOX) != Some("0")
                    || guest.declared.sandbox);
        if !wanted {
            if let Some(switch) = self.pointless() {
                say(format_args!(
                    "warning: {switch} means nothing without --sandbox"
                ));
            }
            return Ok(None);
        }
        let permissions = self.permissions(guest, surroundings)?;
        let variables = self.variables(guest.declared);
        let environment = environment(&permissions, &variables, surroundings);
        let cache = cache(surroundings);
        let (image, said) = Image::load(cache.as_deref()).map_err(|error| {
            say(format_args!("error: {error}"));
            Unavailable
        })?;
        if let Some(said) = said {
            say(format_args!("warning: {said}"));
        }
        let limits = Limits {
            memory: self.memory_limit.unwrap_or(Limits::default().memory),
            ..Limits::default()
        };
        Ok(Some(Wanted {
            image,
            limits,
            permissions,
            environment,
            variables,
            own: guest.readable.len(),
            cache,
        }))
    }

    /// A switch that only a sandbox gives a meaning.
    fn pointless(&self) -> Option<&'static str> {
        [
            (!self.allow_net.is_empty(), "--allow-net"),
            (!self.allow_read.is_empty(), "--allow-read"),
            (!self.allow_write.is_empty(), "--allow-write"),
            (!self.allow_run.is_empty(), "--allow-run"),
            (!self.allow_env.is_empty(), "--allow-env"),
            (self.allow_declared, "--allow-declared"),
            (self.memory_limit.is_some(), "--memory-limit"),
        ]
        .into_iter()
        .find_map(|(given, switch)| given.then_some(switch))
    }

    fn permissions(
        &self,
        guest: &Guest<'_>,
        surroundings: &Surroundings,
    ) -> Result<Permissions, Unavailable> {
        let Guest {
            root,
            package,
            readable,
            agent,
            declared,
        } = *guest;
        let mut net: Vec<Endpoint> = self.allow_net.clone();
        if let Some(agent) = agent.and_then(|agent| AgentAddress::from_url(agent).ok()) {
            net.insert(
                0,
                Endpoint {
                    host: agent.host.to_lowercase(),
                    port: Some(agent.port),
                },
            );
        }
        let mut read = readable.to_vec();
        read.extend(
            self.allow_read
                .iter()
                .map(|path| surroundings.current.join(path)),
        );
        let mut write: Vec<_> = self
            .allow_write
            .iter()
            .map(|path| surroundings.current.join(path))
            .collect();
        let mut run = self.allow_run.clone();
        if self.allow_declared {
            net.extend(declared.net.iter().cloned());
            read.extend(declared.read.iter().map(|path| root.join(path)));
            write.extend(declared.write.iter().map(|path| root.join(path)));
            run.extend(declared.run.iter().cloned());
        } else if let Some(switches) = declared.switches() {
            say(format_args!(
                "warning: local.yaml declares permissions that the sandbox does not give by itself: --allow-declared gives all of them, {switches} these"
            ));
        }
        for folder in &write {
            let made = fs::create_dir_all(folder)
                .and_then(|()| package.map_or(Ok(()), |package| not_the_code(package, folder)))
                .and_then(|()| not_the_cache(cache(surroundings).as_deref(), folder));
            made.map_err(|error| {
                say(format_args!(
                    "error: --allow-write={}: {error}",
                    folder.display()
                ));
                Unavailable
            })?;
        }
        net.dedup();
        Ok(Permissions {
            root: root.to_owned(),
            read,
            write,
            net,
            run,
        })
    }

    fn variables(&self, declared: &Declared) -> Vec<String> {
        let declared = self.allow_declared.then_some(&declared.env);
        let mut names = self.allow_env.clone();
        names.extend(declared.into_iter().flatten().cloned());
        names
    }
}

/// What the test code sees of the environment.
fn environment(
    permissions: &Permissions,
    variables: &[String],
    surroundings: &Surroundings,
) -> Vec<(String, String)> {
    let mut names: Vec<&str> = variables.iter().map(String::as_str).collect();
    if !permissions.run.is_empty() {
        // How programs are found, and what they cannot do without on Windows.
        names.extend(["PATH", "PATHEXT", "SYSTEMROOT"]);
    }
    let mut found: Vec<_> = surroundings
        .environment
        .iter()
        .filter(|(name, _)| names.contains(&name.as_str()))
        .cloned()
        .collect();
    if let (Some(folder), false) = (permissions.write.first(), names.contains(&"TMPDIR")) {
        let folder = folder.to_string_lossy().replace('\\', "/");
        found.push(("TMPDIR".into(), folder));
    }
    found
}

/// A package that could change its own code would not be the one that was looked at.
fn not_the_code(root: &Path, folder: &Path) -> io::Result<()> {
    let (root, folder) = (fs::canonicalize(root)?, fs::canonicalize(folder)?);
    let code = ["python_modules", "wheels", "tests"];
    let overlaps = |part: &str| {
        let part = root.join(part);
        part.starts_with(&folder) || folder.starts_with(&part)
    };
    match code.into_iter().find(|part| overlaps(part)) {
        None => Ok(()),
        Some(part) => Err(io::Error::other(format!(
            "the package's {part}/ would be writable; name a folder beside it"
        ))),
    }
}

/// Nor would the sandbox be the one that is in this program.
fn not_the_cache(cache: Option<&Path>, folder: &Path) -> io::Result<()> {
    // It is made now, so that it can be compared.
    let made = cache.filter(|cache| fs::create_dir_all(cache).is_ok());
    let Some(cache) = made.and_then(|cache| fs::canonicalize(cache).ok()) else {
        return Ok(());
    };
    let folder = fs::canonicalize(folder)?;
    if cache.starts_with(&folder) || folder.starts_with(&cache) {
        return Err(io::Error::other(format!(
            "the sandbox's cache {} would be writable; name another folder",
            cache.display()
        )));
    }
    Ok(())
}

/// The folder for what can be made again.
pub fn cache(surroundings: &Surroundings) -> Option<PathBuf> {
    if let Some(folder) = surroundings
        .value(CACHE)
        .filter(|folder| !folder.is_empty())
    {
        return Some(surroundings.current.join(folder));
    }
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.cache_dir().join("rehearsal"))
}
