//! Where the service is, and how it knows us.

use url::{Host, Url};

use super::names::Names;

/// Settings of an [`super::ElasticSearch`].
#[derive(Clone)]
pub struct ElasticSettings {
    /// The service's address, `http` or `https`, without a user.
    pub url: Url,
    /// User name and password, where it asks for them.
    pub login: Option<(String, String)>,
    /// Certificates (PEM) that are believed instead of the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// The name of the index, an alias; what lies behind it has names that begin with it.
    pub index: String,
}

impl ElasticSettings {
    /// Whether an index may have this name.
    pub fn is_index_name(name: &str) -> bool {
        Names::of(name).is_ok()
    }

    /// Whether the password would be sent where others can read it.
    pub fn sends_password_in_the_clear(&self) -> bool {
        let is_near = match self.url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        self.login.is_some() && self.url.scheme() == "http" && !is_near
    }
}

impl std::fmt::Debug for ElasticSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ElasticSettings")
            .field("url", &self.url.as_str())
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

/// The settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ElasticSettingsError {
    /// An index can't have this name.
    #[error("the index's name must have 1 to 64 lower-case letters, digits and hyphens, a letter first")]
    Index,
    /// The address is none that we can call.
    #[error("the address must begin with http:// or https://")]
    Address,
    /// The file of certificates holds none.
    #[error("the file of certificates can't be read as PEM")]
    Certificates(#[source] reqwest::Error),
    /// The file of certificates is empty.
    #[error("the file of certificates holds none")]
    NoCertificates,
    /// No client could be made of them.
    #[error("no client can be made of these settings")]
    Client(#[source] reqwest::Error),
}
