//! Elasticsearch and OpenSearch: the port's suite on a stand-in and, where a test run has started them, on the real ones;
//! what the adapter makes of a service that fails.

mod consumer;
mod faults;
mod group;
mod services;
mod stub;

use std::sync::Arc;

use mutoscope_core::search::SearchBackend;

use stub::Stub;

#[tokio::test]
async fn the_adapter_passes_the_suite_of_the_port_on_a_stand_in() {
    let stub = Stub::start().await;
    let count = std::sync::atomic::AtomicUsize::new(0);
    mutoscope_index::suite::run(async || {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let search = stub.search(&format!("suite-{number}"));
        search.rebuild().await.unwrap().finish(0).await.unwrap();
        Arc::new(search) as Arc<dyn SearchBackend>
    })
    .await;
}
