//! A film's way with its events through Kafka: the cluster goes away, the program is killed, and the film is found.

use std::time::{Duration, Instant};

use mutoscope_core::bus::kafka::mock::MockKafka;

use super::{client::Client, film, platform::Platform};

#[tokio::test]
async fn a_film_comes_through_though_kafka_goes_away_and_the_program_is_killed() {
    let kafka = MockKafka::start();
    let settings = kafka.settings("film.");
    let variables = vec![
        ("MUTOSCOPE_KAFKA_BROKERS", settings.brokers.join(",")),
        ("MUTOSCOPE_KAFKA_TOPIC_PREFIX", settings.prefix.clone()),
    ];
    let mut platform = Platform::start_with(variables).await;
    let owner = platform.visitor().register("edith").await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let bytes = film::make(folder.path(), 320, 180, 6);

    let first = owner.upload("reel.mp4", "The Lighthouse Reel", &bytes).await;
    found(&owner, "lighthouse").await;

    // Uploads are taken and films are made while nobody can be told of it.
    kafka.go_away();
    let second = owner.upload("dark.mp4", "Windmills In The Dark", &bytes).await;
    owner.video_when(&first, |video| video["state"] == "ready").await;
    owner.video_when(&second, |video| video["state"] == "ready").await;
    // What waits is in the database, whatever happens to the program.
    platform.kill_and_start().await;
    kafka.come_back();
    found(&owner, "windmills").await;
    let (status, _) = platform.stop();
    assert!(status.success(), "{status}");
}

/// Until the search finds it.
async fn found(client: &Client, word: &str) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let answer = client.get(&format!("/api/v1/search?q={word}")).await;
        if answer.status.is_success() && answer.json()["hits"].as_array().is_some_and(|hits| hits.len() == 1) {
            return;
        }
        assert!(Instant::now() < deadline, "{}", answer.text());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
