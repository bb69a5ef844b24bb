//! Videos: states, lists, changes, retries, removal.

use mutoscope_core::{
    db::{
        Db, jobs,
        segments::{self, Made, NewlyMade},
        uploads::{self, NewVideo},
        videos::{self, Listing, Place, Sort, Video, VideoChange},
        views,
    },
    event::What,
    id::{UserId, VideoId},
    testing::{make_user, on_both_databases},
    time::UnixMs,
    video::{Privacy, VideoState},
};

use super::{
    films::{begin, bring, bring_with, claim, fail, new_video, plan},
    uploads::events,
};

async fn found(db: &Db, id: VideoId) -> Video {
    videos::find(db, id).await.unwrap().expect("it is there")
}

/// A film with a plan, so that it is published.
async fn publish(db: &Db, owner: UserId, privacy: Privacy) -> VideoId {
    let upload = bring_with(db, &NewVideo { privacy, ..new_video(owner) }).await;
    plan(db, &upload, "00ff", 2).await;
    upload.video_id
}

fn segment(number: u32) -> NewlyMade {
    NewlyMade::Segment {
        rendition: "video-720".to_owned(),
        number,
        duration_us: 4_000_000,
        made: Made { sha256: "ab".to_owned(), size_bytes: 3 },
    }
}

#[tokio::test]
async fn a_video_goes_from_uploading_to_ready_by_facts_alone() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = bring(&db, owner).await;
        let id = upload.video_id;
        assert_eq!(found(&db, id).await.state(), VideoState::Queued);
        let plan_id = plan(&db, &upload, "00ff", 2).await;
        let planned = found(&db, id).await;
        assert_eq!(planned.state(), VideoState::Processing);
        assert_eq!(planned.plan.as_ref().map(|plan| plan.hash.as_str()), Some("00ff"));
        assert!(planned.published_at.is_some());
        let work = claim(&db, &upload).await;
        segments::record(&db, &work, plan_id, &[segment(0)]).await.unwrap();
        let half = found(&db, id).await;
        assert_eq!((half.state(), half.facts.progress()), (VideoState::Processing, 0.5));
        segments::record(&db, &work, plan_id, &[segment(1)]).await.unwrap();
        assert_eq!(found(&db, id).await.state(), VideoState::Ready);
    })
    .await;
}

#[tokio::test]
async fn a_failed_video_can_be_tried_again_and_only_then() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = bring(&db, owner).await;
        assert_eq!(videos::retry(&db, upload.video_id).await.unwrap(), None);
        fail(&db, &upload).await;
        let failed = found(&db, upload.video_id).await;
        assert_eq!(failed.state(), VideoState::Failed);
        assert_eq!(failed.failure.map(|failure| failure.code).as_deref(), Some("not_video"));
        assert_eq!(videos::list(&db, Listing::Failed, None, 10).await.unwrap().len(), 1);

        assert_eq!(videos::retry(&db, upload.video_id).await.unwrap(), Some(2));
        let again = found(&db, upload.video_id).await;
        assert_eq!((again.state(), again.failure), (VideoState::Queued, None));
        assert_eq!(claim(&db, &upload).await.work, jobs::Work::Plan);
        assert_eq!(events(&db).await.last(), Some(&What::UploadCompleted { attempt: 2 }));
    })
    .await;
}

#[tokio::test]
async fn only_what_is_public_and_published_is_listed() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let public = publish(&db, owner, Privacy::Public).await;
        publish(&db, owner, Privacy::Unlisted).await;
        publish(&db, owner, Privacy::Private).await;
        bring(&db, owner).await;
        begin(&db, owner).await;
        for listing in [Listing::Public(Sort::Newest), Listing::Public(Sort::Views), Listing::Channel(owner)] {
            let listed = videos::list(&db, listing, None, 10).await.unwrap();
            assert_eq!(listed.iter().map(|video| video.id).collect::<Vec<_>>(), [public], "{listing:?}");
        }
        assert_eq!(videos::list(&db, Listing::Mine(owner), None, 10).await.unwrap().len(), 5);
        let other = make_user(&db, "bob").await;
        assert!(videos::list(&db, Listing::Mine(other), None, 10).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn pages_have_no_gaps_and_no_doubles_while_videos_come_in() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let mut expected = Vec::new();
        for _ in 0..7 {
            expected.push(publish(&db, owner, Privacy::Public).await);
        }
        expected.reverse();
        let listing = Listing::Public(Sort::Newest);
        let (mut seen, mut after): (Vec<VideoId>, Option<Place>) = (Vec::new(), None);
        loop {
            let page = videos::list(&db, listing, after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(listing.place_of(last));
            seen.extend(page.iter().map(|video| video.id));
            publish(&db, owner, Privacy::Public).await;
        }
        assert_eq!(seen, expected);
    })
    .await;
}

#[tokio::test]
async fn a_change_raises_the_version_and_tells_the_log() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = begin(&db, owner).await;
        let before = found(&db, upload.video_id).await;
        let change = VideoChange {
            title: Some("Größe".to_owned()),
            tags: Some(vec!["three".to_owned()]),
            privacy: Some(Privacy::Private),
            ..VideoChange::default()
        };
        let after = videos::change(&db, before.id, &change).await.unwrap().expect("it is there");
        assert_eq!((after.title.as_str(), after.description.as_str()), ("Größe", "About it"));
        assert_eq!((after.tags, after.privacy), (vec!["three".to_owned()], Privacy::Private));
        assert_eq!(after.version, before.version + 1);
        assert_eq!(events(&db).await, [What::VideoChanged]);
        assert_eq!(videos::change(&db, VideoId::new(), &change).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn removal_takes_the_rows_and_the_jobs_and_tells_the_log() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = bring(&db, owner).await;
        let work = claim(&db, &upload).await;
        assert!(videos::remove(&db, upload.video_id).await.unwrap());
        assert!(!videos::remove(&db, upload.video_id).await.unwrap());
        assert_eq!(videos::find(&db, upload.video_id).await.unwrap(), None);
        assert_eq!(uploads::find(&db, upload.id).await.unwrap(), None);
        assert!(jobs::finish(&db, &work).await.is_err(), "the lease is lost");
        assert_eq!(events(&db).await, [What::UploadCompleted { attempt: 1 }, What::VideoDeleted]);
    })
    .await;
}

#[tokio::test]
async fn all_videos_of_an_owner_go_and_no_other() {
    on_both_databases(|db| async move {
        let (ann, bob) = (make_user(&db, "ann").await, make_user(&db, "bob").await);
        for _ in 0..3 {
            bring(&db, ann).await;
        }
        let kept = bring(&db, bob).await;
        assert_eq!(videos::remove_all_of_owner(&db, ann).await.unwrap(), 3);
        let left = videos::list(&db, Listing::All, None, 10).await.unwrap();
        assert_eq!(left.iter().map(|video| video.id).collect::<Vec<_>>(), [kept.video_id]);
        let found = videos::find_many(&db, &[kept.video_id, VideoId::new()]).await.unwrap();
        assert_eq!(found.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_log_is_told_when_the_views_of_a_video_have_doubled() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let id = publish(&db, owner, Privacy::Public).await;
        for viewer in 1..=16 {
            assert!(views::count(&db, id, &viewer.to_string(), UnixMs(1)).await.unwrap());
            assert!(!views::count(&db, id, &viewer.to_string(), UnixMs(1)).await.unwrap());
        }
        let told = events(&db).await.into_iter().filter(|what| *what == What::VideoChanged).count();
        assert_eq!(told, 4, "at 1, 3, 7 and 15 views");
    })
    .await;
}

#[tokio::test]
async fn a_viewer_counts_once_a_day() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let id = publish(&db, owner, Privacy::Public).await;
        let (today, tomorrow) = (UnixMs(86_400_000 * 9), UnixMs(86_400_000 * 10));
        assert!(views::count(&db, id, "a", today).await.unwrap());
        assert!(!views::count(&db, id, "a", today).await.unwrap());
        assert!(views::count(&db, id, "b", today).await.unwrap());
        assert!(views::count(&db, id, "a", tomorrow).await.unwrap());
        assert!(!views::count(&db, VideoId::new(), "a", today).await.unwrap());
        assert_eq!(found(&db, id).await.views, 3);
    })
    .await;
}
