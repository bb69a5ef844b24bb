//! Services that fail and come back: what was asked meanwhile is answered in words, nothing wrong is served, and nobody has to
//! be started again.

use std::time::{Duration, Instant};

use mutoscope_core::{db::plans, id::VideoId};
use reqwest::StatusCode;
use sha2::{Digest, Sha256};

use super::{
    audit,
    column::Column,
    faulty_bucket::{FaultyBucket, Weather},
    person::{Answer, Person, is_ready},
    platform::{Fleet, until},
    random::seeds,
    reference::{Reference, bring, reference},
};

/// Within so long everybody is told, whatever they wait for.
pub const TOLD_WITHIN: Duration = Duration::from_secs(35);

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_on_bad_days_costs_time_and_no_byte_and_one_that_is_away_is_told_of() {
    let reference = reference().await;
    for seed in seeds("MUTOSCOPE_CRASH_SEED", "MUTOSCOPE_CRASH_SEEDS", 1) {
        eprintln!("a bucket on bad days: MUTOSCOPE_CRASH_SEED={seed}");
        let Some(mut fleet) = Fleet::prepare(Column::Services).await else { return };
        let upstream = fleet.services.settings()["MUTOSCOPE_STORAGE_ENDPOINT"].clone();
        let between = FaultyBucket::before(&upstream, seed).await;
        fleet.set("MUTOSCOPE_STORAGE_ENDPOINT", &between.address);
        for role in fleet.roles() {
            fleet.add(role);
        }
        fleet.until_ready().await;
        between.set(Weather::Bad);
        let (owner, upload) = bring(&fleet, &reference.film).await;
        owner.video_when(upload.video_id, is_ready).await;
        let plan = plans::current(&fleet.db, upload.video_id).await.expect("an answer").expect("a plan");
        assert_eq!(audit::hashes(&fleet.db, plan.key()).await, reference.hashes);
        let addresses = addresses(&owner, upload.video_id, reference).await;
        let (read_now, read_later) = addresses.split_at(addresses.len() / 2);
        for (address, sha256) in read_now {
            read_at_last(&owner, address, sha256).await;
        }
        assert!(between.faults() > 10, "{} requests met with something", between.faults());

        between.set(Weather::Away);
        let (address, sha256) = &read_later[0];
        let began = Instant::now();
        let answer = owner.get(address).await.expect("an answer");
        eprintln!("  a bucket that is away: {} {} after {:?}", answer.status, answer.text(), began.elapsed());
        assert!(began.elapsed() < TOLD_WITHIN);
        is_told(&answer, &["unavailable", "timed_out"]);
        is_not_ready(&owner, "storage").await;

        between.set(Weather::Fine);
        read_at_last(&owner, address, sha256).await;
        audit::it_plays(&fleet, &owner, upload.video_id).await;
        audit::nothing_is_orphaned(&mut fleet, upload.video_id).await;
        fleet.remove().await;
    }
}

/// The address of every segment that is served, with the hash of its bytes.
pub async fn addresses(person: &Person, video_id: VideoId, reference: &Reference) -> Vec<(String, String)> {
    let video = person.video_when(video_id, |video| !video["hls_url"].is_null()).await;
    let folder =
        video["hls_url"].as_str().and_then(|url| url.strip_suffix("index.m3u8")).expect("an address").to_owned();
    let served = reference.hashes.iter().filter(|((rendition, _), _)| rendition != "record");
    served.map(|((name, number), sha256)| (format!("{folder}{name}/{number:05}.m4s"), sha256.clone())).collect()
}

/// Reads an address until it answers well. It may say that it can't; it may never answer with other bytes.
async fn read_at_last(person: &Person, address: &str, sha256: &str) {
    until("the segment is read", async || {
        let answer = person.get(address).await.ok()?;
        if answer.status.is_success() {
            assert_eq!(hex::encode(Sha256::digest(&answer.body)), sha256, "{address}");
            return Some(());
        }
        is_told(&answer, &["unavailable", "timed_out", "not_made_yet"]);
        None
    })
    .await;
}

/// The platform names the part that is away.
pub async fn is_not_ready(person: &Person, part: &str) {
    let ready = person.get("/readyz").await.expect("an answer");
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    let parts = ready.json()["parts"].clone();
    let found = parts.as_array().and_then(|parts| parts.iter().find(|found| found["name"] == part));
    assert!(found.is_some_and(|part| part["ready"] == false), "{parts}");
}

/// A clear answer: a problem with a code of these, and when to come back.
pub fn is_told(answer: &Answer, codes: &[&str]) {
    let problem = answer.json();
    assert!(problem["code"].as_str().is_some_and(|code| codes.contains(&code)), "{problem}");
    assert!(problem["title"].is_string() && problem["request_id"].is_string(), "{problem}");
    assert!(answer.headers.contains_key("retry-after"), "{problem}");
}
