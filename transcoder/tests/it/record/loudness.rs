//! Loudness is what ffmpeg's ebur128 measures of the same film.

use std::{path::Path, process::Command};

use mutoscope_transcoder::{plan::PlanSettings, record::loudness::Loudness};

use crate::{
    purity,
    support::{Films, make_all, merge, plan_carrying},
};

/// Integrated loudness and true peak, by ffmpeg. It says the former to three digits, the latter to one.
fn ebur128(film: &Path) -> (f64, f64) {
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-i"])
        .arg(film)
        .args(["-af", "ebur128=metadata=1:peak=true,ametadata=mode=print:key=lavfi.r128.I:file=-"])
        .args(["-vn", "-f", "null", "-"])
        .output()
        .unwrap();
    let (told, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let integrated = told.lines().rev().find_map(|line| line.strip_prefix("lavfi.r128.I=")?.parse().ok());
    let peak =
        said.lines().rev().find_map(|line| line.trim().strip_prefix("Peak:")?.trim().split(' ').next()?.parse().ok());
    (integrated.unwrap_or_else(|| panic!("{told}")), peak.unwrap_or_else(|| panic!("{said}")))
}

async fn measure(film: &Path) -> Loudness {
    // Short segments: many borders.
    let plan = plan_carrying(film, &purity::settings()).await;
    let mut made = make_all(film, &plan).await;
    merge(&plan, &mut made).await.loudness.expect("a film with sound has a loudness")
}

async fn assert_as_loud(films: &Films, name: &str, sound: &str) {
    let film = films.make(name, sound);
    let (lufs, dbtp) = ebur128(&film);
    let found = measure(&film).await;
    let integrated = f64::from(found.integrated_lufs_hundredths.unwrap()) / 100.0;
    let peak = f64::from(found.true_peak_dbfs_hundredths.unwrap()) / 100.0;
    assert!((integrated - lufs).abs() <= 0.1, "{name}: {integrated} LUFS, ffmpeg says {lufs}");
    assert!((peak - dbtp).abs() <= 0.4, "{name}: {peak} dBTP, ffmpeg says {dbtp}");
}

#[tokio::test]
async fn a_tone_of_a_known_level_has_the_loudness_that_the_standard_says() {
    let films = Films::new();
    // EBU Tech 3341, case 1: 1 kHz in both channels at -23 dBFS is -23 LUFS.
    let tone = "-f lavfi -i aevalsrc=exprs=0.070795*sin(2*PI*1000*t)|0.070795*sin(2*PI*1000*t):s=48000:d=12";
    let film = films.make("tone.wav", tone);
    let found = measure(&film).await.integrated_lufs_hundredths.unwrap();
    assert!((-2_310..=-2_290).contains(&found), "{found}");
}

#[tokio::test]
async fn tones_noise_and_pauses_are_as_loud_as_ffmpeg_says() {
    let films = Films::new();
    let exprs = |left: &str, right: &str| format!("-f lavfi -i aevalsrc=exprs={left}|{right}:s=48000:d=11");
    assert_as_loud(&films, "high.wav", &exprs("0.3*sin(2*PI*5000*t)", "0.1*sin(2*PI*60*t)")).await;
    assert_as_loud(&films, "noise.flac", "-f lavfi -i anoisesrc=color=pink:amplitude=0.4:seed=7:d=11:r=48000 -ac 2")
        .await;
    // Loud, soft and silent by turns, so that both gates have something to leave out.
    let chord = "(sin(2*PI*220*t)+sin(2*PI*277*t)+sin(2*PI*330*t)+0.5*sin(2*PI*1760*t))";
    let played =
        format!("{chord}*0.2*exp(-mod(t\\,0.5)*5)*(between(mod(t\\,6)\\,0\\,3)+0.02*between(mod(t\\,6)\\,3\\,4.5))");
    assert_as_loud(&films, "music.wav", &exprs(&played, &format!("0.7*{played}"))).await;
    let cd = exprs(&played, &played).replace("48000", "44100");
    assert_as_loud(&films, "cd.flac", &cd).await;
}

#[tokio::test]
async fn sound_that_is_carried_over_is_measured_too() {
    let films = Films::new();
    let sound =
        "-f lavfi -i aevalsrc=exprs=0.4*sin(2*PI*t*(200+40*t))|0.2*sin(2*PI*440*t):s=48000:d=11 -c:a aac -b:a 128k";
    let film = films.make("carried.m4a", sound);
    let plan = plan_carrying(&film, &purity::settings()).await;
    assert!(plan.renditions.iter().all(|rendition| rendition.is_carried()), "{:?}", plan.carrying);
    assert_as_loud(&films, "carried.m4a", sound).await;
}

#[tokio::test]
async fn silence_has_no_loudness_and_a_film_without_sound_is_not_measured() {
    let films = Films::new();
    let silence = films.make("silence.wav", "-f lavfi -i anullsrc=r=48000:cl=stereo:d=5");
    let silence = measure(&silence).await;
    assert_eq!((silence.integrated_lufs_hundredths, silence.true_peak_dbfs_hundredths), (None, None));
    let mute =
        films.make("mute.mp4", "-f lavfi -i testsrc2=size=160x90:rate=25:duration=3 -c:v libx264 -pix_fmt yuv420p");
    let plan = plan_carrying(&mute, &PlanSettings::default()).await;
    let mut made = make_all(&mute, &plan).await;
    assert_eq!(merge(&plan, &mut made).await.loudness, None);
}
