//! The port's suite on the embedded index.

use std::sync::{Arc, Mutex};

use mutoscope_core::search::SearchBackend;
use mutoscope_index::EmbeddedSearch;

#[tokio::test]
async fn the_embedded_index_passes_the_suite_of_the_port() {
    let folders = Mutex::new(Vec::new());
    mutoscope_index::suite::run(async || {
        let folder = tempfile::tempdir().unwrap();
        let search = EmbeddedSearch::open(folder.path().join("search")).unwrap();
        search.rebuild().await.unwrap().finish(0).await.unwrap();
        folders.lock().unwrap().push(folder);
        Arc::new(search) as Arc<dyn SearchBackend>
    })
    .await;
}
