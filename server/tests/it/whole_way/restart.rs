//! What a power cut costs: the part in flight and the segment in work, nothing else.

use super::{film, platform::Platform};

#[tokio::test]
async fn a_kill_in_the_middle_of_upload_and_work_loses_nothing() {
    let mut platform = Platform::start().await;
    let owner = platform.visitor().register("edith").await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let bytes = film::make(folder.path(), 640, 360, 12);
    let upload = owner.create_upload("reel.mp4", bytes.len(), "A reel").await;
    let parts: Vec<&[u8]> = bytes.chunks(upload.part_size).collect();
    let (last, first) = parts.split_last().expect("a part");
    for (at, part) in first.iter().enumerate() {
        let answer = owner.put_part(&upload, at + 1, part, part).await;
        assert!(answer.status.is_success(), "{}", answer.text());
    }

    platform.kill_and_start().await;
    let answer = owner.put_part(&upload, parts.len(), last, last).await;
    assert!(answer.status.is_success(), "{}", answer.text());
    owner.complete(&upload).await.expect(202);
    owner.complete(&upload).await.expect(202);

    platform.kill_and_start().await;
    owner.video_when(&upload.video_id, |video| !video["hls_url"].is_null()).await;
    platform.kill_and_start().await;
    let video = owner.video_when(&upload.video_id, |video| video["state"] == "ready").await;
    assert_eq!(video["progress"], 1.0);
}
