//! JSON that is written while it is made, with nothing in it that a terminal would obey.
//!
//! A report may be hundreds of megabytes long; none of it is held in memory as text.

use std::io::{self, Write};

use serde::Serialize;

use super::safe::is_hazard;

/// Writes indented JSON and a final newline.
///
/// # Errors
///
/// What the writer says.
pub(super) fn pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(Harmless(&mut *out), value)?;
    out.write_all(b"\n")
}

/// Writes JSON on one line.
///
/// # Errors
///
/// What the writer says.
pub(super) fn line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(Harmless(&mut *out), value)?;
    out.write_all(b"\n")
}

/// Turns whatever a terminal would obey into escapes. Outside of strings JSON is ASCII, so what it meets is inside one.
struct Harmless<'a>(&'a mut dyn Write);

impl Write for Harmless<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let is_kept = |character: char| character == '\n' || !is_hazard(character);
        let mut rest = text;
        while let Some((at, hazard)) = rest.char_indices().find(|(_, it)| !is_kept(*it)) {
            self.0.write_all(&rest.as_bytes()[..at])?;
            for unit in hazard.encode_utf16(&mut [0; 2]) {
                write!(self.0, "\\u{unit:04x}")?;
            }
            rest = &rest[at + hazard.len_utf8()..];
        }
        self.0.write_all(rest.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::written;

    #[test]
    fn foreign_text_is_escaped_and_comes_back() {
        let evil = "\u{1b}\u{9b}\u{202e}\u{7f}\u{e0001}\t\n\"\\é😀";
        for text in [written(|out| pretty(&evil, out)), written(|out| line(&evil, out))] {
            assert!(!text.trim_end().chars().any(is_hazard), "{}", text.escape_debug());
            assert!(text.contains("é😀"), "{text}");
            assert_eq!(serde_json::from_str::<String>(&text).expect("JSON"), evil);
        }
    }

    #[test]
    fn trouble_of_the_writer_keeps_its_kind() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        // A reader that went away is told from a full disk by this kind.
        assert_eq!(pretty(&"x", &mut Gone).expect_err("gone").kind(), io::ErrorKind::BrokenPipe);
    }
}
