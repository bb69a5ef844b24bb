//! Any text may be a title, a query or a cursor: nothing of it ends a thread.

use mutoscope_core::{
    id::VideoId,
    search::{SearchBackend, SearchBatch, SearchChange, SearchDocument, SearchError, SearchQuery},
    time::UnixMs,
};
use mutoscope_index::{
    EmbeddedSearch,
    words::{fold, indexed_words},
};
use proptest::prelude::*;

/// Texts of everything that is hard: marks, controls, scripts, signs, long runs.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zé' .,/+#-]{0,80}",
        "[\u{300}-\u{36f}a\u{200d}\u{fe0f}🎬👩🏽]{0,40}",
        "[東京都ガギ\u{3099}한국\u{1100}\u{1161}กิ่ا\u{64b} ]{0,40}",
        "(\\PC{1,3}){0,200}",
    ]
}

fn document(title: String, description: String, tag: String) -> SearchDocument {
    SearchDocument {
        video_id: VideoId::new(),
        title,
        description,
        tags: vec![tag],
        channel_name: "Any channel".to_owned(),
        channel_handle: "any".to_owned(),
        published_at: UnixMs::now(),
        views: 1,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn words_are_cut_from_any_text(text in text()) {
        let mut place = 0;
        for word in indexed_words(&text) {
            prop_assert!(text.get(word.word.bytes.clone()).is_some_and(|cut| !cut.is_empty()));
            prop_assert!(!word.word.text.is_empty());
            prop_assert!(word.place >= place);
            place = word.place;
        }
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_indexed_is_found_and_shown(
        documents in prop::collection::vec((text(), text(), text()), 1..8),
        queries in prop::collection::vec(text(), 1..8),
        cursor in text(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let search = EmbeddedSearch::open(folder.path().to_owned()).unwrap();
            search.rebuild().await.unwrap().finish(0).await.unwrap();
            let documents: Vec<_> = documents.into_iter().map(|(a, b, c)| document(a, b, c)).collect();
            let changes = documents.iter().cloned().map(SearchChange::Upsert).collect();
            search.apply(SearchBatch { changes, after: 0, position: 1 }).await.unwrap();

            for document in &documents {
                // A short title that has words is found by itself, and its highlight is the title.
                let words = indexed_words(&document.title);
                if words.is_empty() || document.title.chars().count() > 100 || words.len() > 16 {
                    continue;
                }
                let query = SearchQuery { text: document.title.clone(), limit: 100, cursor: None };
                let page = search.search(query).await.unwrap();
                let hit = page.hits.iter().find(|hit| hit.video_id == document.video_id);
                let hit = hit.unwrap_or_else(|| panic!("{:?} does not find itself", document.title));
                let shown: String = hit.highlights[0].fragments.iter().map(|f| f.text.as_str()).collect();
                assert!(document.title.contains(&shown), "{shown:?}");
            }
            for text in queries {
                let query = SearchQuery { text: text.clone(), limit: 3, cursor: None };
                search.search(query.clone()).await.unwrap();
                search.suggest(&text, 5).await.unwrap();
                let forged = SearchQuery { cursor: Some(cursor.clone()), ..query };
                assert!(matches!(search.search(forged).await, Err(SearchError::Cursor)));
            }
        });
    }
}
