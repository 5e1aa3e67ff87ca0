//! A cursor over bytes that knows what blanks, comments, words and strings look like, and nothing of grammar.

use std::borrow::Cow;

/// A place in a text, and steps forward from there. Every step ends, at the latest where the text does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'t> {
    pub(super) text: &'t [u8],
    pub(super) at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t [u8], at: usize) -> Self {
        Self { text, at }
    }

    /// The next byte; NUL at the end.
    pub(super) fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    /// Whether the text ends here.
    pub(super) fn is_done(&self) -> bool {
        self.at >= self.text.len()
    }

    /// What lies ahead.
    pub(super) fn rest(&self) -> &'t [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Steps over `byte` if it is next.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let is_next = !self.is_done() && self.peek() == byte;
        self.at += usize::from(is_next);
        is_next
    }

    /// Steps over `bytes` if they are next.
    pub(super) fn eat_all(&mut self, bytes: &[u8]) -> bool {
        let is_next = self.rest().starts_with(bytes);
        self.at += if is_next { bytes.len() } else { 0 };
        is_next
    }

    /// Steps over blanks and comments.
    pub(super) fn trivia(&mut self) {
        loop {
            let rest = self.rest();
            match rest {
                [b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c, ..] => self.at += 1,
                // No-break space, line and paragraph separator, byte order mark.
                [0xc2, 0xa0, ..] => self.at += 2,
                [0xe2, 0x80, 0xa8 | 0xa9, ..] | [0xef, 0xbb, 0xbf, ..] => self.at += 3,
                [b'/', b'/', ..] => self.at += line(rest),
                [b'/', b'*', ..] => self.at += block_comment(rest),
                _ => return,
            }
        }
    }

    /// The word that is next, without its meaning; bytes outside of ASCII count as letters.
    pub(super) fn word(&mut self) -> Option<&'t [u8]> {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !is_name(*byte)).unwrap_or(rest.len());
        if length == 0 || rest[0].is_ascii_digit() {
            return None;
        }
        self.at += length;
        Some(&rest[..length])
    }

    /// Whether a quoted string is next.
    pub(super) fn at_quote(&self) -> bool {
        matches!(self.peek(), b'"' | b'\'')
    }

    /// The contents of the string that is next: quoted, on one line, or a template without substitutions.
    pub(super) fn string(&mut self) -> Option<Cow<'t, [u8]>> {
        let quote = self.peek();
        if !matches!(quote, b'"' | b'\'' | b'`') {
            return None;
        }
        let start = self.at + 1;
        let mut at = start;
        let mut is_escaped = false;
        loop {
            match *self.text.get(at)? {
                b'\\' => {
                    is_escaped = true;
                    at += 2;
                }
                b'\n' if quote != b'`' => return None,
                b'$' if quote == b'`' && self.text.get(at + 1) == Some(&b'{') => return None,
                byte if byte == quote => break,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        let contents = &self.text[start..at];
        Some(if is_escaped { Cow::Owned(unescape(contents)) } else { Cow::Borrowed(contents) })
    }

    /// Steps over brackets and what is in them; the next byte must open some.
    pub(super) fn brackets(&mut self) {
        let mut depth = 0usize;
        while !self.is_done() {
            match self.peek() {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth -= 1,
                _ => {
                    self.step();
                    continue;
                }
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    /// Steps over a comment, a string, or one byte of anything else.
    pub(super) fn step(&mut self) {
        let rest = self.rest();
        self.at += match rest {
            [b'/', b'/', ..] => line(rest),
            [b'/', b'*', ..] => block_comment(rest),
            [quote @ (b'"' | b'\'' | b'`'), ..] => quoted(rest, *quote),
            _ => 1,
        };
    }

    /// Steps over type arguments, if they are next.
    pub(super) fn type_arguments(&mut self) {
        let mut depth = 0usize;
        while self.peek() == b'<' || depth > 0 && !self.is_done() {
            match self.peek() {
                b'<' => depth += 1,
                b'>' if self.text[self.at - 1] != b'=' => depth -= 1,
                _ => {
                    self.step();
                    continue;
                }
            }
            self.at += 1;
        }
    }
}

/// Whether a byte may stand in a name.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

/// A name or a specifier as owned text.
pub(super) fn owned(bytes: &[u8]) -> Box<str> {
    String::from_utf8_lossy(bytes).into()
}

fn line(rest: &[u8]) -> usize {
    memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
}

fn block_comment(rest: &[u8]) -> usize {
    memchr::memmem::find(&rest[2..], b"*/").map_or(rest.len(), |at| at + 4)
}

/// The length of the string at the start of `rest`; a quote that its line does not close is a mere quote.
fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(found) = memchr::memchr3(quote, b'\\', b'\n', &rest[at..]) {
        at += found;
        match rest[at] {
            b'\\' => at = rest.len().min(at + 2),
            b'\n' if quote != b'`' => return 1,
            b'\n' => at += 1,
            _ => return at + 1,
        }
    }
    if quote == b'`' { rest.len() } else { 1 }
}

/// What simple escapes stand for; the others stay as they are written.
fn unescape(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied();
    while let Some(byte) = rest.next() {
        match (byte, byte == b'\\') {
            (_, true) => match rest.next() {
                Some(escaped @ (b'\\' | b'/' | b'"' | b'\'' | b'`' | b'.' | b'-' | b'@' | b'$')) => plain.push(escaped),
                Some(other) => plain.extend([b'\\', other]),
                None => plain.push(b'\\'),
            },
            _ => plain.push(byte),
        }
    }
    plain
}
