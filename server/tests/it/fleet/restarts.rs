//! PostgreSQL itself is stopped and started again, in order and as by a crash, under a film in the making, somebody who uploads
//! and somebody who watches: they are told, nothing that was acknowledged is lost, and work goes on by itself.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use mutoscope_core::{
    db::{plans, segments},
    id::VideoId,
    testing::Stop,
};
use reqwest::{Method, StatusCode};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::{
    audit,
    column::Column,
    person::{Answer, Begun, Person, is_ready},
    platform::{Fleet, until},
    reference::{bring, reference},
    services::{TOLD_WITHIN, addresses, is_not_ready, is_told},
};

/// How long the database is away.
const AWAY: Duration = Duration::from_secs(3);
/// So soon after it is there again it answers everybody.
const BACK_WITHIN: Duration = Duration::from_secs(10);

/// What people were told while they asked: how often well, and how often to come back later.
#[derive(Debug, Default)]
struct Told {
    well: AtomicU64,
    later: AtomicU64,
}

impl Told {
    /// Asks until what is asked for is done. Every answer on the way is a clear one, and comes in time.
    async fn at_last(&self, ask: impl AsyncFn() -> reqwest::Result<Answer>) -> Answer {
        until("it is done", async || {
            let began = Instant::now();
            let answer = ask().await.expect("an answer");
            assert!(began.elapsed() < TOLD_WITHIN, "{:?}", began.elapsed());
            if answer.status.is_success() {
                self.well.fetch_add(1, Ordering::Relaxed);
                return Some(answer);
            }
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text());
            is_told(&answer, &["unavailable", "timed_out", "not_made_yet"]);
            self.later.fetch_add(1, Ordering::Relaxed);
            None
        })
        .await
    }
}

/// What somebody was told is done.
#[derive(Debug, Default)]
struct Kept {
    uploads: Vec<VideoId>,
    /// The last title that each video was given.
    titles: BTreeMap<VideoId, String>,
}

/// Uploads what is no film, and gives each a title, until told to stop.
async fn upload(person: Person, told: &Told, stop: &CancellationToken) -> Kept {
    let mut kept = Kept::default();
    while !stop.is_cancelled() {
        let bytes = format!("no film, number {}", kept.uploads.len()).into_bytes();
        let upload = Begun::told_by(&told.at_last(async || person.ask_to_begin("Nameless", &bytes).await).await);
        told.at_last(async || person.send_part(&upload, 1, &bytes, bytes.clone()).await).await;
        let complete = format!("/api/v1/uploads/{}/complete", upload.id);
        told.at_last(async || person.post(&complete, &json!({})).await).await;
        kept.uploads.push(upload.video_id);
        let title = format!("Number {}", kept.uploads.len());
        let (video, change) = (format!("/api/v1/videos/{}", upload.video_id), json!({ "title": title }));
        told.at_last(async || person.send(Method::PATCH, &video, Some(&change)).await).await;
        kept.titles.insert(upload.video_id, title);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    kept
}

/// Watches a film from end to end, again and again: no byte is another.
async fn watch(person: Person, segments: &[(String, String)], told: &Told, stop: &CancellationToken) {
    for (address, sha256) in segments.iter().cycle() {
        if stop.is_cancelled() {
            return;
        }
        let answer = told.at_last(async || person.get(address).await).await;
        assert_eq!(hex::encode(Sha256::digest(&answer.body)), *sha256, "{address}");
        told.at_last(async || person.get("/api/v1/videos").await).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_that_is_restarted_or_crashes_under_a_film_is_told_of_and_nothing_is_lost() {
    let reference = reference().await;
    let Some(mut fleet) = Fleet::start(Column::OwnPostgres).await else { return };
    let (owner, film) = bring(&fleet, &reference.film).await;
    let addresses = addresses(&owner, film.video_id, reference).await;
    let (told, stop) = (Told::default(), CancellationToken::new());
    let (kept, (), ()) = tokio::join!(
        upload(owner.clone(), &told, &stop),
        watch(owner.clone(), &addresses, &told, &stop),
        restart_twice(&mut fleet, &owner, film.video_id, &stop)
    );
    eprintln!("{told:?}; {} uploads were acknowledged", kept.uploads.len());
    assert!(told.later.into_inner() > 0, "people were told to come back");

    let plan = plans::current(&fleet.db, film.video_id).await.expect("an answer").expect("a plan");
    assert_eq!(audit::hashes(&fleet.db, plan.key()).await, reference.hashes);
    audit::nothing_is_half_published(&fleet, film.video_id, reference).await;
    audit::it_plays(&fleet, &owner, film.video_id).await;
    for (video_id, title) in &kept.titles {
        // The work on it was done as well: it is no film.
        until("an upload is looked at", async || {
            let answer = owner.get(&format!("/api/v1/videos/{video_id}")).await.ok()?;
            assert!(answer.status.is_success(), "an upload that was acknowledged is gone: {}", answer.text());
            let video = answer.json();
            assert_eq!(video["title"], **title);
            (video["state"] == "failed").then_some(())
        })
        .await;
    }
    assert!(fleet.ended().is_none(), "nobody had to be started again");
    fleet.stop_all();
    fleet.remove().await;
}

/// Stops and starts the database twice in the middle of the film, and waits for its end.
async fn restart_twice(fleet: &mut Fleet, owner: &Person, video_id: VideoId, stop: &CancellationToken) {
    let db = fleet.db.clone();
    let made = async || {
        let plan = plans::current(&db, video_id).await.ok()??;
        Some((segments::count(&db, plan.key()).await.ok()?, plan.segments_planned))
    };
    let (mut back, mut enough) = (Instant::now(), 2);
    for how in [Stop::Fast, Stop::Immediate] {
        let (made, planned) =
            until("some segments are there", async || made().await.filter(|(made, _)| *made >= enough)).await;
        assert!(made < planned, "the film is in the making: {made} of {planned}");
        // What is made after it is made by those who found the database again.
        enough = made + 1;
        let cluster = fleet.services.cluster.as_mut().expect("a server of its own");
        cluster.stop(how).await;
        let away = Instant::now();
        let (answer, ()) = tokio::join!(owner.get("/api/v1/videos"), is_not_ready(owner, "database"));
        let answer = answer.expect("an answer");
        is_told(&answer, &["unavailable", "timed_out"]);
        eprintln!("{how:?}, {made} of {planned} made: {} after {:?}", answer.text(), away.elapsed());
        tokio::time::sleep(AWAY.saturating_sub(away.elapsed())).await;
        cluster.restart().await;
        back = Instant::now();
        until("it is found again", async || {
            let answer = owner.get("/api/v1/videos").await.ok()?;
            answer.status.is_success().then_some(())
        })
        .await;
        assert!(back.elapsed() < BACK_WITHIN, "{:?}", back.elapsed());
        eprintln!("{how:?}: found again after {:?}", back.elapsed());
    }
    owner.video_when(video_id, is_ready).await;
    eprintln!("the film was ready {:?} after the database was back", back.elapsed());
    stop.cancel();
}
