//! What the adapter makes of a service that fails: an error of the right kind, nothing lost, nothing overwritten.

use std::time::{Duration, Instant};

use mutoscope_core::{
    id::VideoId,
    search::{SearchBackend, SearchBatch, SearchChange, SearchDocument, SearchError, SearchQuery},
    time::UnixMs,
};
use mutoscope_index::{ElasticSearch, ElasticSettings};
use serde_json::json;

use super::stub::{Fault, Stub};

fn video(video_id: VideoId, title: &str) -> SearchDocument {
    SearchDocument {
        video_id,
        title: title.to_owned(),
        description: String::new(),
        tags: Vec::new(),
        channel_name: String::new(),
        channel_handle: String::new(),
        published_at: UnixMs(1_750_000_000_000),
        views: 0,
    }
}

fn batch(after: i64, position: i64, changes: Vec<SearchChange>) -> SearchBatch {
    SearchBatch { changes, after, position }
}

async fn search(search: &ElasticSearch, text: &str) -> Result<Vec<VideoId>, SearchError> {
    let page = search.search(SearchQuery { text: text.to_owned(), limit: 10, cursor: None }).await?;
    Ok(page.hits.into_iter().map(|hit| hit.video_id).collect())
}

/// A stand-in with an empty index at place 0.
async fn fresh() -> (Stub, ElasticSearch) {
    let stub = Stub::start().await;
    let search = stub.search("mutoscope");
    search.rebuild().await.unwrap().finish(0).await.unwrap();
    (stub, search)
}

fn generation(stub: &Stub) -> String {
    let mut found: Vec<String> = stub.indexes().into_iter().filter(|index| index.starts_with("mutoscope-g-")).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[tokio::test]
async fn whatever_a_service_answers_when_it_fails_search_is_unavailable_and_nothing_is_rebuilt() {
    let (stub, index) = fresh().await;
    let blocked = json!({"error": {"type": "cluster_block_exception"}, "status": 403}).to_string();
    let answers = [
        (401, String::new()),
        (403, String::new()),
        (403, blocked),
        (408, String::new()),
        (429, "{}".to_owned()),
        (500, "[]".to_owned()),
        (502, "<html>Bad Gateway</html>".to_owned()),
        (503, "null".to_owned()),
        (504, "{\"error\": 7}".to_owned()),
        (200, "<html>a login page</html>".to_owned()),
        (200, "{}".to_owned()),
        (200, "[".repeat(100_000)),
        (302, String::new()),
    ];
    for (status, text) in answers {
        for path in ["_search", "place", "_count"] {
            stub.fail(path, 1, Fault::Answer(status, text.clone()));
        }
        let answer = search(&index, "film").await;
        let error = answer.expect_err("a failure");
        assert!(matches!(error, SearchError::Unavailable(Some(_))), "{status}: {error:?}");
        let place = index.position().await;
        assert!(matches!(place, Err(SearchError::Unavailable(Some(_)))), "{status} {text}: {place:?}");
        stub.heal();
        stub.fail("_count", 1, Fault::Answer(status, text.clone()));
        index.health().await.expect_err("it is not whole");
        stub.heal();
        assert_eq!(search(&index, "film").await.unwrap(), []);
    }
    let none = Stub::start().await;
    let index = none.search("mutoscope");
    drop(none);
    tokio::task::yield_now().await;
    for answer in [search(&index, "film").await.map(|_| ()), index.position().await.map(|_| ())] {
        assert!(matches!(answer, Err(SearchError::Unavailable(Some(_)))), "{answer:?}");
    }
}

#[tokio::test]
async fn a_service_that_never_answers_is_waited_for_a_few_seconds() {
    let (stub, index) = fresh().await;
    stub.fail("_search", 1, Fault::Silence);
    stub.fail("place", 1, Fault::Silence);
    let start = Instant::now();
    let (found, place) = tokio::join!(search(&index, "film"), index.position());
    assert!(matches!(found, Err(SearchError::Unavailable(Some(_)))), "{found:?}");
    assert!(matches!(place, Err(SearchError::Unavailable(Some(_)))), "{place:?}");
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_part_of_an_answer_is_none() {
    let (stub, index) = fresh().await;
    for (pointer, value) in [("/_shards/failed", json!(1)), ("/timed_out", json!(true)), ("/hits/hits", json!([{}]))] {
        stub.fail("_search", 1, Fault::Field(pointer, value));
        let answer = search(&index, "film").await;
        assert!(matches!(answer, Err(SearchError::Unavailable(Some(_)))), "{pointer}: {answer:?}");
    }
    stub.fail("_search", 1, Fault::CutOff);
    assert!(matches!(search(&index, "film").await, Err(SearchError::Unavailable(Some(_)))));
}

#[tokio::test]
async fn a_batch_that_is_taken_in_by_half_is_taken_in_again() {
    let (stub, index) = fresh().await;
    let ids: Vec<VideoId> = (0..6).map(|_| VideoId::new()).collect();
    let changes: Vec<SearchChange> = ids.iter().map(|id| SearchChange::Upsert(video(*id, "Lagoon"))).collect();
    let whole = batch(0, 6, changes);

    stub.fail("_bulk", 1, Fault::SecondLines(429));
    let answer = index.apply(whole.clone()).await;
    assert!(matches!(answer, Err(SearchError::Unavailable(Some(_)))), "{answer:?}");
    assert_eq!(index.position().await.unwrap(), 0, "the place waits for all of it");
    stub.fail("_bulk", 1, Fault::SecondLines(400));
    let answer = index.apply(whole.clone()).await;
    assert!(matches!(answer, Err(SearchError::Internal(_))), "{answer:?}");
    stub.fail("_bulk", 1, Fault::Field("/items", json!(null)));
    assert!(index.apply(whole.clone()).await.is_err());

    // It took effect, and nobody heard of it.
    stub.fail("place", 1, Fault::Answer(503, String::new()));
    index.apply(whole.clone()).await.expect_err("the place can't be read");
    index.apply(whole).await.unwrap();
    assert_eq!(index.position().await.unwrap(), 6);
    let mut found = search(&index, "lagoon").await.unwrap();
    found.sort_unstable();
    assert_eq!(found, ids);
}

#[tokio::test]
async fn an_older_batch_overwrites_nothing_however_late_it_comes() {
    let (stub, index) = fresh().await;
    let (id, gone) = (VideoId::new(), VideoId::new());
    let upsert = |id, title| SearchChange::Upsert(video(id, title));
    index.apply(batch(0, 5, vec![upsert(id, "Present"), SearchChange::Delete(gone)])).await.unwrap();

    // A process that read the place long ago and was frozen: for it the index still stands at 0.
    stub.tamper(&generation(&stub), "place", |place| place["position"] = json!(0));
    index.apply(batch(0, 3, vec![upsert(id, "Past"), upsert(gone, "Past")])).await.unwrap();
    assert_eq!(search(&index, "present").await.unwrap(), [id]);
    assert_eq!(search(&index, "past").await.unwrap(), []);
    assert_eq!(index.health().await.unwrap().documents, 1);

    // Two that read the same place: one moves it, the other finds that out.
    let other = stub.search("mutoscope");
    let changes = |title| vec![upsert(id, title)];
    let (one, two) = tokio::join!(index.apply(batch(3, 9, changes("Both"))), other.apply(batch(3, 9, changes("Both"))));
    one.unwrap();
    two.unwrap();
    assert_eq!(index.position().await.unwrap(), 9);
    assert_eq!(search(&index, "both").await.unwrap(), [id]);

    let writes = stub.exchanges().into_iter().filter(|one| {
        one.path.starts_with("/mutoscope-w-") || one.path.starts_with("/mutoscope-g-") && one.method == "PUT"
    });
    for write in writes.filter(|one| one.path.contains("/_")) {
        assert!(write.path.contains("require_alias=true"), "a late write would make an index: {}", write.path);
    }
}

#[tokio::test]
async fn an_index_that_is_gone_or_not_ours_is_damaged_and_a_rebuild_mends_it() {
    let (stub, index) = fresh().await;
    let rebuild = async || index.rebuild().await.unwrap().finish(7).await.unwrap();
    let is_damaged = async |what: &str| {
        let place = index.position().await;
        assert!(matches!(place, Err(SearchError::Damaged(_))), "{what}: {place:?}");
        rebuild().await;
        assert_eq!(index.position().await.unwrap(), 7, "{what}");
        assert_eq!(search(&index, "film").await.unwrap(), [], "{what}");
        generation(&stub);
    };
    stub.tamper(&generation(&stub), "place", |place| place["format"] = json!(0));
    is_damaged("another format").await;
    stub.tamper(&generation(&stub), "place", |place| *place = json!({}));
    is_damaged("no place").await;
    stub.drop_index(&generation(&stub));
    assert!(matches!(search(&index, "film").await, Err(SearchError::Unavailable(_))), "to the one who searches");
    assert!(matches!(index.position().await, Err(SearchError::Damaged(None))));
    is_damaged("no index").await;
}

#[tokio::test]
async fn a_rebuild_that_fails_leaves_the_old_index_and_nothing_beside_it() {
    let (stub, index) = fresh().await;
    let id = VideoId::new();
    index.apply(batch(0, 1, vec![SearchChange::Upsert(video(id, "Glacier"))])).await.unwrap();
    let before = generation(&stub);
    for path in ["_bulk", "place", "_refresh", "lock", "_aliases"] {
        let mut made = index.rebuild().await.unwrap();
        stub.fail(path, 100, Fault::Answer(503, String::new()));
        let outcome = match made.add(vec![video(VideoId::new(), "Another")]).await {
            Ok(()) => made.finish(1).await,
            Err(error) => {
                drop(made);
                Err(error)
            }
        };
        assert!(matches!(outcome, Err(SearchError::Unavailable(Some(_)))), "{path}: {outcome:?}");
        stub.heal();
        // What could not be removed then goes with the next try.
        drop(index.rebuild().await);
        while index.rebuild().await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(search(&index, "glacier").await.unwrap(), [id], "{path}");
        assert!(stub.indexes().contains(&before), "{path}");
    }
}

#[tokio::test]
async fn a_rebuild_whose_process_died_is_taken_over_and_its_late_end_changes_nothing() {
    let (stub, index) = fresh().await;
    let id = VideoId::new();
    let mut frozen = index.rebuild().await.unwrap();
    frozen.add(vec![video(VideoId::new(), "Glacier")]).await.unwrap();
    let other = stub.search("mutoscope");
    assert!(matches!(other.rebuild().await, Err(SearchError::Busy)));
    stub.tamper("mutoscope-rebuild", "lock", |lock| lock["renewed_at"] = json!("2020-02-02T02:02:02Z"));
    let mut made = other.rebuild().await.expect("it is taken for dead");
    assert!(matches!(frozen.add(vec![video(VideoId::new(), "Glacier")]).await, Err(SearchError::Busy)));
    assert!(matches!(frozen.finish(99).await, Err(SearchError::Busy)));
    made.add(vec![video(id, "Glacier")]).await.unwrap();
    made.finish(5).await.unwrap();
    assert_eq!(search(&index, "glacier").await.unwrap(), [id]);
    assert_eq!(index.position().await.unwrap(), 5);
    generation(&stub);
}

#[tokio::test]
async fn an_older_service_and_an_unknown_user_are_told_by_name() {
    let (stub, index) = fresh().await;
    stub.ask_for("Basic bXV0bzpzM2NyZXQ=");
    assert!(matches!(search(&index, "film").await, Err(SearchError::Unavailable(Some(_)))));
    let login = Some(("muto".to_owned(), "s3cret".to_owned()));
    let settings = ElasticSettings { login, ..stub.settings("mutoscope") };
    assert!(!format!("{settings:?}").contains("s3cret"), "no secret is shown");
    let known = ElasticSearch::open(settings).unwrap();
    assert_eq!(search(&known, "film").await.unwrap(), []);

    for (version, name) in [
        (json!({"number": "6.8.23"}), "Elasticsearch 6.8"),
        (json!({"number": "7.9.3"}), "Elasticsearch 7.9"),
        (json!({"number": "0.9.0", "distribution": "opensearch"}), "OpenSearch 0.9"),
    ] {
        let stub = Stub::start().await;
        stub.pretend(version);
        let Err(SearchError::Unavailable(Some(cause))) = stub.search("mutoscope").position().await else {
            panic!("{name} is too old");
        };
        assert!(cause.to_string().contains(name), "{cause}");
    }
}
