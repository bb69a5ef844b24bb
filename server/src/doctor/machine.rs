//! What this process may do on its machine: too little, or too much.

use std::{os::unix::fs::PermissionsExt, path::Path};

use super::Finding;
use crate::config::Config;

/// Connections, objects and media processes together.
const ENOUGH_FILES: u64 = 8192;

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    if rustix::process::getuid().is_root() {
        findings.push(Finding::doubtful("this runs as root", "run it as a user of its own, as deploy/systemd does"));
    }
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    if let Some(limit) = limit.filter(|limit| *limit < ENOUGH_FILES) {
        findings.push(Finding::doubtful(
            format!("it may hold {limit} files and connections open"),
            "raise the limit: LimitNOFILE=65536 in the unit, or ulimit -n",
        ));
    }
    findings.extend(private("the data folder", &config.data));
    findings.extend(private("the file of signing keys", &config.signing_keys));
    let network = &config.network;
    let believed = [
        ("trusted_proxies", &network.trusted_proxies, "name your own proxies alone: anyone else may claim any address"),
        (
            "metrics_allow",
            &network.metrics_allow,
            "name your own machines alone: anyone else may read what goes on here",
        ),
    ];
    for (name, ranges, advice) in believed {
        // Addresses that are nobody's (RFC 5737): a range that has both has everyone.
        let strangers = ["192.0.2.1", "203.0.113.1"].map(|address| address.parse().ok());
        let is_everyone =
            strangers.iter().flatten().all(|stranger| ranges.iter().any(|range| range.contains(*stranger)));
        if is_everyone {
            findings.push(Finding::wrong(format!("{name} has every address in it"), advice));
        }
    }
    if findings.is_empty() {
        findings.push(Finding::good("user, limits and files are as they should be"));
    }
    findings
}

/// What others may read or write, though it is nobody else's.
fn private(what: &str, path: &Path) -> Option<Finding> {
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    let found = format!("{what} ({}) is open to other users (mode {:o})", path.display(), mode & 0o777);
    (mode & 0o077 != 0).then(|| Finding::doubtful(found, format!("chmod go= {}", path.display())))
}
