//! Whether the service is one that we can talk to.

use reqwest::Method;

use super::{
    client::{ASK_WITHIN, Body, Call, Client},
    error::ElasticFault,
};

const OLDEST_ELASTICSEARCH: (u32, u32) = (7, 10);
const OLDEST_OPENSEARCH: (u32, u32) = (1, 0);

/// Asks the service what it is.
///
/// # Errors
/// [`ElasticFault::Version`] where it is too old.
pub async fn check(client: &Client) -> Result<(), ElasticFault> {
    let call = Call { method: Method::GET, path: &[], parameters: &[], body: Body::None, within: ASK_WITHIN };
    let answer = client.ask(call).await?;
    let version = &answer["version"];
    let number = version["number"].as_str().ok_or(ElasticFault::Answer("it names no version"))?;
    let (name, oldest) = match version["distribution"].as_str() {
        Some("opensearch") => ("OpenSearch", OLDEST_OPENSEARCH),
        _ => ("Elasticsearch", OLDEST_ELASTICSEARCH),
    };
    let found = parse(number).ok_or(ElasticFault::Answer("its version is no number"))?;
    if found < oldest {
        return Err(ElasticFault::Version(format!("{name} {}.{}", found.0, found.1)));
    }
    tracing::info!(service = name, version = %format_args!("{}.{}", found.0, found.1), "search is in a service");
    Ok(())
}

fn parse(number: &str) -> Option<(u32, u32)> {
    let mut parts = number.split(['.', '-']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_its_first_two_numbers() {
        assert_eq!(parse("7.10.2"), Some((7, 10)));
        assert_eq!(parse("3.1.0-SNAPSHOT"), Some((3, 1)));
        assert_eq!(parse("seven"), None);
        assert!(parse("6.8.23").unwrap() < OLDEST_ELASTICSEARCH && parse("10.0").unwrap() > OLDEST_ELASTICSEARCH);
    }
}
