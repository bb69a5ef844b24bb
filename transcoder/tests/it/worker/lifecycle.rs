//! From a complete upload to a film that plays, or to a plain reason why not.

use std::{collections::BTreeMap, time::Duration};

use mutoscope_core::{
    db::{
        outbox,
        remake::{self, Lost},
        segments, videos,
    },
    event::What,
    media::RenditionName,
    store::StorageKey,
    testing::on_both_databases,
    video::VideoState,
};
use mutoscope_transcoder::{
    demand::{Waited, Wanted},
    folder::{self, FolderSettings, OtherContents, Playlists},
    limits::Limits,
    package,
    plan::{CarryOver, PlanSettings},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{PATIENCE, Platform, until};
use crate::support::{self, Films};

#[tokio::test(flavor = "multi_thread")]
async fn a_film_whose_upload_is_complete_becomes_ready_with_every_segment_stored_as_recorded() {
    on_both_databases(|db| async move {
        let films = Films::new();
        let platform = Platform::over(db);
        let film = films.sample("a.mp4", "320x240", "25", 6);
        let id = platform.upload("a", &film).await;
        let worker = platform.work(2);
        let (stored, plan) = platform.until_ready(id).await;
        worker.stop().await;

        let mut count = 0;
        for rendition in &plan.renditions {
            let name = rendition.name().to_string();
            let init = segments::init(&platform.db, stored.key(), &name).await.unwrap().expect("an init segment");
            let key = StorageKey::Init { video_id: id, plan_hash: stored.hash.clone(), rendition: name.clone() };
            platform.store.get_checked(&key, &init.sha256).await.unwrap();
            for (number, _) in package::segments(&plan, rendition) {
                let made = segments::segment(&platform.db, stored.key(), &name, number).await.unwrap().expect("made");
                let key = StorageKey::Segment {
                    video_id: id,
                    plan_hash: stored.hash.clone(),
                    rendition: name.clone(),
                    number,
                };
                let bytes = platform.store.get_checked(&key, &made.sha256).await.unwrap();
                assert_eq!(bytes.len() as i64, made.size_bytes);
                count += 1;
            }
        }
        for number in 0..plan.grid.segment_count() {
            let made = segments::segment(&platform.db, stored.key(), "record", number).await.unwrap().expect("noted");
            let key = StorageKey::Record { video_id: id, plan_hash: stored.hash.clone(), number };
            platform.store.get_checked(&key, &made.sha256).await.unwrap();
            count += 1;
        }
        assert_eq!(count, stored.segments_planned);
        let poster = segments::sidecar(&platform.db, stored.key(), "poster").await.unwrap().expect("a poster");
        let key = StorageKey::Poster { video_id: id, plan_hash: stored.hash.clone() };
        platform.store.get_checked(&key, &poster.sha256).await.unwrap();

        let video = platform.video(id).await.expect("it is there");
        assert_eq!(video.facts.state(), VideoState::Ready);
        assert!(video.published_at.is_some());
        assert!((5_900..6_200).contains(&video.duration_ms.unwrap()), "{:?}", video.duration_ms);
        // An event has its place in the log once no transaction that began before it is open, in any test's database.
        let told = until(async || {
            let told = outbox::after(&platform.db, 0, 100).await.unwrap();
            let told: Vec<_> = told.into_iter().map(|placed| placed.event.unwrap().what).collect();
            told.contains(&What::VideoReady { plan_id: stored.id }).then_some(told)
        })
        .await;
        let plan_id = stored.id;
        let wanted = [What::VideoPlanned { plan_id }, What::SpansPlanned { plan_id }, What::VideoReady { plan_id }];
        for what in wanted {
            assert_eq!(told.iter().filter(|told| **told == what).count(), 1, "{what:?} in {told:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_poster_is_taken_again_with_the_same_bytes() {
    let films = Films::new();
    let platform = Platform::new().await;
    let film = films.sample("a.mp4", "320x240", "25", 3);
    let id = platform.upload("a", &film).await;
    let worker = platform.work(1);
    let (stored, _) = platform.until_ready(id).await;
    let poster = async || segments::sidecar(&platform.db, stored.key(), "poster").await.unwrap();
    let before = until(async || poster().await).await;
    let key = StorageKey::Poster { video_id: id, plan_hash: stored.hash.clone() };
    platform.store.delete(&key).await.unwrap();
    assert!(remake::forget(&platform.db, stored.key(), Lost::Poster, &before.sha256).await.unwrap());
    let wanted = platform.demand().wait_for(stored.key(), "", Wanted::Poster, PATIENCE).await.unwrap();
    assert_eq!(wanted, Waited::Ready(before.clone()));
    platform.store.get_checked(&key, &before.sha256).await.unwrap();
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_and_the_command_line_make_the_same_bytes() {
    let films = Films::new();
    let platform = Platform::new().await;
    let film = films.sample("a.mp4", "320x240", "30000/1001", 9);
    let id = platform.upload("a", &film).await;
    let worker = platform.work(2);
    let (stored, plan) = platform.until_ready(id).await;
    let sidecar = async |file: &str| segments::sidecar(&platform.db, stored.key(), file).await.unwrap();
    until(async || sidecar("storyboard.vtt").await).await;
    worker.stop().await;

    let out = tempfile::tempdir().unwrap();
    let settings = FolderSettings {
        film,
        out: out.path().join("out"),
        // As the platform of these tests plans.
        plan: PlanSettings { carry_over: CarryOver::Off, ..PlanSettings::default() },
        limits: Limits::default(),
        span: Some(100),
        jobs: 1,
        playlists: Playlists::Both,
        other: OtherContents::Refuse,
    };
    let (events, _nobody) = mpsc::channel(1_000);
    let media = support::media_process();
    let report = folder::transcode(&media, &settings, events, CancellationToken::new()).await.unwrap();
    assert_eq!(report.plan.hash, stored.hash);

    let mut on_the_platform = BTreeMap::new();
    for (rendition, number) in segments::made_between(&platform.db, stored.key(), 0, 1_000).await.unwrap() {
        let made = segments::segment(&platform.db, stored.key(), &rendition, number).await.unwrap().unwrap();
        let ending = if rendition == "record" { "bin" } else { "m4s" };
        on_the_platform.insert(format!("{rendition}/{number:05}.{ending}"), made.sha256);
    }
    for file in ["storyboard.vtt", "storyboard-0.jpg", "scenes.json"] {
        on_the_platform.insert(file.to_owned(), sidecar(file).await.expect("it came with the others").sha256);
    }
    let segments = report.renditions.iter().flat_map(|rendition| &rendition.segments);
    let segments = segments.map(|segment| (segment.file.clone(), segment.sha256.clone()));
    let sidecars = report.sidecars.iter().map(|sidecar| (sidecar.file.clone(), sidecar.sha256.clone()));
    let records = (0..plan.grid.segment_count()).map(|index| {
        let file = format!("record/{index:05}.bin");
        let bytes = std::fs::read(settings.out.join(&file)).unwrap();
        (file, package::verify::sha256_hex(&bytes))
    });
    let in_the_folder: BTreeMap<_, _> = segments.chain(sidecars).chain(records).collect();
    assert_eq!(on_the_platform, in_the_folder);
    assert!(plan.rendition(&RenditionName::video(240)).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_film_fails_with_its_code_and_a_retry_tries_again() {
    let films = Films::new();
    let platform = Platform::new().await;
    let text = films.write("a.mp4", &b"no film, only words. ".repeat(5_000));
    let id = platform.upload("a", &text).await;
    let good = films.sample("b.mp4", "160x120", "25", 1);
    let other = platform.upload("b", &good).await;
    let worker = platform.work(1);
    let failure = until(async || platform.video(id).await?.failure).await;
    assert_eq!(failure.code, "not_media");
    assert!(!failure.message.contains('/'), "{}", failure.message);
    // The platform goes on.
    platform.until_ready(other).await;
    assert_eq!(videos::retry(&platform.db, id).await.unwrap(), Some(2));
    let failure = until(async || platform.video(id).await?.failure).await;
    assert_eq!(failure.code, "not_media");
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_is_gone_from_the_store_is_tried_again_and_then_given_up_with_a_reason() {
    let films = Films::new();
    let platform = Platform::new().await;
    let film = films.sample("a.mp4", "320x240", "25", 4);
    let id = platform.upload("a", &film).await;
    let parts = mutoscope_core::db::uploads::mezzanine(&platform.db, id).await.unwrap();
    platform.store.delete(&parts[0].key).await.unwrap();
    let worker = platform.work(1);
    let failure = until(async || {
        mutoscope_core::testing::end_pauses(&platform.db).await;
        platform.video(id).await?.failure
    })
    .await;
    assert_eq!(failure.code, "source_unreadable");
    worker.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_video_while_it_is_made_stops_its_work_within_two_seconds() {
    let films = Films::new();
    let platform = Platform::new().await;
    let film = films.sample("a.mp4", "1280x720", "25", 120);
    let id = platform.upload("a", &film).await;
    let worker = platform.work(2);
    let (stored, _) = until(async || {
        let plan = platform.plan(id).await?;
        (segments::count(&platform.db, plan.0.key()).await.unwrap() > 0).then_some(plan)
    })
    .await;
    assert!(videos::remove(&platform.db, id).await.unwrap());
    tokio::time::sleep(Duration::from_secs(2)).await;
    let prefix = StorageKey::video_prefix(id);
    let then = platform.store.list(&prefix).await.unwrap().len();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(platform.store.list(&prefix).await.unwrap().len(), then, "something was still stored");
    assert_eq!(segments::count(&platform.db, stored.key()).await.unwrap(), 0);
    assert!(worker.stop().await < Duration::from_secs(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_that_stops_decoding_is_planned_once_more_to_end_there_and_its_owner_is_told() {
    on_both_databases(|db| async move {
        let films = Films::new();
        let platform = Platform::over(db);
        let film = films.film("a.mov", 24, "-c:v libx264 -preset ultrafast -g 25 -c:a aac");
        let zeros = films.write("b.mov", &support::with_zeros(&film, 0.667..1.0));
        let hole = films.write("c.mov", &support::with_zeros(&film, 0.4..0.6));
        let id = platform.upload("a", &zeros).await;
        let with_hole = platform.upload("b", &hole).await;
        let worker = platform.work(2);
        let shortened = async || {
            let (stored, plan) = platform.plan(id).await?;
            (stored.completed_at.is_some() && plan.source.end_at_us.is_some()).then_some(plan)
        };
        let plan = until(shortened).await;
        assert!((13_000..18_000).contains(&plan.grid.length_ms()), "{}", plan.grid.length_ms());
        let video = platform.video(id).await.expect("it is there");
        assert_eq!(video.duration_ms, i64::try_from(plan.grid.length_ms()).ok());
        let told = videos::warnings(&platform.db, &video).await.unwrap();
        let told: Vec<_> = told.into_iter().map(|warning| warning.code).collect();
        assert_eq!(told.iter().filter(|code| *code == "tail_missing").count(), 1, "{told:?}");
        let (_, whole) = platform.until_ready(with_hole).await;
        assert_eq!((whole.grid.length_ms(), whole.source.end_at_us), (24_000, None));
        worker.stop().await;
        let planned = outbox::after(&platform.db, 0, 1_000).await.unwrap();
        let planned = planned.iter().filter(|placed| {
            placed.video_id == id
                && matches!(&placed.event, Ok(event) if matches!(event.what, What::VideoPlanned { .. }))
        });
        assert_eq!(planned.count(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn captions_are_made_beside_the_film_and_again_where_they_were_lost() {
    let films = Films::new();
    let platform = Platform::new().await;
    let srt = films.write("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n\n");
    let film = films.make(
        "a.mkv",
        &format!(
            "-f lavfi -i testsrc2=size=320x240:rate=25:duration=4 -i {} -map 0 -map 1 -c:v libx264 -preset ultrafast \
             -pix_fmt yuv420p -c:s srt -metadata:s:s:0 language=eng",
            srt.display()
        ),
    );
    let id = platform.upload("a", &film).await;
    let worker = platform.work(1);
    let (stored, _) = platform.until_ready(id).await;
    let wait = async || {
        let waited =
            platform.demand().wait_for(stored.key(), "captions-eng", Wanted::Captions, PATIENCE).await.unwrap();
        let Waited::Ready(made) = waited else { panic!("{waited:?}") };
        let key =
            StorageKey::Captions { video_id: id, plan_hash: stored.hash.clone(), rendition: "captions-eng".to_owned() };
        platform.store.get_checked(&key, &made.sha256).await.unwrap();
        made.sha256
    };
    let before = wait().await;
    // The job that made them has let go, or is handed back.
    worker.stop().await;
    let lost = Lost::Captions { rendition: "captions-eng" };
    assert!(remake::forget(&platform.db, stored.key(), lost, &before).await.unwrap());
    let worker = platform.work(1);
    assert_eq!(wait().await, before);
    worker.stop().await;
}
