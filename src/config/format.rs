//! The names of the renderings, and which one a file's name asks for.

use std::path::Path;

use crate::failure::nearest;

/// A rendering of the report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// For people.
    #[default]
    Terminal,
    /// One line per finding.
    Concise,
    /// One line per finding with what to do, for coding assistants.
    Agent,
    /// A short comment for a pull request.
    Markdown,
    /// For programs.
    Json,
    /// For programs that read line by line.
    Ndjson,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// GitLab Code Quality.
    Gitlab,
    /// For reviewdog.
    Rdjson,
    /// Test results.
    Junit,
    /// Checkstyle XML.
    Checkstyle,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Terminal,
        Self::Concise,
        Self::Agent,
        Self::Markdown,
        Self::Json,
        Self::Ndjson,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Rdjson,
        Self::Junit,
        Self::Checkstyle,
    ];

    /// As on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Concise => "concise",
            Self::Agent => "agent",
            Self::Markdown => "markdown",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Rdjson => "rdjson",
            Self::Junit => "junit",
            Self::Checkstyle => "checkstyle",
        }
    }

    /// The format of a name.
    ///
    /// # Errors
    ///
    /// What was probably meant, or which formats there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        let names = Self::ALL.map(Self::name);
        Self::ALL.into_iter().find(|it| it.name() == text).ok_or_else(|| match nearest(text, names) {
            Some(near) => format!("no format is called `{text}`; did you mean `{near}`?"),
            None => format!("no format is called `{text}`; there are {}", names.join(", ")),
        })
    }

    /// The format that a file's name asks for.
    ///
    /// # Errors
    ///
    /// Where the ending says nothing, or fits several formats.
    pub fn of_file(path: &Path) -> Result<Self, String> {
        let name = path.file_name().map(|it| it.to_string_lossy().to_lowercase()).unwrap_or_default();
        let endings = [
            // `report.sarif.json` is the other customary name.
            (".sarif.json", Self::Sarif),
            (".sarif", Self::Sarif),
            (".rdjson", Self::Rdjson),
            (".ndjson", Self::Ndjson),
            (".jsonl", Self::Ndjson),
            (".json", Self::Json),
            (".markdown", Self::Markdown),
            (".md", Self::Markdown),
            (".txt", Self::Terminal),
        ];
        if let Some((_, format)) = endings.into_iter().find(|(ending, _)| name.ends_with(ending)) {
            return Ok(format);
        }
        Err(if let Ok(format) = Self::parse(&name) {
            format!("the file is missing; write {}=FILE", format.name())
        } else if name.ends_with(".xml") {
            "`.xml` may be two formats; write junit=FILE or checkstyle=FILE".to_owned()
        } else {
            "the file's ending says no format; write FORMAT=FILE, such as json=report.json".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_its_format_back() {
        for format in Format::ALL {
            assert_eq!(Format::parse(format.name()), Ok(format));
        }
        assert!(Format::parse("srif").expect_err("none").contains("did you mean `sarif`?"));
        assert!(Format::parse("yaml").expect_err("none").contains("checkstyle"));
    }

    #[test]
    fn an_ending_says_the_format_where_it_can() {
        let of = |name: &str| Format::of_file(Path::new(name));
        assert_eq!(of("out/report.sarif"), Ok(Format::Sarif));
        assert_eq!(of("REPORT.SARIF.JSON"), Ok(Format::Sarif));
        assert_eq!(of("a.json"), Ok(Format::Json));
        assert_eq!(of("a.jsonl"), Ok(Format::Ndjson));
        assert_eq!(of("comment.md"), Ok(Format::Markdown));
        assert!(of("report.xml").expect_err("two").contains("junit=FILE"));
        assert!(of("sarif").expect_err("a format").contains("sarif=FILE"));
        for name in ["report", "md", ""] {
            assert!(of(name).expect_err("none").contains("FORMAT=FILE"), "{name}");
        }
    }
}
