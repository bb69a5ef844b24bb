//! A whole film goes through and is read back by ffprobe.

use mutoscope_transcoder::{plan::PlanSettings, span::MediaOutput};

use crate::support::{Films, ffprobe, make_all, plan};

#[tokio::test]
async fn a_film_becomes_rungs_that_ffprobe_reads_back_whole() {
    let films = Films::new();
    let path = films.sample("film.mp4", "640x360", "25", 7);
    let plan = plan(&path, &PlanSettings::default()).await;
    assert_eq!(plan.grid.segment_count(), 4);
    let made = make_all(&path, &plan).await;
    for (name, size) in [("video-360", (640, 360)), ("video-240", (426, 240))] {
        let entries = "-count_frames -show_entries stream=codec_name,profile,nb_read_frames,width,height,duration";
        let answer = ffprobe(&made.joined(name), entries);
        let stream = &answer["streams"][0];
        assert_eq!(stream["codec_name"], "h264");
        assert_eq!(stream["profile"], "High");
        assert_eq!((stream["width"].as_u64(), stream["height"].as_u64()), (Some(size.0), Some(size.1)));
        assert_eq!(stream["nb_read_frames"], "175");
        assert_eq!(stream["duration"], "7.000000");
    }
    let answer =
        ffprobe(&made.joined("audio"), "-count_frames -show_entries stream=codec_name,nb_read_frames,channels");
    assert_eq!(answer["streams"][0]["codec_name"], "aac");
    assert_eq!(answer["streams"][0]["channels"], 2);
    // 7 s of 1024 samples at 48 kHz, rounded up.
    assert_eq!(answer["streams"][0]["nb_read_frames"], "329");
}

#[tokio::test]
async fn every_segment_starts_with_a_key_frame_where_the_plan_says() {
    let films = Films::new();
    let path = films.sample("film.mp4", "320x240", "30000/1001", 9);
    let plan = plan(&path, &PlanSettings::default()).await;
    let made = make_all(&path, &plan).await;
    let segments = plan.grid.segment_count();
    assert_eq!(made.segments.len(), usize::try_from(segments).unwrap() * plan.renditions.len());
    for (name, index, bytes, facts) in &made.segments {
        let rendition = plan.rendition(name).unwrap();
        assert_eq!(plan.timeline(rendition, *index), Some(*facts));
        let init = &made.inits.iter().find(|init| init.0 == *name).unwrap().1;
        let file = [init.as_ref(), bytes.as_ref()].concat();
        let entries = "-show_entries packet=pts,dts,duration,flags -show_entries stream=time_base";
        let answer = ffprobe(&file, entries);
        let packets = answer["packets"].as_array().unwrap();
        assert_eq!(packets.len(), usize::try_from(facts.samples).unwrap(), "{name} {index}");
        assert_eq!(answer["streams"][0]["time_base"], format!("1/{}", facts.timescale));
        let first = packets.iter().map(|packet| packet["pts"].as_i64().unwrap()).min().unwrap();
        assert_eq!(u64::try_from(first), Ok(facts.start), "{name} {index}");
        if name.is_video() {
            let keys = packets.iter().filter(|packet| packet["flags"].as_str().unwrap().starts_with('K'));
            assert_eq!(keys.count(), 1, "{name} {index}");
            assert!(packets[0]["flags"].as_str().unwrap().starts_with('K'), "{name} {index}");
        }
    }
}

#[tokio::test]
async fn segments_come_while_the_span_is_being_made() {
    let films = Films::new();
    let path = films.sample("film.mp4", "320x240", "25", 6);
    let plan = plan(&path, &PlanSettings::default()).await;
    let (sink, mut outputs) = tokio::sync::mpsc::channel(1);
    let process = crate::support::media_process();
    let (limits, cancel) = Default::default();
    let request = mutoscope_transcoder::span::SpanRequest::all(0..plan.grid.segment_count());
    let work = process.make(crate::support::source(&path), &plan, &limits, request, sink, cancel);
    let watch = async {
        let mut seen = Vec::new();
        while let Some(output) = outputs.recv().await {
            seen.push(match output {
                MediaOutput::Init { .. } => 'i',
                MediaOutput::Segment { .. } => 's',
                MediaOutput::Progress(_) => 'p',
                _ => '?',
            });
        }
        seen
    };
    let (record, seen) = tokio::join!(work, watch);
    assert_eq!(record.unwrap().frames_decoded, 150);
    assert!(seen.starts_with(&['p']), "{seen:?}");
    assert_eq!(seen.iter().filter(|kind| **kind == 'i').count(), plan.renditions.len());
}
