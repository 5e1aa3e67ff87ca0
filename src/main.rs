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

/// Gives the parser the same allocator: half of what it does is to allocate and release small nodes.
#[expect(
    unsafe_code,
    reason = "the functions are mimalloc's own, with the contract of malloc and its kin, and no tree exists yet"
)]
fn share_allocator() {
    use libmimalloc_sys::{mi_calloc, mi_free, mi_malloc, mi_realloc};
    let allocator = tree_sitter::Allocator { malloc: mi_malloc, calloc: mi_calloc, realloc: mi_realloc, free: mi_free };
    // SAFETY: called once, before anything is parsed.
    unsafe { tree_sitter::set_allocator(Some(allocator)) };
}

fn main() -> Exit {
    share_allocator();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return command::usage(error),
    };
    command::run(&cli, atlas_audit::audit).unwrap_or_else(|failure| stopped(&cli, &failure))
}

fn stopped(cli: &Cli, failure: &Failure) -> Exit {
    let text = trouble(failure, Look::stderr(command::color(cli.print)));
    // There is nowhere left to complain to.
    let _ = std::io::stderr().write_all(text.as_bytes());
    Exit::Usage
}
