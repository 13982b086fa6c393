//! The switches that say what test code may reach.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, builder::NonEmptyStringValueParser};

use super::{
    Surroundings,
    output::{Refused, say},
    sandboxing::cache,
};
use crate::{
    endpoint::Endpoint,
    host::{
        bench::AgentAddress,
        permissions::{Denied, EVERYWHERE, Permissions, Scope, Subject, resolved},
    },
    package::model::{Declared, Reachable},
};

/// The folders of a package whose content runs.
pub const CODE: [&str; 3] = ["python_modules", "wheels", "tests"];

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Permissions")]
pub struct Permitting {
    /// Let the code connect to a port of a host, or be reached there, `*` for any port; without a value to anything. Repeatable, as the others are
    #[arg(long, value_name = "HOST:PORT", num_args = 0..=1, require_equals = true, default_missing_value = "*", value_delimiter = ',')]
    allow_net: Vec<Endpoint>,
    /// Let it read a file, or what is below a folder
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = EVERYWHERE)]
    allow_read: Vec<PathBuf>,
    /// Let it write below a folder
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true, default_missing_value = EVERYWHERE)]
    allow_write: Vec<PathBuf>,
    /// Let it start a program, which then runs with your rights
    #[arg(long, value_name = "PROGRAM", num_args = 0..=1, require_equals = true, default_missing_value = "*", value_parser = NonEmptyStringValueParser::new())]
    allow_run: Vec<String>,
    /// Let it see an environment variable
    #[arg(long, value_name = "NAME", num_args = 0..=1, require_equals = true, default_missing_value = "*", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    allow_env: Vec<String>,
    /// Let it have what local.yaml declares under `permissions`
    #[arg(long)]
    allow_declared: bool,
    /// Keep it from a port of a host, whatever else allows it; without a value from the network
    #[arg(long, value_name = "HOST:PORT", num_args = 0..=1, require_equals = true, default_missing_value = "*", value_delimiter = ',')]
    deny_net: Vec<Endpoint>,
    /// Keep it from reading a file, or what is below a folder
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = EVERYWHERE)]
    deny_read: Vec<PathBuf>,
    /// Keep it from writing a file, or below a folder
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = EVERYWHERE)]
    deny_write: Vec<PathBuf>,
    /// Keep it from starting a program
    #[arg(long, value_name = "PROGRAM", num_args = 0..=1, require_equals = true, default_missing_value = "*", value_parser = NonEmptyStringValueParser::new())]
    deny_run: Vec<String>,
    /// Hide an environment variable from it
    #[arg(long, value_name = "NAME", num_args = 0..=1, require_equals = true, default_missing_value = "*", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    deny_env: Vec<String>,
}

/// The code that is to run.
pub struct Guest<'a> {
    /// The folder that relative paths start at.
    pub root: &'a Path,
    /// The packages whose code must not be changed.
    pub packages: &'a [PathBuf],
    /// What it may read without being asked.
    pub readable: &'a [PathBuf],
    /// The URL of the agent that it may connect to.
    pub agent: Option<&'a str>,
    pub declared: &'a Declared,
}

impl Guest<'_> {
    /// What the code may reach in a sandbox without any switch.
    pub fn own(&self) -> Permissions {
        let agent = self
            .agent
            .and_then(|agent| AgentAddress::from_url(agent).ok());
        let net = agent.map(|agent| Endpoint::of(&agent.host, agent.port));
        let mut own = Permissions::nothing(self.root);
        own.own = self.readable.to_vec();
        own.net.allowed = Some(net.into_iter().collect());
        own
    }
}

impl Permitting {
    /// What the code may reach. In the sandbox that is what was allowed; else everything, but of a kind of which something was allowed
    /// only that.
    ///
    /// # Errors
    /// When a folder to write cannot be had, or the sandbox could change what it runs; the user has been told.
    pub fn permissions(
        &self,
        confined: bool,
        guest: &Guest<'_>,
        surroundings: &Surroundings,
    ) -> Result<Permissions, Refused> {
        let given = self.given(guest, surroundings)?;
        let declared = &guest.declared.allowed;
        if confined
            && !self.allow_declared
            && let Some(switches) = declared.switches()
        {
            say(format_args!(
                "warning: local.yaml declares permissions that the sandbox does not give by itself: --allow-declared gives all of them, {switches} these"
            ));
        }
        let own = guest.own();
        let forbidden = &guest.declared.denied;
        let place = |path: &PathBuf| placed(&surroundings.current, path);
        let in_package = |path: &String| placed(guest.root, Path::new(path));
        let everywhere = || PathBuf::from(EVERYWHERE);
        let mut net = scope(confined, given.net, &Endpoint::any());
        if let (Some(allowed), Some(agent)) = (&mut net.allowed, own.net.allowed) {
            allowed.splice(0..0, agent);
            allowed.dedup();
        }
        net.denied = denied(
            "net",
            (&self.deny_net, Clone::clone),
            (&forbidden.net, Clone::clone),
        );
        let mut read = scope(confined, given.read, &everywhere());
        read.denied = denied(
            "read",
            (&self.deny_read, place),
            (&forbidden.read, in_package),
        );
        let mut write = scope(confined, given.write, &everywhere());
        write.denied = denied(
            "write",
            (&self.deny_write, place),
            (&forbidden.write, in_package),
        );
        let mut run = scope(confined, given.run, &"*".into());
        run.denied = denied(
            "run",
            (&self.deny_run, Clone::clone),
            (&forbidden.run, Clone::clone),
        );
        let mut env = scope(confined, given.env, &"*".into());
        env.denied = denied(
            "env",
            (&self.deny_env, Clone::clone),
            (&forbidden.env, Clone::clone),
        );
        if confined && write.allowed.is_none() {
            say(
                "error: --allow-write: in the sandbox name the folder to write below; with all of them the code could change what runs next",
            );
            return Err(Refused);
        }
        for folder in write.allowed.iter_mut().flatten() {
            let code = if confined { guest.packages } else { &[] };
            // As it is, so that everybody sees where a link leads.
            *folder = make(folder, code, surroundings)?;
        }
        Ok(Permissions {
            subject: if confined {
                Subject::Sandbox
            } else {
                Subject::Run
            },
            root: guest.root.to_owned(),
            own: own.own,
            read,
            write,
            net,
            run,
            env,
        })
    }

    /// What the switches allow, with what local.yaml declares where they say so.
    fn given(&self, guest: &Guest<'_>, surroundings: &Surroundings) -> Result<Given, Refused> {
        let place = |path: &PathBuf| placed(&surroundings.current, path);
        let mut given = Given {
            net: self.allow_net.clone(),
            read: self.allow_read.iter().map(place).collect(),
            write: self.allow_write.iter().map(place).collect(),
            run: self.allow_run.clone(),
            env: self.allow_env.clone(),
        };
        if self.allow_declared {
            let Reachable {
                net,
                read,
                write,
                run,
                env,
            } = &guest.declared.allowed;
            given.net.extend(net.iter().cloned());
            for (kind, paths, given) in [
                ("read", read, &mut given.read),
                ("write", write, &mut given.write),
            ] {
                for path in paths {
                    given.push(within_package(kind, path, guest.root)?);
                }
            }
            given.run.extend(run.iter().cloned());
            given.env.extend(env.iter().cloned());
        }
        Ok(given)
    }
}

/// What was allowed, paths from the root on.
struct Given {
    net: Vec<Endpoint>,
    read: Vec<PathBuf>,
    write: Vec<PathBuf>,
    run: Vec<String>,
    env: Vec<String>,
}

/// What is allowed of a kind; `all` stands for everything of it.
fn scope<T: PartialEq>(confined: bool, given: Vec<T>, all: &T) -> Scope<T> {
    let open = given.contains(all) || !confined && given.is_empty();
    Scope {
        allowed: (!open).then_some(given),
        denied: Vec::new(),
    }
}

/// What is denied of a kind, by switches and by local.yaml, each with what makes a value of its text.
fn denied<T, U: ToText, V>(
    kind: &str,
    (switches, of_switch): (&[U], impl Fn(&U) -> T),
    (declared, of_declared): (&[V], impl Fn(&V) -> T),
) -> Vec<Denied<T>> {
    let by_switch = |its: &U| Denied {
        what: of_switch(its),
        by: match its.to_text() {
            text if text == EVERYWHERE => format!("--deny-{kind}"),
            text => format!("--deny-{kind}={text}"),
        },
    };
    let by_file = |its: &V| Denied {
        what: of_declared(its),
        by: format!("permissions.deny.{kind} in local.yaml"),
    };
    let switches = switches.iter().map(by_switch);
    switches.chain(declared.iter().map(by_file)).collect()
}

/// A path of local.yaml. One that seems to be the package's has to be: the package brings the file along, and its links.
fn within_package(kind: &str, path: &str, root: &Path) -> Result<PathBuf, Refused> {
    let place = placed(root, Path::new(path));
    let (real, root) = (resolved(&place), resolved(root));
    if path == EVERYWHERE || Path::new(path).is_absolute() || real.starts_with(root) {
        return Ok(place);
    }
    let real = real.display();
    say(format_args!(
        "error: permissions.{kind} in local.yaml: `{path}` leads out of the package, to {real}; --allow-{kind}={real} allows that"
    ));
    Err(Refused)
}

/// As it stands on the command line.
trait ToText {
    fn to_text(&self) -> String;
}

impl ToText for Endpoint {
    fn to_text(&self) -> String {
        self.to_string()
    }
}

impl ToText for PathBuf {
    fn to_text(&self) -> String {
        self.display().to_string()
    }
}

impl ToText for String {
    fn to_text(&self) -> String {
        self.clone()
    }
}

fn placed(folder: &Path, path: &Path) -> PathBuf {
    match path.as_os_str() == EVERYWHERE {
        true => path.to_owned(),
        false => folder.join(path),
    }
}

/// Makes a folder that may be written to, and says where it really is. `code`: packages whose code must stay as it is.
fn make(folder: &Path, code: &[PathBuf], surroundings: &Surroundings) -> Result<PathBuf, Refused> {
    let made = fs::create_dir_all(folder)
        .and_then(|()| fs::canonicalize(folder))
        .and_then(|folder| {
            for package in code {
                not_the_code(package, &folder)?;
            }
            if !code.is_empty() {
                not_the_cache(cache(surroundings).as_deref(), &folder)?;
            }
            Ok(folder)
        });
    made.map_err(|error| {
        say(format_args!(
            "error: --allow-write={}: {error}",
            folder.display()
        ));
        Refused
    })
}

/// What the test code sees of the environment, and what programs it starts find.
pub fn environment(
    permissions: &Permissions,
    surroundings: &Surroundings,
) -> Vec<(String, String)> {
    let Permissions {
        env, run, write, ..
    } = permissions;
    let starts = run.allowed.as_ref().is_none_or(|run| !run.is_empty());
    // How programs are found, and what they cannot do without on Windows.
    let finding = ["PATH", "PATHEXT", "SYSTEMROOT"];
    let mut found: Vec<_> = surroundings
        .environment
        .iter()
        .filter(|(name, _)| {
            env.admits(name) || starts && finding.contains(&&**name) && !env.denies(name)
        })
        .cloned()
        .collect();
    let named = |name: &str| env.allowed.iter().flatten().any(|its| its == name);
    let folder = write.allowed.as_ref().and_then(|write| write.first());
    if let (Some(folder), false) = (folder, named("TMPDIR")) {
        let folder = folder.to_string_lossy().replace('\\', "/");
        found.retain(|(name, _)| name != "TMPDIR");
        found.push(("TMPDIR".into(), folder));
    }
    found
}

/// A package that could change its own code would not be the one that was looked at.
fn not_the_code(root: &Path, folder: &Path) -> io::Result<()> {
    let overlaps = |part: &str| {
        let part = resolved(&root.join(part));
        part.starts_with(folder) || folder.starts_with(&part)
    };
    match CODE.into_iter().find(|part| overlaps(part)) {
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
    if cache.starts_with(folder) || folder.starts_with(&cache) {
        return Err(io::Error::other(format!(
            "the sandbox's cache {} would be writable; name another folder",
            cache.display()
        )));
    }
    Ok(())
}
