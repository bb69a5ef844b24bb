//! What changes do to the index, and its place in the log.

use mutoscope_core::search::{SearchBatch, SearchChange, SearchDocument, SearchError};

use super::{Backend, change, found, id, ids, page, put, video};

fn secret() -> SearchDocument {
    SearchDocument {
        tags: vec!["clandestine".to_owned()],
        description: "confidential".to_owned(),
        channel_name: "Whistleblower".to_owned(),
        ..video(1, "Secret rehearsal")
    }
}

pub async fn a_deleted_video_is_gone_everywhere(backend: &Backend) {
    put(backend, [secret(), video(2, "Public rehearsal")]).await;
    assert_eq!(found(backend, "secret").await, ids([1]));
    change(backend, vec![SearchChange::Delete(id(1)), SearchChange::Delete(id(77))]).await;
    for query in ["secret", "secrt", "sec", "clandestine", "confidential", "whistleblower"] {
        assert!(found(backend, query).await.is_empty(), "{query}");
        assert!(backend.suggest(query, 10).await.expect("suggestions").is_empty(), "{query}");
    }
    assert_eq!(found(backend, "rehearsal").await, ids([2]));
    assert_eq!(backend.health().await.expect("health").documents, 1);
}

pub async fn the_last_change_of_a_video_counts(backend: &Backend) {
    let changes = vec![
        SearchChange::Upsert(video(1, "First name")),
        SearchChange::Delete(id(1)),
        SearchChange::Upsert(video(1, "Second name")),
        SearchChange::Upsert(video(2, "Other")),
        SearchChange::Delete(id(2)),
    ];
    change(backend, changes).await;
    assert_eq!(found(backend, "name").await, ids([1]));
    assert!(found(backend, "first").await.is_empty());
    assert!(found(backend, "other").await.is_empty());
    put(backend, [video(1, "Third title")]).await;
    assert!(found(backend, "name").await.is_empty(), "a change replaces all that was there");
    assert_eq!(found(backend, "third").await, ids([1]));
}

pub async fn the_same_batch_again_changes_nothing(backend: &Backend) {
    let batch = SearchBatch {
        changes: vec![SearchChange::Upsert(video(1, "Once")), SearchChange::Upsert(video(2, "Once more"))],
        after: 0,
        position: 2,
    };
    for _ in 0..3 {
        backend.apply(batch.clone()).await.expect("taken in");
    }
    let page = page(backend, "once").await;
    assert_eq!(page.hits.len(), 2);
    let health = backend.health().await.expect("health");
    assert_eq!((health.documents, health.position), (2, 2));
}

pub async fn the_place_is_kept_with_the_changes(backend: &Backend) {
    assert_eq!(backend.position().await.expect("a place"), 0);
    let batch = |after, position| SearchBatch { changes: Vec::new(), after, position };
    backend.apply(batch(0, 5)).await.expect("taken in");
    assert_eq!(backend.position().await.expect("a place"), 5);
    backend.apply(batch(2, 4)).await.expect("an older run is no fault");
    assert_eq!(backend.position().await.expect("a place"), 5, "it never moves back");
    let beyond = SearchBatch { changes: vec![SearchChange::Upsert(video(1, "Too early"))], ..batch(6, 9) };
    let answer = backend.apply(beyond).await;
    assert!(matches!(answer, Err(SearchError::Moved { position: 5 })), "{answer:?}");
    assert_eq!(backend.position().await.expect("a place"), 5);
    assert!(found(backend, "early").await.is_empty(), "nothing of a refused batch is kept");
}

pub async fn a_rebuilt_index_takes_over_when_it_is_finished(backend: &Backend) {
    put(backend, [video(1, "Old film"), video(2, "Lost film")]).await;
    let mut made = backend.rebuild().await.expect("a new index");
    assert!(matches!(backend.rebuild().await, Err(SearchError::Busy)), "one at a time");
    made.add(vec![video(1, "Old film"), video(3, "New film")]).await.expect("added");
    assert_eq!(found(backend, "film").await.len(), 2, "the old one answers meanwhile");
    put(backend, [video(4, "Film of the meantime")]).await;
    assert_eq!(found(backend, "film").await.len(), 3, "and follows the log");
    made.finish(1).await.expect("finished");
    let mut films = found(backend, "film").await;
    films.sort();
    assert_eq!(films, ids([1, 3]));
    assert_eq!(backend.position().await.expect("a place"), 1, "the new one stands where its rows were read");

    let given_up = backend.rebuild().await.expect("a new index");
    drop(given_up);
    assert_eq!(found(backend, "film").await.len(), 2);
    backend.rebuild().await.expect("nothing is in the way").finish(9).await.expect("finished");
    assert!(found(backend, "film").await.is_empty());
}
