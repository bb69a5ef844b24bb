//! A new index from the database, beside the one that answers.

use std::error::Error;

use mutoscope_core::{
    db::{Db, outbox, search_documents},
    search::{SearchBackend, SearchError},
};

use crate::error::IndexError;

/// Rows read at a time.
const PAGE: i64 = 200;

/// What a rebuild came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    /// Videos in the new index.
    pub documents: u64,
    /// The place in the log from which it goes on.
    pub position: i64,
}

/// Makes the index of `backend` where there is none that can be used; `None` where nothing was to be done.
///
/// # Errors
/// As [`rebuild`]; and where the index can't be asked.
pub async fn set_up(db: &Db, backend: &dyn SearchBackend) -> Result<Option<Rebuilt>, IndexError> {
    match backend.position().await {
        Ok(_) => Ok(None),
        Err(SearchError::Damaged(_)) => Ok(Some(rebuild(db, backend, |_| ()).await?)),
        Err(error) => Err(error.into()),
    }
}

/// Builds the index of `backend` anew from the database and makes it the one that answers; `progress` is told how many
/// videos are in it after every page.
///
/// It needs no running platform, and disturbs none: a process that uses the index goes over to the new one by itself, and
/// reads the log again from where the rebuild began.
///
/// # Errors
/// [`mutoscope_core::search::SearchError::Busy`] while another rebuild of the same index runs; whatever database or index
/// say. The index that answered before is untouched then.
pub async fn rebuild(
    db: &Db,
    backend: &dyn SearchBackend,
    mut progress: impl FnMut(u64),
) -> Result<Rebuilt, IndexError> {
    let mut made = backend.rebuild().await?;
    // What changes while pages are read has its event after this place.
    let position = outbox::end(db).await?;
    let mut documents = 0;
    let mut last = None;
    loop {
        let page = search_documents::page(db, last, PAGE).await?;
        let Some(end) = page.last() else {
            break;
        };
        last = Some(end.video_id);
        documents += page.len() as u64;
        made.add(page).await?;
        progress(documents);
    }
    made.finish(position).await?;
    Ok(Rebuilt { documents, position })
}

/// What an index answered that was asked for its place; `None` where there is none that can be used, and a new one is to be made.
pub(crate) fn usable<T>(asked: Result<T, SearchError>) -> Result<Option<T>, IndexError> {
    match asked {
        Ok(place) => Ok(Some(place)),
        // Nothing is wrong: a new platform has no index yet.
        Err(SearchError::Damaged(None)) => Ok(None),
        Err(error @ SearchError::Damaged(Some(_))) => {
            tracing::warn!(error = &error as &dyn Error, "the search index can't be used");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// The same as [`rebuild`] for a task, which says it in the log.
pub(crate) async fn rebuild_and_say(db: &Db, backend: &dyn SearchBackend) -> Result<(), IndexError> {
    let Rebuilt { documents, position } = rebuild(db, backend, |_| ()).await?;
    tracing::info!(documents, position, "the search index was built from the database");
    Ok(())
}
