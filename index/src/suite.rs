//! What every adapter of the search port must do, whatever is behind it.

mod changes;
mod matching;
mod paging;
mod ranking;
mod showing;

use std::{future::Future, sync::Arc};

use mutoscope_core::{
    id::VideoId,
    search::{SearchBackend, SearchBatch, SearchChange, SearchDocument, SearchPage, SearchQuery},
    time::UnixMs,
};
use uuid::Uuid;

type Backend = Arc<dyn SearchBackend>;

/// Runs the suite. `fresh` gives an adapter whose index is empty and stands at place 0, another one each time.
///
/// # Panics
/// With the first promise that is not kept.
pub async fn run<F, Fut>(fresh: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Backend>,
{
    ranking::nearer_words_in_weightier_fields_come_first(&fresh().await).await;
    ranking::more_of_the_words_come_first(&fresh().await).await;
    ranking::rare_words_weigh_more(&fresh().await).await;
    ranking::equals_are_ordered_by_age_and_views(&fresh().await).await;
    matching::typos_are_forgiven_by_length(&fresh().await).await;
    matching::the_last_word_may_be_unfinished(&fresh().await).await;
    matching::words_are_found_in_any_script(&fresh().await).await;
    matching::compounds_are_found_however_they_are_written(&fresh().await).await;
    matching::any_text_is_a_query(&fresh().await).await;
    showing::highlights_are_the_texts_as_written(&fresh().await).await;
    showing::suggestions_go_on_from_what_was_typed(&fresh().await).await;
    paging::pages_have_no_gaps_and_no_doubles(&fresh().await).await;
    paging::pages_go_on_while_videos_come_and_go(&fresh().await).await;
    paging::forged_cursors_are_refused(&fresh().await).await;
    changes::a_deleted_video_is_gone_everywhere(&fresh().await).await;
    changes::the_last_change_of_a_video_counts(&fresh().await).await;
    changes::the_same_batch_again_changes_nothing(&fresh().await).await;
    changes::the_place_is_kept_with_the_changes(&fresh().await).await;
    changes::a_rebuilt_index_takes_over_when_it_is_finished(&fresh().await).await;
}

/// A video with the given title, and nothing else that could match; the number gives its id and thereby its age.
fn video(number: u64, title: &str) -> SearchDocument {
    SearchDocument {
        video_id: id(number),
        title: title.to_owned(),
        description: String::new(),
        tags: Vec::new(),
        channel_name: String::new(),
        channel_handle: String::new(),
        published_at: UnixMs(1_750_000_000_000),
        views: 0,
    }
}

fn id(number: u64) -> VideoId {
    VideoId::from_uuid(Uuid::from_u64_pair(0x0190_0000_0000_7000, (1 << 63) | number))
}

async fn put(backend: &Backend, documents: impl IntoIterator<Item = SearchDocument>) {
    let changes = documents.into_iter().map(SearchChange::Upsert).collect();
    change(backend, changes).await;
}

async fn change(backend: &Backend, changes: Vec<SearchChange>) {
    let after = backend.position().await.expect("a place");
    let batch = SearchBatch { changes, after, position: after + 1 };
    backend.apply(batch).await.expect("the changes are taken in");
}

fn query(text: &str) -> SearchQuery {
    SearchQuery { text: text.to_owned(), limit: 20, cursor: None }
}

async fn page(backend: &Backend, text: &str) -> SearchPage {
    backend.search(query(text)).await.expect("an answer")
}

/// The hits of the first page, best first.
async fn found(backend: &Backend, text: &str) -> Vec<VideoId> {
    let page = page(backend, text).await;
    page.hits.into_iter().map(|hit| hit.video_id).collect()
}

fn ids(numbers: impl IntoIterator<Item = u64>) -> Vec<VideoId> {
    numbers.into_iter().map(id).collect()
}
