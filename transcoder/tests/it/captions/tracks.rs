//! What each kind of track becomes, and that its instants are the film's.

use mutoscope_transcoder::{
    package::{self, hls},
    plan::{PlanSettings, plan_warnings},
};

use super::{CUES, SRT, captions_of, cues_of, film_with};
use crate::support::{self, Films};

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_text_becomes_the_same_cues() {
    let films = Films::new();
    let srt = films.write("a.srt", SRT.as_bytes());
    for (name, codec) in
        [("a.mkv", "srt"), ("b.mkv", "ass"), ("c.mkv", "webvtt"), ("d.mp4", "mov_text"), ("e.mov", "mov_text")]
    {
        let film = film_with(&films, name, &srt, &format!("-c:s {codec}"));
        assert_eq!(cues_of(&film).await, CUES, "{name} {codec}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn captions_of_television_are_read_too() {
    let films = Films::new();
    let scc = films.write(
        "a.scc",
        b"Scenarist_SCC V1.0\n\n00:00:01:00\t9420 9420 94ae 94ae 9470 9470 c8e5 ecec ef80 942c 942c 942f 942f\n\n\
          00:00:02:15\t942c 942c\n\n",
    );
    let film = film_with(&films, "a.mov", &scc, "-c:s copy");
    let cues = cues_of(&film).await;
    assert!(cues.starts_with("00:00:01.") && cues.ends_with("\nHello\n"), "{cues}");
}

#[tokio::test(flavor = "multi_thread")]
async fn captions_keep_pace_with_pictures_wherever_the_container_begins() {
    let films = Films::new();
    let srt = films.write("a.srt", SRT.as_bytes());
    for (name, arguments) in [
        ("late.mkv", "-c:s srt -output_ts_offset 100000"),
        ("late.mp4", "-c:s mov_text -output_ts_offset 20"),
        // Pictures that are reordered have an edit list of their own.
        ("b.mp4", "-c:s mov_text -bf 2 -preset medium"),
        ("fragments.mp4", "-c:s mov_text -movflags frag_keyframe+empty_moov"),
    ] {
        let film = film_with(&films, name, &srt, arguments);
        assert_eq!(cues_of(&film).await, CUES, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_list_that_cuts_the_film_cuts_its_captions_by_as_much() {
    let films = Films::new();
    let srt = films.write("a.srt", SRT.as_bytes());
    let whole = film_with(&films, "whole.mp4", &srt, "-c:s mov_text -bf 0 -g 25");
    // Copied from 1.2 s on: the key picture at 1 s is kept and an edit list leaves out what is before the cut.
    let cut = films.make("cut.mp4", &format!("-ss 1.2 -i {} -map 0 -c copy", whole.display()));
    let cues = cues_of(&cut).await;
    let expected = "00:00:00.400 --> 00:00:00.800\nred top\n\n00:00:01.800 --> ";
    assert!(cues.contains(expected), "{cues}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_track_keeps_its_language_name_and_marks_and_pictures_of_text_are_named_in_a_warning() {
    let films = Films::new();
    let srt = films.write("a.srt", SRT.as_bytes());
    let srt = srt.display();
    let film = films.make(
        "a.mkv",
        &format!(
            "-f lavfi -i testsrc2=size=720x576:rate=25:duration=4 -i {srt} -i {srt} -i {srt} -i {srt} -map 0:v -map 1 \
             -map 2 -map 3 -map 4 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:s:0 srt -c:s:1 ass -c:s:2 webvtt \
             -c:s:3 srt -metadata:s:s:0 language=eng -metadata:s:s:1 language=eng -metadata:s:s:1 title=Signs \
             -metadata:s:s:2 language=ger -disposition:s:0 0 -disposition:s:1 forced -disposition:s:2 \
             default+hearing_impaired -disposition:s:3 default"
        ),
    );
    let plan = support::plan(&film, &PlanSettings::default()).await;
    let tracks: Vec<_> = plan
        .captions
        .iter()
        .map(|track| (track.name.as_str(), track.title.as_deref(), track.default, track.forced, track.hearing_impaired))
        .collect();
    assert_eq!(
        tracks,
        [
            ("captions-eng", None, false, false, false),
            ("captions-eng-2", Some("Signs"), false, true, false),
            ("captions-ger", None, true, false, true),
            ("captions", None, false, false, false),
        ]
    );
    let (made, _) = captions_of(&film, &plan).await.unwrap();
    assert_eq!(made.len(), 4);
    assert!(made.values().all(|text| text.ends_with(CUES)), "{made:?}");
    let tags: Vec<_> =
        hls::multivariant(&plan).lines().filter(|line| line.contains("SUBTITLES")).map(str::to_owned).collect();
    assert_eq!(
        tags[1],
        "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"captions\",NAME=\"Signs\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=YES,\
         FORCED=YES,URI=\"captions-eng-2/index.m3u8\""
    );

    let drawn = films.make(
        "drawn.mkv",
        &format!(
            "-f lavfi -i testsrc2=size=720x576:rate=25:duration=4 -i {} -map 0:v -map 1:s -c:v libx264 -preset ultrafast \
             -pix_fmt yuv420p -c:s copy",
            films.write("a.sup", &empty_pgs()).display()
        ),
    );
    let report = support::probe(&drawn).await.unwrap();
    let plan = support::plan(&drawn, &PlanSettings::default()).await;
    let warnings: Vec<_> =
        plan_warnings(&report, &plan).into_iter().map(|warning| (warning.code, warning.message)).collect();
    let text = "A track of subtitles is made of pictures; it is left out.".to_owned();
    assert!(warnings.contains(&("captions_not_read".to_owned(), text)), "{warnings:?}");
    assert!(plan.captions.is_empty());
}

/// Two display sets of a Blu-ray's subtitles without a picture: presentation, window and end segments.
fn empty_pgs() -> Vec<u8> {
    let segment = |at: u32, kind: u8, body: &[u8]| {
        let ticks = (90_000 * at).to_be_bytes();
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [b"PG".as_slice(), &ticks, &[0; 4], &[kind], &length, body].concat()
    };
    let set = |at: u32| {
        let presentation = [0x02, 0xd0, 0x02, 0x40, 0x10, 0, at as u8, 0x80, 0, 0, 0];
        let window = [1, 0, 0, 0, 0, 0, 0, 16, 0, 16];
        [segment(at, 0x16, &presentation), segment(at, 0x17, &window), segment(at, 0x80, &[])].concat()
    };
    [set(1), set(2)].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn chapters_are_the_films_and_a_hostile_title_is_only_text() {
    let films = Films::new();
    let metadata = films.write(
        "chapters.txt",
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=One <b>&\\\n\\\n9:00 --> x\n\
         [CHAPTER]\nTIMEBASE=1/1000\nSTART=1500\nEND=3000\ntitle= \n\
         [CHAPTER]\nTIMEBASE=1/1000\nSTART=3000\nEND=9000\ntitle=Three\n\
         [CHAPTER]\nTIMEBASE=1/1000\nSTART=60000\nEND=90000\ntitle=After the end\n"
            .as_bytes(),
    );
    for name in ["a.mkv", "a.mp4"] {
        let film = films.make(
            name,
            &format!(
                "-f lavfi -i testsrc2=size=160x90:rate=25:duration=4 -i {} -map 0 -map_chapters 1 -c:v libx264 -preset \
                 ultrafast -pix_fmt yuv420p",
                metadata.display()
            ),
        );
        let plan = support::plan(&film, &PlanSettings::default()).await;
        assert_eq!(
            package::chapters(&plan).unwrap(),
            "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nOne &lt;b&gt;&amp;  9:00 --&gt; x\n\n\
             00:00:01.500 --> 00:00:03.000\nChapter 2\n\n00:00:03.000 --> 00:00:04.000\nThree\n",
            "{name}"
        );
        assert!(plan.captions.is_empty(), "{name}: a track that only holds chapters is none of captions");
    }
    let plain = films.film("plain.mp4", 1, "-c:v libx264 -c:a aac");
    assert_eq!(package::chapters(&support::plan(&plain, &PlanSettings::default()).await), None);
}
