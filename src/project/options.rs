//! Which options a client is constructed with: through constants, spreads, other files, and the parameters of a URL.

use std::collections::BTreeMap;

use super::{Amount, Construction, Project, Value};
use crate::facts::{ExprId, ExprKind, Operator, PropKey};
use crate::source::FileId;

/// What an option is set to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Setting {
    /// A number that the code shows.
    Number(f64),
    /// `true` or `false`.
    Flag(bool),
    /// Anything else; the expression.
    Other(FileId, ExprId),
}

/// The options that a construction sets. A value of `undefined` sets nothing.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// By path in the configuration, with dots.
    pub set: BTreeMap<String, Setting>,
    /// Parameters of the connection URL.
    pub url: BTreeMap<String, String>,
    /// Whether there is a URL of which the code shows nothing, so that parameters may stand in it.
    pub hidden_url: bool,
    /// Whether options are passed that the code does not show.
    pub hidden: bool,
    /// Whether a client or pool made elsewhere is passed.
    pub has_client: bool,
}

const STEPS: u32 = 16;

impl Options {
    /// The number that an option is set to.
    #[must_use]
    pub fn number(&self, path: &str) -> Option<f64> {
        match self.set.get(path) {
            Some(Setting::Number(value)) => Some(*value),
            _ => None,
        }
    }
}

impl Project {
    /// The options of a construction.
    #[must_use]
    pub fn options(&self, made: &Construction) -> Options {
        self.deeper(|| self.read_options(made)).unwrap_or_default()
    }

    fn read_options(&self, made: &Construction) -> Options {
        let mut options = Options::default();
        let Some(facts) = self.facts(made.file) else { return options };
        let (args, constructor) = (&facts.call(made.call).args, made.constructor);
        let at = |position: u8| args.get(usize::from(position)).copied();
        if let Some(client) = constructor.client_arg.and_then(at)
            && matches!(self.value(made.file, client), Value::Receiver { .. } | Value::Instance(..))
        {
            options.has_client = true;
        }
        let config =
            constructor.config_arg.and_then(at).or_else(|| args.last().copied().filter(|_| constructor.config_is_last));
        if let Some(url) = constructor.url_arg.and_then(at).filter(|_| !options.has_client) {
            let is_config = config == Some(url);
            if !(is_config && self.is_object(made.file, url)) {
                self.read_url(made.file, url, is_config, &mut options);
            }
        }
        if let Some(config) = config
            && (constructor.url_arg.and_then(at) != Some(config) || self.is_object(made.file, config))
        {
            self.read_object(made.file, config, "", STEPS, &mut options);
        }
        self.settle_keys(made, &mut options);
        options
    }

    /// Moves the driver's own options to the top, and reads the URL and the client among the options.
    fn settle_keys(&self, made: &Construction, options: &mut Options) {
        let constructor = made.constructor;
        if let Some(key) = &constructor.driver_key {
            let prefix = format!("{key}.");
            let inner: Vec<_> = options
                .set
                .iter()
                .filter_map(|(path, it)| Some((path.strip_prefix(&prefix)?.to_owned(), *it)))
                .collect();
            options.set.extend(inner);
        }
        options.has_client |= constructor.client_key.as_ref().is_some_and(|key| options.set.contains_key(key.as_str()));
        let keys =
            constructor.url_key.iter().map(String::as_str).chain(["connectionString", "uri", "url", "connection"]);
        let urls: Vec<_> = keys.filter_map(|key| options.set.get(key).copied()).collect();
        for url in urls {
            if let Setting::Other(file, expr) = url {
                self.read_url(file, expr, false, options);
            }
        }
    }

    fn is_object(&self, file: FileId, expr: ExprId) -> bool {
        let Some((file, expr)) = self.definition(file, expr, STEPS) else { return false };
        self.facts(file).is_some_and(|facts| matches!(facts.expr(expr).kind, ExprKind::Object(_)))
    }

    /// Reads a URL's parameters; where it may be options instead, what is not shown hides options as well.
    fn read_url(&self, file: FileId, expr: ExprId, may_be_config: bool, options: &mut Options) {
        let shown = self.definition(file, expr, STEPS);
        let text = shown.and_then(|(file, expr)| {
            let facts = self.facts(file)?;
            match &facts.expr(expr).kind {
                ExprKind::Str(text) => Some(facts.name(*text)),
                ExprKind::Template { text, .. } => Some(facts.name(*text)),
                ExprKind::Object(_) => Some(""),
                _ => None,
            }
        });
        let Some(text) = text else {
            let of_environment =
                shown.is_some_and(|(file, expr)| self.text_of(self.place_of(file, expr)).contains("env"));
            options.hidden_url = true;
            options.hidden |= may_be_config && !of_environment;
            return;
        };
        // A template whose end is substituted may hold parameters there.
        options.hidden_url |= text.ends_with('\0') || text.contains("?\0") || text.contains("&\0");
        let query = text.split_once('?').map_or("", |(_, query)| query);
        let pairs = query.split('&').filter_map(|it| it.split_once('='));
        options.url.extend(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }

    fn read_object(&self, file: FileId, expr: ExprId, prefix: &str, steps: u32, options: &mut Options) {
        let Some(steps) = steps.checked_sub(1) else { return };
        let Some((file, expr)) = self.definition(file, expr, STEPS) else {
            options.hidden |= prefix.is_empty();
            return;
        };
        let Some(facts) = self.facts(file) else { return };
        match &facts.expr(expr).kind {
            ExprKind::Object(props) => {
                for prop in props {
                    match prop.key {
                        PropKey::Name(key) => {
                            self.read_option(file, prop.value, &format!("{prefix}{}", facts.name(key)), steps, options)
                        }
                        PropKey::Spread => self.read_object(file, prop.value, prefix, steps, options),
                        PropKey::Computed(_) => options.hidden = true,
                    }
                }
            }
            ExprKind::Cond { yes, no, .. } => {
                self.read_object(file, *yes, prefix, steps, options);
                self.read_object(file, *no, prefix, steps, options);
            }
            ExprKind::Binary(Operator::And | Operator::Or | Operator::Coalesce, left, right) => {
                for side in [*left, *right] {
                    if self.is_object(file, side) {
                        self.read_object(file, side, prefix, steps, options);
                    }
                }
            }
            ExprKind::Undefined | ExprKind::Null | ExprKind::Bool(_) => {}
            ExprKind::Call(_) => match self.value(file, expr) {
                Value::Literal(at, literal) if (at, literal) != (file, expr) => {
                    self.read_object(at, literal, prefix, steps, options)
                }
                _ => options.hidden = true,
            },
            _ => options.hidden = true,
        }
    }

    fn read_option(&self, file: FileId, value: ExprId, path: &str, steps: u32, options: &mut Options) {
        let (at, expr) = self.definition(file, value, STEPS).unwrap_or((file, value));
        let Some(facts) = self.facts(at) else { return };
        let setting = match (&facts.expr(expr).kind, self.amount(file, value)) {
            (ExprKind::Undefined, _) => return,
            (ExprKind::Object(_), _) => {
                self.read_object(at, expr, &format!("{path}."), steps, options);
                Setting::Other(at, expr)
            }
            (ExprKind::Bool(value), _) => Setting::Flag(*value),
            (_, Amount::AtMost(number)) => Setting::Number(number),
            _ => Setting::Other(at, expr),
        };
        options.set.insert(path.to_owned(), setting);
    }
}
