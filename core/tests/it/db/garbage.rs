//! What the sweeper may take: never what a row still names.

use std::{collections::HashSet, time::Duration};

use mutoscope_core::{
    db::{
        Db,
        garbage::{self, Garbage, Sweep},
        plans,
        retention::{self, Horizon},
        videos,
    },
    store::StorageKey,
    testing::{make_user, on_both_databases},
    time::UnixMs,
};

use super::films::{bring, claim, fail, plan};

const HOUR: Duration = Duration::from_secs(3600);

async fn due_at(db: &Db, at: UnixMs) -> Vec<Garbage> {
    garbage::due(db, at, 100).await.unwrap()
}

#[tokio::test]
async fn a_removed_video_is_swept_at_once_and_again_until_no_late_object_can_come() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = bring(&db, owner).await;
        videos::remove(&db, upload.video_id).await.unwrap();
        let now = UnixMs::now();
        let due = due_at(&db, now).await;
        assert_eq!(due.len(), 1);
        assert_eq!(due[0].prefix, StorageKey::video_prefix(upload.video_id));
        assert_eq!(garbage::judge(&db, &due[0]).await.unwrap(), Sweep::All);
        garbage::swept(&db, &due[0], now, Duration::from_secs(60)).await.unwrap();
        assert!(due_at(&db, now).await.is_empty());
        let later = due_at(&db, now.plus(HOUR)).await;
        assert!(later.contains(&due[0]), "it comes up again");
        garbage::swept(&db, &due[0], now.plus(HOUR * 3), Duration::from_secs(60)).await.unwrap();
        assert!(!due_at(&db, now.plus(HOUR * 4)).await.contains(&due[0]));
    })
    .await;
}

#[tokio::test]
async fn a_complete_upload_keeps_its_parts_and_nothing_else() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = bring(&db, owner).await;
        assert!(due_at(&db, UnixMs::now()).await.is_empty());
        let due = due_at(&db, UnixMs::now().plus(HOUR)).await;
        let kept: HashSet<String> =
            (1..=3).map(|n| upload.key_of_part(n, &super::films::sha256(n)).path().unwrap().to_string()).collect();
        assert_eq!(garbage::judge(&db, &due[0]).await.unwrap(), Sweep::AllBut(kept));
    })
    .await;
}

#[tokio::test]
async fn a_plan_that_plays_no_more_goes_with_its_row_and_the_one_that_plays_stays() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = bring(&db, owner).await;
        plan(&db, &upload, "aa", 2).await;
        fail(&db, &upload).await;
        videos::retry(&db, upload.video_id).await.unwrap();
        plan(&db, &upload, "bb", 2).await;
        let _ = claim(&db, &upload).await;
        let garbage_of =
            |hash| Garbage { prefix: StorageKey::plan_prefix(upload.video_id, hash).unwrap(), until: UnixMs(0) };
        assert_eq!(garbage::judge(&db, &garbage_of("bb")).await.unwrap(), Sweep::Nothing);
        assert!(plans::find(&db, upload.video_id, "aa").await.unwrap().is_some());
        assert_eq!(garbage::judge(&db, &garbage_of("aa")).await.unwrap(), Sweep::All);
        assert!(plans::find(&db, upload.video_id, "aa").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn what_an_old_plan_made_is_swept_after_an_hour_and_again_until_no_late_object_can_come() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = bring(&db, owner).await;
        plan(&db, &upload, "aa", 2).await;
        fail(&db, &upload).await;
        videos::retry(&db, upload.video_id).await.unwrap();
        plan(&db, &upload, "bb", 2).await;
        let now = UnixMs::now();
        let old = StorageKey::plan_prefix(upload.video_id, "aa").unwrap();
        let due = async |at| due_at(&db, at).await.into_iter().find(|garbage| garbage.prefix == old);
        assert_eq!(due(now.plus(HOUR / 2)).await, None, "who plays by it plays on");
        let first = due(now.plus(HOUR)).await.expect("its time has come");
        garbage::swept(&db, &first, now.plus(HOUR), Duration::from_secs(60)).await.unwrap();
        let again = due(now.plus(HOUR * 2)).await.expect("a late object may have come");
        assert_eq!(garbage::judge(&db, &again).await.unwrap(), Sweep::All);
        garbage::swept(&db, &again, now.plus(HOUR * 2), Duration::from_secs(60)).await.unwrap();
        let last = due(now.plus(HOUR * 4)).await.expect("once more at the end");
        garbage::swept(&db, &last, now.plus(HOUR * 4), Duration::from_secs(60)).await.unwrap();
        assert_eq!(due(now.plus(HOUR * 8)).await, None);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_prefix_of_ours_is_never_swept() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = bring(&db, owner).await;
        for prefix in
            ["", "videos", "videos/", "index", "videos/x/plans/aa", &StorageKey::video_prefix(upload.video_id)]
        {
            let garbage = Garbage { prefix: prefix.to_owned(), until: UnixMs(0) };
            assert_eq!(garbage::judge(&db, &garbage).await.unwrap(), Sweep::Nothing, "{prefix:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn events_go_once_every_consumer_has_them_but_the_last_one_stays() {
    use mutoscope_core::db::outbox;
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        for _ in 0..3 {
            bring(&db, owner).await;
        }
        assert_eq!(super::uploads::events(&db).await.len(), 3);
        let far = UnixMs::now().plus(HOUR);
        let horizon = Horizon { now: UnixMs::now(), spent_tokens: far, events: far, jobs: UnixMs(0), inbox: far };
        outbox::commit_cursor(&db, "one", 3).await.unwrap();
        outbox::commit_cursor(&db, "two", 1).await.unwrap();
        assert_eq!(retention::forget(&db, horizon).await.unwrap().events, 1);
        outbox::commit_cursor(&db, "two", 3).await.unwrap();
        assert_eq!(retention::forget(&db, horizon).await.unwrap().events, 1);
        assert_eq!(outbox::end(&db).await.unwrap(), 3);
    })
    .await;
}
