//! The right to make a new index: a document that one process at a time can write.

use std::time::{Duration, Instant};

use mutoscope_core::time::UnixMs;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    client::{ASK_WITHIN, Body, Call, Client, WRITE_WITHIN},
    error::ElasticFault,
    mapping,
    names::Names,
};

const ID: &str = "lock";

/// Whoever has not renewed it for so long is taken for dead. Hosts whose clocks are further apart have other troubles.
const ENDS_AFTER: Duration = Duration::from_secs(60);
const RENEWED_AFTER: Duration = Duration::from_secs(10);

/// Held, until it is given back or not renewed.
#[derive(Debug)]
pub struct Lock {
    index: String,
    holder: Uuid,
    written: Written,
    renewed: Instant,
}

/// Which writing of the document is meant.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Written {
    #[serde(rename = "_seq_no")]
    sequence: i64,
    #[serde(rename = "_primary_term")]
    term: i64,
}

#[derive(Debug, Deserialize)]
struct Found {
    #[serde(flatten)]
    written: Written,
    #[serde(rename = "_source")]
    source: Source,
}

#[derive(Debug, Deserialize)]
struct Source {
    renewed_at: UnixMs,
}

impl Lock {
    /// Takes the lock.
    ///
    /// # Errors
    /// [`ElasticFault::Busy`] while somebody holds it.
    pub async fn take(client: &Client, names: &Names) -> Result<Self, ElasticFault> {
        let index = names.lock();
        make_index(client, &index).await?;
        let holder = Uuid::new_v4();
        let written = match write(client, &index, "_create", &[], holder).await {
            Err(ElasticFault::Conflict) => take_over(client, &index, holder).await?,
            first => first?,
        };
        Ok(Self { index, holder, written, renewed: Instant::now() })
    }

    /// Keeps it, where it is time for that.
    ///
    /// # Errors
    /// [`ElasticFault::Busy`] where somebody else took this process for dead.
    pub async fn renew_in_time(&mut self, client: &Client) -> Result<(), ElasticFault> {
        if self.renewed.elapsed() < RENEWED_AFTER { Ok(()) } else { self.renew(client).await }
    }

    /// Keeps it.
    ///
    /// # Errors
    /// As [`Lock::renew_in_time`].
    pub async fn renew(&mut self, client: &Client) -> Result<(), ElasticFault> {
        let begun = Instant::now();
        self.written = overwrite(client, &self.index, self.written, self.holder).await?;
        self.renewed = begun;
        Ok(())
    }

    /// Gives it back; somebody else's stays.
    pub async fn release(self, client: &Client) -> Result<(), ElasticFault> {
        let (sequence, term) = (self.written.sequence.to_string(), self.written.term.to_string());
        let call = Call {
            method: Method::DELETE,
            path: &[&self.index, "_doc", ID],
            parameters: &[("if_seq_no", &sequence), ("if_primary_term", &term)],
            body: Body::None,
            within: ASK_WITHIN,
        };
        let answer = client.send(call).await?;
        if answer.is_success() || matches!(answer.status, 404 | 409) { Ok(()) } else { Err(answer.into_fault()) }
    }
}

/// Takes the lock of somebody who is dead.
async fn take_over(client: &Client, index: &str, holder: Uuid) -> Result<Written, ElasticFault> {
    let call =
        Call { method: Method::GET, path: &[index, "_doc", ID], parameters: &[], body: Body::None, within: ASK_WITHIN };
    let answer = client.send(call).await?;
    if answer.status == 404 {
        // Given back at this moment.
        return Err(ElasticFault::Busy);
    }
    if !answer.is_success() {
        return Err(answer.into_fault());
    }
    let found: Found = serde_json::from_value(answer.body)?;
    if found.source.renewed_at.plus(ENDS_AFTER) > UnixMs::now() {
        return Err(ElasticFault::Busy);
    }
    overwrite(client, index, found.written, holder).await
}

async fn overwrite(client: &Client, index: &str, known: Written, holder: Uuid) -> Result<Written, ElasticFault> {
    let (sequence, term) = (known.sequence.to_string(), known.term.to_string());
    let unchanged = [("if_seq_no", sequence.as_str()), ("if_primary_term", term.as_str())];
    match write(client, index, "_doc", &unchanged, holder).await {
        Err(ElasticFault::Conflict) => Err(ElasticFault::Busy),
        other => other,
    }
}

async fn write(
    client: &Client,
    index: &str,
    operation: &str,
    parameters: &[(&str, &str)],
    holder: Uuid,
) -> Result<Written, ElasticFault> {
    let call = Call {
        method: Method::PUT,
        path: &[index, operation, ID],
        parameters,
        body: Body::Json(json!({"holder": holder, "renewed_at": UnixMs::now()})),
        within: ASK_WITHIN,
    };
    Ok(serde_json::from_value(client.ask(call).await?)?)
}

async fn make_index(client: &Client, index: &str) -> Result<(), ElasticFault> {
    let call = Call {
        method: Method::PUT,
        path: &[index],
        parameters: &[],
        body: Body::Json(mapping::lock_index()),
        within: WRITE_WITHIN,
    };
    match client.ask(call).await {
        Ok(_) => Ok(()),
        Err(ElasticFault::Refused { kind, .. }) if kind == "resource_already_exists_exception" => Ok(()),
        Err(fault) => Err(fault),
    }
}
