//! A query as the service's own, which scores by [`crate::rank`]: sums of whole numbers that a 32-bit float holds exactly.
//!
//! Every text in it is the value of a term: nothing of what was typed is ever read as syntax.

use mutoscope_core::search::SearchField;
use serde_json::{Value, json};

use super::{
    document::pair,
    mapping::{FAVOUR, ID, KIND, STORED, TITLE_PAIRS, TITLE_SHARE, VIDEO, beginnings, words},
};
use crate::{
    query::{Query, QueryWord},
    rank::{NEIGHBOURS, Nearness, PRESENT, Rank, points},
};

/// The service gives up on its own after this long; a part of an answer is none.
const GIVE_UP_AFTER: &str = "4s";

/// The best `count` documents after a rank, best first.
pub fn best(query: &Query, weights: &[u8], within: &[SearchField], after: Option<Rank>, count: usize) -> Value {
    let present: Vec<Value> =
        query.words.iter().zip(weights).map(|(word, weight)| any_nearness(word, *weight, within)).collect();
    let required = json!({"bool": {"should": present, "minimum_should_match": query.words_required()}});
    let mut bonuses = whole_title(query, weights);
    bonuses.extend(neighbours(query, weights));
    let mut body = json!({
        "query": {"bool": {"must": [required], "should": bonuses}},
        "sort": [{"_score": "desc"}, {FAVOUR: "desc"}, {ID: "desc"}],
        "size": count,
        "_source": [STORED],
        "track_total_hits": false,
        "timeout": GIVE_UP_AFTER,
    });
    if let Some(after) = after {
        body["search_after"] = json!([after.score, after.favour, after.id.to_string()]);
    }
    body
}

/// How many documents there are, how many have each word, and how many have only words near it.
pub fn frequencies(query: &Query, within: &[SearchField]) -> Value {
    let mut filters = serde_json::Map::new();
    for (number, word) in query.words.iter().enumerate() {
        let all = nearnesses(word, within);
        let (exact, near): (Vec<_>, Vec<_>) = all.into_iter().partition(|near| near.nearness == Nearness::Exact);
        let any = |all: Vec<Near>| {
            let filters: Vec<Value> = all.into_iter().map(|near| near.filter).collect();
            json!({"bool": {"should": filters, "minimum_should_match": 1}})
        };
        filters.insert(exactly(number), any(exact));
        // Nothing at all would match everything.
        if !near.is_empty() {
            filters.insert(nearly(number), any(near));
        }
    }
    json!({
        "query": {"term": {KIND: VIDEO}},
        "size": 0,
        "track_total_hits": true,
        "timeout": GIVE_UP_AFTER,
        "aggs": {"words": {"filters": {"filters": filters}}},
    })
}

/// How the frequency of a word is called in the answer.
pub fn exactly(number: usize) -> String {
    format!("exactly_{number}")
}

/// How the frequency of what is near it is called; not in the answer where nothing can be.
pub fn nearly(number: usize) -> String {
    format!("nearly_{number}")
}

/// How many videos there are.
pub fn videos() -> Value {
    json!({"query": {"term": {KIND: VIDEO}}})
}

/// One way of being near a word, in one field.
struct Near {
    nearness: Nearness,
    field: SearchField,
    filter: Value,
}

/// The worth of the nearest way in which a document has the word.
fn any_nearness(word: &QueryWord, weight: u8, within: &[SearchField]) -> Value {
    let ways = nearnesses(word, within).into_iter().map(|near| {
        let worth = u32::from(weight) * (PRESENT + u32::from(points(near.nearness, near.field)));
        json!({"constant_score": {"filter": near.filter, "boost": worth}})
    });
    json!({"dis_max": {"queries": ways.collect::<Vec<_>>()}})
}

fn nearnesses(word: &QueryWord, within: &[SearchField]) -> Vec<Near> {
    let mut all = Vec::new();
    for &field in within {
        let mut offer = |nearness, filter| all.push(Near { nearness, field, filter });
        offer(Nearness::Exact, terms(words(field), exact_texts(word)));
        let guesses: Vec<&str> =
            word.spellings.iter().filter(|other| !other.is_exact).map(|other| other.text.as_str()).collect();
        if !guesses.is_empty() {
            offer(Nearness::Prefix, terms(words(field), guesses));
        }
        let unfinished = unfinished_texts(word);
        if !unfinished.is_empty() {
            offer(Nearness::Prefix, terms(beginnings(field), unfinished));
        }
        for edits in 1..=word.max_edits {
            for other_initial in [false, true] {
                let typo = |is_prefix| Nearness::Typo { edits, is_prefix, other_initial };
                offer(typo(false), fuzzy(words(field), &word.text, edits, other_initial));
                if word.is_prefix {
                    offer(typo(true), fuzzy(beginnings(field), &word.text, edits, other_initial));
                }
            }
        }
    }
    all
}

/// What a document's word has to be to be the word itself.
fn exact_texts(word: &QueryWord) -> Vec<&str> {
    let spellings = word.spellings.iter().filter(|other| other.is_exact);
    std::iter::once(word.text.as_str()).chain(spellings.map(|other| other.text.as_str())).collect()
}

/// What a document's word has to begin with.
fn unfinished_texts(word: &QueryWord) -> Vec<&str> {
    let own = word.is_prefix.then_some(word.text.as_str());
    let spellings = word.spellings.iter().filter(|other| other.is_prefix);
    own.into_iter().chain(spellings.map(|other| other.text.as_str())).collect()
}

fn terms(field: &str, texts: Vec<&str>) -> Value {
    json!({"terms": {field: texts}})
}

/// The wider the filter the less it is worth: of those that a document meets, the narrowest counts.
fn fuzzy(field: &str, text: &str, edits: u8, other_initial: bool) -> Value {
    json!({"fuzzy": {field: {
        "value": text,
        "fuzziness": edits,
        "prefix_length": u8::from(!other_initial),
        "transpositions": true,
        // All of them, not the fifty most frequent.
        "rewrite": "constant_score",
    }}})
}

/// Each word of the query that the title has fills a share of it.
fn whole_title(query: &Query, weights: &[u8]) -> Vec<Value> {
    let heaviest = weights.iter().max().copied().unwrap_or(1);
    let share = |word: &QueryWord| {
        json!({"function_score": {
            "query": {"constant_score": {"filter": terms(words(SearchField::Title), exact_texts(word))}},
            "field_value_factor": {"field": TITLE_SHARE, "factor": heaviest, "missing": 0},
            "boost_mode": "replace",
        }})
    };
    query.words.iter().map(share).collect()
}

/// Two words that follow one another in the title as they do in the query.
fn neighbours(query: &Query, weights: &[u8]) -> Vec<Value> {
    let mut bonuses = Vec::new();
    for (two, weights) in query.words.windows(2).zip(weights.windows(2)) {
        let (left, right) = (&two[0], &two[1]);
        let with_left = |rights: &[&str]| -> Vec<String> {
            let lefts = exact_texts(left);
            lefts.iter().flat_map(|left| rights.iter().map(|right| pair(left, right))).collect()
        };
        let mut whole = exact_texts(right);
        whole.extend(right.spellings.iter().map(|other| other.text.as_str()));
        whole.sort_unstable();
        whole.dedup();
        let mut ways = vec![json!({"terms": {TITLE_PAIRS: with_left(&whole)}})];
        let unfinished = with_left(&unfinished_texts(right));
        ways.extend(unfinished.into_iter().map(|begun| json!({"prefix": {TITLE_PAIRS: {"value": begun}}})));
        bonuses.push(json!({"constant_score": {
            "filter": {"bool": {"should": ways, "minimum_should_match": 1}},
            "boost": NEIGHBOURS * u32::from(weights[0].min(weights[1])),
        }}));
    }
    bonuses
}
