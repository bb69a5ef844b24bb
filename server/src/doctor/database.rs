//! The database: there, with tables that this program knows, and keeping what it confirms.

use mutoscope_core::{
    db::{
        DbError,
        look::{self, Seen, Server},
    },
    error::ErrorKind,
};

use super::Finding;
use crate::{commands::platform::with_causes, config::Config};

/// As PostgreSQL counts: 15.0.
const OLDEST_SERVER: i64 = 150_000;

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let seen = match look::look(&config.database).await {
        Ok(seen) => seen,
        Err(error) => return vec![unreachable(&error)],
    };
    let mut findings = vec![tables(&seen)];
    if let Some(server) = &seen.server {
        findings.extend(of_server(server, config.database.connections));
    }
    findings
}

fn unreachable(error: &DbError) -> Finding {
    let advice = match error.kind() {
        ErrorKind::Refused => "write database.url as sqlite:///path/to/file.db or postgres://user:password@host/name",
        ErrorKind::Unavailable => {
            "see whether the server runs, and is reachable from here under the address of database.url"
        }
        _ => "see whether user, password and database of database.url are right, and the user may log in from here",
    };
    Finding::wrong(with_causes(error), advice)
}

fn tables(seen: &Seen) -> Finding {
    let (unknown, missing) = (seen.unknown(), seen.missing());
    let last = seen.applied.last().copied().unwrap_or(0);
    if !unknown.is_empty() {
        let found = format!("its tables are of version {last}, which this program ({}) does not know", version());
        return Finding::wrong(found, "start the newer version that made them; it does not go back");
    }
    if seen.applied.is_empty() {
        return Finding::good("it is there, and empty: the first start makes the tables");
    }
    if !missing.is_empty() {
        let found = format!("its tables are of version {last}; {} more are made by the next start", missing.len());
        return Finding::doubtful(found, "start this version of the program, or use the one that runs");
    }
    Finding::good(format!("it is there, with tables of version {last}"))
}

fn of_server(server: &Server, wanted: u32) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (major, minor) = (server.version / 10_000, server.version % 10_000);
    if server.version < OLDEST_SERVER {
        findings.push(Finding::wrong(format!("PostgreSQL {major}.{minor} is too old"), "use PostgreSQL 15 or newer"));
    }
    if !server.careless.is_empty() {
        findings.push(Finding::wrong(
            format!("PostgreSQL may lose what it has confirmed: {}", server.careless.join(", ")),
            "turn it on in postgresql.conf: uploads and films that people were told are kept may be gone after a crash",
        ));
    }
    if i64::from(wanted) * 2 > server.max_connections {
        findings.push(Finding::doubtful(
            format!("each role takes up to {wanted} of PostgreSQL's {} connections", server.max_connections),
            "raise max_connections, or lower database.connections, so that all roles together stay below it",
        ));
    }
    findings
}

fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
