//! The routing of a package, held to before a run (docs/routing.md).

use std::{fs::File, io, path::Path};

use clap::Args;

use super::output::{say, show, show_one};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Style},
    event::Routing as Mark,
    flow::Context,
    package::{
        model::{Package, Test},
        routing::{LastResults, Routing, Unit},
    },
    report::{History, last_results},
};

#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "MES")]
pub struct RoutingSwitches {
    /// Run the test though the routing in local.yaml does not allow it; the run leaves no trace in its history
    #[arg(long)]
    pub ignore_routing: bool,
}

/// What the routing has to do with a run that it allows.
#[derive(Default)]
pub struct Routed {
    /// How the report marks the run; `None` without a routing.
    pub mark: Option<Mark>,
    /// To be attached to the events, so that the run is remembered.
    pub history: Option<History>,
}

impl RoutingSwitches {
    /// Asks the routing whether this test may run with this unit. None when it may not, and the user has been told.
    pub fn admit(
        &self,
        package: &Package,
        test: &Test,
        context: &Context,
        simulated: bool,
        style: Style,
    ) -> Option<Routed> {
        let Some(routing) = package.local.routing.as_ref() else {
            return Some(Routed::default());
        };
        match self.decide(routing, package, test, context, simulated, style) {
            Ok(()) if self.ignore_routing => Some(Routed {
                mark: Some(Mark::Allowed),
                history: None,
            }),
            Ok(()) => Some(Routed {
                mark: Some(Mark::Allowed),
                history: routing
                    .history
                    .as_ref()
                    .map(|path| History::new(&path.value)),
            }),
            Err(problem) if self.ignore_routing => {
                say(format_args!(
                    "warning: the routing is ignored: {}; the run will not be in its history",
                    problem.message
                ));
                Some(Routed {
                    mark: Some(Mark::Ignored(problem.message)),
                    history: None,
                })
            }
            Err(problem) => {
                show_one(*problem, &package.sources, style);
                None
            }
        }
    }

    /// Why the test may not run with this unit, or why that cannot be told.
    fn decide(
        &self,
        routing: &Routing,
        package: &Package,
        test: &Test,
        context: &Context,
        simulated: bool,
        style: Style,
    ) -> Result<(), Box<Diagnostic>> {
        let serial = context.serial_number();
        let tag = |key: &str| context.tags.get(key).map(|tag| tag.text().into_owned());
        let (product, revision) = (tag("ProductId"), tag("ProductRevision"));
        let unit = Unit {
            serial: &serial,
            product: product.as_deref(),
            revision: revision.as_deref(),
            test: &test.name.value,
        };
        let (last, warnings) = history(routing, &serial, simulated)?;
        show(&warnings, &package.sources, style);
        routing
            .decide(&unit, &last)
            .map_err(|violation| violation.diagnostic.into())
    }
}

/// Looks up the unit; fails where the run could not be remembered.
fn history(
    routing: &Routing,
    serial: &str,
    simulated: bool,
) -> Result<(LastResults, Diagnostics), Box<Diagnostic>> {
    let Some(path) = &routing.history else {
        return Ok(Default::default());
    };
    let shown = path.value.to_string_lossy().replace('\\', "/");
    if let Some(folder) = path.value.parent().filter(|folder| !folder.is_dir()) {
        let folder = folder.to_string_lossy().replace('\\', "/");
        let problem = Diagnostic::error(format!("no folder `{folder}` for the history"));
        return Err(problem.at(path.at).hint("create it").into());
    }
    let unusable = |error: io::Error| {
        let message = format!("failed to open the history `{shown}`: {error}");
        let problem = Diagnostic::error(message).at(path.at);
        problem
            .hint("make it a file that can be read and written, or run with --ignore-routing")
            .into()
    };
    // What cannot be added at the end is better known before.
    if path.value.exists() {
        writable(&path.value).map_err(unusable)?;
    }
    last_results(&path.value, serial, simulated).map_err(unusable)
}

/// Opens a file as the run will at its end; anything else is left alone, for opening a pipe may wait for its reader.
fn writable(path: &Path) -> io::Result<()> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    File::options().append(true).open(path).map(drop)
}
