//! What players read, written from the plan alone.

use mutoscope_core::media::RenditionName;
use mutoscope_transcoder::package::{dash, hls, segments_planned};

use super::{plan_of, report};

#[test]
fn the_playlists_of_a_film_are_these() {
    let plan = plan_of(&report((1920, 1080), (30_000, 1_001), 21_300_000, &[None]));
    insta::assert_snapshot!("multivariant", hls::multivariant(&plan));
    insta::assert_snapshot!("media_video", hls::media(&plan, &RenditionName::video(720)).unwrap());
    insta::assert_snapshot!("media_audio", hls::media(&plan, &RenditionName::audio(None, 1)).unwrap());
    insta::assert_snapshot!("presentation", dash::presentation(&plan));
}

#[test]
fn several_languages_are_one_group_and_a_hostile_title_stays_inside_its_quotes() {
    let mut report = report((640, 360), (25, 1), 9_000_000, &[Some("eng"), Some("ger"), Some("eng")]);
    report.audio[0].title = Some("Director's\"\n#EXT-X-ENDLIST <b>&".to_owned());
    let plan = plan_of(&report);
    insta::assert_snapshot!("languages", hls::multivariant(&plan));
    insta::assert_snapshot!("languages_presentation", dash::presentation(&plan));
}

#[test]
fn a_film_without_sound_has_no_group_and_a_rendition_that_is_not_planned_no_playlist() {
    let plan = plan_of(&report((640, 360), (25, 1), 9_000_000, &[]));
    let text = hls::multivariant(&plan);
    assert!(!text.contains("AUDIO"), "{text}");
    assert!(!text.contains("mp4a"), "{text}");
    assert_eq!(hls::media(&plan, &RenditionName::video(1080)), None);
}

#[test]
fn durations_add_up_and_none_is_longer_than_the_target() {
    for (rate, length_us) in
        [((25, 1), 3_600_000_000), ((30_000, 1_001), 61_234_567), ((60, 1), 16_683), ((24_000, 1_001), 4_100_000)]
    {
        let plan = plan_of(&report((1280, 720), rate, length_us, &[None]));
        let mut counted = 0;
        for rendition in &plan.renditions {
            let text = hls::media(&plan, rendition.name()).unwrap();
            let durations: Vec<f64> = text
                .lines()
                .filter_map(|line| line.strip_prefix("#EXTINF:")?.strip_suffix(',')?.parse().ok())
                .collect();
            let target: f64 =
                text.lines().find_map(|line| line.strip_prefix("#EXT-X-TARGETDURATION:")).unwrap().parse().unwrap();
            assert!(durations.iter().all(|duration| duration.round() <= target && *duration > 0.0), "{text}");
            let sum: f64 = durations.iter().sum();
            let length = plan.grid.length_us() as f64 / 1e6;
            assert!((sum - length).abs() < 0.05, "{sum} {length}");
            assert!(text.ends_with("#EXT-X-ENDLIST\n"));
            counted += durations.len() as u64;
        }
        // Records are planned, too, and no player meets them.
        assert_eq!(counted + u64::from(plan.grid.segment_count()), segments_planned(&plan));
    }
}

#[test]
fn the_first_variant_is_one_that_is_soon_there() {
    let plan = plan_of(&report((3840, 2160), (25, 1), 9_000_000, &[None]));
    let text = hls::multivariant(&plan);
    let order: Vec<&str> = text.lines().filter(|line| line.ends_with("index.m3u8") && !line.starts_with('#')).collect();
    assert_eq!(order[0], "video-480/index.m3u8");
    let mut sorted = order.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), order.len());
}
