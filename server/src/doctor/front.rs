//! The address that people type: it answers, it is ours, and what stands before us tells us who asks.

use std::time::Duration;

use reqwest::{Client, StatusCode, redirect};
use serde::Deserialize;
use url::{Host, Url};

use super::Finding;
use crate::{commands::platform::with_causes, config::Config};

const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// As `/readyz` answers.
#[derive(Debug, Deserialize)]
struct Readiness {
    parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
struct Part {
    name: String,
    ready: bool,
}

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let Some(url) = &config.network.public_url else {
        return vec![Finding::skipped("public_url is not set: links are made for the address that each request names")];
    };
    let client = match client() {
        Ok(client) => client,
        Err(finding) => return vec![finding],
    };
    let mut findings = vec![ready(&client, url).await];
    findings.extend(proxy(&client, config, url).await);
    findings.extend(measures(&client, url).await);
    findings
}

/// A client that goes where it is told and no further.
pub(super) fn client() -> Result<Client, Finding> {
    let client = Client::builder().timeout(ANSWERS_WITHIN).redirect(redirect::Policy::none()).build();
    client.map_err(|error| {
        Finding::wrong(with_causes(&error), "see whether this system has its certificates (ca-certificates)")
    })
}

async fn ready(client: &Client, url: &Url) -> Finding {
    let answer = match client.get(format!("{url}readyz")).send().await {
        Ok(answer) => answer,
        Err(error) => {
            let found = format!("{url} can't be reached from here: {}", with_causes(&error.without_url()));
            return Finding::wrong(
                found,
                "see whether an api role and the proxy before it run, and the name leads to them; \
                where this machine can't reach its own public address, ask from another one",
            );
        }
    };
    let status = answer.status();
    let Ok(readiness) = answer.json::<Readiness>().await else {
        let found = format!("what answers at {url} is no platform (status {})", status.as_u16());
        return Finding::wrong(found, "see whether public_url is right, and the proxy passes / on to the api roles");
    };
    let absent: Vec<&str> = readiness.parts.iter().filter(|part| !part.ready).map(|part| part.name.as_str()).collect();
    if status == StatusCode::OK && absent.is_empty() {
        return Finding::good(format!("{url} answers, and is ready"));
    }
    Finding::wrong(
        format!("{url} answers, but is not ready: {}", absent.join(", ")),
        "see the log of the role that answers",
    )
}

/// Over https every answer tells browsers to stay with https, if the role knows that it is https: by the proxy it believes.
async fn proxy(client: &Client, config: &Config, url: &Url) -> Option<Finding> {
    if url.scheme() == "http" {
        let is_own = is_loopback(url);
        return (!is_own).then(|| {
            Finding::doubtful(
                "people come over http: passwords and films can be read on the way",
                "put TLS before it (docs/deployment.md), and write https in public_url",
            )
        });
    }
    let answer = client.get(format!("{url}healthz")).send().await.ok()?;
    if answer.headers().contains_key("strict-transport-security") {
        return Some(Finding::good("the role that answers knows that people come over https"));
    }
    let known = config.network.tls.is_some() || !config.network.trusted_proxies.is_empty();
    let advice = match known {
        true => {
            "see whether the proxy sets X-Forwarded-Proto and X-Forwarded-For, and its address is in trusted_proxies"
        }
        false => "put the proxy's address into trusted_proxies",
    };
    Some(Finding::wrong(
        "people come over https, but the role that answers takes it for http: signing in will not last",
        advice,
    ))
}

/// Measures are not for everyone. From this machine itself they may be.
async fn measures(client: &Client, url: &Url) -> Option<Finding> {
    if is_loopback(url) {
        return None;
    }
    let answer = client.get(format!("{url}metrics")).send().await.ok()?;
    answer.status().is_success().then(|| {
        Finding::doubtful(
            format!("{url}metrics answers this machine"),
            "refuse /metrics at the proxy, as deploy/nginx does, or see that metrics_allow names only your own",
        )
    })
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}
