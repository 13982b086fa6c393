//! The command line in, an exit code out.

use std::process;

use clap::Parser as _;
use rehearsal::cli::{Arguments, Surroundings};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let exit = rehearsal::cli::execute(&Arguments::parse(), &Surroundings::of_this_process());
    // Without the destructors: an interpreter that was left behind may still be running, and has nothing to put in order.
    process::exit(i32::from(exit.code()));
}
