//! A whole film goes through and is read back by ffprobe.

use mutoscope_transcoder::plan::PlanSettings;

use crate::support::{Films, ffprobe, make_all, plan, probe};

#[tokio::test]
async fn a_film_becomes_rungs_that_ffprobe_reads_back_whole() {
    let films = Films::new();
    let path = films.sample("film.mp4", "640x360", "25", 7);
    let report = probe(&path).await.unwrap();
    eprintln!("{report:#?}");
    let plan = plan(&path, &PlanSettings::default()).await;
    assert_eq!(plan.grid.segment_count(), 4);
    let made = make_all(&path, &plan).await;
    eprintln!("{:?}", made.record);
    for name in ["video-360", "video-240"] {
        let joined = made.joined(name);
        let answer = ffprobe(&joined, "-count_frames -show_entries stream=nb_read_frames,width,height,duration -show_entries format=duration");
        eprintln!("{answer:#}");
        assert_eq!(answer["streams"][0]["nb_read_frames"], "175");
    }
    let answer = ffprobe(&made.joined("audio"), "-count_frames -show_entries stream=nb_read_frames,sample_rate -show_entries format=duration");
    eprintln!("{answer:#}");
}
