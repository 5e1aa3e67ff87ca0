//! What somebody probably meant who typed what the program does not know.

use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::COMMANDS;
use crate::config::Format;
use crate::failure::{Failure, nearest};

/// A missing path that is nearly a command, or the habit from another program, was probably meant as one.
pub(super) fn maybe_a_command(failure: Failure, paths: &[PathBuf]) -> Failure {
    let first = paths.first().and_then(|path| path.to_str()).unwrap_or_default();
    let help = match first {
        "audit" | "check" | "lint" | "run" | "scan" => "auditing needs no command: atlas-audit [PATH]...".to_owned(),
        "help" => "`atlas-audit --help` prints all commands and flags".to_owned(),
        "version" => "`atlas-audit --version` prints it".to_owned(),
        _ => match nearest(first, COMMANDS) {
            Some(command) => format!("did you mean the command `atlas-audit {command}`?"),
            None => return failure,
        },
    };
    match failure {
        Failure::Missing { path, .. } if path.as_os_str() == first => Failure::Missing { path, help },
        failure => failure,
    }
}

/// An error of the parser with a better suggestion, where there is one: formats are no flags of their own.
pub(super) fn improve(error: &mut clap::Error) {
    if error.kind() != ErrorKind::UnknownArgument {
        return;
    }
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else { return };
    let meant = match flag.as_str() {
        "-v" => "--version".to_owned(),
        "-f" => "--format".to_owned(),
        "-o" => "--output".to_owned(),
        flag => match Format::parse(flag.trim_start_matches('-')) {
            Ok(format) => format!("--format {}", format.name()),
            Err(_) => return,
        },
    };
    error.remove(ContextKind::Suggested);
    error.insert(ContextKind::SuggestedArg, ContextValue::String(meant));
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn a_missing_path_that_is_nearly_a_command_says_so() {
        let missing = |path: &str| {
            let failure = Failure::Missing { path: path.into(), help: "h".into() };
            maybe_a_command(failure, &[PathBuf::from(path)])
        };
        let help = |failure| if let Failure::Missing { help, .. } = failure { help } else { String::new() };
        assert_eq!(help(missing("rule")), "did you mean the command `atlas-audit rules`?");
        assert_eq!(help(missing("check")), "auditing needs no command: atlas-audit [PATH]...");
        assert_eq!(help(missing("src/x")), "h");
    }

    #[test]
    fn a_format_typed_as_a_flag_is_understood() {
        let tip = |flag: &str| {
            let mut error = crate::cli::Cli::try_parse_from(["atlas-audit", flag]).expect_err("unknown");
            improve(&mut error);
            error.to_string()
        };
        assert!(tip("--sarif").contains("'--format sarif'"), "{}", tip("--sarif"));
        assert!(!tip("--sarif").contains("as a value"), "{}", tip("--sarif"));
        assert!(tip("-v").contains("'--version'"), "{}", tip("-v"));
        assert!(tip("--fromat").contains("'--format'"), "{}", tip("--fromat"));
    }
}
