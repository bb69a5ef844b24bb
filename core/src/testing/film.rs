//! A whole film for tests, as an upload leaves it, and ways to let time pass for its jobs.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::{
    db::{
        Db, DbError,
        uploads::{self, Completion, NewVideo, Promise},
        write,
    },
    id::{UserId, VideoId},
    store::MediaStore,
    video::Privacy,
};

/// A film of this user whose upload is complete, in parts of `part_size` bytes, and whose plan is asked for.
pub async fn film(db: &Db, store: &MediaStore, owner_id: UserId, bytes: &[u8], part_size: usize) -> VideoId {
    let new = NewVideo {
        owner_id,
        file_name: "film.mp4".to_owned(),
        title: "A film".to_owned(),
        description: String::new(),
        tags: Vec::new(),
        privacy: Privacy::Public,
        size_bytes: bytes.len().max(1) as i64,
        part_size_bytes: part_size as i64,
    };
    let upload = uploads::create(db, &new, super::BOUNDLESS)
        .await
        .expect("the database answers")
        .expect("the upload is allowed");
    for (i, part) in bytes.chunks(part_size).enumerate() {
        let number = i as i64 + 1;
        let sha256 = hex::encode(Sha256::digest(part));
        let promise = Promise { number, sha256: sha256.clone() };
        let promises = std::slice::from_ref(&promise);
        uploads::promise(db, &upload, promises, super::BOUNDLESS.lies_still).await.expect("the part is promised");
        store
            .put(&upload.key_of_part(number, &sha256), Bytes::copy_from_slice(part))
            .await
            .expect("the part is stored");
        uploads::set_stored(db, upload.key(), &promise, super::BOUNDLESS.lies_still).await.expect("the part counts");
    }
    let completion = uploads::complete(db, upload.key()).await.expect("the database answers");
    assert_eq!(completion, Completion::Done(upload.video_id));
    upload.video_id
}

/// Ends every lease, as if its holder had been silent for too long.
pub async fn expire_leases(db: &Db) {
    change(db, "UPDATE jobs SET lease_until_ms = 0 WHERE lease_until_ms IS NOT NULL").await;
}

/// Ends every pause, so that what waits for another try is due.
pub async fn end_pauses(db: &Db) {
    change(db, "UPDATE jobs SET not_before_ms = 0").await;
}

/// Makes all jobs as old as jobs can be.
pub async fn age_jobs(db: &Db) {
    change(db, "UPDATE jobs SET created_at_ms = 0").await;
}

/// Takes every job away, as no platform does.
pub async fn forget_jobs(db: &Db) {
    change(db, "DELETE FROM jobs").await;
}

async fn change(db: &Db, sql: &'static str) {
    run(db, sql).await.expect("the jobs change");
}

async fn run(db: &Db, sql: &'static str) -> Result<(), DbError> {
    write!(db, tx => {
        sqlx::query(sql).execute(&mut *tx).await?;
    });
    Ok(())
}
