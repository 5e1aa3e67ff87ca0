//! What a construction's options say about a pool: its size, and how long callers wait for a connection.

use super::{Construction, Options, Project, Setting};
use crate::catalog::{AcquireTimeout, Library, OptionValue, Role};
use crate::source::Place;

/// One option that decides something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decides {
    /// Its name.
    pub name: String,
    /// Whether it stands in the URL.
    pub in_url: bool,
}

/// A pool as it is configured.
#[derive(Debug, Clone)]
pub struct Pooling {
    /// What sets its size.
    pub size: Option<Decides>,
    /// What bounds the wait for a connection, in time or in callers.
    pub wait: Option<Decides>,
    /// Connections at most, where the code shows the number.
    pub most: Option<f64>,
    /// Connections where nothing is set, as words.
    pub default_size: String,
    /// Whether the library has any option that bounds the wait.
    pub can_bound_wait: bool,
    /// Whether the library reads pool options from its URL.
    pub reads_url: bool,
    /// Which option would bound the wait and is not set, as words to add; empty where there is none.
    pub unset: String,
    /// What to set.
    pub cure: String,
}

impl Pooling {
    /// Reads the options of a library's pool.
    #[must_use]
    pub fn of(library: &Library, options: &Options) -> Self {
        let sizes: Vec<&str> = library.options_for(Role::Size).map(|it| it.name.as_str()).collect();
        let waits: Vec<&str> = library
            .options_for(Role::AcquireTimeout)
            .chain(library.options_for(Role::QueueLimit))
            .map(|it| it.name.as_str())
            .collect();
        let in_code = |names: &[&str]| {
            let name = names
                .iter()
                .find(|it| options.set.get(**it).is_some_and(|setting| says_something(library, it, setting)))?;
            Some(Decides { name: (*name).to_owned(), in_url: false })
        };
        let in_url = |roles: &[Role]| {
            let decides = |it: &&crate::catalog::UrlParam| {
                it.honored && !it.broken && it.roles.iter().any(|role| roles.contains(role))
            };
            let mut params = library.url_params.iter().filter(decides);
            params
                .find(|it| options.url.get(&it.name).is_some_and(|value| value != "0"))
                .map(|it| Decides { name: it.name.clone(), in_url: true })
        };
        let default = library.options_for(Role::Size).find_map(|it| it.default.as_ref()?.number());
        let size = in_code(&sizes).or_else(|| in_url(&[Role::Size]));
        let cure_wait = waits
            .first()
            .map_or(String::new(), |it| format!(" and `{it}`, so that a caller fails instead of waiting for ever"));
        Self {
            most: sizes.iter().find_map(|it| options.number(it)).filter(|it| *it >= 1.0),
            size,
            wait: in_code(&waits).or_else(|| in_url(&[Role::AcquireTimeout, Role::QueueLimit])),
            default_size: default.map_or_else(|| "its".to_owned(), |it| it.to_string()),
            can_bound_wait: library.acquire_timeout != AcquireTimeout::None || !waits.is_empty(),
            reads_url: library.url_params.iter().any(|it| {
                it.honored
                    && !it.broken
                    && it.roles.iter().any(|it| matches!(it, Role::Size | Role::AcquireTimeout | Role::QueueLimit))
            }),
            unset: waits.first().map_or(String::new(), |it| format!(" (`{it}` is not set)")),
            cure: format!(
                "Set `{}` from the database's connections divided by the number of processes{cure_wait}.",
                sizes.first().copied().unwrap_or("the size")
            ),
        }
    }
}

/// Zero means the default or no bound, and a flag that repeats its default changes nothing; anything else is a decision.
fn says_something(library: &Library, name: &str, setting: &Setting) -> bool {
    match setting {
        Setting::Number(value) => *value > 0.0,
        Setting::Flag(value) => {
            library.option(name).and_then(|it| it.default.as_ref()) == Some(&OptionValue::Bool(!value))
        }
        Setting::Other(..) => true,
    }
}

impl Project {
    /// The place that values made by a construction remember.
    #[must_use]
    pub fn place_of_construction(&self, made: &Construction) -> Place {
        self.place_of_call(made.file, made.call).unwrap_or_else(|| self.anchor_of(made.file, made.call))
    }
}
