//! The configuration file itself: reads it, says exactly where it is wrong, guesses nothing.

use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use serde_json::Value as Json;
use toml::de::{DeTable, DeValue};

use super::{FILE, FailOn, Known, libraries};
use crate::failure::{Failure, nearest};

/// What a configuration may say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) fail_on: Option<FailOn>,
    pub(super) min_score: Option<u32>,
    pub(super) include_tests: Option<bool>,
    pub(super) exclude: Vec<String>,
    pub(super) known: Known,
}

const KEYS: [&str; 5] = ["fail_on", "min_score", "include_tests", "exclude", "library"];
const PACKAGE: &str = "package.json";
const PACKAGE_KEY: &str = "atlas-audit";

/// Reads the root's configuration, if it has one.
pub(super) fn find(root: &Path) -> Result<Settings, Failure> {
    let own = text_of(&root.join(FILE))?;
    let package = text_of(&root.join(PACKAGE))?.filter(|text| section(text).is_some());
    match (own, package) {
        (Some(_), Some(_)) => Err(Failure::TwoConfigurations),
        (Some(text), None) => toml(&text, FILE),
        (None, Some(text)) => json(&text, PACKAGE),
        (None, None) => Ok(Settings::default()),
    }
}

/// Reads the configuration that a flag names: TOML, or a `package.json`.
pub(super) fn read(path: &Path) -> Result<Settings, Failure> {
    let name = path.display().to_string();
    let Some(text) = text_of(path)? else {
        let help =
            "--config names a TOML file or a package.json; without it the audited folder's own is read".to_owned();
        return Err(Failure::Missing { path: path.to_owned(), help });
    };
    if path.extension().is_some_and(|ending| ending == "json") { json(&text, &name) } else { toml(&text, &name) }
}

fn text_of(path: &Path) -> Result<Option<String>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Failure::Access { action: "read", path: path.to_owned(), source }),
    }
}

/// A setting as written, whatever the file's language.
struct Entry<'a> {
    key: &'a str,
    key_at: Option<Range<usize>>,
    value: Value,
    value_at: Option<Range<usize>>,
}

enum Value {
    Bool(bool),
    Integer(i64),
    Text(String),
    Texts(Vec<String>),
    Other,
}

fn toml(text: &str, file: &str) -> Result<Settings, Failure> {
    let source = Source { text, file };
    let table = DeTable::parse(text)
        .map_err(|error| source.wrong(error.message(), "the file must be valid TOML".to_owned(), error.span()))?;
    let entries = table.get_ref().iter().map(|(key, value)| Entry {
        key: key.get_ref(),
        key_at: Some(key.span()),
        value: toml_value(value.get_ref()),
        value_at: Some(value.span()),
    });
    let settings = source.settings(entries)?;
    Ok(Settings { known: libraries::of_toml(text, file)?, ..settings })
}

fn toml_value(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::Boolean(it) => Value::Bool(*it),
        DeValue::String(it) => Value::Text(it.to_string()),
        DeValue::Integer(it) => i64::from_str_radix(it.as_str(), it.radix()).map_or(Value::Other, Value::Integer),
        DeValue::Array(items) => {
            let texts: Option<Vec<_>> = items.iter().map(|it| it.get_ref().as_str().map(str::to_owned)).collect();
            texts.map_or(Value::Other, Value::Texts)
        }
        _ => Value::Other,
    }
}

/// The package's section for us; a package.json that does not parse configures nothing here.
fn section(text: &str) -> Option<Json> {
    let mut package: Json = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    package.get_mut(PACKAGE_KEY).map(Json::take)
}

fn json(text: &str, file: &str) -> Result<Settings, Failure> {
    let source = Source { text, file };
    let found = section(text);
    let Some(Json::Object(settings)) = &found else {
        let problem = if found.is_some() { "`atlas-audit` is not an object" } else { "there is no key `atlas-audit`" };
        let help = format!("write \"{PACKAGE_KEY}\": {{ \"fail_on\": \"P1\" }}");
        return Err(source.wrong(problem, help, found.and(source.key(PACKAGE_KEY, 0))));
    };
    let start = source.object(PACKAGE_KEY).unwrap_or(0);
    let entries = settings.iter().map(|(key, value)| {
        let key_at = source.key(key, start);
        Entry { key, value_at: key_at.clone(), key_at, value: json_value(value) }
    });
    let read = source.settings(entries)?;
    let known = libraries::of_json(settings.get("library"), text, file, source.key("library", start))?;
    Ok(Settings { known, ..read })
}

fn json_value(value: &Json) -> Value {
    match value {
        Json::Bool(it) => Value::Bool(*it),
        Json::String(it) => Value::Text(it.clone()),
        Json::Number(it) => it.as_i64().map_or(Value::Other, Value::Integer),
        Json::Array(items) => {
            let texts: Option<Vec<_>> = items.iter().map(|it| it.as_str().map(str::to_owned)).collect();
            texts.map_or(Value::Other, Value::Texts)
        }
        _ => Value::Other,
    }
}

/// The file, for pointing into it.
struct Source<'a> {
    text: &'a str,
    file: &'a str,
}

impl Source<'_> {
    fn settings<'e>(&self, entries: impl Iterator<Item = Entry<'e>>) -> Result<Settings, Failure> {
        let mut settings = Settings::default();
        for entry in entries {
            self.set(&mut settings, entry)?;
        }
        Ok(settings)
    }

    fn set(&self, settings: &mut Settings, entry: Entry<'_>) -> Result<(), Failure> {
        let Entry { key, key_at, value, value_at } = entry;
        let wrong = |help: &str| Err(self.wrong(&format!("`{key}` cannot be that"), help.to_owned(), value_at.clone()));
        match (key, value) {
            ("fail_on", Value::Text(text)) if FailOn::parse(&text).is_some() => settings.fail_on = FailOn::parse(&text),
            ("fail_on", _) => return wrong("write \"P0\", \"P1\", \"P2\", \"P3\" or \"never\""),
            ("min_score", Value::Integer(score @ 0..=100)) => settings.min_score = Some(score as u32),
            ("min_score", _) => return wrong("write a whole number from 0 to 100"),
            ("include_tests", Value::Bool(it)) => settings.include_tests = Some(it),
            ("include_tests", _) => return wrong("write true or false"),
            ("exclude", Value::Texts(globs)) => {
                for glob in &globs {
                    if let Err(error) = globset::Glob::new(glob) {
                        return Err(self.wrong(&format!("{error}"), "write globs like \"legacy/**\"".into(), value_at));
                    }
                }
                settings.exclude = globs;
            }
            // Read as a whole, with errors of its own.
            ("library", _) => {}
            ("exclude", _) => return wrong("write a list of globs like [\"legacy/**\"]"),
            (unknown, _) => {
                let help = match nearest(unknown, KEYS) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the keys are {}", KEYS.join(", ")),
                };
                return Err(self.wrong(&format!("there is no setting `{unknown}`"), help, key_at));
            }
        }
        Ok(())
    }

    fn wrong(&self, problem: &str, help: String, at: Option<Range<usize>>) -> Failure {
        Failure::config(self.file, self.text, problem, help, at)
    }

    /// Where a JSON key stands, looking from an offset. The JSON reader tells no positions.
    fn key(&self, key: &str, from: usize) -> Option<Range<usize>> {
        let quoted = Json::from(key).to_string();
        let is_key = |at: &usize| self.text[at + quoted.len()..].trim_start().starts_with(':');
        let at = self.text[from..].match_indices(&quoted).map(|(at, _)| from + at).find(is_key)?;
        Some(at..at + quoted.len())
    }

    /// Where the object that a JSON key holds begins.
    fn object(&self, key: &str) -> Option<usize> {
        let mut from = 0;
        while let Some(found) = self.key(key, from) {
            let value = self.text[found.end..].trim_start().trim_start_matches(':').trim_start();
            if value.starts_with('{') {
                return Some(self.text.len() - value.len());
            }
            from = found.end;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use miette::Diagnostic;

    use super::*;

    /// The problem, its help, and the text that it points to.
    fn failing(read: Result<Settings, Failure>, text: &str) -> (String, String, String) {
        let failure = read.expect_err("must be refused");
        let help = failure.help().expect("every failure has one").to_string();
        let label = failure.labels().and_then(|mut it| it.next());
        let at = label.map_or("", |it| &text[it.offset()..it.offset() + it.len()]).to_owned();
        (failure.to_string(), help, at)
    }

    #[test]
    fn an_unknown_key_is_corrected_where_it_stands() {
        let text = "include_tests = true\nfail_onn = \"P1\"\n";
        let (problem, help, at) = failing(toml(text, FILE), text);
        assert_eq!(problem, "atlas-audit.toml: there is no setting `fail_onn`");
        assert_eq!(help, "did you mean `fail_on`?");
        assert_eq!(at, "fail_onn");
        let text = "[severity]\nx = 1\n";
        assert!(failing(toml(text, FILE), text).1.contains("include_tests"));
    }

    #[test]
    fn a_wrong_value_is_pointed_at() {
        for (text, at) in [
            ("fail_on = \"P4\"", "\"P4\""),
            ("fail_on = 1", "1"),
            ("min_score = 101", "101"),
            ("min_score = 8.5", "8.5"),
            ("include_tests = \"yes\"", "\"yes\""),
            ("exclude = [1]", "[1]"),
            ("exclude = [\"a[\"]", "[\"a[\"]"),
        ] {
            assert_eq!(failing(toml(text, FILE), text).2, at);
        }
    }

    #[test]
    fn broken_toml_is_pointed_at() {
        let text = "fail_on = \n";
        let (problem, _, _) = failing(toml(text, FILE), text);
        assert!(problem.starts_with("atlas-audit.toml: "), "{problem}");
    }

    #[test]
    fn package_json_says_the_same() {
        let text =
            r#"{ "dependencies": { "atlas-audit": "1" }, "atlas-audit": { "min_score": 80, "exclude": ["x/**"] } }"#;
        let settings = json(text, PACKAGE).expect("valid");
        assert_eq!((settings.min_score, settings.exclude.len()), (Some(80), 1));
        let text = r#"{ "fail_onn": 1, "atlas-audit": { "fail_onn": "P1" } }"#;
        let failure = json(text, PACKAGE).expect_err("unknown key");
        let label = failure.labels().and_then(|mut it| it.next()).expect("has a place");
        assert_eq!(label.offset(), text.rfind("\"fail_onn\"").expect("is there"));
    }

    #[test]
    fn the_template_is_valid_with_and_without_its_comment_signs() {
        assert_eq!(toml(super::super::TEMPLATE, FILE).expect("valid"), Settings::default());
        let lines = super::super::TEMPLATE.lines();
        let said = |it: &&str| it.contains(" = ") || it.starts_with('[') || it.starts_with(']');
        let settings: Vec<_> = lines.filter_map(|it| it.strip_prefix("# ").filter(said)).collect();
        let settings = toml(&settings.join("\n"), FILE).expect("valid");
        assert!(settings.known.catalog().is_own("@acme/db"));
        assert_eq!(settings.min_score, Some(85));
        assert_eq!(settings.exclude.len(), 2);
    }
}
