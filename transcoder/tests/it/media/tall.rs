//! The ladder goes up to 1440 and 2160 where the source does.

use std::collections::BTreeSet;

use mutoscope_core::media::{Ladder, VideoCodec};
use mutoscope_transcoder::{
    package::{check::check_init, check::check_segment, dash, hls},
    plan::{EncodePlan, PlanSettings, Preset, RenditionPlan},
};

use crate::support::{Films, Made, ffprobe, make_all, plan};

/// Three pictures are enough to look at, and take a second.
async fn three_pictures(size: &str) -> (EncodePlan, Made) {
    let films = Films::new();
    let film = films.make(
        "tall.mp4",
        &format!(
            "-f lavfi -i testsrc2=size={size}:rate=25 -frames:v 3 -c:v libx264 -preset ultrafast -pix_fmt yuv420p"
        ),
    );
    let plan = plan(&film, &PlanSettings::default()).await;
    let made = make_all(&film, &plan).await;
    (plan, made)
}

/// Size, level and number of pictures of a rendition, as another program reads them.
fn facts(made: &Made, name: &str) -> (u64, u64, u64, String) {
    let answer = ffprobe(&made.joined(name), "-count_frames -show_entries stream=width,height,level,nb_read_frames");
    let stream = &answer["streams"][0];
    let number = |key: &str| stream[key].as_u64().unwrap();
    (number("width"), number("height"), number("level"), stream["nb_read_frames"].as_str().unwrap().to_owned())
}

fn assert_as_told(plan: &EncodePlan, made: &Made) {
    for rendition in &plan.renditions {
        let name = rendition.name();
        let RenditionPlan::Video(rung) = rendition else { panic!("{name} is no rung") };
        let (width, height, level, pictures) = facts(made, name.as_str());
        assert_eq!((width, height), (rung.rung.size.width.into(), rung.rung.size.height.into()), "{name}");
        assert_eq!(pictures, "3", "{name}");
        assert_eq!(rendition.rfc6381(), format!("avc1.6400{level:02x}"), "{name}");
        let init = &made.inits.iter().find(|(of, _)| of == name).unwrap().1;
        let (init, _) = check_init(plan, name.clone(), init.clone()).unwrap();
        let segment = made.segments.iter().find(|segment| segment.0 == *name).unwrap();
        check_segment(plan, name.clone(), &init, 0, segment.2.clone()).unwrap();
        let tag = format!("RESOLUTION={width}x{height},");
        assert!(hls::multivariant(plan).contains(&tag), "{tag}");
        assert!(dash::presentation(plan).contains(&format!("width=\"{width}\" height=\"{height}\"")), "{name}");
    }
}

fn names(plan: &EncodePlan) -> Vec<String> {
    plan.renditions.iter().map(|rendition| rendition.name().to_string()).collect()
}

const ALL: [&str; 7] = ["video-2160", "video-1440", "video-1080", "video-720", "video-480", "video-360", "video-240"];

#[tokio::test]
async fn a_film_in_2160p_has_every_rung_with_its_own_level() {
    let (plan, made) = three_pictures("3840x2160").await;
    assert_eq!(names(&plan), ALL);
    assert_as_told(&plan, &made);
    let levels = plan.renditions[..3].iter().map(RenditionPlan::rfc6381).collect::<Vec<_>>();
    assert_eq!(levels, ["avc1.640033", "avc1.640032", "avc1.640028"], "5.1, 5.0 and 4.0");
    let caps = plan.renditions[..2].iter().map(|rendition| match rendition {
        RenditionPlan::Video(rung) => (rung.encoder.peak_bps, rung.encoder.buffer_bits),
        _ => (0, 0),
    });
    assert_eq!(caps.collect::<Vec<_>>(), [(14_142_000, 28_284_000), (7_697_000, 15_394_000)]);
    let resident = made.record.unwrap().peak_rss_bytes;
    assert!(resident < 1_600_000_000, "{resident}");
}

#[tokio::test]
async fn av1_in_2160p_is_made_and_is_what_players_are_told() {
    let films = Films::new();
    let film = films.make(
        "tall.mp4",
        "-f lavfi -i testsrc2=size=3840x2160:rate=25 -frames:v 2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p",
    );
    let settings = PlanSettings {
        ladder: Ladder::from(vec![2160]),
        codecs: BTreeSet::from([VideoCodec::Av1]),
        preset: Preset::Ultrafast,
        ..PlanSettings::default()
    };
    let plan = plan(&film, &settings).await;
    assert_eq!(names(&plan), ["video-2160-av1"]);
    let made = make_all(&film, &plan).await;
    // Main profile, level 5.0, main tier, 8 bits; BT.709 is what a reader takes for granted.
    assert_eq!(plan.renditions[0].rfc6381(), "av01.0.12M.08");
    assert!(hls::multivariant(&plan).contains("CODECS=\"av01.0.12M.08\",RESOLUTION=3840x2160,"));
    assert!(dash::presentation(&plan).contains("codecs=\"av01.0.12M.08\""));
    let (width, height, _, pictures) = facts(&made, "video-2160-av1");
    assert_eq!((width, height, pictures.as_str()), (3840, 2160, "2"));
    // The sequence header in the init segment says the level that the codec string does.
    let (name, bytes) = &made.inits[0];
    let (init, _) = check_init(&plan, name.clone(), bytes.clone()).unwrap();
    check_segment(&plan, name.clone(), &init, 0, made.segments[0].2.clone()).unwrap();
    let resident = made.record.unwrap().peak_rss_bytes;
    assert!(resident < 1_600_000_000, "{resident}");
}

#[tokio::test]
async fn a_portrait_film_in_2160p_has_them_upright() {
    let (plan, made) = three_pictures("2160x3840").await;
    assert_eq!(names(&plan), ALL);
    assert_as_told(&plan, &made);
    assert_eq!(facts(&made, "video-1440").0, 1440);
}

#[tokio::test]
async fn a_film_in_1440p_has_no_rung_above_it() {
    let (plan, made) = three_pictures("2560x1440").await;
    assert_eq!(names(&plan), ALL[1..]);
    assert_as_told(&plan, &made);
}
