//! Many documents in one request.

use std::collections::HashMap;

use mutoscope_core::{
    id::VideoId,
    search::{SearchChange, SearchDocument},
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    client::{Body, Call, Client, WRITE_WITHIN, fault},
    document,
    error::ElasticFault,
};

/// Requests are cut at this length; one document may be longer.
const MAX_REQUEST_BYTES: usize = 4 << 20;

/// Whether what is written shows at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    AtOnce,
    Later,
}

/// Takes in the last change of every video under the version `position`; it shows when this returns.
pub async fn take_in(
    client: &Client,
    target: &str,
    changes: &[SearchChange],
    position: i64,
) -> Result<(), ElasticFault> {
    let mut last: HashMap<VideoId, &SearchChange> = HashMap::new();
    for change in changes {
        let id = match change {
            SearchChange::Upsert(document) => document.video_id,
            SearchChange::Delete(id) => *id,
        };
        last.insert(id, change);
    }
    let mut lines = Vec::with_capacity(last.len());
    for (id, change) in last {
        let document = match change {
            SearchChange::Upsert(document) => document::listed(document.clone())?,
            SearchChange::Delete(_) => document::gone(),
        };
        lines.push(line(id, &document, position));
    }
    write(client, target, lines, Shows::AtOnce).await
}

/// Fills a new index; what is written shows after the next refresh.
pub async fn fill(client: &Client, target: &str, documents: Vec<SearchDocument>) -> Result<(), ElasticFault> {
    let mut lines = Vec::with_capacity(documents.len());
    for one in documents {
        let id = one.video_id;
        lines.push(line(id, &document::listed(one)?, 0));
    }
    write(client, target, lines, Shows::Later).await
}

/// A document to be written unless a later version of it is there.
fn line(id: VideoId, document: &Value, version: i64) -> String {
    let action = json!({"index": {"_id": id.to_string(), "version": version, "version_type": "external_gte"}});
    format!("{action}\n{document}\n")
}

async fn write(client: &Client, target: &str, lines: Vec<String>, shows: Shows) -> Result<(), ElasticFault> {
    let mut request = String::new();
    for line in lines {
        if !request.is_empty() && request.len() + line.len() > MAX_REQUEST_BYTES {
            send(client, target, std::mem::take(&mut request), shows).await?;
        }
        request.push_str(&line);
    }
    if request.is_empty() { Ok(()) } else { send(client, target, request, shows).await }
}

async fn send(client: &Client, target: &str, lines: String, shows: Shows) -> Result<(), ElasticFault> {
    let refresh = if shows == Shows::AtOnce { "true" } else { "false" };
    let answer = client
        .ask(Call {
            method: Method::POST,
            path: &[target, "_bulk"],
            parameters: &[("require_alias", "true"), ("refresh", refresh)],
            body: Body::Lines(lines),
            within: WRITE_WITHIN,
        })
        .await?;
    let items = answer["items"].as_array().ok_or(ElasticFault::Answer("a batch without its lines"))?;
    let mut first_fault = None;
    for item in items {
        let outcome = &item["index"];
        let status = outcome["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        match status {
            Some(200..300) => {}
            // A later version is there.
            Some(409) => {}
            Some(status) => {
                first_fault.get_or_insert_with(|| fault(status, &outcome["error"]));
            }
            None => return Err(ElasticFault::Answer("a line of a batch without a status")),
        }
    }
    // What was written stays, and is written again with the rest.
    first_fault.map_or(Ok(()), Err)
}
