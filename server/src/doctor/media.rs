//! Media processes: they start, jailed, and can encode what is set.

use super::Finding;
use crate::{
    commands::{platform::with_causes, run::media_process},
    config::Config,
};

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    if !config.roles.transcode {
        return vec![Finding::skipped("this machine makes no films (roles)")];
    }
    let mut findings = Vec::new();
    if !config.sandbox {
        findings.push(Finding::doubtful(
            "films are read without a sandbox",
            "leave `sandbox` alone where the kernel has seccomp: a hostile film can do what this user can",
        ));
    }
    let there = match media_process(config).encoders().await {
        Ok(there) => there,
        Err(error) => {
            let advice = "see whether libav is installed as the documents say, and whether the container or the unit lets \
                processes use seccomp";
            findings.push(Finding::wrong(format!("no media process can be started: {}", with_causes(&error)), advice));
            return findings;
        }
    };
    let absent: Vec<&str> = config.renditions.codecs.difference(&there).map(|codec| codec.as_str()).collect();
    if absent.is_empty() {
        let names: Vec<&str> = there.iter().map(|codec| codec.as_str()).collect();
        findings.push(Finding::good(format!("they start, and encode {}", names.join(", "))));
    } else {
        let found = format!("there is no encoder for {}", absent.join(" and "));
        findings.push(Finding::wrong(found, "take it out of `codecs`, or install a libav that has it"));
    }
    findings
}
