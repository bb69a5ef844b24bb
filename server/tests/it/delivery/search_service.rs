//! Search in a service: all goes on without it, and says what is missing.

#[path = "../../../../index/tests/it/elastic/stub.rs"]
#[expect(dead_code, reason = "the index's own tests use all of it")]
mod stub;

use mutoscope_server::config::SearchSettings;
use reqwest::StatusCode;
use serde_json::json;

use super::{films::planned_as, platform::Platform, search::search_until};
use stub::{Fault, Stub};

#[tokio::test]
async fn while_the_search_service_is_away_search_says_so_and_all_else_goes_on() {
    let stub = Stub::start().await;
    let platform = Platform::start_searching(SearchSettings::Service(stub.settings("films"))).await;
    let ann = platform.user("ann").await;
    planned_as(&platform, &ann, "public", "Lighthouse").await;
    search_until(&ann, "q=lighthou", 1).await;
    let ready = ann.get("/readyz").await.expect(StatusCode::OK).json();
    assert_eq!(ready["parts"][2], json!({ "name": "search", "ready": true, "needed": false }));

    for path in ["_search", "_count", "place", "_bulk"] {
        stub.fail(path, 10_000, Fault::Answer(503, String::new()));
    }
    ann.get("/api/v1/search?q=lighthou").await.refused(503, "search_unavailable");
    ann.get("/api/v1/search/suggestions?q=lig").await.refused(503, "search_unavailable");
    let ready = ann.get("/readyz").await.expect(StatusCode::OK).json();
    assert_eq!(ready["parts"][2], json!({ "name": "search", "ready": false, "needed": false }));
    assert!(!ready.to_string().contains(&stub.url), "no address of ours is told");
    let videos = ann.get("/api/v1/videos").await.expect(StatusCode::OK).json();
    assert_eq!(videos["videos"].as_array().map(Vec::len), Some(1));
    planned_as(&platform, &ann, "public", "Lighthouse in winter").await;

    stub.heal();
    search_until(&ann, "q=winter", 1).await;
    platform.stop().await;
}
