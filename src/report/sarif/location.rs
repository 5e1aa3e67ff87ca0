//! Places as SARIF writes them: a percent-encoded path below the git root, and a region in Unicode code points.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::Text;
use crate::finding::{LocatedEvidence, Location};
use crate::report::safe::safe;

/// What a path of a URI may not hold as it is. Brackets are among it, which some frameworks write into file names, and the
/// colon, which would end a scheme.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b'@');

/// A place, perhaps with a number to link to and words about it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    /// Of the character after the last one.
    end_column: u32,
}

impl Place {
    /// A file as a whole.
    pub(super) fn file(path: &str, prefix: &str) -> Self {
        let artifact_location = Artifact { uri: uri(path, prefix), uri_base_id: "%SRCROOT%" };
        Self { id: None, physical_location: Physical { artifact_location, region: None }, message: None }
    }

    /// A range of a file.
    pub(super) fn at(location: &Location, prefix: &str) -> Self {
        let Location { start, end, .. } = location;
        let region =
            Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column };
        let mut place = Self::file(&location.path, prefix);
        place.physical_location.region = Some(region);
        place
    }

    /// Evidence, which links in a message name by number.
    pub(super) fn numbered(id: usize, evidence: &LocatedEvidence, prefix: &str) -> Self {
        Self { id: Some(id), ..Self::at(&evidence.location, prefix) }.saying(&evidence.note)
    }

    /// With words about it.
    pub(super) fn saying(self, words: &str) -> Self {
        Self { message: Some(Text::of(safe(words))), ..self }
    }
}

/// A path of the report as a URI relative to the git root.
pub(super) fn uri(path: &str, prefix: &str) -> String {
    utf8_percent_encode(&format!("{prefix}{path}"), ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_encoded_as_uris() {
        assert_eq!(uri("app/(shop)/@modal/[slug]/page.tsx", ""), "app/(shop)/@modal/%5Bslug%5D/page.tsx");
        assert_eq!(uri("a b#c?d%e:f.ts", "packages/web/"), "packages/web/a%20b%23c%3Fd%25e%3Af.ts");
        assert_eq!(uri("日本.ts", ""), "%E6%97%A5%E6%9C%AC.ts");
        assert_eq!(uri("\u{1b}\\x.ts", ""), "%1B%5Cx.ts");
    }
}
