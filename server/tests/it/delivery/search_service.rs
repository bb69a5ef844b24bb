//! Search in a service: all goes on without it, and says what is missing.

#[path = "../../../../index/tests/it/elastic/stub.rs"]
#[expect(dead_code, reason = "the index's own tests use all of it")]
mod stub;

use std::process::Command;

use mutoscope_server::config::SearchSettings;
use reqwest::StatusCode;
use serde_json::{Value, json};

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

#[tokio::test]
async fn an_operator_sets_the_index_up_and_makes_it_anew() {
    let stub = Stub::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mutoscope = async |args: &'static [&'static str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mutoscope"));
        command.args(args).arg("--json").arg("--data").arg(folder.path().join("data"));
        command.env_clear().env("HOME", folder.path()).env("MUTOSCOPE_SEARCH_URL", &stub.url);
        // Beside this thread, on which the stand-in answers.
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = if output.status.success() { &output.stdout } else { &output.stderr };
        let last = String::from_utf8_lossy(said).trim().lines().last().unwrap_or_default().to_owned();
        (output.status.code(), serde_json::from_str::<Value>(&last).unwrap_or_else(|error| panic!("{error}: {last}")))
    };
    for is_new in [true, false] {
        let (exit, event) = mutoscope(&["admin", "setup"]).await;
        assert_eq!(exit, Some(0), "{event}");
        assert_eq!(event["parts"], json!([{ "service": "search index", "name": "mutoscope", "new": is_new }]));
    }
    let before = stub.indexes();
    let (exit, event) = mutoscope(&["index", "rebuild"]).await;
    assert_eq!((exit, event["videos"].as_u64()), (Some(0), Some(0)), "{event}");
    assert_ne!(stub.indexes(), before, "another index answers now");
    assert_eq!(stub.indexes().len(), before.len(), "and the one before is gone");

    stub.fail("/", 100, Fault::Answer(503, String::new()));
    stub.fail("place", 100, Fault::Answer(503, String::new()));
    let (exit, words) = mutoscope(&["admin", "setup"]).await;
    assert_eq!(exit, Some(4), "{words}");
    assert!(words["message"].as_str().unwrap().contains("503"), "{words}");
}
