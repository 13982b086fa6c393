//! What may stand on the command line.

use clap::{Parser, Subcommand};

use super::{
    Surroundings, agent::Agent, check::Check, colour::Colour, dap::Dap, debug::Debug,
    explain::Explain, export::Export, import::Import, init::Init, permissions::Permissions,
    python::Python, recordings::Bench, repl::Repl, run::Run, schema::Schema, why::Why,
};
use crate::exit::Exit;

/// Runs Accordion Maestro test packages on your desk or in CI, without Python and without hardware.
#[derive(Debug, Parser)]
#[command(
    name = "rehearse",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    args_override_self = true
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    /// When to use colours
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        display_order = 500
    )]
    pub color: Colour,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Run(Box<Run>),
    Debug(Box<Debug>),
    Dap(Dap),
    Repl(Box<Repl>),
    Why(Why),
    Check(Check),
    Explain(Explain),
    Init(Init),
    Schema(Schema),
    Agent(Agent),
    Bench(Bench),
    Permissions(Box<Permissions>),
    Python(Box<Python>),
    Export(Export),
    Import(Import),
}

/// Does what the command line says.
pub fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Exit {
    match &arguments.command {
        Command::Run(run) => run.execute(arguments.color, surroundings),
        Command::Debug(debug) => debug.execute(arguments.color, surroundings),
        Command::Dap(dap) => dap.execute(surroundings),
        Command::Repl(repl) => repl.execute(arguments.color, surroundings),
        Command::Why(why) => why.execute(arguments.color, surroundings),
        Command::Check(check) => check.execute(arguments.color, surroundings),
        Command::Explain(explain) => explain.execute(arguments.color, surroundings),
        Command::Init(init) => init.execute(surroundings),
        Command::Schema(schema) => schema.execute(surroundings),
        Command::Agent(agent) => agent.execute(arguments.color, surroundings),
        Command::Bench(bench) => bench.execute(surroundings),
        Command::Permissions(permissions) => permissions.execute(arguments.color, surroundings),
        Command::Python(python) => python.execute(arguments.color, surroundings),
        Command::Export(export) => export.execute(arguments.color, surroundings),
        Command::Import(import) => import.execute(arguments.color, surroundings),
    }
}
