//! Which streams are carried over, where they are cut, and why others are not.

use mutoscope_transcoder::{
    plan::{CarryOver, EncodePlan, PlanSettings},
    probe::Unfit,
};

use super::{FIT, PICTURES, SOUND, carried_video, fit_film};
use crate::support::{Films, plan_carrying};

fn names(plan: &EncodePlan) -> Vec<(&str, bool)> {
    plan.renditions.iter().map(|rendition| (rendition.name().as_str(), rendition.is_carried())).collect()
}

/// Starts of segments in milliseconds, the film's end last.
fn cuts_ms(plan: &EncodePlan) -> Vec<u64> {
    (0..=plan.grid.segment_count()).filter_map(|index| Some(plan.grid.start_us(index)? / 1_000)).collect()
}

const REGULAR_MS: [u64; 7] = [0, 1_000, 2_000, 4_000, 8_000, 12_000, 13_000];

#[tokio::test]
async fn a_fit_film_stands_for_its_rung_and_is_cut_at_its_key_frames() {
    let films = Films::new();
    let film = fit_film(&films, "film.mp4");
    let plan = plan_carrying(&film, &PlanSettings::default()).await;
    assert_eq!(names(&plan), [("video-360", true), ("video-240", false), ("audio", true)]);
    assert_eq!(cuts_ms(&plan), [0, 2_000, 4_000, 8_000, 12_000, 13_000]);
    assert_eq!(plan.renditions[0].rfc6381(), "avc1.64001e");
    assert_eq!(carried_video(&plan).pictures.iter().sum::<u32>(), 325);

    // The taller rendition is the costlier one, also where the source is leaner than a rung may be.
    let playlist = mutoscope_transcoder::package::hls::multivariant(&plan);
    let lines: Vec<&str> = playlist.lines().collect();
    let bandwidth_of = |name: &str| -> u64 {
        let at = lines.iter().position(|line| line.starts_with(name)).unwrap();
        let (_, rest) = lines[at - 1].split_once("BANDWIDTH=").unwrap();
        rest.split(',').next().unwrap().parse().unwrap()
    };
    assert!(bandwidth_of("video-240/") < bandwidth_of("video-360/"), "{playlist}");

    let off = PlanSettings { carry_over: CarryOver::Off, ..PlanSettings::default() };
    let plan = plan_carrying(&film, &off).await;
    assert_eq!(names(&plan), [("video-360", false), ("video-240", false), ("audio", false)]);
    assert_eq!(cuts_ms(&plan), REGULAR_MS);
    assert_eq!(plan.carrying[0].not_carried, Some(Unfit::SwitchedOff));
}

#[tokio::test]
async fn a_source_above_its_rungs_rate_or_the_ladder_is_carried_beside_them_unless_rungs_were_named() {
    let films = Films::new();
    let heavy = films.make(
        "heavy.mp4",
        &format!("{PICTURES} {SOUND} -c:v libx264 -preset ultrafast -qp 12 -g 50 -pix_fmt yuv420p -c:a aac -b:a 96k"),
    );
    let plan = plan_carrying(&heavy, &PlanSettings::default()).await;
    assert_eq!(names(&plan), [("video-source", true), ("video-360", false), ("video-240", false), ("audio", true)],);
    let carried = carried_video(&plan);
    assert!(carried.peak_bps >= carried.mean_bps && carried.mean_bps > 1_000_000, "{carried:?}");

    let named = PlanSettings { carry_over: CarryOver::InPlace, ..PlanSettings::default() };
    let plan = plan_carrying(&heavy, &named).await;
    assert_eq!(names(&plan), [("video-360", false), ("video-240", false), ("audio", true)]);
    assert_eq!(plan.carrying[0].not_carried, Some(Unfit::NotOnLadder));
    assert_eq!(cuts_ms(&plan), REGULAR_MS);

    let fit = fit_film(&films, "film.mp4");
    let small = PlanSettings { ladder: vec![120].into(), ..PlanSettings::default() };
    assert_eq!(
        names(&plan_carrying(&fit, &small).await),
        [("video-source", true), ("video-120", false), ("audio", true)],
    );
}

#[tokio::test]
async fn what_is_not_fit_is_encoded_on_the_regular_grid_and_the_plan_says_why() {
    let films = Films::new();
    let cases: &[(&str, &str, Unfit)] = &[
        ("sparse.mp4", "-c:v libx264 -preset ultrafast -g 999 -pix_fmt yuv420p", Unfit::KeyFramesTooFarApart),
        (
            "open.mp4",
            "-c:v libx264 -preset veryfast -g 50 -x264-params open-gop=1:scenecut=0 -pix_fmt yuv420p",
            Unfit::OpenGop,
        ),
        ("deep.mp4", "-c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p10le", Unfit::PixelFormat),
        ("full.mp4", "-c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv444p", Unfit::PixelFormat),
        ("other.mp4", "-c:v mpeg4 -g 50 -pix_fmt yuv420p", Unfit::OtherCodec),
        ("oblong.mp4", "-vf setsar=4/3 -c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p", Unfit::PixelShape),
        (
            "woven.mp4",
            "-c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p -flags +ildct+ilme -x264-params tff=1",
            Unfit::Interlaced,
        ),
        (
            "pq.mp4",
            "-vf setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc \
             -c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p -color_trc smpte2084 -color_primaries bt2020 \
             -colorspace bt2020nc",
            Unfit::Hdr,
        ),
        ("high.mp4", "-c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p -level 6.1", Unfit::Level),
        ("fast.mp4", "-c:v libx264 -preset ultrafast -g 240 -r 120 -pix_fmt yuv420p", Unfit::FrameRate),
    ];
    for (name, codec, why) in cases {
        let film = films.make(name, &format!("{PICTURES} {SOUND} {codec} -c:a libmp3lame -b:a 96k"));
        let plan = plan_carrying(&film, &PlanSettings::default()).await;
        assert_eq!(plan.carrying[0].not_carried, Some(*why), "{name}");
        assert_eq!(plan.carrying[1].not_carried, Some(Unfit::OtherCodec), "{name}");
        assert!(names(&plan).iter().all(|(_, carried)| !carried), "{name}");
        assert_eq!(cuts_ms(&plan), REGULAR_MS, "{name}");
        assert!(plan.carrying[0].sentence().ends_with('.'), "{name}");
    }
}

#[tokio::test]
async fn a_turned_film_and_one_that_an_edit_list_cuts_are_encoded() {
    let films = Films::new();
    let film = fit_film(&films, "film.mp4");
    let turned = films.write("turned.mp4", &turned(&std::fs::read(&film).unwrap()));
    let plan = plan_carrying(&turned, &PlanSettings::default()).await;
    assert_eq!(plan.carrying[0].not_carried, Some(Unfit::Turned));
    // Copied from the middle of a group: its first pictures are there and an edit list leaves them out.
    let source = film.display();
    let cut = films.make("cut.mp4", &format!("-ss 1 -i {source} -c copy"));
    let plan = plan_carrying(&cut, &PlanSettings::default()).await;
    assert_eq!(plan.carrying[0].not_carried, Some(Unfit::EditList));
}

#[tokio::test]
async fn a_film_whose_parameters_change_or_whose_instants_are_missing_is_encoded() {
    let films = Films::new();
    let first = std::fs::read(fit_film(&films, "first.ts")).unwrap();
    let other = films.make(
        "other.ts",
        "-f lavfi -i testsrc2=size=320x180:rate=25:duration=4 -c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p",
    );
    let joined = films.write("joined.ts", &[first, std::fs::read(other).unwrap()].concat());
    let plan = plan_carrying(&joined, &PlanSettings::default()).await;
    assert_eq!(plan.carrying[0].not_carried, Some(Unfit::ParametersChange));
    let film = films.make("film.avi", &format!("{PICTURES} {SOUND} {FIT}"));
    let plan = plan_carrying(&film, &PlanSettings::default()).await;
    assert_eq!(plan.carrying[0].not_carried, Some(Unfit::Timestamps));
}

#[tokio::test]
async fn a_recording_without_pictures_is_carried_over_too() {
    let films = Films::new();
    let recording = films.make("sound.m4a", &format!("{SOUND} -c:a aac -b:a 96k"));
    let plan = plan_carrying(&recording, &PlanSettings::default()).await;
    assert_eq!(names(&plan), [("audio", true)]);
    assert_eq!(cuts_ms(&plan)[..6], REGULAR_MS[..6]);
    let made = crate::support::make_all(&recording, &plan).await;
    let answer = crate::support::ffprobe(&made.joined("audio"), "-show_entries format=duration");
    let length: f64 = answer["format"]["duration"].as_str().unwrap().parse().unwrap();
    assert!((length - 13.02).abs() < 0.05, "{length}");
}

/// The display matrix of the first track, turned by a quarter.
fn turned(film: &[u8]) -> Vec<u8> {
    let mut film = film.to_vec();
    let header = film.windows(4).position(|kind| kind == b"tkhd").unwrap();
    let matrix = header + 4 + 40;
    for (n, value) in [(0, 0_i32), (1, 1), (3, -1), (4, 0)] {
        film[matrix + n * 4..matrix + n * 4 + 4].copy_from_slice(&(value << 16).to_be_bytes());
    }
    film
}

#[tokio::test]
async fn sound_that_is_no_plain_aac_is_encoded() {
    let films = Films::new();
    let cases: &[(&str, &str, Unfit)] = &[
        ("surround.mp4", "-c:a aac -ac 6", Unfit::Channels),
        ("slow.mp4", "-c:a aac -ar 22050", Unfit::SampleRate),
        ("plain.mkv", "-c:a pcm_s16le", Unfit::OtherCodec),
    ];
    for (name, codec, why) in cases {
        let film = films.make(name, &format!("{PICTURES} {SOUND} {FIT} {codec}"));
        let plan = plan_carrying(&film, &PlanSettings::default()).await;
        assert_eq!(plan.carrying[1].not_carried, Some(*why), "{name}");
        assert_eq!(plan.carrying[0].not_carried, None, "{name}");
    }
    let frugal = PlanSettings { audio_bps: 32_000, ..PlanSettings::default() };
    let plan = plan_carrying(&fit_film(&films, "film.mp4"), &frugal).await;
    assert_eq!(plan.carrying[1].not_carried, Some(Unfit::Rate));
}
