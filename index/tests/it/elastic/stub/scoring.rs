//! Searches of the stand-in: the few kinds of query that the adapter sends, each with exactly the fields it sends.

use std::{cmp::Ordering, collections::BTreeMap};

use serde_json::{Map, Value, json};

use super::indexes::Document;

type Documents = BTreeMap<String, Document>;

pub fn count(documents: &Documents, body: &Value) -> (u16, Value) {
    let query = only(body, &["query"])["query"].clone();
    let count = documents.values().filter(|document| score(&query, &document.source).is_some()).count();
    (200, json!({"count": count, "_shards": shards()}))
}

pub fn search(index: &str, documents: &Documents, body: &Value) -> (u16, Value) {
    only(body, &["query", "sort", "size", "_source", "track_total_hits", "timeout", "search_after", "aggs"]);
    let met: Vec<(f64, &String, &Value)> = documents
        .iter()
        .filter_map(|(id, document)| Some((score(&body["query"], &document.source)?, id, &document.source)))
        .collect();
    let mut answer = json!({"took": 1, "timed_out": false, "_shards": shards(), "hits": {"hits": []}});
    if body["track_total_hits"] == true {
        answer["hits"]["total"] = json!({"value": met.len(), "relation": "eq"});
    }
    if let Some(filters) = body.pointer("/aggs/words/filters/filters") {
        let buckets: Map<String, Value> = filters
            .as_object()
            .expect("filters")
            .iter()
            .map(|(name, filter)| {
                let having = met.iter().filter(|(_, _, source)| score(filter, source).is_some()).count();
                (name.clone(), json!({"doc_count": having}))
            })
            .collect();
        answer["aggregations"] = json!({"words": {"buckets": buckets}});
    }
    if body.get("sort").is_some() {
        assert_eq!(body["sort"], json!([{"_score": "desc"}, {"favour": "desc"}, {"id": "desc"}]));
        let mut sorted: Vec<(Value, &String, &Value)> = met
            .into_iter()
            .map(|(score, id, source)| (json!([score, source["favour"], source["id"]]), id, source))
            .collect();
        sorted.sort_by(|(one, ..), (other, ..)| order(other, one));
        if let Some(after) = body.get("search_after") {
            sorted.retain(|(sort, ..)| order(sort, after) == Ordering::Less);
        }
        sorted.truncate(body["size"].as_u64().expect("a size") as usize);
        let hits = sorted.into_iter().map(|(sort, id, source)| {
            let shown = json!({"stored": source["stored"]});
            json!({"_index": index, "_id": id, "_score": sort[0], "_source": shown, "sort": sort})
        });
        answer["hits"]["hits"] = hits.collect();
    }
    (200, answer)
}

fn order(one: &Value, other: &Value) -> Ordering {
    let number = |value: &Value, at: usize| value[at].as_f64().expect("a number");
    number(one, 0)
        .total_cmp(&number(other, 0))
        .then(number(one, 1).total_cmp(&number(other, 1)))
        .then(one[2].as_str().cmp(&other[2].as_str()))
}

/// The document's score; `None` where it is no hit.
fn score(query: &Value, document: &Value) -> Option<f64> {
    let (kind, about) = query.as_object().and_then(|query| query.iter().next()).expect("a query");
    assert_eq!(query.as_object().map(Map::len), Some(1), "one kind: {query}");
    match kind.as_str() {
        "bool" => boolean(about, document),
        "dis_max" => {
            let queries = only(about, &["queries"])["queries"].as_array().expect("queries");
            queries.iter().filter_map(|query| score(query, document)).max_by(f64::total_cmp)
        }
        "constant_score" => {
            only(about, &["filter", "boost"]);
            score(&about["filter"], document).map(|_| about.get("boost").map_or(1.0, |boost| boost.as_f64().unwrap()))
        }
        "function_score" => {
            only(about, &["query", "field_value_factor", "boost_mode"]);
            assert_eq!(about["boost_mode"], "replace");
            let factor = &about["field_value_factor"];
            let value = document[factor["field"].as_str().unwrap()].as_f64().or(factor["missing"].as_f64())?;
            score(&about["query"], document).map(|_| value * factor["factor"].as_f64().unwrap())
        }
        "term" | "terms" => {
            let (field, wanted) = field(about);
            let wanted: Vec<&Value> = wanted.as_array().map_or(vec![wanted], |all| all.iter().collect());
            texts(document, field).any(|text| wanted.iter().any(|one| *one == text)).then_some(1.0)
        }
        "prefix" => {
            let (field, about) = field(about);
            let start = only(about, &["value"])["value"].as_str().unwrap();
            texts(document, field).any(|text| text.starts_with(start)).then_some(1.0)
        }
        "fuzzy" => {
            let (field, about) = field(about);
            only(about, &["value", "fuzziness", "prefix_length", "transpositions", "rewrite"]);
            assert_eq!((&about["transpositions"], &about["rewrite"]), (&json!(true), &json!("constant_score")));
            let value: Vec<char> = about["value"].as_str().unwrap().chars().collect();
            let fixed = about["prefix_length"].as_u64().unwrap() as usize;
            let most = about["fuzziness"].as_u64().unwrap() as usize;
            let is_near = |text: &str| {
                let text: Vec<char> = text.chars().collect();
                text.get(..fixed) == value.get(..fixed) && edits(&value, &text) <= most
            };
            texts(document, field).any(is_near).then_some(1.0)
        }
        _ => panic!("no query of the adapter: {query}"),
    }
}

fn boolean(about: &Value, document: &Value) -> Option<f64> {
    only(about, &["must", "should", "minimum_should_match"]);
    let all = |name: &str| about[name].as_array().cloned().unwrap_or_default();
    let must = all("must").iter().map(|query| score(query, document)).sum::<Option<f64>>()?;
    let should: Vec<f64> = all("should").iter().filter_map(|query| score(query, document)).collect();
    let least = about["minimum_should_match"].as_u64().unwrap_or(0) as usize;
    (should.len() >= least).then(|| must + should.iter().sum::<f64>())
}

/// Optimal string alignment, the plain way.
fn edits(one: &[char], other: &[char]) -> usize {
    let mut rows = vec![vec![0; other.len() + 1]; one.len() + 1];
    for i in 0..=one.len() {
        for j in 0..=other.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let changed = rows[i - 1][j - 1] + usize::from(one[i - 1] != other[j - 1]);
                let least = changed.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                let is_swap = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
                if is_swap { least.min(rows[i - 2][j - 2] + 1) } else { least }
            };
        }
    }
    rows[one.len()][other.len()]
}

fn field(about: &Value) -> (&str, &Value) {
    let (field, value) = about.as_object().and_then(|about| about.iter().next()).expect("a field");
    assert_eq!(about.as_object().map(Map::len), Some(1), "one field: {about}");
    (field, value)
}

fn texts<'a>(document: &'a Value, field: &str) -> impl Iterator<Item = &'a str> {
    let value = &document[field];
    value.as_array().into_iter().flatten().chain(std::iter::once(value)).filter_map(Value::as_str)
}

/// The value, which has no other fields than these.
fn only<'a>(value: &'a Value, fields: &[&str]) -> &'a Value {
    for field in value.as_object().expect("an object").keys() {
        assert!(fields.contains(&field.as_str()), "no field of the adapter: {field} in {value}");
    }
    value
}

fn shards() -> Value {
    json!({"total": 1, "successful": 1, "skipped": 0, "failed": 0})
}
