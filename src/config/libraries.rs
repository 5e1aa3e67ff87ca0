//! `[[library]]` in the configuration: a user's own libraries, in the words of the shipped tables.
//!
//! A table that does not add up is an error where it stands; nothing of it is used.

use std::ops::Range;

use serde::Deserialize;
use serde_json::Value as Json;

use super::FILE;
use crate::catalog::{Catalog, Library};
use crate::failure::{Failure, nearest};

/// The libraries that an audit knows.
///
/// A catalog with a user's libraries lives as long as the process: it is made once per configuration that has any.
#[derive(Debug, Clone, Copy)]
pub struct Known(&'static Catalog);

impl Known {
    /// The shipped libraries and these, from one file or several that extend one another.
    pub(super) fn with(libraries: Vec<Library>) -> Result<Self, Failure> {
        if libraries.is_empty() {
            return Ok(Self::default());
        }
        let catalog = Catalog::with(libraries).map_err(|error| {
            let problem = error.problems.first().cloned().unwrap_or_default();
            Failure::config(FILE, "", &problem, HELP.to_owned(), None)
        })?;
        Ok(Self(Box::leak(Box::new(catalog))))
    }

    /// The catalog.
    #[must_use]
    pub fn catalog(self) -> &'static Catalog {
        self.0
    }
}

impl Default for Known {
    fn default() -> Self {
        Self(Catalog::shipped())
    }
}

impl PartialEq for Known {
    fn eq(&self, other: &Self) -> bool {
        self.0.libraries() == other.0.libraries()
    }
}

impl Eq for Known {}

#[derive(Deserialize)]
struct Own {
    #[serde(default, rename = "library")]
    libraries: Vec<Library>,
}

/// Reads the tables of a TOML file that is known to be valid TOML.
pub(super) fn of_toml(text: &str, file: &str) -> Result<Vec<Library>, Failure> {
    let own: Own = toml::from_str(text).map_err(|error| wrong(file, text, error.message(), error.span()))?;
    add(own.libraries, file, text, None)
}

/// Reads the list that a `package.json` holds; `at` is its key.
pub(super) fn of_json(
    list: Option<&Json>,
    text: &str,
    file: &str,
    at: Option<Range<usize>>,
) -> Result<Vec<Library>, Failure> {
    let Some(list) = list else { return Ok(Vec::new()) };
    let libraries =
        Vec::<Library>::deserialize(list).map_err(|error| wrong(file, text, &error.to_string(), at.clone()))?;
    add(libraries, file, text, at)
}

/// Refuses libraries that do not add up with the shipped ones.
fn add(libraries: Vec<Library>, file: &str, text: &str, at: Option<Range<usize>>) -> Result<Vec<Library>, Failure> {
    if libraries.is_empty() {
        return Ok(libraries);
    }
    Catalog::with(libraries.clone()).map_err(|error| {
        let problem = error.problems.first().cloned().unwrap_or_default();
        // The table that the problem names, by its id.
        let named =
            libraries.iter().map(|it| &it.id).filter(|it| problem.contains(it.as_str())).max_by_key(|it| it.len());
        let quoted = named.map(|it| format!("\"{it}\""));
        let place = quoted.and_then(|it| Some(text.find(&it)?..text.find(&it)? + it.len()));
        Failure::config(file, text, &problem, HELP.to_owned(), place.or(at))
    })?;
    Ok(libraries)
}

const HELP: &str = "a name in `gives`, `returns` or `like` is a receiver of this library, or `library.Receiver` of another one; an id is \
     used once";

/// What serde says about a table, with the key that was probably meant.
fn wrong(file: &str, text: &str, message: &str, at: Option<Range<usize>>) -> Failure {
    let message = message.lines().next().unwrap_or_default();
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let near = quoted.split_first().and_then(|(word, known)| nearest(word, known.iter().copied()));
    let problem = match (message.starts_with("unknown"), quoted.split_first()) {
        (true, Some((word, known))) if !known.is_empty() => format!("a library has no `{word}`"),
        _ => format!("a library is not understood: {message}"),
    };
    let help = match (near, quoted.split_first()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, Some((_, known))) if !known.is_empty() => format!("there are {}", known.join(", ")),
        _ => "the keys are those of the shipped tables: `id`, `name`, `kind`, `transport`, `evidence`, `docs`, `imports`, `constructors`, `exports`, `receivers` and more".to_owned(),
    };
    Failure::config(file, text, &problem, help, at)
}

#[cfg(test)]
mod tests {
    use miette::Diagnostic;

    use super::*;

    const OWN: &str = r#"
[[library]]
id = "acme-db"
name = "our data layer"
kind = "orm"
transport = "tcp"
evidence = "doc"
docs = ""
imports = ["@acme/db"]
exports = [{ path = "users", gives = "Table" }]

[library.receivers.Table]
methods = [{ names = ["fetchOne"], kind = "read", rows = "one" }]
"#;

    fn failing(text: &str) -> (String, String, String) {
        let failure = of_toml(text, "atlas-audit.toml").expect_err("must be refused");
        let help = failure.help().expect("every failure has one").to_string();
        let label = failure.labels().and_then(|mut it| it.next()).expect("has a place");
        (failure.to_string(), help, text[label.offset()..label.offset() + label.len()].to_owned())
    }

    #[test]
    fn own_libraries_join_the_shipped_ones() {
        let own = of_toml(OWN, "atlas-audit.toml").expect("valid");
        let known = Known::with(own).expect("adds up").catalog();
        assert!(known.is_own("@acme/db") && !known.is_own("pg"));
        assert!(known.library_of("pg").is_some(), "shipped libraries stay known");
    }

    #[test]
    fn a_mistyped_key_is_corrected_where_it_stands() {
        let (problem, help, at) = failing(&OWN.replace("transport =", "transprt ="));
        assert_eq!(problem, "atlas-audit.toml: a library has no `transprt`");
        assert_eq!(help, "did you mean `transport`?");
        assert!(at.starts_with("transprt"), "{at}");
        let (problem, help, at) = failing(&OWN.replace("\"orm\"", "\"om\""));
        assert_eq!(
            (problem.as_str(), help.as_str()),
            ("atlas-audit.toml: a library has no `om`", "did you mean `orm`?")
        );
        assert!(at.contains("om"), "{at}");
        let (problem, _, _) = failing(&OWN.replace("name = \"our data layer\"\n", ""));
        assert!(problem.contains("missing field `name`"), "{problem}");
    }

    #[test]
    fn a_name_that_refers_to_nothing_is_told_with_its_library() {
        let (problem, help, at) = failing(&OWN.replace("gives = \"Table\"", "gives = \"Tabel\""));
        assert!(problem.contains("acme-db"), "{problem}");
        assert!(help.contains("receiver"), "{help}");
        assert_eq!(at, "\"acme-db\"");
        let (problem, _, _) = failing(&OWN.replace("\"acme-db\"", "\"pg\""));
        assert!(problem.contains("taken"), "{problem}");
    }
}
