//! Settings of the database: SQLite in the data folder, or PostgreSQL.

use std::path::Path;

use mutoscope_core::db::DbSettings;
use url::Url;

use super::reader::Reader;

const DEFAULT_CONNECTIONS: u64 = 8;

pub(super) fn read(reader: &mut Reader, data: &Path) -> DbSettings {
    let connections = reader.number("database.connections", 1..=200).unwrap_or(DEFAULT_CONNECTIONS);
    let url = reader.secret("database.url").map(|url| url.reveal().to_owned());
    if let Some(url) = &url
        && let Err(message) = check(url)
    {
        reader.fault("database.url", message);
    }
    DbSettings {
        url: url.unwrap_or_else(|| sqlite_url(&data.join("db").join("mutoscope.db"))),
        connections: u32::try_from(connections).unwrap_or(u32::MAX),
    }
}

/// The replica, which is PostgreSQL, of a database that is, too.
pub(super) fn read_replica(reader: &mut Reader) -> Option<DbSettings> {
    let url = reader.secret("database.read_url")?.reveal().to_owned();
    let connections = reader.number("database.connections", 1..=200).unwrap_or(DEFAULT_CONNECTIONS);
    let is_postgres = |url: &str| url.starts_with("postgres:") || url.starts_with("postgresql:");
    if let Err(message) = check(&url) {
        reader.fault("database.read_url", message);
    } else if !is_postgres(&url) {
        reader.fault("database.read_url", "a replica is PostgreSQL: postgres://user:password@host/name");
    } else if !reader.secret("database.url").is_some_and(|url| is_postgres(url.reveal())) {
        reader.fault("database.read_url", "only PostgreSQL has replicas: set database.url to the primary");
    }
    Some(DbSettings { url, connections: u32::try_from(connections).unwrap_or(u32::MAX) })
}

/// The address of an SQLite file; signs that mean something in an address are escaped.
pub fn sqlite_url(path: &Path) -> String {
    match Url::from_file_path(path) {
        Ok(url) => format!("sqlite://{}", url.path()),
        Err(()) => format!("sqlite://{}", path.display()),
    }
}

/// The value itself stays out of the message: it may hold a password.
fn check(url: &str) -> Result<(), &'static str> {
    const FORMS: &str = "write sqlite:///path/to/file.db or postgres://user:password@host/name";
    if let Some(path) = url.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        return if path.is_empty() { Err(FORMS) } else { Ok(()) };
    }
    let url = Url::parse(url).map_err(|_| FORMS)?;
    if !matches!(url.scheme(), "postgres" | "postgresql") {
        return Err(FORMS);
    }
    if url.path().trim_matches('/').is_empty() {
        return Err("the address names no database: postgres://user:password@host/name");
    }
    Ok(())
}
