//! The real services, whose addresses `scripts/services` exports: the port's suite, and a comparison of the stand-in with
//! them, request by request.

use std::sync::Arc;

use mutoscope_core::{
    bus::{
        kafka::{KafkaSettings, make_topics},
        suite::{a_prefix, real_kafka},
    },
    id::VideoId,
    search::{SearchBackend, SearchBatch, SearchChange, SearchDocument, SearchQuery},
    testing::on_both_databases,
    time::UnixMs,
};
use mutoscope_index::{ElasticSearch, ElasticSettings};
use serde_json::Value;
use uuid::Uuid;

use super::stub::{Exchange, Stub};

const SERVICES: [(&str, &str); 2] =
    [("Elasticsearch", "MUTOSCOPE_TEST_ELASTICSEARCH_URL"), ("OpenSearch", "MUTOSCOPE_TEST_OPENSEARCH_URL")];

/// Runs the test on each service that was started.
async fn on_each(test: impl AsyncFn(&str)) {
    for (name, variable) in SERVICES {
        match std::env::var(variable) {
            Ok(url) => test(&url).await,
            Err(_) => eprintln!("SKIP on {name}: {variable} names no server (make test-services starts one)"),
        }
    }
}

fn open(url: &str, index: &str) -> ElasticSearch {
    let settings = ElasticSettings { url: url.parse().unwrap(), login: None, ca_pem: None, index: index.to_owned() };
    ElasticSearch::open(settings).unwrap()
}

#[tokio::test]
async fn the_services_pass_the_suite_of_the_port() {
    on_each(async |url| {
        mutoscope_index::suite::run(async || {
            let search = open(url, &format!("test-{}", Uuid::new_v4().simple()));
            search.rebuild().await.unwrap().finish(0).await.unwrap();
            Arc::new(search) as Arc<dyn SearchBackend>
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn processes_share_an_index_in_the_services() {
    on_each(async |url| {
        on_both_databases(async |db| {
            let index = format!("test-{}", Uuid::new_v4().simple());
            super::consumer::processes_share_an_index(&db, || open(url, &index)).await;
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn roles_share_the_feeding_of_an_index_in_the_services_through_kafka() {
    let Some(kafka) = real_kafka() else {
        eprintln!("SKIP through Apache Kafka: no broker was started");
        return;
    };
    on_each(async |url| {
        on_both_databases(async |db| {
            let settings = KafkaSettings { prefix: a_prefix(), ..kafka.clone() };
            make_topics(&settings).await.unwrap();
            let index = format!("test-{}", Uuid::new_v4().simple());
            super::group::roles_share_the_feeding_of_an_index(db, settings, || open(url, &index)).await;
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn the_stand_in_answers_as_the_services_do() {
    let stub = Stub::start().await;
    let index = format!("twin-{}", Uuid::new_v4().simple());
    everything(&stub.search(&index)).await;
    let exchanges = stub.exchanges();
    assert!(exchanges.len() > 40, "{}", exchanges.len());
    on_each(async |url| {
        let client = reqwest::Client::new();
        for exchange in &exchanges[1..] {
            let (status, answer) = repeat(&client, url, exchange).await;
            let what = format!("{} {} {}", exchange.method, exchange.path, exchange.request);
            assert_eq!(status, exchange.status, "{what}: {answer}");
            is_like(&exchange.answer, &answer, &mut Vec::new(), &what);
        }
    })
    .await;
}

/// Has the adapter send every kind of request.
async fn everything(search: &ElasticSearch) {
    search.position().await.expect_err("there is no index yet");
    search.rebuild().await.unwrap().finish(0).await.unwrap();
    let titles = [
        "Red panda",
        "Red pandas in the trees",
        "The great escape",
        "Wi-Fi in an hour",
        "東京タワーの夜景",
        "Redd pnada",
        "Elephants",
        "An elefant",
        "Note book",
        "Notebooks",
        "C++ for everyone",
    ];
    let videos: Vec<SearchDocument> = titles
        .iter()
        .zip(1u64..)
        .map(|(title, number)| SearchDocument {
            video_id: VideoId::from_uuid(Uuid::from_u64_pair(0x0190_0000_0000_7000, (1 << 63) | number)),
            title: (*title).to_owned(),
            description: format!("What there is to say of {title}, and of a zebra."),
            tags: vec!["animals".to_owned(), format!("number {number}")],
            channel_name: "Ada L.".to_owned(),
            channel_handle: "ada".to_owned(),
            published_at: UnixMs(1_750_000_000_000 + 4_000_000_000 * (number as i64 % 3)),
            views: number as i64 * 10,
        })
        .collect();
    let changes: Vec<SearchChange> = videos.iter().cloned().map(SearchChange::Upsert).collect();
    search.apply(SearchBatch { changes: changes.clone(), after: 0, position: 5 }).await.unwrap();
    search.apply(SearchBatch { changes, after: 0, position: 5 }).await.unwrap();
    let gone = SearchChange::Delete(videos[2].video_id);
    search.apply(SearchBatch { changes: vec![gone], after: 5, position: 6 }).await.unwrap();
    let queries = [
        "red panda",
        "red pan",
        "rde panda",
        "elephant",
        "elepahnt zebr",
        "wifi",
        "wi-fi hour",
        "notebook",
        "note bok",
        "東京",
        "夜景 タワー",
        "c++",
        "animals number 3",
        "ada",
        "zebra \"OR\" * title:red",
        "an elefantt in teh trees",
        "esc",
    ];
    for text in queries {
        let mut query = SearchQuery { text: text.to_owned(), limit: 3, cursor: None };
        loop {
            query.cursor = search.search(query.clone()).await.unwrap().next_cursor;
            if query.cursor.is_none() {
                break;
            }
        }
        search.suggest(text, 5).await.unwrap();
    }
    let mut made = search.rebuild().await.unwrap();
    search.rebuild().await.map(|_| ()).expect_err("one at a time");
    made.add(videos).await.unwrap();
    made.finish(6).await.unwrap();
    drop(search.rebuild().await.unwrap());
    search.rebuild().await.unwrap().finish(6).await.unwrap();
    search.health().await.unwrap();
}

async fn repeat(client: &reqwest::Client, url: &str, exchange: &Exchange) -> (u16, Value) {
    let method = exchange.method.parse().unwrap();
    let kind = if exchange.path.contains("_bulk") { "application/x-ndjson" } else { "application/json" };
    let mut request = client.request(method, format!("{url}{}", exchange.path));
    if !exchange.request.is_empty() {
        request = request.header("content-type", kind).body(exchange.request.clone());
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Whether all that the stand-in answered is in the real answer, with the same values where they mean something.
fn is_like(stub: &Value, real: &Value, at: &mut Vec<String>, what: &str) {
    // How long it took, and why in words; how many copies there are is the service's matter.
    let is_its_own = matches!(at.last().map(String::as_str), Some("took" | "reason" | "root_cause" | "_shards"));
    match (stub, real) {
        _ if is_its_own => assert!(!real.is_null(), "{at:?} of {what}"),
        (Value::Object(stub), Value::Object(real)) => {
            for (field, value) in stub {
                at.push(field.clone());
                let found = real.get(field).unwrap_or_else(|| panic!("{at:?} of {what} in {real:?}"));
                is_like(value, found, at, what);
                at.pop();
            }
        }
        (Value::Array(stub), Value::Array(real)) => {
            assert_eq!(stub.len(), real.len(), "{at:?} of {what}: {real:?}");
            for (number, (stub, real)) in stub.iter().zip(real).enumerate() {
                at.push(number.to_string());
                is_like(stub, real, at, what);
                at.pop();
            }
        }
        (Value::Number(stub), Value::Number(real)) => assert_eq!(stub.as_f64(), real.as_f64(), "{at:?} of {what}"),
        _ => assert_eq!(stub, real, "{at:?} of {what}"),
    }
}
