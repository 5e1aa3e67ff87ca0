//! The configuration file itself: reads it, says exactly where it is wrong, guesses nothing.

use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use toml::de::{DeTable, DeValue};

use super::settings::{Entry, Settings, Source, Value};
use super::{FILE, libraries};
use crate::failure::Failure;

const PACKAGE: &str = "package.json";
const PACKAGE_KEY: &str = "atlas-audit";
/// How many files may extend one another.
const DEEPEST: usize = 8;

/// Reads the root's configuration, if it has one.
pub(super) fn find(root: &Path) -> Result<Settings, Failure> {
    let own = text_of(&root.join(FILE))?;
    let package = text_of(&root.join(PACKAGE))?.filter(|text| section(text).is_some());
    let settings = match (own, package) {
        (Some(_), Some(_)) => return Err(Failure::TwoConfigurations),
        (Some(text), None) => toml(&text, FILE)?,
        (None, Some(text)) => json(&text, PACKAGE)?,
        (None, None) => return Ok(Settings::default()),
    };
    extended(settings, root, DEEPEST)
}

/// Reads the configuration that a flag names: TOML, or a `package.json`.
pub(super) fn read(path: &Path) -> Result<Settings, Failure> {
    read_with(
        path,
        "--config names a TOML file or a package.json; without it the audited folder's own is read",
        DEEPEST,
    )
}

fn read_with(path: &Path, help: &str, depth: usize) -> Result<Settings, Failure> {
    let name = path.display().to_string();
    let Some(text) = text_of(path)? else {
        return Err(Failure::Missing { path: path.to_owned(), help: help.to_owned() });
    };
    let is_json = path.extension().is_some_and(|ending| ending == "json");
    let settings = if is_json { json(&text, &name)? } else { toml(&text, &name)? };
    extended(settings, path.parent().unwrap_or(Path::new(".")), depth)
}

/// The settings on top of those that they extend.
fn extended(mut settings: Settings, folder: &Path, depth: usize) -> Result<Settings, Failure> {
    let Some(base) = settings.extends.take() else { return Ok(settings) };
    let path = folder.join(PathBuf::from(base.value));
    let Some(depth) = depth.checked_sub(1) else {
        let help = "files that extend one another must come to an end".to_owned();
        return Err(Failure::Missing { path, help });
    };
    let help = format!("`extends` in {} names it, relative to itself", base.from);
    Ok(settings.over(read_with(&path, &help, depth)?))
}

fn text_of(path: &Path) -> Result<Option<String>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Failure::Access { action: "read", path: path.to_owned(), source }),
    }
}

/// Reads TOML.
pub(super) fn toml(text: &str, file: &str) -> Result<Settings, Failure> {
    let source = Source { text, file };
    let table = DeTable::parse(text)
        .map_err(|error| source.wrong(error.message(), "the file must be valid TOML".to_owned(), error.span()))?;
    let settings = source.settings(toml_entries(table.get_ref()))?;
    Ok(Settings { libraries: libraries::of_toml(text, file)?, ..settings })
}

fn toml_entries<'t>(table: &'t DeTable<'_>) -> Vec<Entry<'t>> {
    let entry = |(key, value): (&'t toml::Spanned<toml::de::DeString<'_>>, &'t toml::Spanned<DeValue<'_>>)| Entry {
        key: key.get_ref(),
        key_at: Some(key.span()),
        value: toml_value(value.get_ref()),
        value_at: Some(value.span()),
    };
    let mut entries: Vec<_> = table.iter().map(entry).collect();
    entries.sort_by_key(|it| it.key_at.as_ref().map(|at| at.start));
    entries
}

fn toml_value<'t>(value: &'t DeValue<'_>) -> Value<'t> {
    match value {
        DeValue::Boolean(it) => Value::Bool(*it),
        DeValue::String(it) => Value::Text(it.to_string()),
        DeValue::Integer(it) => i64::from_str_radix(it.as_str(), it.radix()).map_or(Value::Other, Value::Integer),
        DeValue::Array(items) => {
            let texts: Option<Vec<_>> = items.iter().map(|it| it.get_ref().as_str().map(str::to_owned)).collect();
            let tables =
                || items.iter().map(|it| it.get_ref().as_table().map(toml_entries)).collect::<Option<Vec<_>>>();
            texts.map(Value::Texts).or_else(|| tables().map(Value::Tables)).unwrap_or(Value::Other)
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
    let read = source.settings(json_entries(&source, settings, start))?;
    let libraries = libraries::of_json(settings.get("library"), text, file, source.key("library", start))?;
    Ok(Settings { libraries, ..read })
}

fn json_entries<'t>(source: &Source<'_>, object: &'t serde_json::Map<String, Json>, start: usize) -> Vec<Entry<'t>> {
    let entry = |(key, value): (&'t String, &'t Json)| {
        let key_at = source.key(key, start);
        let inside = key_at.as_ref().map_or(start, |it| it.end);
        Entry { key, value_at: key_at.clone(), key_at, value: json_value(source, value, inside) }
    };
    object.iter().map(entry).collect()
}

fn json_value<'t>(source: &Source<'_>, value: &'t Json, start: usize) -> Value<'t> {
    match value {
        Json::Bool(it) => Value::Bool(*it),
        Json::String(it) => Value::Text(it.clone()),
        Json::Number(it) => it.as_i64().map_or(Value::Other, Value::Integer),
        Json::Array(items) => {
            let texts: Option<Vec<_>> = items.iter().map(|it| it.as_str().map(str::to_owned)).collect();
            let table = |it: &'t Json| it.as_object().map(|it| json_entries(source, it, start));
            let tables = || items.iter().map(table).collect::<Option<Vec<_>>>();
            texts.map(Value::Texts).or_else(|| tables().map(Value::Tables)).unwrap_or(Value::Other)
        }
        _ => Value::Other,
    }
}

impl Source<'_> {
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
    use crate::config::FailOn;

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
        let text = "[colors]\nx = 1\n";
        assert!(failing(toml(text, FILE), text).1.contains("include_tests"));
        let text = "[[gate]]\nfail_on = \"P1\"\npath = [\"a/**\"]\n";
        let (problem, help, at) = failing(toml(text, FILE), text);
        assert_eq!(
            (problem.as_str(), at.as_str()),
            ("atlas-audit.toml: there is no setting `path` in `[[gate]]`", "path")
        );
        assert_eq!(help, "did you mean `paths`?");
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
            ("[[gate]]\nfail_on = \"P9\"", "\"P9\""),
            ("gate = 1", "1"),
            ("[[severity]]\nrule = \"a\"\nseverity = \"never\"", "\"never\""),
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
    fn tables_must_say_enough() {
        for (text, problem) in [
            ("[[gate]]\npaths = [\"a/**\"]\n", "`[[gate]]` asks for nothing"),
            ("[[severity]]\nrule = \"a\"\nseverity = \"P1\"\n", "`[[severity]]` lacks `reason`"),
            ("[[severity]]\nrule = \"a\"\nseverity = \"P1\"\nreason = \" \"\n", "`[[severity]]` lacks `reason`"),
            ("[[severity]]\nreason = \"b\"\nseverity = \"P1\"\n", "`[[severity]]` lacks `rule`"),
        ] {
            let said = failing(toml(text, FILE), text).0;
            assert_eq!(said, format!("atlas-audit.toml: {problem}"));
        }
    }

    #[test]
    fn a_file_extends_others_and_a_circle_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("can write");
        write("base.toml", "fail_on = \"P0\"\nmin_score = 50\nexclude = [\"a/**\"]\n");
        write(FILE, "extends = \"base.toml\"\nmin_score = 60\nexclude = [\"b/**\"]\n");
        let settings = find(folder.path()).expect("valid");
        assert_eq!(settings.min_score.map(|it| (it.value, it.from)), Some((60, "atlas-audit.toml:2".to_owned())));
        assert_eq!(settings.fail_on.map(|it| it.value), FailOn::parse("P0"));
        assert_eq!(settings.exclude.iter().map(|it| it.value.as_str()).collect::<Vec<_>>(), ["a/**", "b/**"]);
        write("base.toml", "extends = \"atlas-audit.toml\"\n");
        assert!(matches!(find(folder.path()), Err(Failure::Missing { .. })));
    }

    #[test]
    fn package_json_says_the_same() {
        let text =
            r#"{ "dependencies": { "atlas-audit": "1" }, "atlas-audit": { "min_score": 80, "exclude": ["x/**"] } }"#;
        let settings = json(text, PACKAGE).expect("valid");
        assert_eq!((settings.min_score.map(|it| it.value), settings.exclude.len()), (Some(80), 1));
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
        assert_eq!(settings.min_score.map(|it| it.value), Some(85));
        assert_eq!((settings.gates.len(), settings.severities.len(), settings.libraries.len()), (1, 1, 1));
        assert_eq!(settings.exclude.len(), 2);
    }
}
