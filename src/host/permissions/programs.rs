//! Programs that may be started.

use std::{fs, path::Path};

use super::{Access, Permissions, Refusal, judge::Stopped};
use crate::host::{Host, Program, Reply, Request};

/// Variables that change what a program does before it does anything.
const LOADING: [&str; 2] = ["LD_", "DYLD_"];

/// Whether the program may be started like this.
///
/// # Errors
/// When it may not.
pub fn admitted(
    program: &Program,
    permissions: &Permissions,
    host: &dyn Host,
) -> Result<(), Stopped> {
    let (scope, subject) = (&permissions.run, permissions.subject);
    let name = &program.program;
    let refusal = |message| {
        Stopped::Refused(Refusal {
            access: Access::Run,
            what: name.clone(),
            message,
        })
    };
    let denied = scope
        .denied
        .iter()
        .find(|denied| is(&denied.what, program, permissions));
    if let Some(denied) = denied {
        return Err(refusal(format!(
            "{subject} may not start `{name}`: {} forbids it; leave that out to let it",
            denied.by
        )));
    }
    let Some(allowed) = &scope.allowed else {
        return Ok(());
    };
    if allowed.iter().any(|its| its == "*") {
        return Ok(());
    }
    if !allowed.contains(name) {
        return Err(refusal(format!(
            "{subject} may not start `{name}`; --allow-run={name} lets it"
        )));
    }
    // Otherwise the name would say little about what runs.
    let own = match host.call(Request::Environment)? {
        Reply::Environment(own) => own,
        _ => Vec::new(),
    };
    let changed = program.variables.set.iter().find(|variable| {
        let (name, _) = variable;
        let is_path = name.eq_ignore_ascii_case("PATH") && !program.program.contains(['/', '\\']);
        let loads = LOADING.iter().any(|prefix| name.starts_with(prefix));
        (is_path || loads) && !own.contains(variable)
    });
    match changed {
        None => Ok(()),
        Some((variable, _)) => Err(refusal(format!(
            "{subject} may not start `{name}` with another {variable}, which decides what really runs; --allow-run=* lets it"
        ))),
    }
}

/// Whether this is the program that was named, by its name or by its file.
fn is(named: &str, program: &Program, permissions: &Permissions) -> bool {
    if named == "*" || named == program.program {
        return true;
    }
    let given = Path::new(&program.program);
    let stem = |path: &Path| {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        match cfg!(windows) {
            true => name.to_lowercase().trim_end_matches(".exe").to_owned(),
            false => name,
        }
    };
    if Path::new(named).components().count() == 1 && stem(Path::new(named)) == stem(given) {
        return true;
    }
    let file = |path: &Path| fs::canonicalize(path).ok();
    let started = file(&permissions.root.join(&program.folder).join(given));
    started.is_some() && started == file(&permissions.root.join(named))
}
