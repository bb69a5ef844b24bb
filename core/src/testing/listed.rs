//! Videos that search may show, without a film behind them.

use crate::{
    db::{
        Db, DbError,
        outbox::append_event,
        uploads::{self, NewVideo},
        write,
    },
    event::{Event, What},
    id::{PlanId, UserId, VideoId},
    search::SearchDocument,
    time::UnixMs,
    video::Privacy,
};

/// A public video of this owner that can be watched as far as its rows say, and the event that tells so.
pub async fn listed_video(db: &Db, owner_id: UserId, title: &str, description: &str, tags: &[&str]) -> VideoId {
    let new = NewVideo {
        owner_id,
        file_name: "film.mp4".to_owned(),
        title: title.to_owned(),
        description: description.to_owned(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        privacy: Privacy::Public,
        size_bytes: 1,
        part_size_bytes: 1,
    };
    let upload = uploads::create(db, &new, super::BOUNDLESS)
        .await
        .expect("the database answers")
        .expect("the upload is allowed");
    publish(db, upload.video_id).await.expect("the video is published");
    upload.video_id
}

async fn publish(db: &Db, id: VideoId) -> Result<(), DbError> {
    const SQL: &str = "UPDATE videos SET completed_at_ms = $2, published_at_ms = $2, plan_id = $3 WHERE id = $1";
    let plan_id = PlanId::new();
    write!(db, tx => {
        sqlx::query(SQL).bind(id).bind(UnixMs::now()).bind(plan_id).execute(&mut *tx).await?;
        append_event!(tx, Event::new(id, What::VideoPlanned { plan_id }));
    });
    db.announce();
    Ok(())
}

/// Many such videos at once, as they are, without an event: for measures.
pub async fn list_videos(db: &Db, owner_id: UserId, documents: &[SearchDocument]) {
    for some in documents.chunks(500) {
        insert(db, owner_id, some).await.expect("the database answers");
    }
}

async fn insert(db: &Db, owner_id: UserId, documents: &[SearchDocument]) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO videos (id, owner_id, upload_id, title, description, tags, privacy, file_name, \
        size_bytes, completed_at_ms, plan_id, views, published_at_ms, created_at_ms, updated_at_ms) \
        VALUES ($1, $2, $1, $3, $4, $5, 'public', 'film.mp4', 1, $6, $1, $7, $6, $6, $6)";
    write!(db, tx => {
        for document in documents {
            let tags = serde_json::to_string(&document.tags)
                .map_err(|source| DbError::Corrupt { what: "list of tags", source })?;
            sqlx::query(SQL)
                .bind(document.video_id)
                .bind(owner_id)
                .bind(&document.title)
                .bind(&document.description)
                .bind(tags)
                .bind(document.published_at)
                .bind(document.views)
                .execute(&mut *tx)
                .await?;
        }
    });
    Ok(())
}

/// Rows of a plan and of so many segments for each of these videos, without objects: for measures. The plan has the video's id.
pub async fn add_segments(db: &Db, videos: &[VideoId], count: u32) {
    for some in videos.chunks(50) {
        insert_segments(db, some, count).await.expect("the database answers");
    }
}

async fn insert_segments(db: &Db, videos: &[VideoId], count: u32) -> Result<(), DbError> {
    const PLAN: &str = "INSERT INTO plans (id, video_id, hash, fingerprint, body, segments_planned, created_at_ms, \
        completed_at_ms) VALUES ($1, $1, $2, 'none', '{}', $3, $4, $4)";
    const SEGMENTS: &str = "WITH RECURSIVE numbers (number) AS \
            (SELECT 0 UNION ALL SELECT number + 1 FROM numbers WHERE number + 1 < $3) \
        INSERT INTO segments (plan_id, video_id, rendition, number, sha256, size_bytes, duration_us, made_at_ms) \
        SELECT $1, $1, 'video-360', number, $2, 500000, 4000000, $4 FROM numbers";
    let (now, hash) = (UnixMs::now(), "0".repeat(64));
    write!(db, tx => {
        for id in videos {
            for sql in [PLAN, SEGMENTS] {
                sqlx::query(sql).bind(id).bind(&hash).bind(i64::from(count)).bind(now).execute(&mut *tx).await?;
            }
        }
    });
    Ok(())
}

/// Forgets the log up to and with this place, as time does.
pub async fn forget_events(db: &Db, position: i64) {
    forget(db, position).await.expect("the log forgets");
}

async fn forget(db: &Db, position: i64) -> Result<(), DbError> {
    write!(db, tx => {
        sqlx::query("DELETE FROM outbox WHERE position <= $1").bind(position).execute(&mut *tx).await?;
    });
    Ok(())
}

/// Forgets how far a consumer has come, as a crash before the mark does.
pub async fn forget_cursor(db: &Db, consumer: &str) {
    remove_cursor(db, consumer).await.expect("the cursor goes");
}

async fn remove_cursor(db: &Db, consumer: &str) -> Result<(), DbError> {
    write!(db, tx => {
        sqlx::query("DELETE FROM cursors WHERE consumer = $1").bind(consumer).execute(&mut *tx).await?;
    });
    Ok(())
}
