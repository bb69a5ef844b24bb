//! Writing down one thing that was made.
//!
//! The caller's transaction holds the plan's row, so nobody else writes a row of it meanwhile. That is why no statement here
//! names a key of its table: they do with the keys of one server, and with those of many.

use super::{Made, NewlyMade};

/// How the rows of one kind are read and written: `$1` the video, `$2` the plan, `$3` the name, then what the kind has.
pub(super) struct Sql {
    pub find: &'static str,
    pub add: &'static str,
    pub replace: &'static str,
}

const INIT: Sql = Sql {
    find: "SELECT init_sha256 FROM renditions WHERE video_id = $1 AND plan_id = $2 AND name = $3",
    add: "INSERT INTO renditions (video_id, plan_id, name, init_sha256, init_bytes) VALUES ($1, $2, $3, $4, $5)",
    replace: "UPDATE renditions SET init_sha256 = $4, init_bytes = $5 \
        WHERE video_id = $1 AND plan_id = $2 AND name = $3",
};

const SEGMENT: Sql = Sql {
    find: "SELECT sha256 FROM segments WHERE video_id = $1 AND plan_id = $2 AND rendition = $3 AND number = $4",
    add: "INSERT INTO segments (video_id, plan_id, rendition, sha256, size_bytes, made_at_ms, number, duration_us) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    replace: "UPDATE segments SET sha256 = $4, size_bytes = $5, made_at_ms = $6, duration_us = $8 \
        WHERE video_id = $1 AND plan_id = $2 AND rendition = $3 AND number = $7",
};

const SIDECAR: Sql = Sql {
    find: "SELECT sha256 FROM sidecars WHERE video_id = $1 AND plan_id = $2 AND name = $3",
    add: "INSERT INTO sidecars (video_id, plan_id, name, sha256, size_bytes, made_at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6)",
    replace: "UPDATE sidecars SET sha256 = $4, size_bytes = $5, made_at_ms = $6 \
        WHERE video_id = $1 AND plan_id = $2 AND name = $3",
};

impl Sql {
    pub(super) const fn of(item: &NewlyMade) -> Self {
        match item {
            NewlyMade::Init { .. } => INIT,
            NewlyMade::Segment { .. } => SEGMENT,
            NewlyMade::Sidecar { .. } => SIDECAR,
        }
    }
}

impl NewlyMade {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Init { rendition, .. } | Self::Segment { rendition, .. } => rendition,
            Self::Sidecar { name, .. } => name,
        }
    }

    pub(super) const fn made(&self) -> &Made {
        match self {
            Self::Init { made, .. } | Self::Segment { made, .. } | Self::Sidecar { made, .. } => made,
        }
    }
}

/// What one row was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// It was not there.
    Absent,
    /// It was as it is now.
    Same,
    /// It had another hash. The object under the key is the new one by now, so the row follows it.
    Differing,
}

/// Writes one row within the caller's transaction, where it is not there as it is; tells what was there [`Before`].
macro_rules! put {
    ($tx:ident, $plan:expr, $item:expr, $now:expr) => {{
        let (plan, item): ($crate::id::PlanKey, &NewlyMade) = ($plan, $item);
        let (sql, made) = ($crate::db::segments::put::Sql::of(item), item.made());
        let find = sqlx::query_as(sql.find).bind(plan.video_id).bind(plan.id).bind(item.name());
        let find = match item {
            NewlyMade::Segment { number, .. } => find.bind(i64::from(*number)),
            NewlyMade::Init { .. } | NewlyMade::Sidecar { .. } => find,
        };
        let found: Option<(String,)> = find.fetch_optional(&mut *$tx).await?;
        let (before, text) = match found {
            None => (Before::Absent, Some(sql.add)),
            Some((sha256,)) if sha256 == made.sha256 => (Before::Same, None),
            Some(_) => (Before::Differing, Some(sql.replace)),
        };
        if let Some(text) = text {
            let write = sqlx::query(text)
                .bind(plan.video_id)
                .bind(plan.id)
                .bind(item.name())
                .bind(&made.sha256)
                .bind(made.size_bytes);
            let write = match item {
                NewlyMade::Init { .. } => write,
                NewlyMade::Segment { number, duration_us, .. } => {
                    write.bind($now).bind(i64::from(*number)).bind(*duration_us)
                }
                NewlyMade::Sidecar { .. } => write.bind($now),
            };
            write.execute(&mut *$tx).await?;
        }
        before
    }};
}
pub(super) use put;
