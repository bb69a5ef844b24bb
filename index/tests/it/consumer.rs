//! The consumer on both databases: rows and events in, hits out.

use std::sync::Arc;

use mutoscope_core::{
    account::Role,
    db::{
        users,
        videos::{self, VideoChange},
    },
    search::{SearchBackend, SearchBatch},
    testing::{forget_events, listed_video, make_user, on_both_databases},
    video::Privacy,
};
use mutoscope_index::{EmbeddedSearch, rebuild};

use crate::platform::{Platform, SOON};

#[tokio::test]
async fn what_happens_to_a_video_is_found_within_a_second() {
    on_both_databases(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let platform = Platform::start(&db, folder.path().join("search"));
        let mut took = Vec::new();
        let owner = make_user(&db, "ada").await;
        let id = listed_video(&db, owner, "Tidal pools", "with limpets", &["sea"]).await;
        for text in ["tidal", "limpets", "sea", "ada"] {
            took.push(platform.until_found(text, &[id]).await);
        }
        let change = async |change: VideoChange| {
            videos::change(&db, id, &change).await.unwrap().unwrap();
        };
        change(VideoChange { title: Some("Rock pools".to_owned()), ..VideoChange::default() }).await;
        took.push(platform.until_found("rock", &[id]).await);
        assert!(platform.found("tidal").await.is_empty());

        for hidden in [Privacy::Private, Privacy::Unlisted] {
            change(VideoChange { privacy: Some(hidden), ..VideoChange::default() }).await;
            took.push(platform.until_found("rock", &[]).await);
            assert!(platform.search.suggest("rock", 5).await.unwrap().is_empty());
            change(VideoChange { privacy: Some(Privacy::Public), ..VideoChange::default() }).await;
            took.push(platform.until_found("rock", &[id]).await);
        }

        let administrator = make_user(&db, "root").await;
        users::set_role(&db, administrator, Role::Admin).await.unwrap();
        users::block(&db, owner).await.unwrap();
        took.push(platform.until_found("rock", &[]).await);
        users::unblock(&db, owner).await.unwrap();
        took.push(platform.until_found("rock", &[id]).await);

        assert!(videos::remove(&db, id).await.unwrap());
        took.push(platform.until_found("rock", &[]).await);
        platform.stop().await;
        // Half of them, for a machine that is busy with other tests.
        took.sort();
        assert!(took[took.len() / 2] < SOON, "{took:?}");
    })
    .await;
}

#[tokio::test]
async fn an_index_goes_on_from_the_place_it_keeps() {
    on_both_databases(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("search");
        let owner = make_user(&db, "ada").await;

        let platform = Platform::start(&db, home.clone());
        let first = platform.video(owner, "Harbour one").await;
        let gone = platform.video(owner, "Harbour two").await;
        platform.until_found("harbour", &[first, gone]).await;
        platform.stop().await;
        let generation = std::fs::read(home.join("current")).unwrap();

        let third = listed_video(&db, owner, "Harbour three", "", &[]).await;
        videos::remove(&db, gone).await.unwrap();

        let platform = Platform::start(&db, home.clone());
        platform.until_found("harbour", &[first, third]).await;
        platform.stop().await;
        assert_eq!(std::fs::read(home.join("current")).unwrap(), generation, "nothing was rebuilt");
    })
    .await;
}

#[tokio::test]
async fn events_that_come_again_or_late_change_nothing() {
    on_both_databases(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let platform = Platform::start(&db, folder.path().join("search"));
        let owner = make_user(&db, "ada").await;
        let stays = platform.video(owner, "Lighthouse").await;
        let goes = platform.video(owner, "Lighthouse").await;
        let change = VideoChange { title: Some("Lighthouse keeper".to_owned()), ..VideoChange::default() };
        videos::change(&db, stays, &change).await.unwrap();
        videos::remove(&db, goes).await.unwrap();
        platform.until_found("lighthouse", &[stays]).await;
        platform.until_caught_up().await;

        // An empty index at place 0 is told the whole story once more: the rows say how it ended.
        platform.search.rebuild().await.unwrap().finish(0).await.unwrap();
        platform.until_found("lighthouse", &[stays]).await;
        platform.until_caught_up().await;
        platform.until_found("keeper", &[stays]).await;
        platform.stop().await;
    })
    .await;
}

#[tokio::test]
async fn an_index_that_missed_events_is_built_anew() {
    on_both_databases(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("search");
        let owner = make_user(&db, "ada").await;
        let platform = Platform::start(&db, home.clone());
        let old = platform.video(owner, "Glacier").await;
        platform.until_found("glacier", &[old]).await;
        platform.until_caught_up().await;
        platform.stop().await;

        // Another replica goes on while this one is away for longer than the log remembers.
        let other = Platform::start(&db, folder.path().join("other"));
        let (missed, known) = (other.video(owner, "Glacier").await, other.video(owner, "Glacier").await);
        videos::remove(&db, old).await.unwrap();
        other.until_caught_up().await;
        let end = mutoscope_core::db::outbox::end(&db).await.unwrap();
        other.stop().await;
        forget_events(&db, end - 1).await;

        let platform = Platform::start(&db, home);
        platform.until_found("glacier", &[missed, known]).await;
        platform.stop().await;
    })
    .await;
}

#[tokio::test]
async fn an_index_from_the_future_is_built_anew() {
    on_both_databases(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let platform = Platform::start(&db, folder.path().join("search"));
        let owner = make_user(&db, "ada").await;
        let id = platform.video(owner, "Meadow").await;
        platform.until_found("meadow", &[id]).await;
        platform.until_caught_up().await;
        // As if an older database had come back from a backup: the index stands where the log has not come to.
        let batch = SearchBatch { changes: Vec::new(), after: 0, position: 1_000_000 };
        platform.search.apply(batch).await.unwrap();
        platform.until_caught_up().await;
        platform.until_found("meadow", &[id]).await;
        platform.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_rebuild_beside_a_running_platform_loses_nothing() {
    on_both_databases(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("search");
        let platform = Platform::start(&db, home.clone());
        let owner = make_user(&db, "ada").await;
        let mut ids = Vec::new();
        for n in 0..30 {
            ids.push(platform.video(owner, &format!("Volcano {n}")).await);
        }
        platform.until_found("volcano", &ids).await;

        // Another process, as `mutoscope index rebuild` is one.
        let command = EmbeddedSearch::open(home.clone()).unwrap();
        for round in 0..5 {
            let mut steps = Vec::new();
            let (rebuilt, ()) = tokio::join!(rebuild(&db, &command, |documents| steps.push(documents)), async {
                for n in 0..4 {
                    ids.push(platform.video(owner, &format!("Volcano {round} {n}")).await);
                }
                videos::remove(&db, ids.remove(0)).await.unwrap();
                assert!(!platform.found("volcano").await.is_empty(), "search answers meanwhile");
            });
            let rebuilt = rebuilt.unwrap();
            assert_eq!(steps.last(), Some(&rebuilt.documents));
            platform.until_found("volcano", &ids).await;
        }
        ids.push(platform.video(owner, "Volcano, the last").await);
        platform.until_found("volcano", &ids).await;
        platform.until_caught_up().await;
        platform.stop().await;
        let generations = std::fs::read_dir(&home).unwrap().filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with("g-")
        });
        assert_eq!(generations.count(), 1, "old indexes are removed");
    })
    .await;
}

#[tokio::test]
async fn a_rebuild_reads_every_page_of_videos() {
    on_both_databases(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let owner = make_user(&db, "ada").await;
        for n in 0..230 {
            listed_video(&db, owner, &format!("Number {n}"), "", &[]).await;
        }
        let search = Arc::new(EmbeddedSearch::open(folder.path().join("search")).unwrap());
        let rebuilt = rebuild(&db, search.as_ref(), |_| ()).await.unwrap();
        assert_eq!(rebuilt.documents, 230);
        assert_eq!(search.health().await.unwrap().documents, 230);
    })
    .await;
}

#[tokio::test]
async fn two_processes_on_one_index_do_not_disturb_one_another() {
    on_both_databases(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("search");
        let owner = make_user(&db, "ada").await;
        let first = Platform::start(&db, home.clone());
        let id = first.video(owner, "Comet").await;
        first.until_found("comet", &[id]).await;
        // The second one can't write, but it reads what the first one commits; and takes over when that one goes.
        let second = Platform::start(&db, home);
        second.until_found("comet", &[id]).await;
        let another = first.video(owner, "Comet").await;
        second.until_found("comet", &[id, another]).await;
        first.stop().await;
        let last = second.video(owner, "Comet").await;
        second.until_found("comet", &[id, another, last]).await;
        second.stop().await;
    })
    .await;
}
