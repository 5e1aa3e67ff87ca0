//! Every client that the code makes: its library, where and how often it is made, which limits are set and which are not.
//!
//! A census states facts and judges nothing; whether a missing limit matters is for rules to say.

use super::{Construction, Options, Project, Recurrence, Setting};
use crate::catalog::{Creates, Library, Role, Runs};
use crate::source::Place;

/// One client.
#[derive(Debug, Clone)]
pub struct Client {
    /// Where it is made: the called name.
    pub place: Place,
    /// The library, as people call it.
    pub library: &'static str,
    /// What it is.
    pub creates: Creates,
    /// How often it is made: `module`, `kept`, `per-request`, `per-connection`, `per-message`, `per-job`, `per-render`,
    /// `per-event` or `unknown`.
    pub scope: &'static str,
    /// Why, in a few words.
    pub why: String,
    /// The limits that are set, as `name = value` where the code shows a number.
    pub set: Vec<String>,
    /// The options that would limit it and are not set; empty where the options are not shown.
    pub missing: Vec<String>,
    /// Whether options are passed that the code does not show.
    pub is_hidden: bool,
}

/// What limits a client, in the order in which it is told.
const LIMITS: &[Role] = &[Role::Size, Role::AcquireTimeout, Role::QueueLimit, Role::StatementTimeout];

impl Project {
    /// Every client that audited code makes, by place; stores within the process and wrappers are none.
    #[must_use]
    pub fn clients(&self) -> Vec<Client> {
        let made = self.constructions();
        let counted = made.iter().filter(|it| {
            self.file(it.file).is_audited && !matches!(it.constructor.creates, Creates::Store | Creates::Wrapper)
        });
        let mut clients: Vec<Client> = counted.map(|it| self.client(it)).collect();
        clients.sort_by_key(|it| it.place);
        clients
    }

    fn client(&self, made: &Construction) -> Client {
        let options = self.options(made);
        let (scope, why) = scope(self.recurrence(made.file, made.call));
        let is_hidden = options.hidden;
        let (mut set, mut missing) = (Vec::new(), Vec::new());
        if !options.has_client {
            let library = self.pooling_library(made);
            for role in LIMITS {
                match limit(library, &options, *role) {
                    Some(it) => set.push(it),
                    None => missing.extend(library.options_for(*role).next().map(|it| it.name.clone())),
                }
            }
        }
        // One option may play several parts.
        set.dedup();
        missing.retain(|it| !is_hidden && !set.iter().any(|own| own.split(' ').next() == Some(it)));
        missing.dedup();
        let place = self.anchor_of(made.file, made.call);
        Client {
            place,
            library: &made.library.name,
            creates: made.constructor.creates,
            scope,
            why,
            set,
            missing,
            is_hidden,
        }
    }

    /// The library whose options limit a client: the driver's where it opens a driver's pool.
    #[must_use]
    pub fn pooling_library(&self, made: &Construction) -> &'static Library {
        let driver = made.constructor.driver.as_deref();
        driver.and_then(|id| self.catalog.libraries().iter().find(|it| it.id == id)).unwrap_or(made.library)
    }
}

/// What sets the limit of a role: an option or a parameter of the URL.
fn limit(library: &Library, options: &Options, role: Role) -> Option<String> {
    let in_code = library.options_for(role).find_map(|it| match options.set.get(&it.name)? {
        Setting::Number(value) => Some(format!("{} = {value}", it.name)),
        Setting::Flag(value) => Some(format!("{} = {value}", it.name)),
        Setting::Other(..) => Some(it.name.clone()),
    });
    let in_url = || {
        let mut params = library.url_params.iter().filter(|it| it.honored && !it.broken && it.roles.contains(&role));
        params.find_map(|it| Some(format!("{} = {} in the URL", it.name, options.url.get(&it.name)?)))
    };
    in_code.or_else(in_url)
}

fn scope(found: Recurrence) -> (&'static str, String) {
    match found {
        Recurrence::Kept(why) if Recurrence::is_at_load(&why) => ("module", why),
        Recurrence::Kept(why) => ("kept", why),
        Recurrence::Unknown => ("unknown", "what runs it is not shown".to_owned()),
        Recurrence::Again { handler, .. } => {
            let scope = match handler.runs {
                Runs::Connection => "per-connection",
                Runs::Message => "per-message",
                Runs::Job => "per-job",
                Runs::Render => "per-render",
                Runs::Browser => "per-event",
                Runs::Request | Runs::Field | Runs::Build | Runs::Start => "per-request",
            };
            (scope, handler.evidence.note)
        }
    }
}
