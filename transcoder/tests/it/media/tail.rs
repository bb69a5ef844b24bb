//! Where a film stops decoding.

use std::path::Path;

use mutoscope_transcoder::{
    limits::Limits,
    plan::{EncodePlan, PlanSettings},
};
use tokio_util::sync::CancellationToken;

use crate::support::{self, Films, plan};

async fn find_end(path: &Path, plan: &EncodePlan) -> Option<u64> {
    let (process, cancel) = (support::media_process(), CancellationToken::new());
    process.find_end(support::source(path), plan, &Limits::default(), cancel).await.unwrap()
}

#[tokio::test]
async fn a_whole_film_goes_to_its_end_whatever_its_container() {
    let films = Films::new();
    for name in ["a.mp4", "a.mkv", "a.ts", "a.avi"] {
        let film = films.sample(name, "160x120", "25", 6);
        assert_eq!(find_end(&film, &plan(&film, &PlanSettings::default()).await).await, None, "{name}");
    }
    let sound = films.make("a.mp3", "-f lavfi -i sine=duration=6 -c:a libmp3lame");
    assert_eq!(find_end(&sound, &plan(&sound, &PlanSettings::default()).await).await, None);
}

#[tokio::test]
async fn zeros_instead_of_the_last_third_end_the_film_where_they_begin() {
    let films = Films::new();
    for (seconds, codecs) in [
        (24, "-c:v libx264 -preset ultrafast -g 25 -c:a aac"),
        (24, "-c:v libx264 -preset ultrafast -g 9999 -c:a libmp3lame"),
        (24, "-c:v mpeg4 -b:v 200k -c:a ac3"),
        (120, "-c:v libx264 -preset ultrafast -g 50 -c:a pcm_s16le"),
    ] {
        let film = films.film("a.mov", seconds, codecs);
        let bytes = support::with_zeros(&film, 0.667..1.0);
        let damaged = films.write("b.mov", &bytes);
        let plan = plan(&damaged, &PlanSettings::default()).await;
        assert!(plan.grid.length_ms() > u64::from(seconds) * 900, "{codecs}");
        let end_s = find_end(&damaged, &plan).await.unwrap() as f64 / 1e6;
        let wanted_s = f64::from(seconds) * 0.667;
        assert!((end_s - wanted_s).abs() < 2.0 + wanted_s * 0.05, "{codecs}: {end_s} instead of {wanted_s}");
    }
}

#[tokio::test]
async fn a_hole_in_the_middle_is_no_end() {
    let films = Films::new();
    let film = films.film("a.mov", 24, "-c:v libx264 -preset ultrafast -g 25 -c:a aac");
    let damaged = films.write("b.mov", &support::with_zeros(&film, 0.3..0.7));
    assert_eq!(find_end(&damaged, &plan(&damaged, &PlanSettings::default()).await).await, None);
}

#[tokio::test]
async fn sound_that_outlasts_the_pictures_goes_on_even_where_it_is_silent() {
    let films = Films::new();
    let film = films.make(
        "a.mp4",
        "-f lavfi -i testsrc2=size=160x120:rate=25:duration=4 -f lavfi -i anullsrc=duration=12 \
         -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p -c:a aac",
    );
    assert_eq!(find_end(&film, &plan(&film, &PlanSettings::default()).await).await, None);
}
