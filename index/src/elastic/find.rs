//! Searches and suggestions from the service.

use mutoscope_core::{
    id::VideoId,
    search::{Hit, MAX_LIMIT, SearchPage, SearchQuery, Suggested},
};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use super::{
    client::{ASK_WITHIN, Body, Call, Client, SEARCH_WITHIN},
    error::ElasticFault,
    names::Names,
    query::{best, exactly, frequencies, nearly, videos},
};
use crate::{
    cursor::Cursor,
    document::StoredDocument,
    highlight::{highlights, meet},
    near::NearWords,
    query::Query,
    rank::{Rank, SEARCHED, weight},
    suggestions::{SUGGESTED_FROM, Suggestions, VIDEOS_ASKED},
};

#[derive(Debug, Deserialize)]
struct Found {
    sort: (f64, u64, VideoId),
    #[serde(rename = "_source")]
    source: Source,
}

#[derive(Debug, Deserialize)]
struct Source {
    stored: StoredDocument,
}

/// The answer to a search; `None` where its cursor is not one of its own.
pub async fn find(client: &Client, names: &Names, wanted: &SearchQuery) -> Result<Option<SearchPage>, ElasticFault> {
    let query = Query::parse(&wanted.text);
    let Ok(cursor) = Cursor::handed_back(wanted, &query) else { return Ok(None) };
    if query.is_empty() {
        return Ok(Some(SearchPage::default()));
    }
    let limit = wanted.limit.clamp(1, MAX_LIMIT);
    let (weights, after) = match cursor {
        Some(cursor) => (cursor.weights, Some(cursor.after)),
        None => (weights(client, names, &query).await?, None),
    };
    // One more than is shown tells whether there is a next page.
    let body = best(&query, &weights, &SEARCHED, after, limit + 1);
    let mut found = hits(client, names, body, limit + 1).await?;
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = match found.last() {
        Some((rank, _)) if has_more => Some(Cursor { after: *rank, weights }.to_text(&query)),
        _ => None,
    };
    let mut near = NearWords::of(&query);
    let hits = found.into_iter().map(|(rank, document)| {
        meet(&document, &SEARCHED, &query, &mut near);
        Hit { video_id: rank.id, highlights: highlights(&document, &near) }
    });
    let hits = hits.collect();
    Ok(Some(SearchPage { hits, next_cursor }))
}

/// Up to `limit` texts that go on from `prefix`.
pub async fn suggest(
    client: &Client,
    names: &Names,
    prefix: &str,
    limit: usize,
) -> Result<Vec<Suggested>, ElasticFault> {
    let query = Query::parse(prefix);
    if query.is_empty() {
        return Ok(Vec::new());
    }
    // All words weigh alike here: a second request while somebody types would cost more than it tells.
    let weights = vec![1; query.words.len()];
    let body = best(&query, &weights, &SUGGESTED_FROM, None, VIDEOS_ASKED);
    let mut near = NearWords::of(&query);
    let mut suggestions = Suggestions::of(prefix);
    for (_, document) in hits(client, names, body, VIDEOS_ASKED).await? {
        meet(&document, &SUGGESTED_FROM, &query, &mut near);
        suggestions.take(&document, &near);
    }
    Ok(suggestions.best(limit))
}

/// How many videos the index holds.
pub async fn count(client: &Client, names: &Names) -> Result<u64, ElasticFault> {
    let call = Call {
        method: Method::POST,
        path: &[names.alias(), "_count"],
        parameters: &[],
        body: Body::Json(videos()),
        within: ASK_WITHIN,
    };
    let answer = client.ask(call).await?;
    whole(&answer)?;
    answer["count"].as_u64().ok_or(ElasticFault::Answer("a count without a number"))
}

/// How much each word of the query weighs: rare ones weigh more.
async fn weights(client: &Client, names: &Names, query: &Query) -> Result<Vec<u8>, ElasticFault> {
    if query.words.len() == 1 {
        // Against itself any weight gives the same order.
        return Ok(vec![1]);
    }
    let answer = search(client, names, frequencies(query, &SEARCHED)).await?;
    let documents = answer["hits"]["total"]["value"].as_u64();
    let documents = documents.ok_or(ElasticFault::Answer("a search without its number of hits"))?;
    let having = |name: String| answer["aggregations"]["words"]["buckets"][name.as_str()]["doc_count"].as_u64();
    let of_word = |number| {
        let exact = having(exactly(number)).ok_or(ElasticFault::Answer("a word without its number of documents"))?;
        Ok(weight(documents, if exact > 0 { exact } else { having(nearly(number)).unwrap_or(0) }))
    };
    (0..query.words.len()).map(of_word).collect()
}

async fn hits(
    client: &Client,
    names: &Names,
    body: Value,
    most: usize,
) -> Result<Vec<(Rank, StoredDocument)>, ElasticFault> {
    let mut answer = search(client, names, body).await?;
    let found: Vec<Found> = serde_json::from_value(answer["hits"]["hits"].take())?;
    if found.len() > most {
        return Err(ElasticFault::Answer("more hits than were asked for"));
    }
    let ranked = found.into_iter().map(|hit| {
        let (score, favour, id) = hit.sort;
        // Whole by the way it is put together.
        let rank = Rank { score: score.round().clamp(0.0, f64::from(u32::MAX)) as u32, favour, id };
        (rank, hit.source.stored)
    });
    Ok(ranked.collect())
}

async fn search(client: &Client, names: &Names, body: Value) -> Result<Value, ElasticFault> {
    let call = Call {
        method: Method::POST,
        path: &[names.alias(), "_search"],
        parameters: &[("allow_partial_search_results", "false")],
        body: Body::Json(body),
        within: SEARCH_WITHIN,
    };
    let answer = client.ask(call).await?;
    whole(&answer)?;
    if answer["timed_out"] == true {
        return Err(ElasticFault::Answer("it gave up before the end"));
    }
    Ok(answer)
}

/// An answer of a part of the index would look like one with fewer hits.
fn whole(answer: &Value) -> Result<(), ElasticFault> {
    match answer["_shards"]["failed"].as_u64() {
        Some(0) => Ok(()),
        Some(failed) => Err(ElasticFault::Shards(failed)),
        None => Err(ElasticFault::Answer("a search that does not say what it looked through")),
    }
}
