//! Segments of sound, joined, are one sound: no click at a cut, no sample more or less.

use std::{path::Path, process::Command};

use mutoscope_transcoder::plan::{EncodePlan, PlanSettings};

use crate::support::{Films, make_all, plan};

const SECONDS: usize = 14;
/// Samples over which errors are measured; cuts lie between two blocks.
const BLOCK: usize = 512;
/// Blocks on either side of a cut within which it could be heard, and within which its surroundings lie.
const AROUND_CUT: usize = 2;
const NEAR: usize = 40;

/// Chords that change slowly, with vibrato.
const MUSIC: &str = "0.12*(sin(2*PI*220*t)+sin(2*PI*277.2*t)+sin(2*PI*329.6*t)+0.6*sin(2*PI*880*t+3*sin(2*PI*5*t))\
                     +0.4*sin(2*PI*1760*t)*sin(2*PI*0.7*t))";
/// A voice's pitch and its overtones in syllables, and hiss between them.
const SPEECH: &str = "0.3*(0.5+0.5*sin(2*PI*3.1*t))*(sin(2*PI*118*t)+0.7*sin(2*PI*236*t)+0.5*sin(2*PI*708*t)\
                      +0.3*sin(2*PI*1180*t)+0.2*sin(2*PI*2478*t))+0.04*(0.5-0.5*sin(2*PI*3.1*t))*(random(0)*2-1)";
/// Hits, some of them right at the cuts.
const DRUMS: &str = "0.7*exp(-28*mod(t,0.25))*(random(0)*2-1)+0.5*exp(-14*mod(t,0.5))*sin(2*PI*70*t)";

/// One channel of so many, as another program decodes it.
fn channel(input: &Path, rate_hz: u32, channels: usize, which: usize) -> Vec<f32> {
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-i"])
        .arg(input)
        .args(["-map", "0:a", "-f", "f32le", "-ac", &channels.to_string(), "-ar", &rate_hz.to_string(), "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let samples = output.stdout.chunks_exact(4 * channels);
    samples.map(|all| f32::from_le_bytes(all[which * 4..][..4].try_into().unwrap())).collect()
}

/// Mean square of the difference over some samples, in dB.
fn error_db(one: &[f32], other: &[f32], range: std::ops::Range<usize>) -> f64 {
    let pairs = one[range.clone()].iter().zip(&other[range.clone()]);
    let sum: f64 = pairs.map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
    10.0 * (sum / range.len() as f64 + 1e-12).log10()
}

/// Where a rendition's segments begin, in blocks of what is compared.
fn cuts(plan: &EncodePlan, name: &str) -> Vec<usize> {
    let rendition = plan.rendition(&name.parse().unwrap()).unwrap();
    let starts = (1..plan.grid.segment_count()).map(|index| plan.timeline(rendition, index).unwrap().start);
    starts.map(|start| usize::try_from(start).unwrap() / BLOCK - 2).collect()
}

/// Asserts that `made` is as long as the original to the sample, and no further from it at its cuts than elsewhere and
/// than what was encoded at once.
fn assert_seamless(kind: &str, [original, made, at_once]: [&[f32]; 3], cuts: &[usize]) {
    // To the sample: whole frames, the last one rounded up.
    assert_eq!(made.len(), original.len().div_ceil(1_024) * 1_024, "{kind}");

    let errors = |samples: &[f32]| -> Vec<f64> {
        let count = samples.len().min(original.len()) / BLOCK;
        (2..count).map(|block| error_db(samples, original, block * BLOCK..(block + 1) * BLOCK)).collect()
    };
    let (here, at_once) = (errors(made), errors(at_once));
    let is_at_cut = |block: usize| cuts.iter().any(|cut| block.abs_diff(*cut) <= AROUND_CUT);
    let worst = |blocks: &mut dyn Iterator<Item = f64>| blocks.fold(f64::MIN, f64::max);
    let at_cuts = worst(&mut (0..here.len()).filter(|block| is_at_cut(*block)).map(|block| here[block]));
    let elsewhere = worst(&mut (0..here.len()).filter(|block| !is_at_cut(*block)).map(|block| here[block]));
    let usual = worst(&mut at_once.iter().copied());
    // Within 1 dB, as the two are the worst of few and of many blocks; a click is tens of dB.
    assert!(at_cuts <= elsewhere + 1.0, "{kind}: {at_cuts:.1} dB at cuts, {elsewhere:.1} elsewhere");
    assert!(at_cuts <= usual + 1.0, "{kind}: {at_cuts:.1} dB at cuts, {usual:.1} encoded at once");
    for cut in cuts {
        let near = (cut - NEAR..cut + NEAR).filter(|block| !is_at_cut(*block)).map(|block| here[block]);
        let (near, at) = (near.fold(f64::MIN, f64::max), here[cut - 1].max(here[*cut]));
        assert!(at <= near + 3.0, "{kind}: {at:.1} dB at the cut, {near:.1} around it");
    }
    // The end is where it is in the original: a drift would show most there.
    let end = original.len() - 2_048;
    let (last, drifted) =
        (error_db(made, original, end - 2_048..end), error_db(&made[1..], original, end - 2_048..end));
    assert!(last < drifted, "{kind}: {last:.1} dB in place, {drifted:.1} dB one sample later");
    println!("{kind}: worst {at_cuts:.1} dB at cuts, {elsewhere:.1} elsewhere, {usual:.1} at once");
}

#[tokio::test]
async fn joined_segments_have_no_click_at_a_cut_and_do_not_drift_against_one_continuous_encode() {
    let films = Films::new();
    for (kind, expression) in [("music", MUSIC), ("speech", SPEECH), ("drums", DRUMS)] {
        for rate_hz in [44_100, 48_000] {
            let source = films.make(
                "sound.wav",
                &format!(
                    "-f lavfi -i aevalsrc=exprs='{0}|{0}':s={rate_hz}:d={SECONDS} -c:a pcm_s16le",
                    expression.replace(' ', "")
                ),
            );
            let plan = plan(&source, &PlanSettings::default()).await;
            let made = films.write("made.mp4", &make_all(&source, &plan).await.joined("audio"));
            let at_once = films.make("at-once.m4a", &format!("-i {} -c:a aac -b:a 128k", source.display()));
            let [original, made, at_once] = [&source, &made, &at_once].map(|file| channel(file, rate_hz, 2, 0));
            assert_eq!(original.len(), SECONDS * rate_hz as usize);
            assert_seamless(&format!("{kind} {rate_hz}"), [&original, &made, &at_once], &cuts(&plan, "audio"));
        }
    }
}

/// What is deep enough for the channel that takes nothing else.
const RUMBLE: &str = "0.4*sin(2*PI*(40+2*t)*t)*(0.6+0.4*sin(2*PI*0.9*t))";

#[tokio::test]
async fn joined_segments_of_surround_have_no_click_at_a_cut_in_any_channel() {
    let films = Films::new();
    for rate_hz in [44_100, 48_000] {
        // Left, right, centre, low, back left, back right: no two alike.
        let softer = format!("0.7*({DRUMS})");
        let expressions = [MUSIC, &format!("0.8*({MUSIC})"), SPEECH, RUMBLE, DRUMS, &softer];
        let expressions = expressions.join("|").replace(' ', "");
        let source = films.make(
            "sound.wav",
            &format!("-f lavfi -i aevalsrc=exprs='{expressions}':c=5.1:s={rate_hz}:d={SECONDS} -c:a pcm_s16le"),
        );
        let plan = plan(&source, &PlanSettings::default()).await;
        let made = films.write("made.mp4", &make_all(&source, &plan).await.joined("audio-surround"));
        let at_once = films.make("at-once.m4a", &format!("-i {} -c:a aac -b:a 384k", source.display()));
        for (which, name) in ["left", "right", "centre", "low", "back left", "back right"].iter().enumerate() {
            let [original, made, at_once] = [&source, &made, &at_once].map(|file| channel(file, rate_hz, 6, which));
            let samples = [original.as_slice(), &made, &at_once];
            assert_seamless(&format!("{name} {rate_hz}"), samples, &cuts(&plan, "audio-surround"));
        }
    }
}
