//! The place in the log, a document of the index itself.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::{
    client::{ASK_WITHIN, Body, Call, Client},
    error::ElasticFault,
    mapping::{FORMAT, KIND},
    names::{Generation, Names},
};

const ID: &str = "place";

/// How far an index has come, and what was written there when it was read.
#[derive(Debug)]
pub struct Place {
    /// The index it is of.
    pub generation: Generation,
    /// Everything up to here has been taken in.
    pub position: i64,
    sequence: i64,
    term: i64,
}

#[derive(Debug, Deserialize)]
struct Found {
    #[serde(rename = "_index")]
    index: String,
    found: bool,
    #[serde(rename = "_seq_no")]
    sequence: Option<i64>,
    #[serde(rename = "_primary_term")]
    term: Option<i64>,
    #[serde(rename = "_source")]
    source: Option<Source>,
}

#[derive(Debug, Deserialize)]
struct Source {
    format: i64,
    position: i64,
}

impl Place {
    /// The place of the index that answers, as it was written last.
    pub async fn read(client: &Client, names: &Names) -> Result<Self, ElasticFault> {
        let call = Call {
            method: Method::GET,
            path: &[names.alias(), "_doc", ID],
            parameters: &[("realtime", "true")],
            body: Body::None,
            within: ASK_WITHIN,
        };
        let answer = client.send(call).await?;
        // An index without the document says so; without the index there is an error.
        let is_answered = answer.is_success() || (answer.status == 404 && answer.body.get("found").is_some());
        if !is_answered {
            return Err(match answer.into_fault() {
                ElasticFault::Refused { kind, .. } if kind == "illegal_argument_exception" => {
                    ElasticFault::Content("is more than one: its alias names several")
                }
                fault => fault,
            });
        }
        if answer.body.get("_index").is_none() {
            return Err(ElasticFault::Answer("a document of no index"));
        }
        let found: Found =
            serde_json::from_value(answer.body).map_err(|_| ElasticFault::Content("has a place that can't be read"))?;
        let generation = names
            .generation(&found.index)
            .ok_or(ElasticFault::Content("was not made by us: remove it or rename ours"))?;
        let (Some(source), Some(sequence), Some(term), true) = (found.source, found.sequence, found.term, found.found)
        else {
            return Err(ElasticFault::Content("has no place in the log"));
        };
        if source.format != FORMAT {
            return Err(ElasticFault::Content("has another format"));
        }
        Ok(Self { generation, position: source.position, sequence, term })
    }

    /// Moves it to `position`.
    ///
    /// # Errors
    /// [`ElasticFault::Conflict`] where somebody moved it since it was read.
    pub async fn move_on(&self, client: &Client, position: i64) -> Result<(), ElasticFault> {
        let (sequence, term) = (self.sequence.to_string(), self.term.to_string());
        let unmoved = [("if_seq_no", sequence.as_str()), ("if_primary_term", term.as_str()), ("require_alias", "true")];
        write(client, &self.generation, &unmoved, position).await
    }

    /// Writes the first place of a new index.
    pub async fn begin(client: &Client, generation: &Generation, position: i64) -> Result<(), ElasticFault> {
        write(client, generation, &[("require_alias", "true")], position).await
    }
}

async fn write(
    client: &Client,
    generation: &Generation,
    parameters: &[(&str, &str)],
    position: i64,
) -> Result<(), ElasticFault> {
    let target = generation.writing();
    let call = Call {
        method: Method::PUT,
        path: &[&target, "_doc", ID],
        parameters,
        body: Body::Json(json!({KIND: ID, "format": FORMAT, "position": position})),
        within: ASK_WITHIN,
    };
    client.ask(call).await.map(|_| ())
}
