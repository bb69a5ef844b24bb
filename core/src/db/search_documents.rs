//! What search may hold of a video: the same rows that public lists show, nothing of the others.

use std::collections::HashMap;

use super::{Db, DbError, read};
use crate::{id::VideoId, search::SearchDocument, time::UnixMs};

/// Rows read by one statement; both databases take this many parameters.
const IDS_PER_STATEMENT: usize = 32;

/// The columns of a [`Row`], and which videos are listed: public, watchable, of an owner in good standing.
macro_rules! select_listed {
    ($rest:literal) => {
        concat!(
            "SELECT v.id, v.title, v.description, v.tags, v.published_at_ms, v.views, u.display_name, u.username ",
            "FROM videos v JOIN users u ON u.id = v.owner_id ",
            "WHERE v.privacy = 'public' AND v.plan_id IS NOT NULL AND v.published_at_ms IS NOT NULL ",
            "AND v.failed_at_ms IS NULL AND u.blocked_at_ms IS NULL ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: VideoId,
    title: String,
    description: String,
    tags: String,
    published_at_ms: UnixMs,
    views: i64,
    display_name: String,
    username: String,
}

/// Those of the given videos that are listed now; one that is not in the answer has no place in an index.
pub async fn find(db: &Db, ids: &[VideoId]) -> Result<HashMap<VideoId, SearchDocument>, DbError> {
    const SQL: &str = select_listed!(
        "AND v.id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
         $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)"
    );
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(IDS_PER_STATEMENT) {
        // The last statement names its first video more than once.
        let padding = std::iter::repeat(&some[0]);
        let named = some.iter().chain(padding).take(IDS_PER_STATEMENT);
        let rows: Vec<Row> = read!(db, pool => {
            named.fold(sqlx::query_as(SQL), |query, id| query.bind(*id)).fetch_all(pool).await?
        });
        for row in rows {
            let document = row.into_document()?;
            found.insert(document.video_id, document);
        }
    }
    Ok(found)
}

/// Up to `limit` listed videos in the order of their ids, those after `after`.
pub async fn page(db: &Db, after: Option<VideoId>, limit: i64) -> Result<Vec<SearchDocument>, DbError> {
    const SQL: &str = select_listed!("AND v.id > $1 ORDER BY v.id LIMIT $2");
    let after = after.unwrap_or(VideoId::from_uuid(uuid::Uuid::nil()));
    let rows: Vec<Row> = read!(db, pool => {
        sqlx::query_as(SQL).bind(after).bind(limit).fetch_all(pool).await?
    });
    rows.into_iter().map(Row::into_document).collect()
}

impl Row {
    fn into_document(self) -> Result<SearchDocument, DbError> {
        let tags =
            serde_json::from_str(&self.tags).map_err(|source| DbError::Corrupt { what: "list of tags", source })?;
        Ok(SearchDocument {
            video_id: self.id,
            title: self.title,
            description: self.description,
            tags,
            channel_name: self.display_name,
            channel_handle: self.username,
            published_at: self.published_at_ms,
            views: self.views,
        })
    }
}
