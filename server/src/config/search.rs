//! Settings of search: the embedded index, or Elasticsearch or OpenSearch.

use std::time::Duration;

use mutoscope_core::store::StoreSettings;
use mutoscope_index::ElasticSettings;
use url::Url;

use super::reader::Reader;

const DEFAULT_INDEX: &str = "mutoscope";
const FORMS: &str = "write https://search.example.org:9200";
/// What says something about a service alone.
const OF_SERVICES: [&str; 4] = ["search.username", "search.password", "search.ca_file", "search.index"];
/// Only what many machines share has readers for a copy.
const DEFAULT_SNAPSHOT_S: u64 = 600;
const MAX_SNAPSHOT_S: u64 = 7 * 86_400;
const MAX_CERTIFICATES_BYTES: u64 = 1 << 20;

/// User name and password.
type Login = (String, String);

/// Where videos are found by words.
#[derive(Debug, Clone)]
pub enum SearchSettings {
    /// In this process, in the data folder.
    Embedded {
        /// How often the index role copies it to the storage, for replicas to begin with.
        snapshot_every: Option<Duration>,
    },
    /// In Elasticsearch or OpenSearch.
    Service(ElasticSettings),
}

impl SearchSettings {
    pub(super) fn read(reader: &mut Reader, storage: &StoreSettings) -> Self {
        let copied_every = reader.number("search.snapshot_every_s", 0..=MAX_SNAPSHOT_S);
        let Some(address) = reader.secret("search.url") else {
            // After a fault in search.url nobody knows what these belong to.
            if reader.origin("search.url").is_none() {
                for key in OF_SERVICES {
                    if reader.origin(key).is_some() {
                        reader.fault(key, "this belongs to a search service: set search.url too, or leave this out");
                    }
                }
            }
            let without_setting = match storage {
                StoreSettings::S3(_) => DEFAULT_SNAPSHOT_S,
                StoreSettings::Folder(_) => 0,
            };
            let seconds = copied_every.unwrap_or(without_setting);
            return Self::Embedded { snapshot_every: (seconds > 0).then(|| Duration::from_secs(seconds)) };
        };
        if copied_every.is_some() {
            reader.fault("search.snapshot_every_s", "copies are made of the embedded index alone: leave this out");
        }
        match parse(address.reveal()) {
            Ok((url, login)) => Self::Service(service(reader, url, login)),
            Err(message) => {
                reader.fault("search.url", message);
                Self::Embedded { snapshot_every: None }
            }
        }
    }
}

fn service(reader: &mut Reader, url: Url, of_address: Option<Login>) -> ElasticSettings {
    let username = reader.text("search.username");
    let password = reader.secret("search.password").map(|password| password.reveal().to_owned());
    let login = match (username, password, of_address) {
        (None, None, of_address) => of_address,
        (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
            reader.fault("search.url", "the address names a user, and so do search.username or search.password");
            None
        }
        (Some(username), Some(password), None) => Some((username, password)),
        (Some(_), None, None) => {
            reader.fault("search.username", "a user needs search.password too");
            None
        }
        (None, Some(_), None) => {
            reader.fault("search.password", "a password needs search.username too");
            None
        }
    };
    ElasticSettings { url, login, ca_pem: certificates(reader), index: index(reader) }
}

fn index(reader: &mut Reader) -> String {
    let name = reader.take_one("search.index", |name| match ElasticSettings::is_index_name(name) {
        true => Ok(name.to_owned()),
        false => Err("the name must have 1 to 64 lower-case letters, digits and hyphens, a letter first".to_owned()),
    });
    name.unwrap_or_else(|| DEFAULT_INDEX.to_owned())
}

fn certificates(reader: &mut Reader) -> Option<Vec<u8>> {
    let path = reader.path("search.ca_file")?;
    let read = || -> std::io::Result<Vec<u8>> {
        if std::fs::metadata(&path)?.len() > MAX_CERTIFICATES_BYTES {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        std::fs::read(&path)
    };
    match read() {
        Ok(pem) => Some(pem),
        Err(error) => {
            reader.fault("search.ca_file", format!("the file can't be read: {}", error.kind()));
            None
        }
    }
}

/// The address without its user, who is told apart. The value itself stays out of messages: it may hold a password.
fn parse(text: &str) -> Result<(Url, Option<Login>), &'static str> {
    let mut url = Url::parse(text).map_err(|_| FORMS)?;
    if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
        return Err(FORMS);
    }
    let decoded = |text: &str| {
        let bytes: Vec<u8> = percent_encoding::percent_decode_str(text).collect();
        String::from_utf8(bytes).map_err(|_| "the user or the password of the address is no text")
    };
    let login = match (url.username(), url.password()) {
        ("", None) => None,
        (_, None) | ("", _) => return Err("the address names a user without a password, or the other way round"),
        (user, Some(password)) => Some((decoded(user)?, decoded(password)?)),
    };
    // Neither fails for an address that has a host, as these have.
    let is_plain = url.set_username("").is_ok() && url.set_password(None).is_ok();
    if is_plain { Ok((url, login)) } else { Err(FORMS) }
}
