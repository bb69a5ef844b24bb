//! Bringing videos in an index up to date, and finding the one that can't be.

use std::collections::BTreeSet;

use mutoscope_core::{
    db::{Db, outbox},
    error::ErrorKind,
    id::VideoId,
};

use crate::{
    changes::changes,
    elastic::{ElasticSearch, Standing},
    error::IndexError,
};

/// Videos that the index can't take, each with the reason.
pub type Refused = Vec<(VideoId, IndexError)>;

/// Has the index hold of these videos what their rows say.
///
/// # Errors
/// What another try may mend; then some may be taken in. What can't be mended is told of each video alone, and the others
/// are taken in.
pub async fn bring(
    db: &Db,
    search: &ElasticSearch,
    standing: &Standing,
    videos: &BTreeSet<VideoId>,
) -> Result<Refused, IndexError> {
    match bring_together(db, search, standing, videos).await {
        Ok(()) => return Ok(Refused::new()),
        Err(error) if !is_for_good(&error) => return Err(error),
        Err(_) => {}
    }
    let mut refused = Refused::new();
    for video in videos {
        match bring_together(db, search, standing, &BTreeSet::from([*video])).await {
            Ok(()) => {}
            Err(error) if is_for_good(&error) => refused.push((*video, error)),
            Err(error) => return Err(error),
        }
    }
    Ok(refused)
}

async fn bring_together(
    db: &Db,
    search: &ElasticSearch,
    standing: &Standing,
    videos: &BTreeSet<VideoId>,
) -> Result<(), IndexError> {
    if videos.is_empty() {
        return Ok(());
    }
    // In this order: the rows are as new as this place at least.
    let log_end = outbox::end(db).await?;
    let changes = changes(db, videos).await?;
    Ok(search.take_in(standing, &changes, log_end).await?)
}

fn is_for_good(error: &IndexError) -> bool {
    matches!(error.kind(), ErrorKind::Refused | ErrorKind::Internal | ErrorKind::NotFound)
}
