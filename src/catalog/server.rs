//! What a hosted database allows: connections per size, and what its ports mean.
//!
//! Figures with their source; nothing is computed from them here.

use serde::Deserialize;

use super::library::Evidence;

/// The limits of a hosted server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerLimits {
    /// Where the figures stand.
    pub source: String,
    /// How they are known.
    pub evidence: Evidence,
    /// One row per size, smallest first.
    pub sizes: Vec<ServerSize>,
    /// What can be connected to.
    pub ports: Vec<ServerPort>,
}

/// One size of server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSize {
    /// As the provider calls it.
    pub name: String,
    /// Connections that the database accepts.
    pub connections: u32,
    /// Clients that its pooler accepts.
    pub pooler_clients: u32,
}

/// How a port treats connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PortMode {
    /// Straight to the database.
    Direct,
    /// Pooled, one backend per client.
    Session,
    /// Pooled, one backend per transaction: no session state, no named prepared statements.
    Transaction,
}

/// One address pattern.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerPort {
    /// What the host starts with.
    #[serde(default)]
    pub host_prefix: String,
    /// What the host ends with.
    pub host_suffix: String,
    /// The port.
    pub port: u16,
    /// What it means.
    pub mode: PortMode,
}

impl ServerLimits {
    /// What connecting to `host:port` means, if it is one of this provider's addresses.
    #[must_use]
    pub fn mode(&self, host: &str, port: u16) -> Option<PortMode> {
        let fits =
            |it: &&ServerPort| it.port == port && host.starts_with(&it.host_prefix) && host.ends_with(&it.host_suffix);
        self.ports.iter().find(fits).map(|it| it.mode)
    }
}
