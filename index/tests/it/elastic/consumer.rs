//! Processes that share an index in a service: one feeds it, and another when that one is gone.

use std::sync::Arc;

use mutoscope_core::{
    db::{
        Db,
        videos::{self, VideoChange},
    },
    testing::{listed_video, make_user, on_both_databases},
};
use mutoscope_index::{Consumer, ElasticSearch, set_up};

use super::stub::{Fault, Stub};
use crate::platform::Platform;

fn start(db: &Db, search: ElasticSearch) -> Platform {
    Platform::on(db, Arc::new(search), Consumer::one_of_many)
}

/// What must hold on any service; `open` gives adapters of the same index.
pub async fn processes_share_an_index(db: &Db, open: impl Fn() -> ElasticSearch) {
    let owner = make_user(db, "ada").await;
    let (one, two) = (start(db, open()), start(db, open()));
    let id = listed_video(db, owner, "Tidal pools", "with limpets", &["sea"]).await;
    for platform in [&one, &two] {
        for text in ["tidal", "limpets", "sea", "ada"] {
            platform.until_found(text, &[id]).await;
        }
    }
    one.stop().await;
    let change = VideoChange { title: Some("Rock pools".to_owned()), ..VideoChange::default() };
    videos::change(db, id, &change).await.unwrap().unwrap();
    two.until_found("rock", &[id]).await;
    two.until_found("tidal", &[]).await;
    let another = listed_video(db, owner, "Rock garden", "", &[]).await;
    two.until_found("rock", &[id, another]).await;
    assert!(videos::remove(db, id).await.unwrap());
    two.until_found("rock", &[another]).await;
    two.until_caught_up().await;
    two.stop().await;
}

#[tokio::test]
async fn an_index_is_set_up_once() {
    on_both_databases(async |db| {
        let stub = Stub::start().await;
        let search = stub.search("mutoscope");
        let owner = make_user(&db, "ada").await;
        listed_video(&db, owner, "Waterfall", "", &[]).await;
        assert_eq!(set_up(&db, &search).await.unwrap().map(|made| made.documents), Some(1));
        let made = stub.indexes();
        assert_eq!(set_up(&db, &search).await.unwrap(), None);
        assert_eq!(stub.indexes(), made);
        stub.fail("place", 1, Fault::Answer(503, String::new()));
        assert!(set_up(&db, &search).await.is_err(), "one that can't be asked is not made anew");
    })
    .await;
}

#[tokio::test]
async fn one_of_many_feeds_the_index_and_another_goes_on() {
    on_both_databases(async |db| {
        let stub = Stub::start().await;
        processes_share_an_index(&db, || stub.search("mutoscope")).await;
        let batches = stub.exchanges().into_iter().filter(|one| one.path.contains("/_bulk")).count();
        // The first rebuild, and then one for each change or several.
        assert!((1..=8).contains(&batches), "no change is written twice: {batches} batches");
    })
    .await;
}

#[tokio::test]
async fn an_index_in_a_service_comes_back_after_whatever_happens_to_it() {
    on_both_databases(async |db| {
        let stub = Stub::start().await;
        let owner = make_user(&db, "ada").await;
        let first = listed_video(&db, owner, "Waterfall", "", &[]).await;
        let platform = start(&db, stub.search("mutoscope"));
        platform.until_found("waterfall", &[first]).await;
        platform.until_caught_up().await;

        // Away for a while: nothing is lost, and the index is not made anew.
        let before = stub.indexes();
        for path in ["place", "_bulk", "_search"] {
            stub.fail(path, 1000, Fault::Answer(503, String::new()));
        }
        let second = listed_video(&db, owner, "Waterfall two", "", &[]).await;
        assert!(platform.search.position().await.is_err());
        stub.heal();
        platform.until_found("waterfall", &[first, second]).await;
        assert_eq!(stub.indexes(), before);

        for index in before.iter().filter(|index| index.contains("-g-")) {
            stub.drop_index(index);
        }
        platform.until_found("waterfall", &[first, second]).await;
        platform.until_caught_up().await;
        platform.stop().await;
    })
    .await;
}
