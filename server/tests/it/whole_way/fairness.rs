//! Two films that are brought at the same moment are made side by side, not one after the other.

use serde_json::Value;

use super::{film, platform::Platform};

/// Of the other film's segments, so many must be there when the first film is done; one after the other it would be none.
const SHARE: f64 = 0.7;

#[tokio::test]
async fn of_two_films_brought_at_once_the_second_is_nearly_done_when_the_first_is() {
    let mut platform = Platform::start().await;
    let owner = platform.visitor().register("edith").await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let bytes = film::make(folder.path(), 320, 180, 80);
    let mut uploads = Vec::new();
    for title in ["One", "The other"] {
        let upload = owner.create_upload("film.mp4", bytes.len(), title).await;
        for (at, part) in bytes.chunks(upload.part_size).enumerate() {
            assert!(owner.put_part(&upload, at + 1, part, part).await.status.is_success());
        }
        uploads.push(upload);
    }
    let (one, other) = tokio::join!(owner.complete(&uploads[0]), owner.complete(&uploads[1]));
    one.expect(202);
    other.expect(202);

    let ids = [&uploads[0].video_id, &uploads[1].video_id];
    let shares = loop {
        let mut shares = [0.0; 2];
        for (share, id) in shares.iter_mut().zip(ids) {
            *share = share_made(&owner.get(&format!("videos/{id}")).await.expect(200));
        }
        if shares.contains(&1.0) {
            break shares;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    eprintln!("made when the first of two was done: {shares:?}");
    assert!(shares.iter().all(|share| *share >= SHARE), "{shares:?}");
    for id in ids {
        owner.video_when(id, |video| video["state"] == "ready").await;
    }

    // What operators see of it. What is put together after a film is ready is still in the queue for a moment.
    let measures = loop {
        let (_, measures) = owner.fetch(owner.base(), "/metrics").await;
        let measures = measures.text();
        if count(&measures, "mutoscope_queue_length ") < 0.1 {
            break measures;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    let playable = count(&measures, "mutoscope_time_to_playable_seconds_count");
    assert!((playable - 2.0).abs() < 0.1, "once for each film: {playable}");
    assert!(count(&measures, "mutoscope_encode_speed_ratio_count") >= 2.0);
    assert!(count(&measures, "mutoscope_encode_speed_ratio_sum") > 0.0);
    let (status, _) = platform.stop();
    assert!(status.success(), "{status}");
}

fn count(measures: &str, name: &str) -> f64 {
    let line =
        measures.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name}\n{measures}"));
    line.trim().parse::<f64>().expect("a number")
}

/// Of all planned segments.
fn share_made(video: &Value) -> f64 {
    assert_eq!(video["failure"], Value::Null);
    video["progress"].as_f64().unwrap_or(0.0)
}
