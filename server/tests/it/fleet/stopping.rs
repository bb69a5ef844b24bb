//! A stop under load: what was asked before it is answered, and what takes too long is resumed.

use std::time::Duration;

use futures::{StreamExt, future::join_all, stream};
use mutoscope_core::db::uploads;
use reqwest::StatusCode;
use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{column::Column, person::Person, platform::Fleet, random::Random};

const REQUESTS: usize = 1_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_fails_none_of_a_thousand_requests_and_a_long_part_is_resumed_after_it() {
    let most = getrlimit(Resource::Nofile).maximum;
    // A connection is a descriptor on both sides.
    setrlimit(Resource::Nofile, Rlimit { current: most, maximum: most }).expect("as many files as the system gives");
    let mut fleet = Fleet::prepare(Column::Embedded).await.expect("it needs no service");
    for role in fleet.roles() {
        fleet.add(role);
    }
    fleet.until_ready().await;
    let owner = fleet.visitor().register("edith").await;
    let bytes = made_up(1 << 20, 5);
    let upload = owner.begin("A film", &bytes).await;
    let long = tokio::spawn({
        let (owner, upload, bytes) = (owner.clone(), upload.clone(), bytes.clone());
        async move { owner.put_part(&upload, 1, &bytes, drop_by_drop(bytes.clone())).await }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;

    let address = fleet.visitor().url("").trim_start_matches("http://").to_owned();
    let request = format!("GET /api/v1/videos HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let asking = stream::iter(0..REQUESTS).map(|_| async {
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        stream.write_all(request.as_bytes()).await.expect("the request is sent");
        stream
    });
    let asked: Vec<TcpStream> = asking.buffer_unordered(256).collect().await;
    fleet.processes[0].signal(Signal::TERM);
    let answers = asked.into_iter().map(|mut stream| async move {
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok()?;
        Some(answer.starts_with(b"HTTP/1.1 200") && answer.ends_with(b"}"))
    });
    let answered = join_all(answers).await.into_iter().filter(|answer| *answer == Some(true)).count();
    assert_eq!(answered, REQUESTS, "each is answered whole");

    let stopped = std::time::Instant::now();
    assert!(fleet.processes[0].wait().success());
    assert!(stopped.elapsed() < Duration::from_secs(10), "{:?}", stopped.elapsed());
    let cut = long.await.expect("the sender comes to its end");
    assert!(!cut.is_ok_and(|status| status.is_success()), "the part was longer than a stop waits");
    fleet.start_again(0);
    fleet.until_ready().await;
    owner.bring(&upload, &bytes).await;
    arrived(&fleet, &upload, &bytes).await;
    fleet.remove().await;
}

/// `MUTOSCOPE_CUT_UPLOADS=200` does as many, as `make soak` does.
#[tokio::test(flavor = "multi_thread")]
async fn uploads_that_are_cut_again_and_again_arrive_whole() {
    let count = std::env::var("MUTOSCOPE_CUT_UPLOADS").map_or(6, |text| text.parse().expect("a number"));
    for column in [Column::Embedded, Column::Services] {
        let Some(mut fleet) = Fleet::prepare(column).await else { continue };
        let role = fleet.roles().remove(0);
        // What comes is no film: nobody need look at it.
        fleet.add(super::process::Role { roles: "api", ..role });
        fleet.until_ready().await;
        let owner = fleet.visitor().register("edith").await;
        let bring = stream::iter(0..count).map(|seed| be_cut(&fleet, &owner, seed));
        let cuts: Vec<u64> = bring.buffer_unordered(4).collect().await;
        assert!(cuts.iter().all(|cuts| *cuts >= 3), "{cuts:?}");
        eprintln!("{column:?}: {count} uploads, {} cuts", cuts.iter().sum::<u64>());
        fleet.remove().await;
    }
}

/// One upload whose connection breaks off three times or more, each time somewhere else; how often.
async fn be_cut(fleet: &Fleet, owner: &Person, seed: u64) -> u64 {
    let mut random = Random::new(seed);
    // Now and then a file of two parts.
    let length = if seed.is_multiple_of(6) { (8 << 20) + random.below(1 << 20) } else { random.between(1, 1 << 20) };
    let bytes = made_up(usize::try_from(length).expect("a length"), seed);
    let upload = owner.begin("A film", &bytes).await;
    let wanted = random.between(3, 5);
    let mut cuts = 0;
    while cuts < wanted {
        let first = &bytes[..bytes.len().min(8 << 20)];
        let at = usize::try_from(random.below(first.len() as u64)).expect("a place");
        let sent = owner.put_part(&upload, 1, first, broken_off(first.to_vec(), at)).await;
        assert!(!matches!(sent, Ok(StatusCode::OK)), "half a part counts as none");
        cuts += 1;
    }
    owner.bring(&upload, &bytes).await;
    arrived(fleet, &upload, &bytes).await;
    cuts
}

/// The mezzanine is what was sent.
async fn arrived(fleet: &Fleet, upload: &super::person::Begun, bytes: &[u8]) {
    let parts = uploads::mezzanine(&fleet.db, upload.video_id).await.expect("an answer");
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(fleet.store.get(&part.key).await.expect("the part is there"));
    }
    assert_eq!(hash.finalize(), Sha256::digest(bytes));
}

fn made_up(length: usize, seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    std::iter::repeat_with(|| random.below(u64::MAX).to_le_bytes()).flatten().take(length).collect()
}

/// The bytes up to `at`, then nothing but a broken connection.
fn broken_off(bytes: Vec<u8>, at: usize) -> reqwest::Body {
    let first = bytes[..at].to_vec();
    reqwest::Body::wrap_stream(stream::iter([Ok(first), Err(std::io::Error::other("the connection breaks off"))]))
}

/// All of the bytes, so slowly that no stop waits for them.
fn drop_by_drop(bytes: Vec<u8>) -> reqwest::Body {
    let drops: Vec<Vec<u8>> = bytes.chunks(bytes.len() / 60).map(<[u8]>::to_vec).collect();
    reqwest::Body::wrap_stream(stream::iter(drops).then(|drop| async {
        tokio::time::sleep(Duration::from_millis(250)).await;
        Ok::<_, std::io::Error>(drop)
    }))
}
