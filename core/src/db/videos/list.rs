//! Lists of videos, newest or most watched first, paged by the place of the last line.

use super::{Row, Video, select_videos};
use crate::{
    db::{Db, DbError, read},
    id::{UserId, VideoId},
};

/// Which videos, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// What everyone may find, and can watch.
    Public(Sort),
    /// What everyone may find on one channel, newest first.
    Channel(UserId),
    /// Everything of one owner, newest upload first.
    Mine(UserId),
    /// Everything that failed, latest failure first.
    Failed,
    /// Everything, newest upload first.
    All,
}

/// The order of [`Listing::Public`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Latest publication first.
    Newest,
    /// Most watched first; a video that overtakes another between two pages may show twice or not.
    Views,
}

/// Where a line stands in its list: the next page begins behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// What the list is ordered by.
    pub key: i64,
    /// Orders lines with equal keys.
    pub id: VideoId,
}

impl Place {
    /// Before every line.
    const START: Self = Self { key: i64::MAX, id: VideoId::from_uuid(uuid::Uuid::max()) };
}

impl Listing {
    /// The place of `video` in this list.
    pub fn place_of(&self, video: &Video) -> Place {
        let key = match self {
            Self::Public(Sort::Newest) | Self::Channel(_) => video.published_at.map_or(0, |t| t.0),
            Self::Public(Sort::Views) => video.views,
            Self::Mine(_) | Self::All => video.created_at.0,
            Self::Failed => video.facts.failed_at.map_or(0, |t| t.0),
        };
        Place { key, id: video.id }
    }

    fn sql(&self) -> &'static str {
        match self {
            Self::Public(Sort::Newest) => select_videos!(
                "WHERE v.privacy = 'public' AND v.published_at_ms IS NOT NULL AND v.failed_at_ms IS NULL \
                 AND u.blocked_at_ms IS NULL AND (v.published_at_ms, v.id) < ($1, $2) \
                 ORDER BY v.published_at_ms DESC, v.id DESC LIMIT $3"
            ),
            Self::Public(Sort::Views) => select_videos!(
                "WHERE v.privacy = 'public' AND v.published_at_ms IS NOT NULL AND v.failed_at_ms IS NULL \
                 AND u.blocked_at_ms IS NULL AND (v.views, v.id) < ($1, $2) \
                 ORDER BY v.views DESC, v.id DESC LIMIT $3"
            ),
            Self::Channel(_) => select_videos!(
                "WHERE v.owner_id = $4 AND v.privacy = 'public' AND v.published_at_ms IS NOT NULL \
                 AND v.failed_at_ms IS NULL AND u.blocked_at_ms IS NULL AND (v.published_at_ms, v.id) < ($1, $2) \
                 ORDER BY v.published_at_ms DESC, v.id DESC LIMIT $3"
            ),
            Self::Mine(_) => select_videos!(
                "WHERE v.owner_id = $4 AND (v.created_at_ms, v.id) < ($1, $2) \
                 ORDER BY v.created_at_ms DESC, v.id DESC LIMIT $3"
            ),
            Self::Failed => select_videos!(
                "WHERE v.failed_at_ms IS NOT NULL AND (v.failed_at_ms, v.id) < ($1, $2) \
                 ORDER BY v.failed_at_ms DESC, v.id DESC LIMIT $3"
            ),
            Self::All => select_videos!(
                "WHERE (v.created_at_ms, v.id) < ($1, $2) ORDER BY v.created_at_ms DESC, v.id DESC LIMIT $3"
            ),
        }
    }

    fn owner(&self) -> Option<UserId> {
        match self {
            Self::Channel(owner) | Self::Mine(owner) => Some(*owner),
            Self::Public(_) | Self::Failed | Self::All => None,
        }
    }
}

/// Up to `limit` videos of the list behind `after`; from its beginning for `None`.
pub async fn list(db: &Db, listing: Listing, after: Option<Place>, limit: i64) -> Result<Vec<Video>, DbError> {
    let after = after.unwrap_or(Place::START);
    let rows: Vec<Row> = read!(db, pool => {
        let mut query = sqlx::query_as(listing.sql()).bind(after.key).bind(after.id).bind(limit);
        if let Some(owner) = listing.owner() {
            query = query.bind(owner);
        }
        query.fetch_all(pool).await?
    });
    rows.into_iter().map(Video::try_from).collect()
}
