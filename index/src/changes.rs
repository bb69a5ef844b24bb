//! What events mean for an index. They only name videos: the rows say what is true, however late an event comes.

use std::collections::BTreeSet;

use mutoscope_core::{
    db::{Db, DbError, search_documents},
    event::{Event, Unreadable, What},
    id::VideoId,
    search::SearchChange,
};

/// What the index is to be told of these videos, from their rows as they are now.
pub async fn changes(db: &Db, videos: &BTreeSet<VideoId>) -> Result<Vec<SearchChange>, DbError> {
    let videos: Vec<VideoId> = videos.iter().copied().collect();
    let mut listed = search_documents::find(db, &videos).await?;
    let change = |id: VideoId| match listed.remove(&id) {
        Some(document) => SearchChange::Upsert(document),
        None => SearchChange::Delete(id),
    };
    Ok(videos.into_iter().map(change).collect())
}

/// Whether an event of the log may change what search holds of its video. One that a newer version wrote may, and the rows
/// say what is true.
pub fn may_concern_search(event: &Result<Event, Unreadable>) -> bool {
    event.as_ref().map_or(true, |event| concerns_search(&event.what))
}

/// Whether this may change what search holds of its video.
pub fn concerns_search(what: &What) -> bool {
    match what {
        What::UploadCompleted { .. }
        | What::VideoPlanned { .. }
        | What::VideoReady { .. }
        | What::VideoFailed { .. }
        | What::VideoChanged
        | What::VideoDeleted => true,
        What::SpansPlanned { .. } => false,
    }
}
