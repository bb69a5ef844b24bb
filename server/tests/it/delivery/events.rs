//! Events through Kafka: it may be away, and the site goes on.

use std::time::Duration;

use mutoscope_core::bus::kafka::mock::MockKafka;
use reqwest::StatusCode;
use serde_json::json;

use super::{films::planned_as, platform::Platform, search::search_until};

/// Whether the part `events` is ready; the platform is, in any case.
async fn events_are_ready(platform: &Platform) -> bool {
    let answer = platform.visitor().get("/readyz").await.expect(StatusCode::OK).json();
    let parts = answer["parts"].as_array().unwrap();
    let events = parts.iter().find(|part| part["name"] == "events").unwrap();
    assert_eq!(events["needed"], json!(false));
    events["ready"].as_bool().unwrap()
}

async fn until_events_are(platform: &Platform, ready: bool) {
    let change = async {
        while events_are_ready(platform).await != ready {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), change).await.unwrap();
}

#[tokio::test]
async fn while_kafka_is_away_the_site_goes_on_and_search_comes_after() {
    let kafka = MockKafka::start();
    let platform = Platform::start_through(kafka.settings("site.")).await;
    let ann = platform.user("ann").await;
    planned_as(&platform, &ann, "public", "The Lighthouse Keeper").await;
    search_until(&platform.visitor(), "q=lighthouse", 1).await;
    until_events_are(&platform, true).await;

    kafka.go_away();
    until_events_are(&platform, false).await;
    let film = planned_as(&platform, &ann, "public", "A Lighthouse In The Dark").await;
    platform.visitor().get(&format!("/api/v1/videos/{}", film.id)).await.expect(StatusCode::OK);
    let metrics = platform.visitor().get("/metrics").await.expect(StatusCode::OK);
    let text = String::from_utf8(metrics.body.to_vec()).unwrap();
    let lag = text.lines().find_map(|line| line.strip_prefix("mutoscope_relay_lag_events ")).unwrap();
    assert!(lag.parse::<f64>().unwrap() >= 1.0, "{lag}");

    kafka.come_back();
    search_until(&platform.visitor(), "q=lighthouse", 2).await;
    until_events_are(&platform, true).await;
    platform.stop().await;
}
