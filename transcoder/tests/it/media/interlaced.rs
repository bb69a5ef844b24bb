//! Woven pictures become whole ones.

use std::{path::Path, process::Command};

use mutoscope_transcoder::{
    plan::{EncodePlan, PlanSettings},
    probe::Interlacing,
};

use crate::support::{Films, make_all, plan};

/// 50 pictures a second of which each two are woven into one: 25 a second.
const WOVEN: &str =
    "-f lavfi -i testsrc2=size=320x180:rate=50:duration=3 -vf tinterlace=interleave_top -flags +ildct+ilme";

/// How near the rendition is to the same film shot whole, in dB of brightness (PSNR).
async fn nearness_db(path: &Path, plan: &EncodePlan) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made.mp4");
    std::fs::write(&made, make_all(path, plan).await.joined("video-180")).unwrap();
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-i"])
        .arg(&made)
        .args([
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=320x180:rate=50:duration=3,select=not(mod(n\\,2)),settb=1/25,setpts=N",
        ])
        .args(["-lavfi", "[0:v]settb=1/25,setpts=N,format=yuv420p[a];[1:v]format=yuv420p[b];[a][b]psnr"])
        .args(["-f", "null", "-"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let value = told.split("PSNR y:").nth(1).and_then(|rest| rest.split_whitespace().next());
    value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{told}"))
}

#[tokio::test]
async fn interlaced_films_come_out_without_combs_one_picture_for_each() {
    let films = Films::new();
    let settings = PlanSettings { ladder: vec![180].into(), crf_hundredths: 1_000, ..PlanSettings::default() };
    for (name, codec) in [
        ("a.ts", "-c:v libx264 -preset veryfast -crf 8 -x264-params tff=1 -pix_fmt yuv420p"),
        ("a.mpg", "-c:v mpeg2video -qscale:v 2 -bf 2 -g 12 -pix_fmt yuv420p"),
    ] {
        let path = films.make(name, &format!("{WOVEN} {codec}"));
        let mut plan = plan(&path, &settings).await;
        let video = plan.video.as_ref().unwrap();
        assert_eq!(video.interlacing, Interlacing::TopFieldFirst, "{name}");
        assert_eq!((video.frame_rate.num(), video.frame_rate.den()), (25, 1), "{name}");
        let whole = nearness_db(&path, &plan).await;
        plan.video.as_mut().unwrap().interlacing = Interlacing::Progressive;
        let woven = nearness_db(&path, &plan).await;
        assert!(whole > woven + 3.0, "{name}: {whole} dB deinterlaced, {woven} dB as it is");
    }
}
