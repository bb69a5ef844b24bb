//! Objects that were lost: forgotten once, and asked for again.

use mutoscope_core::{
    db::{
        jobs::{self, Ending, Work},
        plans::{self, NewPlan},
        remake::{self, Lost},
        segments::{self, Made, NewlyMade},
        videos,
    },
    id::VideoId,
    job::JobKind,
    media::SidecarName,
    testing::{make_user, on_both_databases},
    video::{Beside, VideoState, Warning},
};

use super::{
    films::{bring, claim, plan},
    plans::new_plan,
};

fn missing(beside: Beside) -> Warning {
    Warning { code: beside.missing_code().to_owned(), message: "It is not there.".to_owned(), at_ms: None }
}

const RENDITION: &str = "video-720";

fn segment(number: u32) -> NewlyMade {
    NewlyMade::Segment { rendition: RENDITION.to_owned(), number, duration_us: 1, made: made() }
}

fn made() -> Made {
    Made { sha256: "ab".to_owned(), size_bytes: 3 }
}

#[tokio::test]
async fn a_lost_segment_is_asked_for_again_and_the_film_is_whole_once_it_is_made() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = bring(&db, owner).await;
        let plan_id = plan(&db, &upload, "00ff", 2).await;
        let work = claim(&db, &upload).await;
        let init = NewlyMade::Init { rendition: RENDITION.to_owned(), made: made() };
        segments::record(&db, &work, plan_id, &[init, segment(0), segment(1)]).await.unwrap();
        jobs::finish(&db, &work).await.unwrap();

        let lost = Lost::Segment { rendition: RENDITION, number: 1 };
        assert!(
            !remake::forget(&db, plan_id.of(upload.video_id), lost, "cd").await.unwrap(),
            "another content is there by now"
        );
        for round in 0..2 {
            assert!(remake::forget(&db, plan_id.of(upload.video_id), lost, "ab").await.unwrap(), "round {round}");
            assert!(!remake::forget(&db, plan_id.of(upload.video_id), lost, "ab").await.unwrap(), "round {round}");
            let video = videos::find(&db, upload.video_id).await.unwrap().expect("it is there");
            assert_eq!(video.state(), VideoState::Processing);
            let again = claim(&db, &upload).await;
            assert_eq!(again.work, Work::Span { plan_id, segments: 1..2 });
            segments::record(&db, &again, plan_id, &[segment(1)]).await.unwrap();
            jobs::finish(&db, &again).await.unwrap();
            let video = videos::find(&db, upload.video_id).await.unwrap().expect("it is there");
            assert_eq!(video.state(), VideoState::Ready);
        }

        assert!(
            remake::forget(&db, plan_id.of(upload.video_id), Lost::Init { rendition: RENDITION }, "ab").await.unwrap()
        );
        assert_eq!(segments::init(&db, plan_id.of(upload.video_id), RENDITION).await.unwrap(), None);
        assert_eq!(
            segments::segment(&db, plan_id.of(upload.video_id), RENDITION, 0).await.unwrap(),
            None,
            "it brings the init segment"
        );
        assert_eq!(claim(&db, &upload).await.work, Work::Span { plan_id, segments: 0..1 });
    })
    .await;
}

#[tokio::test]
async fn a_lost_poster_is_asked_for_again_and_the_film_stays_whole_even_where_it_can_not_be_taken() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = bring(&db, owner).await;
        let plan_id = plan(&db, &upload, "00ff", 1).await;
        let work = claim(&db, &upload).await;
        let poster = NewlyMade::Sidecar { name: "poster".to_owned(), made: made() };
        segments::record(&db, &work, plan_id, &[poster.clone(), segment(0)]).await.unwrap();
        jobs::finish(&db, &work).await.unwrap();
        let state = async || videos::find(&db, upload.video_id).await.unwrap().expect("it is there").state();

        for _ in 0..2 {
            assert!(
                !remake::forget(&db, plan_id.of(upload.video_id), Lost::Poster, "cd").await.unwrap(),
                "another one is there by now"
            );
            assert!(!jobs::raise_sidecar(&db, plan_id, JobKind::Poster).await.unwrap());
            assert!(remake::forget(&db, plan_id.of(upload.video_id), Lost::Poster, "ab").await.unwrap());
            assert!(!remake::forget(&db, plan_id.of(upload.video_id), Lost::Poster, "ab").await.unwrap());
            assert!(jobs::raise_sidecar(&db, plan_id, JobKind::Poster).await.unwrap());
            assert_eq!(state().await, VideoState::Ready);
            let again = claim(&db, &upload).await;
            assert_eq!(again.work, Work::Poster { plan_id });
            segments::record(&db, &again, plan_id, std::slice::from_ref(&poster)).await.unwrap();
            jobs::finish(&db, &again).await.unwrap();
        }

        assert!(remake::forget(&db, plan_id.of(upload.video_id), Lost::Poster, "ab").await.unwrap());
        let again = claim(&db, &upload).await;
        jobs::fail(&db, &again, "internal", "a fault of ours", Ending::Alone(missing(Beside::Poster))).await.unwrap();
        assert_eq!(state().await, VideoState::Ready);
        assert!(!jobs::raise_sidecar(&db, plan_id, JobKind::Poster).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn captions_are_a_job_after_the_films_first_segments_and_lost_ones_are_made_again() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = bring(&db, owner).await;
        let job = claim(&db, &upload).await;
        let new = NewPlan { has_captions: true, segments_planned: 1, ..new_plan("00ff", "f", 1) };
        let plan_id = plans::store(&db, &job, &new).await.unwrap();
        jobs::finish(&db, &job).await.unwrap();
        let span = claim(&db, &upload).await;
        assert_eq!(span.work, Work::Span { plan_id, segments: 0..1 });
        segments::record(&db, &span, plan_id, &[segment(0)]).await.unwrap();
        jobs::finish(&db, &span).await.unwrap();
        let captions = NewlyMade::Sidecar { name: "captions-eng".to_owned(), made: made() };
        for _ in 0..2 {
            assert!(jobs::raise_sidecar(&db, plan_id, JobKind::Captions).await.unwrap());
            let work = claim(&db, &upload).await;
            assert_eq!(work.work, Work::Captions { plan_id });
            segments::record(&db, &work, plan_id, std::slice::from_ref(&captions)).await.unwrap();
            jobs::finish(&db, &work).await.unwrap();
            let lost = Lost::Captions { rendition: "captions-eng" };
            assert!(remake::forget(&db, plan_id.of(upload.video_id), lost, "ab").await.unwrap());
            let video = videos::find(&db, upload.video_id).await.unwrap().expect("it is there");
            assert_eq!(video.state(), VideoState::Ready, "a film is whole without them");
        }
    })
    .await;
}

#[tokio::test]
async fn sidecars_are_asked_for_with_the_last_segment_and_again_where_one_is_lost() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = bring(&db, owner).await;
        let job = claim(&db, &upload).await;
        let new = NewPlan { has_records: true, segments_planned: 2, ..new_plan("00ff", "f", 1) };
        let plan_id = plans::store(&db, &job, &new).await.unwrap();
        jobs::finish(&db, &job).await.unwrap();
        let work = claim(&db, &upload).await;
        segments::record(&db, &work, plan_id, &[segment(0)]).await.unwrap();
        assert!(!jobs::raise_sidecar(&db, plan_id, JobKind::Sidecars).await.unwrap(), "the film is not whole");
        segments::record(&db, &work, plan_id, &[segment(1)]).await.unwrap();
        jobs::finish(&db, &work).await.unwrap();
        for round in 0..2 {
            let merging = claim(&db, &upload).await;
            assert_eq!(merging.work, Work::Sidecars { plan_id }, "round {round}");
            let name = SidecarName::Storyboard;
            let storyboard = NewlyMade::Sidecar { name: name.file(), made: made() };
            segments::record(&db, &merging, plan_id, &[storyboard]).await.unwrap();
            jobs::finish(&db, &merging).await.unwrap();
            let served = videos::find(&db, upload.video_id).await.unwrap().expect("it is there").plan.expect("a plan");
            assert!(served.has_storyboard);
            assert!(
                remake::forget(&db, plan_id.of(upload.video_id), Lost::Sidecar { name }, "ab").await.unwrap(),
                "round {round}"
            );
            let served = videos::find(&db, upload.video_id).await.unwrap().expect("it is there").plan.expect("a plan");
            assert!(!served.has_storyboard);
        }
    })
    .await;
}

#[tokio::test]
async fn a_poster_is_chosen_once_for_an_instant_and_shown_once_it_is_there() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = bring(&db, owner).await;
        let plan_id = plan(&db, &upload, "00ff", 1).await;
        let work = claim(&db, &upload).await;
        let own = NewlyMade::Sidecar { name: "poster".to_owned(), made: made() };
        segments::record(&db, &work, plan_id, &[own, segment(0)]).await.unwrap();
        jobs::finish(&db, &work).await.unwrap();
        let shown = async || {
            let video = videos::find(&db, upload.video_id).await.unwrap().expect("it is there");
            video.plan.expect("a plan").poster_file
        };
        for _ in 0..2 {
            let video = videos::choose_poster(&db, upload.video_id, Some(1_500)).await.unwrap().expect("it is there");
            assert_eq!(video.poster_at_ms, Some(1_500));
        }
        assert_eq!(shown().await.as_deref(), Some("poster.jpg"));
        let taking = claim(&db, &upload).await;
        assert_eq!(taking.work, Work::Poster { plan_id });
        assert_eq!(videos::chosen_poster(&db, upload.video_id).await.unwrap(), Some(1_500));
        let chosen = NewlyMade::Sidecar { name: SidecarName::ChosenPoster(1_500).file(), made: made() };
        segments::record(&db, &taking, plan_id, &[chosen]).await.unwrap();
        jobs::finish(&db, &taking).await.unwrap();
        assert_eq!(shown().await.as_deref(), Some("poster-1500.jpg"));
        assert!(!jobs::raise_sidecar(&db, plan_id, JobKind::Poster).await.unwrap(), "it was asked for once");
        videos::choose_poster(&db, upload.video_id, None).await.unwrap().expect("it is there");
        assert_eq!(shown().await.as_deref(), Some("poster.jpg"));
        assert_eq!(videos::choose_poster(&db, VideoId::new(), Some(1)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_is_given_up_beside_a_film_is_told_to_its_owner_and_a_retry_asks_for_it_alone() {
    on_both_databases(|db| async move {
        let owner = make_user(&db, "ann").await;
        let upload = bring(&db, owner).await;
        let job = claim(&db, &upload).await;
        let new = NewPlan { has_captions: true, has_records: true, segments_planned: 1, ..new_plan("00ff", "f", 1) };
        let plan_id = plans::store(&db, &job, &new).await.unwrap();
        jobs::finish(&db, &job).await.unwrap();
        let span = claim(&db, &upload).await;
        segments::record(&db, &span, plan_id, &[segment(0)]).await.unwrap();
        jobs::finish(&db, &span).await.unwrap();
        let video = async || videos::find(&db, upload.video_id).await.unwrap().expect("it is there");
        let told = async || {
            let told = videos::warnings(&db, &video().await).await.unwrap();
            told.iter().filter_map(Warning::missing).collect::<Vec<_>>()
        };
        assert_eq!(videos::retry(&db, upload.video_id).await.unwrap(), None, "all of it is still being made");

        let mut given_up = Vec::new();
        for _ in 0..2 {
            let work = claim(&db, &upload).await;
            let beside = match work.work {
                Work::Captions { .. } => Beside::Captions,
                Work::Sidecars { .. } => Beside::Sidecars,
                other => panic!("{other:?}"),
            };
            jobs::fail(&db, &work, "internal", "a fault of ours", Ending::Alone(missing(beside))).await.unwrap();
            given_up.push(beside);
        }
        given_up.sort_by_key(|beside| beside.missing_code());
        assert_eq!(
            (told().await, given_up),
            (vec![Beside::Captions, Beside::Sidecars], vec![Beside::Captions, Beside::Sidecars])
        );
        assert!(videos::is_missing(&db, upload.video_id, Beside::Captions).await.unwrap());
        assert!(!videos::is_missing(&db, upload.video_id, Beside::Poster).await.unwrap());
        assert_eq!(video().await.state(), VideoState::Ready);

        assert_eq!(videos::retry(&db, upload.video_id).await.unwrap(), Some(1), "the attempt is the same");
        assert_eq!(told().await, []);
        assert_eq!(videos::retry(&db, upload.video_id).await.unwrap(), None, "it is asked for already");
        let mut asked = [claim(&db, &upload).await, claim(&db, &upload).await];
        asked.sort_by_key(|claim| format!("{:?}", claim.work));
        assert_eq!(asked[0].work, Work::Captions { plan_id });
        assert_eq!(asked[1].work, Work::Sidecars { plan_id });
        assert_eq!(asked[0].attempts, 1);

        // Another plan asks for all of it anew.
        jobs::fail(&db, &asked[0], "internal", "a fault", Ending::Alone(missing(Beside::Captions))).await.unwrap();
        jobs::fail(&db, &asked[1], "internal", "a fault", Ending::ForGood).await.unwrap();
        assert_eq!(videos::retry(&db, upload.video_id).await.unwrap(), Some(2));
        let job = claim(&db, &upload).await;
        plans::store(&db, &job, &new).await.unwrap();
        jobs::finish(&db, &job).await.unwrap();
        assert_eq!(told().await, []);
        assert!(jobs::raise_sidecar(&db, plan_id, JobKind::Captions).await.unwrap());
        assert!(jobs::raise_sidecar(&db, plan_id, JobKind::Sidecars).await.unwrap());
    })
    .await;
}
