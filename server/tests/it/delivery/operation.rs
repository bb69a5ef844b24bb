//! What operators ask: alive, ready, how much.

use reqwest::StatusCode;
use serde_json::json;

use super::{
    films::planned,
    platform::{Platform, send},
};

#[tokio::test]
async fn a_platform_says_that_it_is_alive_and_ready() {
    let platform = Platform::start().await;
    let visitor = platform.visitor();
    visitor.get("/healthz").await.expect(StatusCode::OK);
    for _ in 0..100 {
        if visitor.get("/readyz").await.status == StatusCode::OK {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let ready = visitor.get("/readyz").await.expect(StatusCode::OK).json();
    assert_eq!(ready["ready"], true);
    let names: Vec<_> = ready["parts"].as_array().unwrap().iter().map(|part| part["name"].clone()).collect();
    assert_eq!(names, ["database", "storage", "search"]);
    platform.stop().await;
}

#[tokio::test]
async fn a_part_that_is_not_there_is_named() {
    let platform = Platform::start().await;
    platform.app.db.close().await;
    let answer = platform.visitor().get("/readyz").await.expect(StatusCode::SERVICE_UNAVAILABLE).json();
    assert_eq!(answer["parts"][0], json!({ "name": "database", "ready": false, "needed": true }));
    assert!(!answer.to_string().contains(platform.data_folder()));
    platform.visitor().get("/healthz").await.expect(StatusCode::OK);
    platform.stop().await;
}

#[tokio::test]
async fn a_gateway_is_told_what_everyone_may_see_and_nothing_else() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    let question = format!("/gateway/videos/{}", film.id);
    let nobodys = format!("/gateway/videos/{}", mutoscope_core::id::VideoId::new());
    let visitor = platform.visitor();
    let answer = visitor.get(&question).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(answer.header("cache-control"), "no-store");
    for privacy in ["private", "unlisted"] {
        ann.patch(&film.address, &json!({ "privacy": privacy })).await.expect(StatusCode::OK);
        // Whoever asks: the question is about everyone.
        let hidden = ann.get(&question).await.expect(StatusCode::FORBIDDEN);
        let absent = ann.get(&nobodys).await.expect(StatusCode::FORBIDDEN);
        assert_eq!(hidden.body, absent.body);
    }
    visitor.get("/gateway/videos/..%2f").await.expect(StatusCode::FORBIDDEN);
    platform.stop().await;
}

#[tokio::test]
async fn measures_are_for_loopback_and_hold_no_address_a_client_made_up() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    planned(&platform, &ann, "public").await;
    ann.get("/api/v1/videos/made-up-by-a-client").await.refused(404, "not_found");
    let visitor = platform.visitor();
    let answer = visitor.get("/metrics").await.expect(StatusCode::OK);
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    for name in [
        "mutoscope_http_request_duration_seconds_bucket",
        "mutoscope_jobs{kind=\"span\",state=\"running\"} 1",
        "mutoscope_jobs{kind=\"span\",state=\"pausing\"} 0",
        "mutoscope_queue_length 1",
        "mutoscope_jobs{kind=\"captions\",state=\"waiting\"} 1",
        "mutoscope_errors_total{code=\"not_found\"}",
        "mutoscope_unplaced_events",
        "mutoscope_search_lag_events",
        "route=\"/api/v1/videos/{id}\"",
        "process_resident_memory_bytes",
    ] {
        assert!(text.contains(name), "{name}\n{text}");
    }
    assert!(!text.contains("made-up"));
    let through_a_proxy = visitor.request(reqwest::Method::GET, "/metrics").header("x-forwarded-for", "203.0.113.9");
    send(through_a_proxy).await.refused(404, "not_found");
    platform.stop().await;
}
