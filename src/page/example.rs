//! Examples: the code blocks under one heading, as one small project.
//!
//! Knows as much Markdown as pages use: `#` headings and backtick fences. Which blocks are files is decided here; what they
//! ought to be found guilty of is [`super::mark`]'s.

use super::mark::{self, Mark};
use super::{Expected, PageError};

/// The blocks under one heading, which form one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The heading; the page's title for blocks above the first heading.
    pub heading: String,
    /// The files in page order; their paths differ.
    pub files: Vec<ExampleFile>,
}

/// One block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleFile {
    /// The path that `file=` gives, or `example.` with the block's language.
    pub path: String,
    /// The code with its markers blanked.
    pub text: String,
    /// What the markers claim, by line.
    pub marks: Vec<Mark>,
}

impl Example {
    /// Whether it shows what is wrong: it expects a finding or a lead. Others show what is right.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        self.marks().any(|it| it.expected != Expected::Cleared)
    }

    /// Every claim of every file.
    pub fn marks(&self) -> impl Iterator<Item = &Mark> {
        self.files.iter().flat_map(|it| &it.marks)
    }
}

/// Every example of a page's body; blocks above the first heading belong to `title`.
pub(super) fn examples(body: &str, title: &str) -> Result<Vec<Example>, PageError> {
    let mut examples = vec![Example { heading: title.to_owned(), files: Vec::new() }];
    let mut lines = body.split_inclusive('\n').enumerate();
    while let Some((index, line)) = lines.next() {
        if let Some(heading) = heading(line) {
            examples.push(Example { heading: heading.to_owned(), files: Vec::new() });
        }
        let Some((fence, info)) = opening(line) else { continue };
        let mut code = String::new();
        loop {
            let (_, line) = lines.next().ok_or(PageError::OpenBlock { line: index + 1 })?;
            if line.trim() == fence {
                break;
            }
            code.push_str(line);
        }
        let Some(path) = path(info) else { continue };
        let (text, marks) = mark::take(&code, index + 1)?;
        let example = examples.last_mut().expect("the title's example comes first");
        if example.files.iter().any(|it| it.path == path) {
            return Err(PageError::SameFile { line: index + 1, path });
        }
        example.files.push(ExampleFile { path, text, marks });
    }
    examples.retain(|it| !it.files.is_empty());
    match examples.iter().find(|it| it.marks().next().is_none()) {
        Some(silent) => Err(PageError::Unmarked { heading: silent.heading.clone() }),
        None => Ok(examples),
    }
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    (text.len() < line.len() && text.starts_with(' ')).then(|| text.trim())
}

/// The fence that opens a block, and what stands behind it.
fn opening(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let ticks = line.len() - line.trim_start_matches('`').len();
    (ticks >= 3).then(|| line.split_at(ticks))
}

/// The file that a block is: what `file=` says, or a default for the languages that are audited; other blocks are prose.
fn path(info: &str) -> Option<String> {
    let mut words = info.split_whitespace();
    let language = words.next()?;
    let named = words.find_map(|it| it.strip_prefix("file=")).map(str::to_owned);
    let is_audited = matches!(language, "ts" | "tsx" | "mts" | "cts" | "js" | "jsx" | "mjs" | "cjs");
    named.or_else(|| is_audited.then(|| format!("example.{language}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_blocks_under_a_heading_are_one_project() {
        let body = "Why.\n\n```ts\na(); // found x: y\n```\n\n## Two\n\n```sh\n# no heading\n```\n\
                    ```ts file=src/db.ts\nb();\n```\nand\n````tsx\nc(); // cleared: z\n```\n````\n## Three\n\nProse.\n";
        let examples = examples(body, "One").unwrap();
        let paths = |at: usize| examples[at].files.iter().map(|it| it.path.as_str()).collect::<Vec<_>>();
        assert_eq!(examples.iter().map(|it| it.heading.as_str()).collect::<Vec<_>>(), ["One", "Two"]);
        assert_eq!((paths(0), paths(1)), (vec!["example.ts"], vec!["src/db.ts", "example.tsx"]));
        assert!(examples[0].is_bad() && !examples[1].is_bad());
        assert_eq!(examples[1].files[1].text, format!("c();{}\n```\n", " ".repeat(" // cleared: z".len())));
    }

    #[test]
    fn files_of_other_languages_have_to_be_named() {
        assert_eq!(path("json file=package.json").as_deref(), Some("package.json"));
        assert_eq!((path("json"), path("")), (None, None));
        assert_eq!(path("mts").as_deref(), Some("example.mts"));
    }

    #[test]
    fn an_example_that_proves_nothing_is_an_error() {
        let error = |body| examples(body, "One").unwrap_err().to_string();
        assert_eq!(error("## Two\n```ts\na();\n```\n"), "`Two`: nothing is marked, so this example proves nothing");
        assert_eq!(error("\n```ts\na();\n"), "line 2: this block is never closed");
        let twice = "```ts\na(); // found x: y\n```\n```ts\nb();\n```\n";
        assert_eq!(error(twice), "line 4: a second `example.ts` under one heading; name it with `file=`");
        let misspelled = "# A\n\n```ts\na();\nb(); // found: y\n```\n";
        assert!(error(misspelled).starts_with("line 5: a marker is"));
    }
}
