//! What must be true of a platform at every moment, and once it has come to rest.

use std::{collections::BTreeSet, time::Duration};

use mutoscope_core::{
    db::{Db, plans, segments, uploads},
    id::{PlanKey, VideoId},
    media::SidecarName,
    store::StorageKey,
    testing::{open_jobs, segment_rows},
    time::UnixMs,
};
use mutoscope_server::{
    app::App,
    config::{self, DataFolder, Sources},
    sweeper,
};
use sha2::{Digest, Sha256};

use super::{
    person::Person,
    platform::{Fleet, until},
    reference::{Hashes, Reference},
};
use crate::whole_way::playlist;

/// The segments of a plan that are named.
pub async fn hashes(db: &Db, plan: PlanKey) -> Hashes {
    let rows = segment_rows(db, plan).await.expect("an answer");
    rows.into_iter().map(|(rendition, number, sha256, _)| ((rendition, number), sha256)).collect()
}

/// Nothing is half published: what a row names is in the storage with the bytes that it must have, and a plan that counts as
/// complete is.
pub async fn nothing_is_half_published(fleet: &Fleet, video_id: VideoId, reference: &Reference) {
    let Some(plan) = plans::current(&fleet.db, video_id).await.expect("an answer") else { return };
    let hashes = hashes(&fleet.db, plan.key()).await;
    for ((rendition, number), sha256) in &hashes {
        let key = segment_key(video_id, &plan.hash, rendition, *number);
        let stored = fleet.store.get(&key).await.unwrap_or_else(|error| panic!("{rendition}/{number}: {error}"));
        assert_eq!(hex::encode(Sha256::digest(&stored)), *sha256, "{rendition}/{number}");
        if plan.hash == reference.plan_hash {
            assert_eq!(reference.hashes.get(&(rendition.clone(), *number)), Some(sha256), "{rendition}/{number}");
        }
    }
    if plan.completed_at.is_some() {
        assert_eq!(hashes.len() as i64, plan.segments_planned, "a plan that is not complete counts as it");
    }
}

/// Every playlist names what is planned and nothing else, and every address in it answers with the bytes of its row.
pub async fn it_plays(fleet: &Fleet, person: &Person, video_id: VideoId) {
    let plan = plans::current(&fleet.db, video_id).await.expect("an answer").expect("a plan");
    let hashes = hashes(&fleet.db, plan.key()).await;
    let video = person.video_when(video_id, |video| !video["hls_url"].is_null()).await;
    let top =
        reqwest::Url::parse(&fleet_url(fleet, video["hls_url"].as_str().expect("an address"))).expect("an address");
    let read = async |url: &reqwest::Url| {
        let answer = person.get(url.as_str()).await.expect("an answer");
        assert!(answer.status.is_success(), "{url}: {} {}", answer.status, answer.text());
        answer
    };
    let multivariant = playlist::read_multivariant(&read(&top).await.text());
    let mut served = 0;
    for address in multivariant.variants.iter().map(|variant| &variant.address).chain(&multivariant.audio) {
        let page = top.join(address).expect("an address");
        let rendition = page.path_segments().and_then(|mut names| names.nth_back(1)).expect("a rendition").to_owned();
        let media = playlist::read_media(&read(&page).await.text());
        assert!(media.is_complete);
        let planned = hashes.keys().filter(|(name, _)| *name == rendition).count();
        assert_eq!(media.segments.len(), planned, "{rendition} names what is planned");
        read(&page.join(&media.init).expect("an address")).await;
        for (number, segment) in media.segments.iter().enumerate() {
            let answer = read(&page.join(segment).expect("an address")).await;
            let sha256 = hex::encode(Sha256::digest(&answer.body));
            assert_eq!(hashes.get(&(rendition.clone(), number as i64)), Some(&sha256), "{rendition}/{number}");
            served += 1;
        }
    }
    let expected = hashes.keys().filter(|(name, _)| name != "record").count();
    assert_eq!(served, expected, "every rendition is named once");
}

/// Waits until nothing is left to do, stops all processes, sweeps as if a day had passed: what is stored then is what rows
/// name, all of it and nothing else.
pub async fn nothing_is_orphaned(fleet: &mut Fleet, video_id: VideoId) {
    until("the last job ends", async || (open_jobs(&fleet.db).await.ok()? == 0).then_some(())).await;
    fleet.stop_all();
    let swept = tempfile::tempdir().expect("a temporary folder");
    let data = swept.path().display().to_string();
    let sources = Sources { flags: vec![("data", "--data", data)], ..Sources::default() };
    let mut config = config::load(&sources).expect("settings");
    config.storage = fleet.services.storage.clone();
    DataFolder::prepare(&config).expect("a data folder");
    let (app, _sequencer) = App::on_database(config, fleet.db.clone()).expect("the platform opens");
    for hours in [3, 24] {
        let later = UnixMs::now().plus(Duration::from_secs(hours * 3600));
        sweeper::sweep(&app, later).await.expect("the sweep comes to its end");
    }
    app.store.remove_leftovers(Duration::ZERO).await.expect("leftovers go");
    let stored: BTreeSet<String> =
        app.store.list("videos").await.expect("a list").into_iter().map(|(path, _)| path).collect();
    assert_eq!(stored, named(&fleet.db, video_id).await);
}

/// The paths of everything that rows name of a video.
async fn named(db: &Db, video_id: VideoId) -> BTreeSet<String> {
    let plan = plans::current(db, video_id).await.expect("an answer").expect("a plan");
    let mut keys: Vec<StorageKey> =
        uploads::mezzanine(db, video_id).await.expect("an answer").into_iter().map(|part| part.key).collect();
    for (rendition, number) in hashes(db, plan.key()).await.into_keys() {
        keys.push(segment_key(video_id, &plan.hash, &rendition, number));
    }
    let plan_hash = plan.hash.clone();
    for rendition in segments::inits(db, plan.key()).await.expect("an answer") {
        keys.push(StorageKey::Init { video_id, plan_hash: plan_hash.clone(), rendition });
    }
    for name in segments::sidecar_names(db, plan.key()).await.expect("an answer") {
        keys.push(match name.parse::<SidecarName>() {
            Ok(name) => StorageKey::Sidecar { video_id, plan_hash: plan_hash.clone(), name },
            Err(_) => StorageKey::Poster { video_id, plan_hash: plan_hash.clone() },
        });
    }
    keys.iter().map(|key| key.path().expect("a key").to_string()).collect()
}

fn segment_key(video_id: VideoId, plan_hash: &str, rendition: &str, number: i64) -> StorageKey {
    let (plan_hash, number) = (plan_hash.to_owned(), u32::try_from(number).expect("a number"));
    match rendition {
        "record" => StorageKey::Record { video_id, plan_hash, number },
        _ => StorageKey::Segment { video_id, plan_hash, rendition: rendition.to_owned(), number },
    }
}

fn fleet_url(fleet: &Fleet, address: &str) -> String {
    fleet.visitor().url(address)
}
