//! Woven pictures become whole ones.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use mutoscope_transcoder::{
    plan::{EncodePlan, PlanSettings},
    probe::Interlacing,
};

use crate::{
    purity::sources::interlaced_later,
    support::{Films, make_all, plan},
};

/// 50 pictures a second of which each two are woven into one: 25 a second.
const WOVEN: &str =
    "-f lavfi -i testsrc2=size=320x180:rate=50:duration=3 -vf tinterlace=interleave_top -flags +ildct+ilme";

/// How near these pictures of a film of this size are to the same ones shot whole, in dB of brightness (PSNR).
fn nearness_db(film: &Path, size: &str, pictures: std::ops::Range<u32>) -> f64 {
    let seconds = pictures.end.div_ceil(25);
    let chosen = format!("trim=start_frame={}:end_frame={},setpts=PTS-STARTPTS", pictures.start, pictures.end);
    let whole = format!("testsrc2=size={size}:rate=50:duration={seconds},select=not(mod(n\\,2)),settb=1/25,setpts=N");
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-i"])
        .arg(film)
        .args(["-f", "lavfi", "-i", &whole])
        .arg("-lavfi")
        .arg(format!("[0:v]settb=1/25,setpts=N,{chosen},format=yuv420p[a];[1:v]{chosen},format=yuv420p[b];[a][b]psnr"))
        .args(["-f", "null", "-"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let value = told.split("PSNR y:").nth(1).and_then(|rest| rest.split_whitespace().next());
    value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{told}"))
}

/// What is made of a film, of this rendition.
async fn made(films: &Films, path: &Path, plan: &EncodePlan, name: &str) -> PathBuf {
    films.write("made.mp4", &make_all(path, plan).await.joined(name))
}

fn settings(height: u32) -> PlanSettings {
    PlanSettings { ladder: vec![height].into(), crf_hundredths: 1_000, ..PlanSettings::default() }
}

#[tokio::test]
async fn interlaced_films_come_out_without_combs_one_picture_for_each() {
    let films = Films::new();
    for (name, codec) in [
        ("a.ts", "-c:v libx264 -preset veryfast -crf 8 -x264-params tff=1 -pix_fmt yuv420p"),
        ("a.mpg", "-c:v mpeg2video -qscale:v 2 -bf 2 -g 12 -pix_fmt yuv420p"),
    ] {
        let path = films.make(name, &format!("{WOVEN} {codec}"));
        let plan = plan(&path, &settings(180)).await;
        let video = plan.video.as_ref().unwrap();
        assert_eq!(video.interlacing, Interlacing::TopFieldFirst, "{name}");
        assert_eq!((video.frame_rate.num(), video.frame_rate.den()), (25, 1), "{name}");
        let whole = nearness_db(&made(&films, &path, &plan, "video-180").await, "320x180", 0..75);
        let woven = nearness_db(&path, "320x180", 0..75);
        assert!(whole > woven + 3.0, "{name}: {whole} dB deinterlaced, {woven} dB as it is");
    }
}

#[tokio::test]
async fn films_that_become_interlaced_later_come_out_without_combs_and_their_whole_pictures_as_they_were() {
    let films = Films::new();
    for name in ["later.ts", "later.mpg"] {
        let path = interlaced_later(&films, name, 2.52);
        let plan = plan(&path, &settings(96)).await;
        assert_eq!(plan.video.as_ref().unwrap().interlacing, Interlacing::Progressive, "{name}: at its beginning");
        let made = made(&films, &path, &plan, "video-96").await;
        let here = |pictures| nearness_db(&made, "160x96", pictures);
        let (before, whole) = (nearness_db(&path, "160x96", 65..123), here(65..123));
        assert!(whole > before + 1.0, "{name}: {whole} dB deinterlaced, {before} dB as it is");
        // Whole pictures are not touched: what the filter makes of a picture like these is no nearer than 31 dB.
        for pictures in [0..60, 127..172] {
            let untouched = here(pictures.clone());
            assert!(untouched > 33.0, "{name}, {pictures:?}: {untouched} dB");
        }
    }
}
