//! Uploads: quota, promises, parts, completion, and what is left behind.

use mutoscope_core::{
    bus::{Follower, log},
    db::{
        Db,
        uploads::{self, Allowance, Completion, NewVideo, Promise, Promised, Refusal},
        videos,
    },
    event::What,
    testing::{make_user, on_both_databases},
    time::UnixMs,
    video::VideoState,
};

use super::films::{ALLOWANCE, DAY, begin, bring, new_video, sha256, store_part};

fn part(number: i64, content: i64) -> Promise {
    Promise { number, sha256: sha256(content) }
}

/// All events, placed.
pub async fn events(db: &Db) -> Vec<What> {
    let (mut reader, sequencer) = log::open(db.clone(), "test".to_owned());
    let stop = tokio_util::sync::CancellationToken::new();
    let task = tokio::spawn(sequencer.run(stop.clone()));
    let placed = reader.next_after(0).await.unwrap();
    stop.cancel();
    task.await.unwrap();
    placed.into_iter().map(|placed| placed.event.unwrap().what).collect()
}

#[tokio::test]
async fn an_upload_begins_with_its_video_and_is_cut_into_parts() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = begin(&db, owner).await;
        assert_eq!(upload.part_count, 3);
        assert_eq!(
            (0..=4).map(|number| upload.size_of_part(number)).collect::<Vec<_>>(),
            [None, Some(4), Some(4), Some(2), None]
        );
        assert_eq!(uploads::find(&db, upload.id).await.unwrap(), Some(upload.clone()));
        let video = videos::find(&db, upload.video_id).await.unwrap().expect("its video");
        assert_eq!(video.state(), VideoState::Uploading);
        assert_eq!(video.tags, ["one", "two"]);
        assert_eq!(video.channel_handle, "ann");
        assert!(uploads::mezzanine(&db, video.id).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_file_that_fills_the_quota_fits_and_one_byte_more_does_not() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        const TWENTY: Allowance = Allowance { quota_bytes: 20, ..ALLOWANCE };
        let new = new_video(owner);
        uploads::create(&db, &new, TWENTY).await.unwrap().expect("10 of 20");
        uploads::create(&db, &new, TWENTY).await.unwrap().expect("20 of 20");
        let small = NewVideo { size_bytes: 1, ..new };
        assert_eq!(
            uploads::create(&db, &small, TWENTY).await.unwrap(),
            Err(Refusal::OverQuota { quota_bytes: 20, used_bytes: 20 })
        );
    })
    .await;
}

#[tokio::test]
async fn of_uploads_that_begin_at_once_no_more_than_the_quota_holds_go_through() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let tries = (0..8).map(|_| {
            let (db, new) = (db.clone(), new_video(owner));
            tokio::spawn(async move {
                uploads::create(&db, &new, Allowance { quota_bytes: 30, ..ALLOWANCE }).await.unwrap().is_ok()
            })
        });
        let began = futures::future::join_all(tries).await;
        assert_eq!(began.into_iter().filter(|began| *began.as_ref().unwrap()).count(), 3);
    })
    .await;
}

#[tokio::test]
async fn an_owner_has_only_so_many_unfinished_uploads() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        bring(&db, owner).await;
        let open = begin(&db, owner).await;
        assert_eq!(
            uploads::create(&db, &new_video(owner), Allowance { max_open: 1, ..ALLOWANCE }).await.unwrap(),
            Err(Refusal::TooManyOpen)
        );
        assert!(uploads::abort(&db, open.key()).await.unwrap());
        uploads::create(&db, &new_video(owner), Allowance { max_open: 1, ..ALLOWANCE })
            .await
            .unwrap()
            .expect("one may begin again");
    })
    .await;
}

#[tokio::test]
async fn completion_names_what_is_missing_and_happens_once() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = begin(&db, owner).await;
        store_part(&db, &upload, 2).await;
        let promise = Promise { number: 3, sha256: sha256(3) };
        uploads::promise(&db, &upload, &[promise], DAY).await.unwrap();
        assert_eq!(uploads::complete(&db, upload.key()).await.unwrap(), Completion::Missing(vec![1, 3]));
        store_part(&db, &upload, 1).await;
        store_part(&db, &upload, 3).await;
        for _ in 0..2 {
            assert_eq!(uploads::complete(&db, upload.key()).await.unwrap(), Completion::Done(upload.video_id));
        }
        assert_eq!(events(&db).await, [What::UploadCompleted { attempt: 1 }]);
        let video = videos::find(&db, upload.video_id).await.unwrap().expect("its video");
        assert_eq!(video.state(), VideoState::Queued);
        let sizes: Vec<_> =
            uploads::mezzanine(&db, video.id).await.unwrap().iter().map(|part| part.size_bytes).collect();
        assert_eq!(sizes, [4, 4, 2]);
    })
    .await;
}

#[tokio::test]
async fn a_part_promised_anew_is_no_longer_stored_and_names_the_object_that_must_go() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = begin(&db, owner).await;
        store_part(&db, &upload, 1).await;
        let other = Promise { number: 1, sha256: sha256(99) };
        let promised = uploads::promise(&db, &upload, std::slice::from_ref(&other), DAY).await.unwrap();
        let Promised::Stands { replaced } = promised else { panic!("{promised:?}") };
        assert_eq!(replaced[0].sha256, sha256(1));
        assert!(uploads::parts(&db, upload.key()).await.unwrap()[0].stored_at.is_none());
        assert!(
            !uploads::set_stored(&db, upload.key(), &part(1, 1), DAY).await.unwrap(),
            "the old content counts no more"
        );
        assert!(uploads::set_stored(&db, upload.key(), &part(1, 99), DAY).await.unwrap());
        let again = uploads::promise(&db, &upload, &[other], DAY).await.unwrap();
        assert_eq!(again, Promised::Stands { replaced: Vec::new() });
        assert!(
            uploads::parts(&db, upload.key()).await.unwrap()[0].stored_at.is_some(),
            "the same content stays stored"
        );
    })
    .await;
}

#[tokio::test]
async fn a_part_can_be_promised_anew_only_so_often() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = begin(&db, owner).await;
        let mut refused_at = None;
        for n in 0..20 {
            let promise = Promise { number: 1, sha256: sha256(n) };
            let promised = uploads::promise(&db, &upload, &[promise], DAY).await.unwrap();
            if promised == (Promised::ChangedTooOften { number: 1 }) {
                refused_at = Some(n);
                break;
            }
        }
        assert_eq!(refused_at, Some(9));
    })
    .await;
}

#[tokio::test]
async fn nothing_of_a_complete_upload_can_change() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = bring(&db, owner).await;
        let promise = Promise { number: 1, sha256: sha256(99) };
        assert_eq!(uploads::promise(&db, &upload, &[promise], DAY).await.unwrap(), Promised::Closed);
        assert!(!uploads::set_stored(&db, upload.key(), &part(1, 1), DAY).await.unwrap());
        uploads::forget_part(&db, upload.key(), 1, &sha256(1)).await.unwrap();
        assert!(uploads::parts(&db, upload.key()).await.unwrap()[0].stored_at.is_some());
        assert!(!uploads::abort(&db, upload.key()).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn an_abandoned_upload_goes_with_its_video_and_a_living_or_complete_one_stays() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let (abandoned, complete) = (begin(&db, owner).await, bring(&db, owner).await);
        let day_on = UnixMs::now().plus(DAY).plus(std::time::Duration::from_secs(1));
        assert_eq!(uploads::expire(&db, UnixMs::now(), 10).await.unwrap(), 0);
        assert_eq!(uploads::expire(&db, day_on, 10).await.unwrap(), 1);
        assert_eq!(videos::find(&db, abandoned.video_id).await.unwrap(), None);
        assert_eq!(uploads::find(&db, abandoned.id).await.unwrap(), None);
        assert!(videos::find(&db, complete.video_id).await.unwrap().is_some());
    })
    .await;
}
