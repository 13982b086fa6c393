//! Programs that may be started.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use super::{
    Access, Permissions, Refusal,
    judge::Stopped,
    paths::{lexical, resolved},
};
use crate::host::{Host, Program, Reply, Request};

/// Variables that change what a program does before it does anything.
const LOADING: [&str; 2] = ["LD_", "DYLD_"];

/// Whether the program may be started like this. Where only some may, its file takes the place of its name, so that what was allowed is what runs.
///
/// # Errors
/// When it may not.
pub fn admitted(
    program: &mut Program,
    permissions: &Permissions,
    host: &dyn Host,
) -> Result<(), Stopped> {
    let (scope, subject) = (&permissions.run, permissions.subject);
    if scope.is_everything() {
        return Ok(());
    }
    let name = program.program.clone();
    let refusal = |what: &str, message| {
        Stopped::Refused(Refusal {
            access: Access::Run,
            what: what.into(),
            message,
        })
    };
    let own = match host.call(Request::Environment)? {
        Reply::Environment(own) => own,
        _ => Vec::new(),
    };
    let folder = permissions.root.join(&program.folder);
    let file = located(&name, &folder, &own);
    let real = file.as_ref().map(|file| resolved(file));
    let denied = scope.denied.iter().find(|denied| {
        let named = &denied.what;
        let its = || located(named, &permissions.root, &own).map(|file| resolved(&file));
        named == "*"
            || *named == name
            || stem(Path::new(named)) == stem(Path::new(&name)) && !has_folder(named)
            || real.is_some() && its() == real
    });
    if let Some(denied) = denied {
        let by = &denied.by;
        return Err(refusal(
            &name,
            format!("{subject} may not start `{name}`: {by} forbids it; leave that out to let it"),
        ));
    }
    let Some(allowed) = &scope.allowed else {
        return Ok(());
    };
    let is_it = |its: &String| match has_folder(&name) {
        false => *its == name,
        // By the file: from another folder the same name would be another program.
        true => has_folder(its) && real == Some(resolved(&permissions.root.join(its))),
    };
    if !allowed.iter().any(is_it) {
        let what = match has_folder(&name) {
            false => name.clone(),
            true => lexical(&folder.join(&name)).display().to_string(),
        };
        return Err(refusal(
            &what,
            format!("{subject} may not start `{name}`; --allow-run={what} lets it"),
        ));
    }
    let writable = permissions.write.allowed.iter().flatten();
    let its_own = |folder: &PathBuf| {
        let folder = resolved(&permissions.root.join(folder));
        real.as_ref().is_some_and(|real| real.starts_with(folder))
    };
    if writable.into_iter().any(its_own) {
        return Err(refusal(
            &name,
            format!(
                "{subject} may not start `{name}`, which lies where it may write; --allow-run=* lets it"
            ),
        ));
    }
    let changed = program.variables.set.iter().find(|variable| {
        let (variable_name, _) = variable;
        let loads = LOADING
            .iter()
            .any(|prefix| variable_name.starts_with(prefix));
        (loads || variable_name.eq_ignore_ascii_case("PATH")) && !own.contains(variable)
    });
    if let Some((variable, _)) = changed {
        return Err(refusal(
            "*",
            format!(
                "{subject} may not start `{name}` with another {variable}, which decides what really runs; --allow-run=* lets it"
            ),
        ));
    }
    // Where there is no such file, its start says so.
    if let Some(file) = file.and_then(|file| file.into_os_string().into_string().ok()) {
        program.program = file;
    }
    Ok(())
}

/// The file of a program: from a folder on, or from the user's PATH, of which what is relative would be what the code makes it.
fn located(name: &str, folder: &Path, environment: &[(String, String)]) -> Option<PathBuf> {
    let value = |wanted: &str| {
        let its = |(name, _): &&(String, String)| name.eq_ignore_ascii_case(wanted);
        environment
            .iter()
            .find(its)
            .map(|(_, value)| value.as_str())
    };
    let endings: Vec<String> = match cfg!(windows) {
        true => {
            let endings = value("PATHEXT").unwrap_or(".COM;.EXE;.BAT;.CMD");
            let own = std::iter::once(String::new());
            own.chain(endings.split(';').map(str::to_lowercase))
                .collect()
        }
        false => vec![String::new()],
    };
    let in_folder = |folder: &Path| {
        let files = endings
            .iter()
            .map(|ending| lexical(&folder.join(format!("{name}{ending}"))));
        files.into_iter().find(|file| is_program(file))
    };
    if has_folder(name) {
        return in_folder(folder);
    }
    env::split_paths(value("PATH")?)
        .filter(|folder| folder.is_absolute())
        .find_map(|folder| in_folder(&folder))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(file).is_ok_and(|its| its.is_file() && its.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|its| its.is_file())
}

/// Whether a program is named by its path.
fn has_folder(name: &str) -> bool {
    name.contains('/') || cfg!(windows) && name.contains('\\')
}

/// The name of its file, as it is compared.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match cfg!(windows) {
        true => name.to_lowercase().trim_end_matches(".exe").to_owned(),
        false => name.into_owned(),
    }
}
