//! XML that is written while it is made. What XML forbids, and what a terminal would obey, becomes visible text.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::safe::safe;

/// A document being written.
pub(super) struct Document<'a>(Writer<&'a mut dyn Write>);

impl<'a> Document<'a> {
    /// Opens a document.
    pub(super) fn new(out: &'a mut dyn Write) -> io::Result<Self> {
        let mut writer = Writer::new_with_indent(out, b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Self(writer))
    }

    /// Opens an element; [`Self::close`] closes it.
    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.0.write_event(Event::Start(start(name, attributes)))
    }

    /// Closes an element.
    pub(super) fn close(&mut self, name: &str) -> io::Result<()> {
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element with nothing in it.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.0.write_event(Event::Empty(start(name, attributes)))
    }

    /// An element with text in it, which may have lines.
    pub(super) fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
        self.open(name, attributes)?;
        let lines: Vec<_> = text.split('\n').map(legal).collect();
        self.0.write_event(Event::Text(BytesText::new(&lines.join("\n"))))?;
        self.close(name)
    }

    /// Ends the document with a line ending.
    pub(super) fn end(self) -> io::Result<()> {
        self.0.into_inner().write_all(b"\n")
    }
}

fn start<'a>(name: &'a str, attributes: &[(&'a str, &str)]) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, legal(value).as_str()));
    }
    start
}

/// Text on one line without characters that XML 1.0 has no way to write.
fn legal(text: &str) -> String {
    safe(text).replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::written;

    #[test]
    fn foreign_text_stays_text() {
        let evil = "<a b='\"&\u{0}\u{1b}\u{ffff}]]>\n";
        let text = written(|out| {
            let mut document = Document::new(out)?;
            document.open("r", &[("a", evil)])?;
            document.text("t", &[], evil)?;
            document.empty("e", &[])?;
            document.close("r")?;
            document.end()
        });
        assert!(!text.chars().any(|it| it != '\n' && super::super::safe::is_hazard(it)), "{text}");
        let mut reader = quick_xml::Reader::from_str(&text);
        let mut names = Vec::new();
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Eof => break,
                Event::Start(it) | Event::Empty(it) => names.push(it.name().as_ref().to_owned()),
                _ => {}
            }
        }
        assert_eq!(names, ["r", "t", "e"]);
    }
}
