//! Plans and what is made by them: laid once, counted to the last segment, replaced without a gap.

use mutoscope_core::{
    db::{
        Db, garbage,
        jobs::{self, Choice, Claim, Claimer},
        outbox, plans,
        plans::NewPlan,
        segments,
        segments::{Made, NewlyMade},
    },
    event::{Event, What},
    store::{MediaStore, StorageKey, StoreSettings},
    testing::{film, make_user, on_both_databases},
    time::UnixMs,
    video::Warning,
};

pub fn store() -> (tempfile::TempDir, MediaStore) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = MediaStore::open(&StoreSettings::Folder(folder.path().into())).expect("it opens");
    (folder, store)
}

/// A plan of `count` spans of one segment, two renditions.
pub fn new_plan(hash: &str, fingerprint: &str, count: u32) -> NewPlan {
    NewPlan {
        hash: hash.to_owned(),
        fingerprint: fingerprint.to_owned(),
        body: "{}".to_owned(),
        segments_planned: i64::from(count) * 2,
        has_records: false,
        spans: (0..count).map(|n| n..n + 1).collect(),
        has_captions: false,
        probe_report: "{}".to_owned(),
        duration_ms: 4_000,
        width: 640,
        height: 360,
        warnings: vec![warning()],
    }
}

pub fn warning() -> Warning {
    Warning { code: "no_audio".to_owned(), message: "The film has no sound.".to_owned(), at_ms: None }
}

pub fn made_segment(rendition: &str, number: u32) -> NewlyMade {
    NewlyMade::Segment {
        rendition: rendition.to_owned(),
        number,
        duration_us: 4_000_000,
        made: made(&format!("{rendition}-{number}")),
    }
}

/// Every event so far, in the order of its writing.
pub async fn events(db: &Db) -> Vec<Event> {
    let lease = mutoscope_core::db::leases::hold(db, "t", "t", std::time::Duration::from_secs(60))
        .await
        .expect("the database answers")
        .expect("nobody holds it");
    outbox::place(db, "t", lease).await.expect("the database answers");
    let placed = outbox::after(db, 0, 1_000).await.expect("the database answers");
    placed.into_iter().map(|placed| placed.event.unwrap()).collect()
}

fn made(content: &str) -> Made {
    Made { sha256: content.to_owned(), size_bytes: content.len() as i64 }
}

async fn claim(db: &Db, fingerprint: &str) -> Claim {
    let claimer = Claimer { owner: "here".to_owned(), fingerprint: fingerprint.to_owned() };
    jobs::claim(db, &claimer, Choice::Any).await.expect("the database answers").expect("a job")
}

#[tokio::test]
async fn a_plan_that_is_laid_twice_is_laid_once_and_the_video_plays_by_it() {
    on_both_databases(|db| async move {
        let (_folder, store) = store();
        let owner = make_user(&db, "a").await;
        let video_id = film(&db, &store, owner, b"film", 4).await;
        assert_eq!(plans::current(&db, video_id).await.unwrap(), None);
        let job = claim(&db, "us").await;
        let plan = new_plan("aa", "us", 2);
        let one = plans::store(&db, &job, &plan).await.unwrap();
        let two = plans::store(&db, &job, &plan).await.unwrap();
        assert_eq!(one, two);
        let current = plans::current(&db, video_id).await.unwrap().expect("it stands");
        assert_eq!((current.id, current.hash.as_str(), current.segments_planned), (one, "aa", 4));
        assert_eq!(plans::find(&db, video_id, "aa").await.unwrap(), Some(current.clone()));
        assert_eq!(plans::get(&db, one.of(video_id)).await.unwrap(), Some(current));
        assert_eq!(plans::find(&db, video_id, "bb").await.unwrap(), None);
        jobs::finish(&db, &job).await.unwrap();
        claim(&db, "us").await;
        claim(&db, "us").await;
        let claimer = Claimer { owner: "x".to_owned(), fingerprint: "us".to_owned() };
        assert_eq!(jobs::claim(&db, &claimer, Choice::Any).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn the_last_segment_completes_the_plan_and_says_so_once() {
    on_both_databases(|db| async move {
        let (_folder, store) = store();
        let owner = make_user(&db, "a").await;
        let video_id = film(&db, &store, owner, b"film", 4).await;
        let job = claim(&db, "us").await;
        let plan_id = plans::store(&db, &job, &new_plan("aa", "us", 2)).await.unwrap();
        jobs::finish(&db, &job).await.unwrap();
        let span = claim(&db, "us").await;
        let init = NewlyMade::Init { rendition: "video-240".to_owned(), made: made("init") };
        let first = [init, made_segment("video-240", 0), made_segment("audio", 0), made_segment("audio", 1)];
        let recorded = segments::record(&db, &span, plan_id, &first).await.unwrap();
        assert!(!recorded.completed);
        assert!(recorded.playable_after.is_some(), "its first segment is there");
        let again = segments::record(&db, &span, plan_id, &first).await.unwrap();
        assert_eq!(again, segments::Recorded::default());
        let last = [made_segment("video-240", 1)];
        assert!(segments::record(&db, &span, plan_id, &last).await.unwrap().completed);
        assert!(!segments::record(&db, &span, plan_id, &last).await.unwrap().completed);

        assert_eq!(segments::count(&db, plan_id.of(video_id)).await.unwrap(), 4);
        assert_eq!(segments::init(&db, plan_id.of(video_id), "video-240").await.unwrap(), Some(made("init")));
        assert_eq!(segments::init(&db, plan_id.of(video_id), "audio").await.unwrap(), None);
        assert_eq!(segments::segment(&db, plan_id.of(video_id), "audio", 1).await.unwrap(), Some(made("audio-1")));
        assert_eq!(segments::segment(&db, plan_id.of(video_id), "audio", 2).await.unwrap(), None);
        assert_eq!(segments::made_between(&db, plan_id.of(video_id), 1, 2).await.unwrap().len(), 2);
        let plan = plans::get(&db, plan_id.of(video_id)).await.unwrap().expect("it is there");
        assert!(plan.completed_at.is_some());
        let ready = events(&db).await.into_iter().filter(|e| e.what == What::VideoReady { plan_id });
        assert_eq!(ready.map(|event| event.video_id).collect::<Vec<_>>(), [video_id]);
    })
    .await;
}

#[tokio::test]
async fn two_spans_that_end_at_once_still_complete_the_plan() {
    on_both_databases(|db| async move {
        let (_folder, store) = store();
        let owner = make_user(&db, "a").await;
        film(&db, &store, owner, b"film", 4).await;
        let job = claim(&db, "us").await;
        let plan_id = plans::store(&db, &job, &new_plan("aa", "us", 8)).await.unwrap();
        jobs::finish(&db, &job).await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..8 {
            let span = claim(&db, "us").await;
            let db = db.clone();
            tasks.spawn(async move {
                let items = [made_segment("video-240", number), made_segment("audio", number)];
                segments::record(&db, &span, plan_id, &items).await.unwrap().completed
            });
        }
        let completed = tasks.join_all().await;
        assert_eq!(completed.into_iter().filter(|completed| *completed).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn bytes_that_differ_from_what_was_made_before_are_told_and_the_row_follows_the_object() {
    on_both_databases(|db| async move {
        let (_folder, store) = store();
        let owner = make_user(&db, "a").await;
        film(&db, &store, owner, b"film", 4).await;
        let job = claim(&db, "us").await;
        let plan_id = plans::store(&db, &job, &new_plan("aa", "us", 2)).await.unwrap();
        segments::record(&db, &job, plan_id, &[made_segment("audio", 0)]).await.unwrap();
        let other =
            NewlyMade::Segment { rendition: "audio".to_owned(), number: 0, duration_us: 1, made: made("other") };
        let recorded = segments::record(&db, &job, plan_id, &[other]).await.unwrap();
        assert_eq!(recorded.differing, ["audio/0"]);
        let now = segments::segment(&db, plan_id.of(job.video_id), "audio", 0).await.unwrap();
        assert_eq!(now, Some(made("other")));
    })
    .await;
}

#[tokio::test]
async fn a_new_plan_takes_over_at_once_and_leaves_what_the_old_one_made_to_the_sweeper() {
    on_both_databases(|db| async move {
        let (_folder, store) = store();
        let owner = make_user(&db, "a").await;
        let video_id = film(&db, &store, owner, b"film", 4).await;
        let job = claim(&db, "us").await;
        let old = plans::store(&db, &job, &new_plan("aa", "us", 2)).await.unwrap();
        let new = plans::store(&db, &job, &new_plan("bb", "us", 1)).await.unwrap();
        assert_ne!(old, new);
        let current = plans::current(&db, video_id).await.unwrap().expect("it stands");
        assert_eq!(current.id, new);
        let later = UnixMs::now().plus(std::time::Duration::from_secs(7_200));
        let prefixes: Vec<_> =
            garbage::due(&db, later, 100).await.unwrap().into_iter().map(|garbage| garbage.prefix).collect();
        let old_prefix = StorageKey::plan_prefix(video_id, "aa").unwrap();
        assert!(prefixes.contains(&old_prefix));
        // The old plan comes back: it is no garbage any more.
        assert_eq!(plans::store(&db, &job, &new_plan("aa", "us", 2)).await.unwrap(), old);
        let due = garbage::due(&db, later, 100).await.unwrap();
        assert!(due.iter().all(|garbage| garbage.prefix != old_prefix));
    })
    .await;
}
