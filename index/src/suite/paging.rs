//! Pages, one after the other.

use std::collections::HashSet;

use mutoscope_core::{
    id::VideoId,
    search::{SearchChange, SearchDocument, SearchError, SearchQuery},
};

use super::{Backend, change, id, put, query, video};

/// Videos that match differently well, many of them equally.
fn many() -> impl Iterator<Item = SearchDocument> {
    (0..250).map(|n| {
        let title = ["River", "The river", "Rivers", "Rover", "A boat on the river"][n as usize % 5];
        SearchDocument { views: i64::try_from(n % 3).expect("small"), ..video(n, title) }
    })
}

async fn rest(backend: &Backend, mut cursor: Option<String>, limit: usize) -> Vec<VideoId> {
    let mut all = Vec::new();
    loop {
        let wanted = SearchQuery { limit, cursor, ..query("river") };
        let page = backend.search(wanted).await.expect("a page");
        assert!(page.hits.len() <= limit);
        all.extend(page.hits.into_iter().map(|hit| hit.video_id));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return all;
        }
    }
}

pub async fn pages_have_no_gaps_and_no_doubles(backend: &Backend) {
    // In several commits, so that what is behind the port is in several pieces.
    let all: Vec<SearchDocument> = many().collect();
    for some in all.chunks(60) {
        put(backend, some.to_vec()).await;
    }
    let at_once = rest(backend, None, 100).await;
    assert_eq!(at_once.len(), 250);
    assert_eq!(at_once.iter().collect::<HashSet<_>>().len(), 250);
    for limit in [1, 7, 50] {
        assert_eq!(rest(backend, None, limit).await, at_once, "pages of {limit}");
    }
    let exactly = SearchQuery { limit: 50, ..query("boat") };
    let page = backend.search(exactly).await.expect("a page");
    assert_eq!((page.hits.len(), page.next_cursor), (50, None), "no cursor to an empty page");
}

pub async fn pages_go_on_while_videos_come_and_go(backend: &Backend) {
    put(backend, many()).await;
    let first = SearchQuery { limit: 30, ..query("river") };
    let page = backend.search(first).await.expect("a page");
    let mut seen: Vec<VideoId> = page.hits.into_iter().map(|hit| hit.video_id).collect();

    let mut changes: Vec<SearchChange> = (1000..1400)
        .map(|n| SearchChange::Upsert(video(n, if n % 2 == 0 { "River" } else { "Another thing" })))
        .collect();
    let gone: Vec<VideoId> = (0..40).map(|n| id(n * 6)).collect();
    changes.extend(gone.iter().copied().map(SearchChange::Delete));
    change(backend, changes).await;

    seen.extend(rest(backend, page.next_cursor, 30).await);
    assert_eq!(seen.iter().collect::<HashSet<_>>().len(), seen.len(), "no video twice");
    let stayed = (0..250).map(id).filter(|id| !gone.contains(id));
    for id in stayed {
        assert!(seen.contains(&id), "a video that was there all the time was passed over");
    }
}

pub async fn forged_cursors_are_refused(backend: &Backend) {
    put(backend, many()).await;
    let first = SearchQuery { limit: 1, ..query("river") };
    let cursor = backend.search(first).await.expect("a page").next_cursor.expect("a cursor");
    let mut forged: Vec<String> = ["", "0", "AAAA", "null", "../..", "ü", "🎬"].map(str::to_owned).to_vec();
    forged.push("A".repeat(100_000));
    forged.push(cursor[1..].to_owned());
    forged.push(cursor.to_lowercase());
    forged.push(format!("{cursor}A"));
    for cursor in forged {
        let wanted = SearchQuery { cursor: Some(cursor.clone()), ..query("river") };
        let answer = backend.search(wanted).await;
        assert!(matches!(answer, Err(SearchError::Cursor)), "{cursor:?}");
    }
    let other = SearchQuery { cursor: Some(cursor), ..query("boat") };
    assert!(matches!(backend.search(other).await, Err(SearchError::Cursor)), "of another query");
}
