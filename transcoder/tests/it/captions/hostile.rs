//! Text that wants to be more than text, and films that are damaged.

use mutoscope_transcoder::{
    error::MediaErrorKind,
    limits::Limits,
    package::webvtt,
    plan::{EncodePlan, PlanSettings},
};

use super::{SRT, captions_of, cues_of, film_with};
use crate::support::{self, Films, with_zeros};

#[tokio::test(flavor = "multi_thread")]
async fn markup_of_no_kind_reaches_a_viewer() {
    let films = Films::new();
    let srt = films.write(
        "a.srt",
        b"1\n00:00:00,500 --> 00:00:01,000\n<script>alert(1)</script><img src=x onerror=alert(1)> a --> b\n\n\
          2\n00:00:01,000 --> 00:00:01,500\n{\\an8\\fs99}x<v Bob>y<c.red>z</c>&nbsp;&lt;i&gt;\n\n\
          3\n00:00:01,500 --> 00:00:02,000\nNOTE\nSTYLE\nWEBVTT\n\n",
    );
    let mut all = Vec::new();
    for (name, codec) in [("a.mkv", "srt"), ("b.mkv", "ass"), ("c.mkv", "webvtt"), ("d.mp4", "mov_text")] {
        let film = film_with(&films, name, &srt, &format!("-c:s {codec}"));
        let plan = support::plan(&film, &PlanSettings::default()).await;
        let (made, _) = captions_of(&film, &plan).await.unwrap();
        let text = made["captions-eng"].clone();
        assert_eq!(webvtt::check(text.as_bytes(), 4_000), Ok(3), "{text}");
        all.push(text);
    }
    for text in all {
        for tag in ["<script", "<img", "<v", "<c", "\\an8", "{\\", "a --> b"] {
            assert!(!text.contains(tag), "{tag} in {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_that_is_no_utf_8_is_left_out_with_a_warning() {
    let films = Films::new();
    let srt = films.write("a.srt", SRT.as_bytes());
    let film = film_with(&films, "a.mkv", &srt, "-c:s srt");
    let bytes = std::fs::read(&film).unwrap();
    let at = bytes.windows(8).position(|window| window == b"line one").unwrap();
    let mut broken = bytes;
    broken[at..at + 4].copy_from_slice(&[0xff, 0xfe, 0xc0, 0x80]);
    let film = films.write("broken.mkv", &broken);
    let plan = support::plan(&film, &PlanSettings::default()).await;
    let (made, warnings) = captions_of(&film, &plan).await.unwrap();
    assert_eq!(webvtt::check(made["captions-eng"].as_bytes(), 4_000), Ok(2));
    let codes: Vec<_> = warnings.iter().map(|warning| warning.code.as_str()).collect();
    assert_eq!(codes, ["captions_damaged"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_cues_than_are_kept_are_cut_and_the_owner_is_told() {
    let films = Films::new();
    let cue = |n: u32| format!("{n}\n00:00:{:02},{:03} --> 00:00:04,000\nn{n}\n\n", n / 10_000, n / 10 % 1_000);
    let srt = films.write("a.srt", (0..21_000).map(cue).collect::<String>().as_bytes());
    let film = film_with(&films, "a.mkv", &srt, "-c:s srt");
    let plan = support::plan(&film, &PlanSettings::default()).await;
    let (made, warnings) = captions_of(&film, &plan).await.unwrap();
    assert_eq!(webvtt::check(made["captions-eng"].as_bytes(), 4_000), Ok(webvtt::MOST_CUES));
    assert_eq!(warnings[0].code, "captions_cut");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_film_keeps_the_captions_that_can_be_read_the_same_every_time() {
    let films = Films::new();
    let cue = |n: u32| format!("{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\ncue {n}\n\n");
    let srt = films.write("a.srt", (0..20).map(cue).collect::<String>().as_bytes());
    let film = films.make(
        "a.mkv",
        &format!(
            "-f lavfi -i testsrc2=size=320x180:rate=25:duration=20 -i {} -map 0:v -map 1:s -c:v libx264 -preset ultrafast \
             -g 25 -pix_fmt yuv420p -c:s srt -metadata:s:s:0 language=eng",
            srt.display()
        ),
    );
    let film = films.write("damaged.mkv", &with_zeros(&film, 0.4..0.5));
    let first = cues_of(&film).await;
    assert!(first.contains("cue 3\n") && first.contains("cue 18\n") && !first.contains("cue 9\n"), "{first}");
    for _ in 0..2 {
        assert_eq!(cues_of(&film).await, first);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mutated_films_give_clean_captions_or_a_typed_error() {
    let films = Films::new();
    let srt = films.write("a.srt", SRT.as_bytes());
    let mut seed: u64 = 0x5eed;
    let mut next = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % u64::try_from(below).unwrap()).unwrap()
    };
    let mut read = 0;
    for (name, codec) in [("a.mkv", "srt"), ("b.mkv", "ass"), ("c.mp4", "mov_text")] {
        let whole = std::fs::read(film_with(&films, name, &srt, &format!("-c:s {codec} -b:v 40k"))).unwrap();
        for round in 0..30 {
            let mut bytes = whole.clone();
            for _ in 0..1 + next(12) {
                // The film's head and tail, where text and tables lie, more often than its pictures.
                let at = if round % 2 == 0 { next(bytes.len()) } else { bytes.len() - 1 - next(bytes.len() / 4) };
                bytes[at] = u8::try_from(next(256)).unwrap();
            }
            let film = films.write("mutated", &bytes);
            let Ok(report) = support::probe(&film).await else { continue };
            let plan = EncodePlan::new(&report, &PlanSettings::default(), &Limits::default());
            let Ok(plan) = plan else { continue };
            match captions_of(&film, &plan).await {
                Ok((made, _)) => {
                    assert_eq!(made.len(), plan.captions.len());
                    for text in made.values() {
                        let checked = webvtt::check(text.as_bytes(), plan.grid.length_ms());
                        assert!(checked.is_ok(), "{name} {round}: {checked:?} in {text}");
                        read += checked.unwrap();
                    }
                }
                Err(error) => assert_eq!(error.kind(), MediaErrorKind::InputRefused, "{name} {round}: {error}"),
            }
        }
    }
    assert!(read > 90, "most are only scratched: {read}");
}
