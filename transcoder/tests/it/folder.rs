//! A film into a folder: what lies there, that it plays elsewhere, that it resumes, that it refuses.

mod report;
mod tail;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use mutoscope_transcoder::{
    error::MediaErrorCode,
    folder::{self, FolderError, FolderErrorKind, FolderEvent, FolderSettings, OtherContents, Playlists, Report},
    limits::Limits,
    plan::{CarryOver, PlanSettings},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::support::{self, Films};

fn settings(film: &Path, out: &Path) -> FolderSettings {
    FolderSettings {
        film: film.to_owned(),
        out: out.to_owned(),
        plan: PlanSettings { ladder: vec![360, 240].into(), carry_over: CarryOver::Off, ..PlanSettings::default() },
        limits: Limits::default(),
        span: None,
        jobs: 2,
        playlists: Playlists::Both,
        other: OtherContents::Refuse,
    }
}

async fn run(settings: &FolderSettings) -> Result<(Report, u64), FolderError> {
    let (events, mut told) = mpsc::channel(16);
    let count = tokio::spawn(async move {
        let mut made = 0;
        while let Some(event) = told.recv().await {
            made += u64::from(matches!(event, FolderEvent::Segment { kept: false, .. }));
        }
        made
    });
    let report = folder::transcode(&support::media_process(), settings, events, CancellationToken::new()).await?;
    Ok((report, count.await.unwrap()))
}

fn hashes(report: &Report) -> BTreeMap<String, String> {
    let files = report.renditions.iter().flat_map(|rendition| {
        let init = (rendition.init.file.clone(), rendition.init.sha256.clone());
        rendition.segments.iter().map(|segment| (segment.file.clone(), segment.sha256.clone())).chain([init])
    });
    files.collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files_below(&path));
        } else {
            all.push(path);
        }
    }
    all
}

fn ffprobe(input: &Path, arguments: &str) -> String {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-allowed_extensions", "ALL"])
        .args(arguments.split_whitespace())
        .arg(input)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_holds_what_the_report_says_and_another_player_reads_all_of_it() {
    let films = Films::new();
    let film = films.sample("a.mp4", "640x360", "25", 11);
    let out = tempfile::tempdir().unwrap();
    let out = out.path().join("out");
    let (report, made) = run(&settings(&film, &out)).await.unwrap();
    assert_eq!(made, report.renditions.iter().map(|rendition| rendition.segments.len() as u64).sum::<u64>());
    let names: Vec<_> = report.renditions.iter().map(|rendition| rendition.name.as_str()).collect();
    assert_eq!(names, ["video-360", "video-240", "audio"]);
    for (file, sha256) in hashes(&report) {
        let bytes = fs::read(out.join(&file)).unwrap();
        assert_eq!(mutoscope_transcoder::package::verify::sha256_hex(&bytes), sha256, "{file}");
    }
    let sidecars: Vec<_> = report.sidecars.iter().map(|sidecar| sidecar.file.as_str()).collect();
    assert_eq!(sidecars, ["storyboard.vtt", "storyboard-0.jpg", "scenes.json"]);
    for sidecar in &report.sidecars {
        let bytes = fs::read(out.join(&sidecar.file)).unwrap();
        assert_eq!(mutoscope_transcoder::package::verify::sha256_hex(&bytes), sidecar.sha256, "{}", sidecar.file);
    }
    assert!(report.loudness.unwrap().integrated_lufs_hundredths.is_some());
    let written: Report = serde_json::from_slice(&fs::read(out.join("report.json")).unwrap()).unwrap();
    assert_eq!(written, report);
    let strays: Vec<_> =
        files_below(&out).into_iter().filter(|path| path.extension().is_some_and(|e| e == "part")).collect();
    assert!(strays.is_empty(), "{strays:?}");

    for (name, frames) in [("video-360", "275"), ("video-240", "275")] {
        let playlist = out.join(name).join("index.m3u8");
        let counted =
            ffprobe(&playlist, "-count_frames -select_streams v -show_entries stream=nb_read_frames -of csv=p=0");
        assert_eq!(counted.lines().next(), Some(frames), "{name}");
        let length: f64 = ffprobe(&playlist, "-show_entries format=duration -of csv=p=0").parse().unwrap();
        assert!((length - 11.0).abs() < 0.01, "{length}");
    }
    let audio = ffprobe(
        &out.join("audio/index.m3u8"),
        "-count_packets -show_entries stream=codec_name,nb_read_packets -of csv=p=0",
    );
    assert!(audio.starts_with("aac,"), "{audio}");
    let variants = ffprobe(&out.join("index.m3u8"), "-show_entries stream=codec_name,width,height -of csv=p=0");
    for part in ["h264,640,360", "h264,426,240", "aac"] {
        assert!(variants.contains(part), "{variants}");
    }
    let dash = ffprobe(&out.join("index.mpd"), "-show_entries stream=codec_name,width,height -of csv=p=0");
    for part in ["h264,640,360", "h264,426,240", "aac"] {
        assert!(dash.contains(part), "{dash}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_and_jobs_change_speed_and_never_a_byte() {
    let films = Films::new();
    let film = films.sample("a.mp4", "480x360", "30000/1001", 13);
    let mut all = Vec::new();
    for (span, jobs) in [(Some(100), 1), (Some(1), 2), (Some(3), 2), (None, 1)] {
        let out = tempfile::tempdir().unwrap();
        let settings = FolderSettings { span, jobs, ..settings(&film, &out.path().join("out")) };
        all.push(hashes(&run(&settings).await.unwrap().0));
    }
    for other in &all[1..] {
        assert_eq!(*other, all[0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_film_begins_with_the_first_segment_of_one_rung_and_its_sound() {
    let films = Films::new();
    let film = films.sample("long.mp4", "64x36", "8", 601);
    let folder = tempfile::tempdir().unwrap();
    let plan = PlanSettings { ladder: vec![36, 18].into(), carry_over: CarryOver::Off, ..PlanSettings::default() };
    let settings = FolderSettings { plan, jobs: 1, ..settings(&film, &folder.path().join("out")) };
    let (events, mut told) = mpsc::channel(16);
    let cancel = CancellationToken::new();
    let enough = cancel.clone();
    let order = tokio::spawn(async move {
        let mut order = Vec::new();
        while let Some(event) = told.recv().await {
            if let FolderEvent::Segment { rendition, index, .. } = event {
                order.push((rendition.to_string(), index));
            }
            if order.len() == 12 {
                enough.cancel();
            }
        }
        order
    });
    let ended = folder::transcode(&support::media_process(), &settings, events, cancel).await.unwrap_err();
    assert_eq!(ended.kind(), FolderErrorKind::Interrupted);
    let order = order.await.unwrap();
    let sorted = |part: &[(String, u32)]| part.iter().cloned().collect::<std::collections::BTreeSet<_>>();
    assert_eq!(sorted(&order[..2]), [("audio".to_owned(), 0), ("video-36".to_owned(), 0)].into());
    assert_eq!(order[2], ("video-18".to_owned(), 0));
    assert_eq!(sorted(&order).len(), order.len(), "a segment was made twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_makes_nothing_and_a_damaged_or_missing_segment_is_made_again() {
    let films = Films::new();
    let film = films.sample("a.mp4", "640x360", "25", 9);
    let out = tempfile::tempdir().unwrap();
    let settings = settings(&film, &out.path().join("out"));
    let (first, _) = run(&settings).await.unwrap();
    let (second, made) = run(&settings).await.unwrap();
    assert_eq!((made, hashes(&second)), (0, hashes(&first)));

    fs::remove_file(settings.out.join("video-240/00002.m4s")).unwrap();
    let halved = settings.out.join("video-360/00001.m4s");
    let bytes = fs::read(&halved).unwrap();
    fs::write(&halved, &bytes[..bytes.len() / 2]).unwrap();
    let (third, made) = run(&settings).await.unwrap();
    assert_eq!((made, hashes(&third)), (2, hashes(&first)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_interrupted_leaves_whole_segments_and_the_next_one_goes_on() {
    let films = Films::new();
    let film = films.sample("a.mp4", "640x360", "25", 60);
    let out = tempfile::tempdir().unwrap();
    let settings = settings(&film, &out.path().join("out"));
    let cancel = CancellationToken::new();
    let (events, mut told) = mpsc::channel(16);
    tokio::spawn({
        let cancel = cancel.clone();
        async move {
            let mut seen = 0;
            while let Some(event) = told.recv().await {
                seen += usize::from(matches!(event, FolderEvent::Segment { .. }));
                if seen == 4 {
                    cancel.cancel();
                }
            }
        }
    });
    let error = folder::transcode(&support::media_process(), &settings, events, cancel).await.unwrap_err();
    assert_eq!(error.kind(), FolderErrorKind::Interrupted, "{error:?}");
    let kept = files_below(&settings.out).iter().filter(|path| path.extension().is_some_and(|e| e == "m4s")).count();
    assert!(kept >= 4);
    assert!(!settings.out.join("index.m3u8").exists());
    let (report, made) = run(&settings).await.unwrap();
    let planned: usize = report.renditions.iter().map(|rendition| rendition.segments.len()).sum();
    assert!(made as usize <= planned - 4, "{made} of {planned}");

    let other = tempfile::tempdir().unwrap();
    let fresh = FolderSettings { out: other.path().join("out"), ..settings };
    assert_eq!(hashes(&run(&fresh).await.unwrap().0), hashes(&report));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_something_else_is_left_alone_unless_it_may_be_replaced() {
    let films = Films::new();
    let one = films.sample("a.mp4", "320x240", "25", 2);
    let two = films.sample("b.mp4", "320x240", "25", 3);
    let out = tempfile::tempdir().unwrap();
    let first = settings(&one, &out.path().join("out"));
    run(&first).await.unwrap();
    let other_film = FolderSettings { film: two, ..first.clone() };
    let plan = PlanSettings { crf_hundredths: 3_000, ..first.plan.clone() };
    let other_plan = FolderSettings { plan, ..first.clone() };
    for settings in [&other_film, &other_plan] {
        let refused = run(settings).await.unwrap_err();
        assert!(matches!(refused, FolderError::Occupied(_)), "{refused:?}");
        assert_eq!(refused.kind(), FolderErrorKind::Usage);
    }
    assert!(run(&first).await.is_ok());
    let replacing = FolderSettings { other: OtherContents::Replace, ..other_film };
    let (report, made) = run(&replacing).await.unwrap();
    assert_eq!(made, report.renditions.iter().map(|rendition| rendition.segments.len() as u64).sum::<u64>());

    let strange = out.path().join("strange");
    fs::create_dir(&strange).unwrap();
    fs::write(strange.join("letter.txt"), "dear").unwrap();
    let refused = run(&FolderSettings { out: strange.clone(), ..first.clone() }).await.unwrap_err();
    assert!(matches!(refused, FolderError::Occupied(_)));
    run(&FolderSettings { out: strange.clone(), other: OtherContents::Replace, ..first }).await.unwrap();
    assert_eq!(fs::read_to_string(strange.join("letter.txt")).unwrap(), "dear");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_film_leaves_no_folder_behind() {
    let films = Films::new();
    let out = tempfile::tempdir().unwrap();
    let text = films.write("a.mp4", b"words");
    let error = run(&settings(&text, &out.path().join("out"))).await.unwrap_err();
    assert_eq!(error.code(), MediaErrorCode::NotMedia.as_str());
    assert_eq!(error.kind(), FolderErrorKind::InputRefused);
    assert!(!out.path().join("out").exists());
    let missing = run(&settings(&out.path().join("nothing.mp4"), &out.path().join("out"))).await.unwrap_err();
    assert_eq!(missing.code(), "film_unreadable");
}

#[tokio::test(flavor = "multi_thread")]
async fn captions_and_chapters_lie_in_the_folder_and_another_player_reads_them_by_the_playlists() {
    let films = Films::new();
    let srt = films.write("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHello <i>there</i>\n\n");
    let chapters = films.write("c.txt", b";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=2\ntitle=Begin\n");
    let film = films.make(
        "a.mkv",
        &format!(
            "-f lavfi -i testsrc2=size=320x240:rate=25:duration=3 -i {} -i {} -map 0:v -map 1:s -map_chapters 2 -c:v \
             libx264 -preset ultrafast -pix_fmt yuv420p -c:s srt -metadata:s:s:0 language=eng",
            srt.display(),
            chapters.display()
        ),
    );
    let out = tempfile::tempdir().unwrap();
    let settings = settings(&film, &out.path().join("out"));
    let (report, _) = run(&settings).await.unwrap();
    let text = fs::read_to_string(settings.out.join("captions-eng.vtt")).unwrap();
    assert!(text.ends_with("\n00:00:01.000 --> 00:00:02.000\nHello <i>there</i>\n"), "{text}");
    let [captions] = report.captions.as_slice() else { panic!("{:?}", report.captions) };
    assert_eq!((captions.name.as_str(), captions.file.file.as_str()), ("captions-eng", "captions-eng.vtt"));
    assert_eq!(captions.file.sha256, mutoscope_transcoder::package::verify::sha256_hex(text.as_bytes()));
    assert_eq!(report::faults_of(&settings.out), Vec::<String>::new());
    let chapters = report.chapters.clone().unwrap();
    let text = fs::read_to_string(settings.out.join(&chapters.file)).unwrap();
    assert_eq!(text, "WEBVTT\n\n00:00:00.000 --> 00:00:03.000\nBegin\n");

    let packets = "-show_entries packet=pts_time,duration_time -of csv=p=0";
    assert_eq!(ffprobe(&settings.out.join("captions-eng.vtt"), packets), "1.000000,1.000000");
    let multivariant = fs::read_to_string(settings.out.join("index.m3u8")).unwrap();
    assert!(multivariant.contains("URI=\"captions-eng/index.m3u8\""), "{multivariant}");
    assert!(multivariant.contains("SUBTITLES=\"captions\""), "{multivariant}");
    let playlist = fs::read_to_string(settings.out.join("captions-eng/index.m3u8")).unwrap();
    assert!(playlist.contains("#EXT-X-TARGETDURATION:3\n"), "{playlist}");
    assert!(playlist.ends_with("#EXTINF:3.000000,\n../captions-eng.vtt\n#EXT-X-ENDLIST\n"), "{playlist}");
    let dash = fs::read_to_string(settings.out.join("index.mpd")).unwrap();
    assert!(dash.contains("<BaseURL>captions-eng.vtt</BaseURL>"), "{dash}");

    // What is there stays; what is gone or altered is made again, the same.
    let (second, made) = run(&settings).await.unwrap();
    assert_eq!((made, &second.captions), (0, &report.captions));
    for altered in [None, Some("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n<script>\n")] {
        match altered {
            None => fs::remove_file(settings.out.join("captions-eng.vtt")).unwrap(),
            Some(text) => fs::write(settings.out.join("captions-eng.vtt"), text).unwrap(),
        }
        assert_eq!(run(&settings).await.unwrap().0.captions, report.captions);
    }
}
