//! Every object that rows name, with the hash that it must read back as: for copies of a whole library.

use super::{Db, DbError, read};
use crate::{
    id::{PlanId, UploadId, VideoId},
    store::StorageKey,
};

/// An object that a row names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Where it lies.
    pub key: StorageKey,
    /// Lower-case hex.
    pub sha256: String,
    /// Its length.
    pub size_bytes: i64,
}

impl Named {
    /// Whether it can be made again when it is lost; an original can't.
    pub fn can_be_made_again(&self) -> bool {
        !matches!(self.key, StorageKey::UploadPart { .. })
    }
}

/// Where a page of the list begins: behind the last object of the one before.
#[derive(Debug, Clone)]
pub enum Place {
    /// Among parts of uploads, which come first.
    Parts(UploadId, i64),
    /// Among init segments.
    Inits(PlanId, String),
    /// Among media segments and records.
    Segments(PlanId, String, i64),
    /// Among sidecars.
    Sidecars(PlanId, String),
    /// Behind the last one.
    End,
}

impl Place {
    /// Before every object.
    pub const START: Self = Self::Parts(UploadId::from_uuid(uuid::Uuid::nil()), 0);
}

const FIRST_PLAN: PlanId = PlanId::from_uuid(uuid::Uuid::nil());

#[derive(sqlx::FromRow)]
struct Line {
    plan_id: PlanId,
    name: String,
    number: i64,
    sha256: String,
    size_bytes: i64,
    video_id: VideoId,
    hash: String,
}

/// Up to `limit` objects from `place` on, and where to go on; a page may be empty and not the last one.
pub async fn page(db: &Db, place: &Place, limit: i64) -> Result<(Vec<Named>, Place), DbError> {
    const INITS: &str = "SELECT r.plan_id, r.name, CAST(0 AS BIGINT) AS number, r.init_sha256 AS sha256, \
        r.init_bytes AS size_bytes, p.video_id, p.hash FROM renditions r JOIN plans p ON p.id = r.plan_id \
        WHERE (r.plan_id, r.name) > ($1, $2) ORDER BY r.plan_id, r.name LIMIT $3";
    const SIDECARS: &str = "SELECT s.plan_id, s.name, CAST(0 AS BIGINT) AS number, s.sha256, s.size_bytes, p.video_id, \
        p.hash FROM sidecars s JOIN plans p ON p.id = s.plan_id \
        WHERE (s.plan_id, s.name) > ($1, $2) ORDER BY s.plan_id, s.name LIMIT $3";
    const SEGMENTS: &str = "SELECT s.plan_id, s.rendition AS name, s.number, s.sha256, s.size_bytes, p.video_id, p.hash \
        FROM segments s JOIN plans p ON p.id = s.plan_id \
        WHERE (s.plan_id, s.rendition, s.number) > ($1, $2, $3) ORDER BY s.plan_id, s.rendition, s.number LIMIT $4";
    match place {
        Place::Parts(upload_id, number) => parts(db, *upload_id, *number, limit).await,
        Place::Inits(plan_id, name) => {
            let lines: Vec<Line> = read!(db, pool => {
                sqlx::query_as(INITS).bind(plan_id).bind(name).bind(limit).fetch_all(pool).await?
            });
            let next = match lines.last() {
                Some(last) => Place::Inits(last.plan_id, last.name.clone()),
                None => Place::Segments(FIRST_PLAN, String::new(), 0),
            };
            Ok((named(lines, init), next))
        }
        Place::Segments(plan_id, rendition, number) => {
            let lines: Vec<Line> = read!(db, pool => {
                sqlx::query_as(SEGMENTS)
                    .bind(plan_id)
                    .bind(rendition)
                    .bind(number)
                    .bind(limit)
                    .fetch_all(pool)
                    .await?
            });
            let next = match lines.last() {
                Some(last) => Place::Segments(last.plan_id, last.name.clone(), last.number),
                None => Place::Sidecars(FIRST_PLAN, String::new()),
            };
            Ok((named(lines, segment), next))
        }
        Place::Sidecars(plan_id, name) => {
            let lines: Vec<Line> = read!(db, pool => {
                sqlx::query_as(SIDECARS).bind(plan_id).bind(name).bind(limit).fetch_all(pool).await?
            });
            let next = match lines.last() {
                Some(last) => Place::Sidecars(last.plan_id, last.name.clone()),
                None => Place::End,
            };
            Ok((named(lines, sidecar), next))
        }
        Place::End => Ok((Vec::new(), Place::End)),
    }
}

async fn parts(db: &Db, upload_id: UploadId, number: i64, limit: i64) -> Result<(Vec<Named>, Place), DbError> {
    const SQL: &str = "SELECT u.video_id, p.upload_id, p.number, p.sha256, p.size_bytes \
        FROM upload_parts p JOIN uploads u ON u.id = p.upload_id \
        WHERE p.stored_at_ms IS NOT NULL AND (p.upload_id, p.number) > ($1, $2) \
        ORDER BY p.upload_id, p.number LIMIT $3";
    let rows: Vec<(VideoId, UploadId, i64, String, i64)> = read!(db, pool => {
        sqlx::query_as(SQL).bind(upload_id).bind(number).bind(limit).fetch_all(pool).await?
    });
    let next = match rows.last() {
        Some((_, upload_id, number, ..)) => Place::Parts(*upload_id, *number),
        None => Place::Inits(FIRST_PLAN, String::new()),
    };
    let parts = rows.into_iter().map(|(video_id, upload_id, number, sha256, size_bytes)| Named {
        key: StorageKey::UploadPart { video_id, upload_id, number, sha256: sha256.clone() },
        sha256,
        size_bytes,
    });
    Ok((parts.collect(), next))
}

fn named(lines: Vec<Line>, key: fn(&Line) -> Option<StorageKey>) -> Vec<Named> {
    let named = |line: Line| {
        let key = key(&line)?;
        Some(Named { key, sha256: line.sha256, size_bytes: line.size_bytes })
    };
    lines.into_iter().filter_map(named).collect()
}

fn init(line: &Line) -> Option<StorageKey> {
    Some(StorageKey::Init { video_id: line.video_id, plan_hash: line.hash.clone(), rendition: line.name.clone() })
}

fn segment(line: &Line) -> Option<StorageKey> {
    let (video_id, plan_hash) = (line.video_id, line.hash.clone());
    let number = u32::try_from(line.number).ok()?;
    Some(match line.name.as_str() {
        "record" => StorageKey::Record { video_id, plan_hash, number },
        rendition => StorageKey::Segment { video_id, plan_hash, rendition: rendition.to_owned(), number },
    })
}

fn sidecar(line: &Line) -> Option<StorageKey> {
    let (video_id, plan_hash) = (line.video_id, line.hash.clone());
    Some(match line.name.as_str() {
        "poster" => StorageKey::Poster { video_id, plan_hash },
        name => match name.parse() {
            Ok(name) => StorageKey::Sidecar { video_id, plan_hash, name },
            Err(_) => StorageKey::Captions { video_id, plan_hash, rendition: name.to_owned() },
        },
    })
}
