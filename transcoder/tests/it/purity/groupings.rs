//! How segments are grouped into spans never changes a byte.

use mutoscope_core::media::{Ladder, RenditionName};
use mutoscope_transcoder::{
    plan::PlanSettings,
    probe::Interlacing,
    span::{RenditionChoice, SpanRequest},
};

use super::{assert_pure, hashes_of, sha256, sources};
use crate::support::{Films, make, plan};

macro_rules! pure {
    ($($test:ident: $source:ident;)*) => {
        $(
            #[tokio::test]
            async fn $test() {
                let films = Films::new();
                assert_pure(&sources::$source.make(&films)).await;
            }
        )*
    };
}

pure! {
    grouping_does_not_change_bytes_of_an_mp4_with_b_frames: B_FRAMES;
    grouping_does_not_change_bytes_of_a_film_with_one_key_frame: ONE_KEY;
    grouping_does_not_change_bytes_of_open_gops_in_a_transport_stream: OPEN_GOP;
    grouping_does_not_change_bytes_of_open_gops_in_mp4_with_sound_at_44100_hz: OPEN_GOP_MP4;
    grouping_does_not_change_bytes_of_open_gops_of_mpeg_2: OPEN_GOP_MPEG2;
    grouping_does_not_change_bytes_of_pictures_that_are_refreshed_bit_by_bit: INTRA_REFRESH;
    grouping_does_not_change_bytes_of_a_variable_rate_with_a_gap: VARIABLE_RATE;
    grouping_does_not_change_bytes_of_interlaced_h264: INTERLACED;
    grouping_does_not_change_bytes_of_interlaced_mpeg_2: INTERLACED_MPEG2;
    grouping_does_not_change_bytes_of_sound_with_gaps: SOUND_GAPS;
    grouping_does_not_change_bytes_of_hevc_at_10_bits: HEVC_10_BIT;
    grouping_does_not_change_bytes_of_webm_with_coarse_timestamps: VP9;
    grouping_does_not_change_bytes_of_mpeg_4_without_presentation_times: MPEG4;
    grouping_does_not_change_bytes_of_a_stream_without_a_container: BARE;
}

#[tokio::test]
async fn grouping_does_not_change_bytes_of_films_that_become_interlaced_and_whole_again() {
    let films = Films::new();
    // Key frames of the woven part where segments begin, so that nothing before them warms the filter; and elsewhere.
    for (name, woven_s) in [("later.mpg", 2.52), ("later.ts", 2.6)] {
        let path = sources::interlaced_later(&films, name, woven_s);
        let plan = assert_pure(&path).await;
        assert_eq!(plan.video.unwrap().interlacing, Interlacing::Progressive, "{name}: the beginning is whole");
    }
}

#[tokio::test]
async fn a_subset_of_renditions_has_the_same_bytes() {
    let films = Films::new();
    let path = sources::B_FRAMES.make(&films);
    let settings = PlanSettings { ladder: Ladder::from(vec![90, 60, 40]), ..super::settings() };
    let plan = plan(&path, &settings).await;
    let count = plan.grid.segment_count();
    let all = hashes_of(&make(&path, &plan, SpanRequest::all(0..count)).await.unwrap());
    for name in ["video-40", "audio"] {
        let only = RenditionChoice::Only([name.parse().unwrap()].into());
        let made = make(&path, &plan, SpanRequest { segments: 0..count, renditions: only }).await.unwrap();
        assert_eq!(made.segments.len(), usize::try_from(count).unwrap());
        for (name, index, bytes, _) in &made.segments {
            assert_eq!(all[&(name.to_string(), Some(*index))], sha256(bytes));
        }
        assert!(made.records.is_empty());
    }
    let only = RenditionChoice::Only([RenditionName::record()].into());
    let made = make(&path, &plan, SpanRequest { segments: 1..count, renditions: only }).await.unwrap();
    assert!(made.segments.is_empty() && made.inits.is_empty());
    for (key, hash) in &hashes_of(&made) {
        assert_eq!(all[key], *hash, "{key:?}");
    }
    assert_eq!(made.records.len(), usize::try_from(count).unwrap() - 1);
}
