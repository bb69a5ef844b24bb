//! Films in all stages, for the tests of uploads, videos and what comes after them.

use std::time::Duration;

use mutoscope_core::{
    db::{
        Db,
        jobs::{self, Choice, Claim, Claimer, Ending},
        plans::{self, NewPlan},
        uploads::{self, Allowance, Completion, NewVideo, Promise, Promised, Upload},
    },
    id::{PlanId, UserId},
    video::Privacy,
};

pub const DAY: Duration = Duration::from_secs(24 * 3600);

pub const ALLOWANCE: Allowance = Allowance { quota_bytes: 1 << 40, max_open: 1000, lies_still: DAY };

/// A film of two parts of four bytes and one of two.
pub fn new_video(owner_id: UserId) -> NewVideo {
    NewVideo {
        owner_id,
        file_name: "film.mp4".to_owned(),
        title: "A film".to_owned(),
        description: "About it".to_owned(),
        tags: vec!["one".to_owned(), "two".to_owned()],
        privacy: Privacy::Public,
        size_bytes: 10,
        part_size_bytes: 4,
    }
}

pub async fn begin(db: &Db, owner_id: UserId) -> Upload {
    begin_with(db, &new_video(owner_id)).await
}

pub async fn begin_with(db: &Db, new: &NewVideo) -> Upload {
    uploads::create(db, new, ALLOWANCE).await.unwrap().expect("it may begin")
}

/// The hash that the tests give to part `number`.
pub fn sha256(number: i64) -> String {
    format!("{number:064x}")
}

pub async fn store_part(db: &Db, upload: &Upload, number: i64) {
    let promise = Promise { number, sha256: sha256(number) };
    let promised = uploads::promise(db, upload, std::slice::from_ref(&promise), DAY).await.unwrap();
    assert!(matches!(promised, Promised::Stands { .. }), "{promised:?}");
    assert!(uploads::set_stored(db, upload.key(), &promise, DAY).await.unwrap());
}

/// An upload with all its parts, completed.
pub async fn bring(db: &Db, owner_id: UserId) -> Upload {
    bring_with(db, &new_video(owner_id)).await
}

pub async fn bring_with(db: &Db, new: &NewVideo) -> Upload {
    let upload = begin_with(db, new).await;
    for number in 1..=upload.part_count {
        store_part(db, &upload, number).await;
    }
    let done = uploads::complete(db, upload.key()).await.unwrap();
    assert_eq!(done, Completion::Done(upload.video_id));
    upload
}

/// The open job of this film, claimed.
pub async fn claim(db: &Db, upload: &Upload) -> Claim {
    let claimer = Claimer { owner: "test".to_owned(), fingerprint: "f".to_owned() };
    loop {
        let claim = jobs::claim(db, &claimer, Choice::Any).await.unwrap().expect("there is a job for it");
        if claim.video_id == upload.video_id {
            return claim;
        }
    }
}

/// Lays a plan of `segments_planned` segments with this hash.
pub async fn plan(db: &Db, upload: &Upload, hash: &str, segments_planned: i64) -> PlanId {
    let claim = claim(db, upload).await;
    let plan = NewPlan {
        hash: hash.to_owned(),
        fingerprint: "f".to_owned(),
        body: "{}".to_owned(),
        segments_planned,
        has_records: false,
        spans: std::iter::once(0..2).collect(),
        has_captions: false,
        probe_report: "{}".to_owned(),
        duration_ms: 8000,
        width: 1280,
        height: 720,
        warnings: Vec::new(),
    };
    let id = plans::store(db, &claim, &plan).await.unwrap();
    jobs::finish(db, &claim).await.unwrap();
    id
}

/// Gives the film up.
pub async fn fail(db: &Db, upload: &Upload) {
    let claim = claim(db, upload).await;
    jobs::fail(db, &claim, "not_video", "this is not a film", Ending::ForGood).await.unwrap();
}
