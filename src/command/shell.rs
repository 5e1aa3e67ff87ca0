//! What shells and manuals are told about the command line, made from its definition.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;

/// A script that completes the command line in a shell.
pub(super) fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), env!("CARGO_PKG_NAME"), &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// The manual page, in roff.
pub(super) fn man() -> String {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page).expect("a vector takes all bytes");
    String::from_utf8_lossy(&page).into_owned()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_shell_is_told_every_flag() {
        for shell in Shell::value_variants() {
            let script = completions(*shell);
            for flag in ["fail-on", "output", "format"] {
                assert!(script.contains(flag), "{flag} for {shell}");
            }
        }
    }

    #[test]
    fn the_manual_tells_the_exit_codes() {
        let page = man();
        for part in [".TH atlas-audit", "failed it", "\\-\\-fail\\-on", "junit"] {
            assert!(page.contains(part), "{part} in:\n{page}");
        }
    }
}
