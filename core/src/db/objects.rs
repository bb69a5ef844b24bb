//! Every object that rows name, with the hash that it must read back as: for copies of a whole library.

use super::{Db, DbError, read};
use crate::{
    id::{PlanId, UploadId, UploadKey, VideoId},
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

/// Where a page of the list begins. The list goes film by film: each of its queries but those for the next film reads
/// where one film's rows are, by an index that the database of one server and that of many have.
#[derive(Debug, Clone)]
pub enum Place {
    /// At the next upload behind this one; parts of uploads come first.
    Uploads(UploadKey),
    /// Within an upload, behind this part.
    Parts(UploadKey, i64),
    /// At the next plan behind the one of this video with this hash.
    Plans(VideoId, String),
    /// Within a plan, behind this media segment or record.
    Segments(Plan, String, i64),
    /// Behind the last one.
    End,
}

/// A plan whose objects are listed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Plan {
    video_id: VideoId,
    id: PlanId,
    hash: String,
}

const FIRST_VIDEO: VideoId = VideoId::from_uuid(uuid::Uuid::nil());

impl Place {
    /// Before every object.
    pub const START: Self = Self::Uploads(UploadId::from_uuid(uuid::Uuid::nil()).of(FIRST_VIDEO));
}

/// A row of a plan.
#[derive(sqlx::FromRow)]
struct Line {
    name: String,
    number: i64,
    sha256: String,
    size_bytes: i64,
}

/// Some objects from `place` on, about `limit`, and where to go on.
pub async fn page(db: &Db, place: &Place, limit: i64) -> Result<(Vec<Named>, Place), DbError> {
    let mut page = Vec::new();
    let mut place = place.clone();
    let is_full = |page: &Vec<Named>| i64::try_from(page.len()).unwrap_or(i64::MAX) >= limit;
    while !is_full(&page) {
        place = match place {
            Place::Uploads(before) => next_upload(db, before).await?,
            Place::Parts(upload, number) => parts(db, upload, number, limit, &mut page).await?,
            Place::Plans(video_id, hash) => next_plan(db, video_id, &hash, &mut page).await?,
            Place::Segments(plan, rendition, number) => {
                segments(db, plan, &rendition, number, limit, &mut page).await?
            }
            Place::End => return Ok((page, Place::End)),
        };
    }
    Ok((page, place))
}

async fn next_upload(db: &Db, before: UploadKey) -> Result<Place, DbError> {
    const SQL: &str = "SELECT video_id, id FROM uploads WHERE (video_id, id) > ($1, $2) ORDER BY video_id, id LIMIT 1";
    let next: Option<(VideoId, UploadId)> = read!(db, pool => {
        sqlx::query_as(SQL).bind(before.video_id).bind(before.id).fetch_optional(pool).await?
    });
    Ok(match next {
        Some((video_id, id)) => Place::Parts(id.of(video_id), 0),
        None => Place::Plans(FIRST_VIDEO, String::new()),
    })
}

async fn parts(db: &Db, upload: UploadKey, number: i64, limit: i64, page: &mut Vec<Named>) -> Result<Place, DbError> {
    const SQL: &str = "SELECT number, sha256, size_bytes FROM upload_parts \
        WHERE video_id = $1 AND upload_id = $2 AND number > $3 AND stored_at_ms IS NOT NULL ORDER BY number LIMIT $4";
    let rows: Vec<(i64, String, i64)> = read!(db, pool => {
        sqlx::query_as(SQL)
            .bind(upload.video_id)
            .bind(upload.id)
            .bind(number)
            .bind(limit)
            .fetch_all(pool)
            .await?
    });
    let next = match rows.last() {
        Some((number, ..)) => Place::Parts(upload, *number),
        None => Place::Uploads(upload),
    };
    let UploadKey { video_id, id: upload_id } = upload;
    page.extend(rows.into_iter().map(|(number, sha256, size_bytes)| Named {
        key: StorageKey::UploadPart { video_id, upload_id, number, sha256: sha256.clone() },
        sha256,
        size_bytes,
    }));
    Ok(next)
}

/// Goes to the next plan, with its init segments and sidecars, of which there are few.
async fn next_plan(db: &Db, video_id: VideoId, hash: &str, page: &mut Vec<Named>) -> Result<Place, DbError> {
    const NEXT: &str = "SELECT video_id, id, hash FROM plans WHERE (video_id, hash) > ($1, $2) \
        ORDER BY video_id, hash LIMIT 1";
    const INITS: &str = "SELECT name, CAST(0 AS BIGINT) AS number, init_sha256 AS sha256, init_bytes AS size_bytes \
        FROM renditions WHERE video_id = $1 AND plan_id = $2 ORDER BY name";
    const SIDECARS: &str = "SELECT name, CAST(0 AS BIGINT) AS number, sha256, size_bytes FROM sidecars \
        WHERE video_id = $1 AND plan_id = $2 ORDER BY name";
    let next: Option<Plan> = read!(db, pool => {
        sqlx::query_as(NEXT).bind(video_id).bind(hash).fetch_optional(pool).await?
    });
    let Some(plan) = next else { return Ok(Place::End) };
    let (inits, sidecars): (Vec<Line>, Vec<Line>) = read!(db, pool => {
        let inits = sqlx::query_as(INITS).bind(plan.video_id).bind(plan.id).fetch_all(pool).await?;
        (inits, sqlx::query_as(SIDECARS).bind(plan.video_id).bind(plan.id).fetch_all(pool).await?)
    });
    page.extend(named(&plan, inits, init));
    page.extend(named(&plan, sidecars, sidecar));
    Ok(Place::Segments(plan, String::new(), 0))
}

async fn segments(
    db: &Db,
    plan: Plan,
    rendition: &str,
    number: i64,
    limit: i64,
    page: &mut Vec<Named>,
) -> Result<Place, DbError> {
    const SQL: &str = "SELECT rendition AS name, number, sha256, size_bytes FROM segments \
        WHERE video_id = $1 AND plan_id = $2 AND (rendition, number) > ($3, $4) ORDER BY rendition, number LIMIT $5";
    let lines: Vec<Line> = read!(db, pool => {
        sqlx::query_as(SQL)
            .bind(plan.video_id)
            .bind(plan.id)
            .bind(rendition)
            .bind(number)
            .bind(limit)
            .fetch_all(pool)
            .await?
    });
    let last = lines.last().map(|line| (line.name.clone(), line.number));
    page.extend(named(&plan, lines, segment));
    Ok(match last {
        Some((rendition, number)) => Place::Segments(plan, rendition, number),
        None => Place::Plans(plan.video_id, plan.hash),
    })
}

fn named(plan: &Plan, lines: Vec<Line>, key: fn(&Plan, &Line) -> Option<StorageKey>) -> Vec<Named> {
    let named = |line: Line| {
        let key = key(plan, &line)?;
        Some(Named { key, sha256: line.sha256, size_bytes: line.size_bytes })
    };
    lines.into_iter().filter_map(named).collect()
}

fn init(plan: &Plan, line: &Line) -> Option<StorageKey> {
    Some(StorageKey::Init { video_id: plan.video_id, plan_hash: plan.hash.clone(), rendition: line.name.clone() })
}

fn segment(plan: &Plan, line: &Line) -> Option<StorageKey> {
    let (video_id, plan_hash) = (plan.video_id, plan.hash.clone());
    let number = u32::try_from(line.number).ok()?;
    Some(match line.name.as_str() {
        "record" => StorageKey::Record { video_id, plan_hash, number },
        rendition => StorageKey::Segment { video_id, plan_hash, rendition: rendition.to_owned(), number },
    })
}

fn sidecar(plan: &Plan, line: &Line) -> Option<StorageKey> {
    let (video_id, plan_hash) = (plan.video_id, plan.hash.clone());
    Some(match line.name.as_str() {
        "poster" => StorageKey::Poster { video_id, plan_hash },
        name => match name.parse() {
            Ok(name) => StorageKey::Sidecar { video_id, plan_hash, name },
            Err(_) => StorageKey::Captions { video_id, plan_hash, rendition: name.to_owned() },
        },
    })
}
