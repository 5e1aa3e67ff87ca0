//! Interned names.

use rustc_hash::FxHashMap as HashMap;

use crate::facts::Symbol;

/// Gives equal texts equal symbols.
#[derive(Default)]
pub(super) struct Names<'t> {
    known: HashMap<&'t str, Symbol>,
    owned: HashMap<String, Symbol>,
    texts: Vec<Box<str>>,
}

impl<'t> Names<'t> {
    /// The symbol of a slice of the audited text.
    pub(super) fn intern(&mut self, text: &'t str) -> Symbol {
        if let Some(symbol) = self.known.get(text).or_else(|| self.owned.get(text)) {
            return *symbol;
        }
        let symbol = self.add(text);
        self.known.insert(text, symbol);
        symbol
    }

    /// The symbol of a text that the file does not hold as it is.
    pub(super) fn intern_owned(&mut self, text: String) -> Symbol {
        if let Some(symbol) = self.known.get(text.as_str()).or_else(|| self.owned.get(&text)) {
            return *symbol;
        }
        let symbol = self.add(&text);
        self.owned.insert(text, symbol);
        symbol
    }

    /// The text of a symbol.
    pub(super) fn text(&self, symbol: Symbol) -> &str {
        &self.texts[symbol.0 as usize]
    }

    /// All texts, in symbol order.
    pub(super) fn into_texts(self) -> Vec<Box<str>> {
        self.texts
    }

    fn add(&mut self, text: &str) -> Symbol {
        self.texts.push(text.into());
        Symbol(self.texts.len() as u32 - 1)
    }
}
