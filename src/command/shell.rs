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

/// The manual page, in roff: one for the program with all its commands.
pub(super) fn man() -> String {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page).expect("a vector takes all bytes");
    let mut page = String::from_utf8_lossy(&page).into_owned();
    for command in Cli::command().get_subcommands() {
        // There are no pages of their own to refer to.
        let name = command.get_name();
        page = page.replace(&format!("atlas\\-audit\\-{name}(1)"), &format!("atlas\\-audit {name}"));
    }
    // Examples keep their lines.
    page.replace(".SH EXTRA\n", ".SH \"EXIT CODES AND EXAMPLES\"\n.nf\n").replace(".SH VERSION\n", ".fi\n.SH VERSION\n")
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
        for part in
            [".TH atlas-audit", "failed it", "\\-\\-fail\\-on", "junit", ".nf\nExit codes", "atlas\\-audit explain"]
        {
            assert!(page.contains(part), "{part} in:\n{page}");
        }
        assert!(!page.contains("(1)"), "{page}");
    }
}
