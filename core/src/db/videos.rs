//! Videos: what is said about them and how far they are.
//!
//! A video's state is computed by [`VideoFacts`] from its upload, its plan and the segments that exist; no column holds it.

mod change;
mod list;
mod poster;
mod remove;
mod retry;
mod row;
mod warnings;

use super::{Db, DbError, read};
use crate::{
    id::{PlanId, UploadId, UserId, VideoId},
    privacy::Guarded,
    time::UnixMs,
    video::{Failure, Privacy, VideoFacts, VideoState},
};

pub(crate) use change::tell_of_owner;
pub use change::{VideoChange, change};
pub use list::{Listing, Place, Sort, list};
pub use poster::{choose_poster, chosen_poster};
pub(crate) use remove::remove_within;
pub use remove::{remove, remove_all_of_owner};
pub use retry::retry;
use row::{Row, select_videos};
pub(crate) use warnings::{add_warning, drop_missing};
pub use warnings::{is_missing, warnings, warnings_of};

/// A video with its channel, and the facts that its state follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Video {
    /// Its id.
    pub id: VideoId,
    /// Whose it is.
    pub owner_id: UserId,
    /// The upload that brought the mezzanine.
    pub upload_id: UploadId,
    /// 1 to 200 characters.
    pub title: String,
    /// May be empty.
    pub description: String,
    /// In the order they were given.
    pub tags: Vec<String>,
    /// Who may see it.
    pub privacy: Privacy,
    /// As the client named it; never part of a path.
    pub file_name: String,
    /// The mezzanine's length.
    pub size_bytes: i64,
    /// The plan that is served.
    pub plan: Option<ServedPlan>,
    /// The film's length, once probed.
    pub duration_ms: Option<i64>,
    /// The instant that its owner chose for the poster; `None` for the plan's own choice.
    pub poster_at_ms: Option<i64>,
    /// Counts the tries, from 1.
    pub attempt: i64,
    /// Why it can't be made.
    pub failure: Option<Failure>,
    /// What the state follows from.
    pub facts: VideoFacts,
    /// Viewers, each once a day.
    pub views: i64,
    /// When it first could be watched.
    pub published_at: Option<UnixMs>,
    /// Grows with every change that search or a cache must see.
    pub version: i64,
    /// When its upload began.
    pub created_at: UnixMs,
    /// The address of its channel: the owner's folded user name.
    pub channel_handle: String,
    /// The channel's name.
    pub channel_name: String,
    /// Its owner was blocked by an administrator.
    pub owner_blocked: bool,
}

/// The plan that playlists are written from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedPlan {
    /// The plan's row.
    pub id: PlanId,
    /// Lower-case hex.
    pub hash: String,
    /// The file of the poster that is shown, where there is one.
    pub poster_file: Option<String>,
    /// Whether its storyboard is there.
    pub has_storyboard: bool,
    /// How loud the film is; `None` for silence, and until it is known.
    pub loudness_lufs_hundredths: Option<i64>,
    /// The largest value between samples.
    pub true_peak_dbfs_hundredths: Option<i64>,
}

impl Video {
    /// How far it is.
    pub fn state(&self) -> VideoState {
        self.facts.state()
    }

    /// What the authorisation function must know of it.
    pub fn guarded(&self) -> Guarded {
        Guarded { owner_id: self.owner_id, privacy: self.privacy, owner_blocked: self.owner_blocked }
    }
}

/// The video, where it is.
pub async fn find(db: &Db, id: VideoId) -> Result<Option<Video>, DbError> {
    let row: Option<Row> = read!(db, pool => {
        sqlx::query_as(select_videos!("WHERE v.id = $1")).bind(id).fetch_optional(pool).await?
    });
    row.map(Video::try_from).transpose()
}

/// What the authorisation function must know of the video, where it is: the least that one row and its owner's say.
pub async fn guarded(db: &Db, id: VideoId) -> Result<Option<Guarded>, DbError> {
    const SQL: &str = "SELECT v.owner_id, v.privacy, u.blocked_at_ms FROM videos v JOIN users u ON u.id = v.owner_id \
        WHERE v.id = $1";
    let row: Option<(UserId, Privacy, Option<UnixMs>)> = read!(db, pool => {
        sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?
    });
    Ok(row.map(|(owner_id, privacy, blocked_at)| Guarded { owner_id, privacy, owner_blocked: blocked_at.is_some() }))
}

/// Those of `ids` that are there, in no order.
pub async fn find_many(db: &Db, ids: &[VideoId]) -> Result<Vec<Video>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = read!(db, pool => {
        let mut query = sqlx::QueryBuilder::new(select_videos!("WHERE v.id IN ("));
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(")");
        query.build_query_as().fetch_all(pool).await?
    });
    rows.into_iter().map(Video::try_from).collect()
}

/// Tags as their column holds them.
pub(crate) fn tags_json(tags: &[String]) -> Result<String, DbError> {
    serde_json::to_string(tags).map_err(|source| DbError::Corrupt { what: "list of tags", source })
}
