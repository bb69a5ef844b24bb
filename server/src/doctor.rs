//! What is wrong with a deployment, and what to do about it: a list of small checks, each in a file of its own.
//!
//! A check changes nothing that it does not take back. It sees the settings alone, so that it works where nothing runs.

mod clock;
mod database;
mod disk;
mod events;
mod finding;
mod front;
mod links;
mod machine;
mod media;
mod search;
mod storage;

use std::time::Duration;

use futures::{FutureExt, StreamExt, future::BoxFuture, stream};

use crate::config::Config;

pub use finding::{Finding, Level};

/// A check that takes longer is told as one that failed.
const LONGEST_CHECK: Duration = Duration::from_secs(20);

/// Checks that run at a time: most of them wait.
const AT_A_TIME: usize = 4;

/// A check: its name, and what it does.
type Check = (&'static str, for<'a> fn(&'a Config) -> BoxFuture<'a, Vec<Finding>>);

/// All of them, in the order in which they are told.
const CHECKS: &[Check] = &[
    ("database", |config| database::check(config).boxed()),
    ("storage", |config| storage::check(config).boxed()),
    ("upload links", |config| links::check(config).boxed()),
    ("events", |config| events::check(config).boxed()),
    ("search", |config| search::check(config).boxed()),
    ("media processes", |config| media::check(config).boxed()),
    ("clock", |config| clock::check(config).boxed()),
    ("disk", |config| disk::check(config).boxed()),
    ("machine", |config| machine::check(config).boxed()),
    ("public address", |config| front::check(config).boxed()),
];

/// Makes all checks.
pub async fn examine(config: &Config) -> Vec<Finding> {
    let findings = stream::iter(CHECKS).map(|(name, check)| async move {
        match tokio::time::timeout(LONGEST_CHECK, check(config)).await {
            Ok(findings) => findings.into_iter().map(|finding| finding.of(name)).collect(),
            Err(_) => {
                let advice = "see whether what it asks is reachable from here, and not behind a firewall that drops";
                vec![Finding::wrong("it does not answer within 20 s", advice).of(name)]
            }
        }
    });
    let findings: Vec<Vec<Finding>> = findings.buffered(AT_A_TIME).collect().await;
    findings.concat()
}
