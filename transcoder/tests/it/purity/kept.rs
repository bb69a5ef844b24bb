//! The process that probed a film goes on with the container that it opened, and makes the same bytes as one that opens it
//! itself.

use std::{path::PathBuf, sync::Arc};

use mutoscope_transcoder::{
    limits::Limits,
    plan::{CarryOver, EncodePlan, PlanSettings},
    span::SpanRequest,
};
use tokio_util::sync::CancellationToken;

use super::{
    hashes_of,
    sources::{self, PICTURES, SOUND},
};
use crate::support::{Counted, Films, make_of, media_process};

/// Makes a film from several places on by the process that probed it, and by a fresh one. `opened` says how often the former
/// opens it, where that is known: whoever opens a film reads its first byte.
async fn assert_same_by_who_probed(film: PathBuf, opened: Option<u64>) {
    let limits = Limits::default();
    for (carry_over, from) in [(CarryOver::Off, 0), (CarryOver::InPlace, 0), (CarryOver::Off, 2)] {
        let source = Arc::new(Counted::new(&film));
        let (report, kept) =
            media_process().probe_and_keep(source.clone(), &limits, CancellationToken::new()).await.unwrap();
        let settings = PlanSettings { carry_over, ..super::settings() };
        let plan = EncodePlan::new(&report, &settings, &limits).unwrap();
        let request = || SpanRequest::all(from..plan.grid.segment_count());
        let times_probed = source.times_begun();
        let by_kept = make_of(&kept, source.clone(), &plan, request()).await.unwrap();
        let times_kept = source.times_begun() - times_probed;
        let by_fresh = make_of(&media_process(), source.clone(), &plan, request()).await.unwrap();
        let name = film.display();
        assert_eq!(hashes_of(&by_kept), hashes_of(&by_fresh), "{name} from {from}");
        assert!(source.times_begun() > times_probed + times_kept, "{name}: a fresh process opens it");
        if let Some(opened) = opened.filter(|_| from == 0) {
            assert_eq!(times_kept, opened, "{name}");
        }
    }
}

#[tokio::test]
async fn films_with_a_complete_index_are_opened_once() {
    let films = Films::new();
    for source in [sources::B_FRAMES, sources::OPEN_GOP_MP4, sources::HEVC_10_BIT] {
        assert_same_by_who_probed(source.make(&films), Some(0)).await;
    }
    let index_last = "-c:v libx264 -preset veryfast -pix_fmt yuv420p -g 60 -c:a aac";
    assert_same_by_who_probed(films.make("last.mp4", &format!("{PICTURES} {SOUND} {index_last}")), Some(0)).await;
    let pictures_late = format!("-itsoffset 1.7 {PICTURES} {SOUND} {index_last}");
    assert_same_by_who_probed(films.make("pictures-late.mp4", &pictures_late), Some(0)).await;
    let sound_alone = films.make("sound.m4a", &format!("{SOUND} -c:a aac"));
    assert_same_by_who_probed(sound_alone, Some(0)).await;
}

#[tokio::test]
async fn other_films_are_opened_anew() {
    let films = Films::new();
    for source in [sources::OPEN_GOP, sources::SOUND_GAPS] {
        assert_same_by_who_probed(source.make(&films), Some(1)).await;
    }
    // These are opened once more wherever something is in doubt.
    for source in [sources::VARIABLE_RATE, sources::MPEG4] {
        assert_same_by_who_probed(source.make(&films), None).await;
    }
    // What a fragmented mp4 has of an index depends on how far it was read.
    for flags in ["frag_keyframe", "frag_keyframe+empty_moov", "frag_keyframe+global_sidx+default_base_moof"] {
        let fragments = format!("-c:v libx264 -preset veryfast -pix_fmt yuv420p -g 25 -c:a aac -movflags {flags}");
        let film = films.make("fragments.mp4", &format!("{PICTURES} {SOUND} {fragments}"));
        assert_same_by_who_probed(film, None).await;
    }
}

/// Streams that begin apart, so that going back in one of them may lead beyond the start of another.
#[tokio::test]
async fn films_whose_streams_begin_apart_lose_nothing() {
    let films = Films::new();
    let codecs = "-c:v libx264 -preset veryfast -pix_fmt yuv420p -g 60 -c:a aac";
    let sound_late = films.make("late.mp4", &format!("{PICTURES} -itsoffset 2.3 {SOUND} {codecs}"));
    let cut = films.make("whole.mp4", &format!("{PICTURES} {SOUND} {codecs}"));
    let cut = films.make("cut.mp4", &format!("-ss 1.3 -i {} -c copy", cut.display()));
    let tracks = format!("{PICTURES} {SOUND} {SOUND} -map 0 -map 1 -map 2 {codecs}");
    for film in [sound_late, cut, films.make("tracks.mov", &tracks)] {
        assert_same_by_who_probed(film, Some(0)).await;
    }
}
