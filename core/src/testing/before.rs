//! A film as the version before wrote it: its statements, word for word, name no video in the rows of a film's parts.

use sqlx::{Connection, PgConnection, SqliteConnection, migrate::Migrator};

use crate::{
    db::{Db, DbError, read, write},
    id::{PlanId, UploadId, UserId, VideoId},
    time::UnixMs,
};

/// The newest schema that the version before knew.
const ITS_SCHEMA: i64 = 5;

/// A film of two parts, one rendition of two segments, and a poster.
#[derive(Debug, Clone, Copy)]
pub struct OldFilm {
    /// Its video.
    pub video_id: VideoId,
    /// Its upload, complete.
    pub upload_id: UploadId,
    /// Its plan, whose hash is `00ff`; not complete, as three segments are planned.
    pub plan_id: PlanId,
}

const VIDEO: &str = "INSERT INTO videos (id, owner_id, upload_id, title, description, tags, privacy, file_name, \
    size_bytes, completed_at_ms, plan_id, published_at_ms, created_at_ms, updated_at_ms) \
    VALUES ($1, $2, $3, 'An old film', '', '[]', 'public', 'film.mp4', 6, $4, $5, $4, $4, $4)";
const UPLOAD: &str = "INSERT INTO uploads (id, video_id, owner_id, size_bytes, part_size_bytes, part_count, \
    created_at_ms, expires_at_ms, completed_at_ms) VALUES ($1, $2, $3, 6, 4, 2, $4, $4, $4)";
const PART: &str = "INSERT INTO upload_parts (upload_id, number, sha256, size_bytes) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (upload_id, number) DO UPDATE SET sha256 = excluded.sha256, \
    stored_at_ms = CASE WHEN upload_parts.sha256 = excluded.sha256 THEN upload_parts.stored_at_ms END, \
    changes = CASE WHEN upload_parts.sha256 = excluded.sha256 THEN upload_parts.changes \
        ELSE upload_parts.changes + 1 END \
    RETURNING changes";
const STORED: &str = "UPDATE upload_parts SET stored_at_ms = COALESCE(stored_at_ms, $4) \
    WHERE upload_id = $1 AND number = $2 AND sha256 = $3";
const PLAN: &str = "INSERT INTO plans (id, video_id, hash, fingerprint, body, segments_planned, created_at_ms, \
    has_records) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (video_id, hash) DO NOTHING";
const INIT: &str = "INSERT INTO renditions (plan_id, init_sha256, init_bytes, name) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (plan_id, name) DO UPDATE SET \
        init_sha256 = excluded.init_sha256, init_bytes = excluded.init_bytes";
const SEGMENT: &str = "INSERT INTO segments (plan_id, sha256, size_bytes, made_at_ms, rendition, number, duration_us) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) \
    ON CONFLICT (plan_id, rendition, number) DO UPDATE SET \
        sha256 = excluded.sha256, size_bytes = excluded.size_bytes";
const SIDECAR: &str = "INSERT INTO sidecars (plan_id, sha256, size_bytes, made_at_ms, name) \
    VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (plan_id, name) DO UPDATE SET \
        sha256 = excluded.sha256, size_bytes = excluded.size_bytes";

macro_rules! insert_film {
    ($on:expr, $owner_id:expr) => {{
        let (now, owner_id): (UnixMs, UserId) = (UnixMs::now(), $owner_id);
        let (video_id, upload_id, plan_id) = (VideoId::new(), UploadId::new(), PlanId::new());
        let video = sqlx::query(VIDEO).bind(video_id).bind(owner_id).bind(upload_id).bind(now).bind(plan_id);
        video.execute(&mut *$on).await?;
        sqlx::query(UPLOAD).bind(upload_id).bind(video_id).bind(owner_id).bind(now).execute(&mut *$on).await?;
        sqlx::query(PLAN)
            .bind(plan_id)
            .bind(video_id)
            .bind("00ff")
            .bind("f")
            .bind("{}")
            .bind(3_i64)
            .bind(now)
            .bind(0_i64)
            .execute(&mut *$on)
            .await?;
        // Each row is written, and written over, as when a worker makes it again.
        for sha256 in ["before", "00aa"] {
            for number in 1..=2_i64 {
                let part = sqlx::query(PART).bind(upload_id).bind(number).bind(sha256).bind(3_i64);
                part.fetch_one(&mut *$on).await?;
                let stored = sqlx::query(STORED).bind(upload_id).bind(number).bind(sha256).bind(now);
                stored.execute(&mut *$on).await?;
                sqlx::query(SEGMENT)
                    .bind(plan_id)
                    .bind(sha256)
                    .bind(3_i64)
                    .bind(now)
                    .bind("video-240")
                    .bind(number - 1)
                    .bind(1_i64)
                    .execute(&mut *$on)
                    .await?;
            }
            let init = sqlx::query(INIT).bind(plan_id).bind(sha256).bind(3_i64).bind("video-240");
            init.execute(&mut *$on).await?;
            let poster = sqlx::query(SIDECAR).bind(plan_id).bind(sha256).bind(3_i64).bind(now).bind("poster");
            poster.execute(&mut *$on).await?;
        }
        OldFilm { video_id, upload_id, plan_id }
    }};
}

/// A library as the version before left it: its tables, an account, and a film.
pub async fn old_library(url: &str) -> OldFilm {
    make_library(url).await.expect("the library is made")
}

async fn make_library(url: &str) -> Result<OldFilm, DbError> {
    const USER: &str = "INSERT INTO users (id, username, username_key, email, email_key, display_name, password_hash, \
        role, created_at_ms, password_changed_at_ms) VALUES ($1, 'old', 'old', 'old', 'old', 'old', '', 'member', 0, 0)";
    let owner_id = UserId::new();
    if url.starts_with("sqlite:") {
        let mut on = SqliteConnection::connect(&format!("{url}?mode=rwc")).await?;
        up_to(sqlx::migrate!("../schema/sqlite")).run(&mut on).await?;
        sqlx::query(USER).bind(owner_id).execute(&mut on).await?;
        let film = insert_film!(&mut on, owner_id);
        on.close().await?;
        return Ok(film);
    }
    let mut on = PgConnection::connect(url).await?;
    up_to(sqlx::migrate!("../schema/postgres")).run(&mut on).await?;
    sqlx::query(USER).bind(owner_id).execute(&mut on).await?;
    let film = insert_film!(&mut on, owner_id);
    on.close().await?;
    Ok(film)
}

fn up_to(migrator: Migrator) -> Migrator {
    let known = migrator.iter().filter(|migration| migration.version <= ITS_SCHEMA).cloned();
    Migrator::with_migrations(known.collect())
}

/// What a process of the version before writes for this owner while processes of this one run beside it.
///
/// # Errors
/// What the database says, where it does not bear such a process any more.
pub async fn write_old_film(db: &Db, owner_id: UserId) -> Result<OldFilm, DbError> {
    Ok(write!(db, tx => { insert_film!(tx, owner_id) }))
}

/// How many rows of films there are: all, and those that name no video or another one than their plan or upload does.
pub async fn rows_of_films(db: &Db) -> (i64, i64) {
    count_rows(db).await.expect("the rows are counted")
}

async fn count_rows(db: &Db) -> Result<(i64, i64), DbError> {
    const SQL: &str = "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN named = video_id THEN 0 ELSE 1 END), 0) AS BIGINT) \
        FROM (SELECT r.video_id AS named, o.video_id FROM upload_parts r JOIN uploads o ON o.id = r.upload_id \
            UNION ALL SELECT r.video_id, o.video_id FROM renditions r JOIN plans o ON o.id = r.plan_id \
            UNION ALL SELECT r.video_id, o.video_id FROM segments r JOIN plans o ON o.id = r.plan_id \
            UNION ALL SELECT r.video_id, o.video_id FROM sidecars r JOIN plans o ON o.id = r.plan_id) AS rows_of_films";
    Ok(read!(db, pool => sqlx::query_as(SQL).fetch_one(pool).await?))
}
