//! The program: arguments in, exit code out. Everything between is the library's.

use std::io::Write;

use atlas_audit::cli::Cli;
use atlas_audit::command;
use atlas_audit::failure::Failure;
use atlas_audit::gate::Exit;
use atlas_audit::report::{Look, trouble};
use clap::Parser;

// Facts are many small allocations made on every core at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return command::usage(&error),
    };
    command::run(&cli, atlas_audit::audit).unwrap_or_else(|failure| stopped(&cli, &failure))
}

fn stopped(cli: &Cli, failure: &Failure) -> Exit {
    let text = trouble(failure, Look::stderr(command::color(cli.print)));
    // There is nowhere left to complain to.
    let _ = std::io::stderr().write_all(text.as_bytes());
    Exit::Usage
}
