//! A read replica that is really one: what lags, what never does, and what happens when it is away.

use std::time::{Duration, Instant};

use mutoscope_core::{
    db::{Db, DbSettings, users},
    testing::{Cluster, ClusterSettings, listed_video},
};
use serde_json::{Value, json};

use super::place::{Place, Server};
use crate::whole_way::client::Client;

const POSITION: &str = "x-mutoscope-position";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_read_from_the_replica_and_whoever_wrote_sees_it_on_every_process() {
    let Some(primary) = Cluster::start(ClusterSettings::default()).await else { return };
    let mut replica = primary.replica().await;
    let db = Db::open(&DbSettings { url: primary.url(""), connections: 2 }).await.unwrap();
    let mut one = Place::new();
    one.set("DATABASE_URL", &primary.url(""));
    one.set("DATABASE_READ_URL", &replica.url(""));
    one.set("ROLES", "api");
    one.set("SIGNING_KEYS", one.folder().join("signing.json").to_str().unwrap());
    let mut other = Place::new();
    other.take_settings_of(&one);
    let (one, other) = (one.start().await, other.start().await);

    let owner = one.visitor().register("edith").await;
    let user = users::find_by_handle(&db, "edith").await.unwrap().unwrap();
    let id = listed_video(&db, user.id, "The old title", "", &[]).await.to_string();
    listed_until(&other.visitor(), |videos| videos[0]["title"] == "The old title").await;

    replica.pause_replay().await;
    let path = format!("videos/{id}");
    let answer = owner.patch(&path, json!({"title": "The new title"})).await;
    let position = answer.headers[POSITION].to_str().unwrap().to_owned();
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with(&format!("mutoscope_position={position}; Path=/; HttpOnly; SameSite=Strict")),
        "{cookie}"
    );
    answer.expect(200);
    // Strangers read what the replica has, on both processes; the paused replica can't have the new title.
    for stranger in [one.visitor(), other.visitor()] {
        assert_eq!(title_in_list(&stranger).await, "The old title");
        assert_eq!(stranger.get(&path).await.expect(200)["title"], "The old title");
    }
    // Whoever wrote sees it: a program as it is, a browser by its cookie, on the process that did not take the write, too.
    let elsewhere = owner.at(&other.base);
    assert_eq!(title_in_list(&elsewhere).await, "The new title");
    assert_eq!(elsewhere.get(&path).await.expect(200)["title"], "The new title");
    let browser = other.visitor().with_header("cookie", &format!("mutoscope_position={position}"));
    assert_eq!(title_in_list(&browser).await, "The new title");
    let browser = other.visitor().with_header("cookie", "mutoscope_position=0/1");
    assert_eq!(title_in_list(&browser).await, "The old title");
    // Who may see it is asked of the primary: a video that is made private is gone at once.
    owner.patch(&path, json!({"privacy": "private"})).await.expect(200);
    assert_eq!(other.visitor().get(&path).await.problem(404), "not_found");

    // Too far behind, it answers nobody.
    listed_until(&one.visitor(), |videos| videos == &json!([])).await;
    owner.patch(&path, json!({"privacy": "public"})).await.expect(200);
    listed_until(&other.visitor(), |videos| videos[0]["title"] == "The new title").await;
    replica.resume_replay().await;

    // Away, nobody notices; back, it serves again.
    until_behind(&one, |behind| behind.is_some()).await;
    replica.kill();
    for _ in 0..20 {
        assert_eq!(title_in_list(&one.visitor()).await, "The new title");
    }
    until_behind(&one, |behind| behind.is_none()).await;
    replica.restart().await;
    until_behind(&one, |behind| behind.is_some()).await;
    assert_eq!(title_in_list(&one.visitor()).await, "The new title");
    one.stop().await;
    other.stop().await;
    db.close().await;
}

async fn title_in_list(client: &Client) -> String {
    let page = client.get("videos").await.expect(200);
    page["videos"][0]["title"].as_str().unwrap().to_owned()
}

async fn listed_until(client: &Client, is_so: impl Fn(&Value) -> bool) {
    let began = Instant::now();
    loop {
        let page = client.get("videos").await.expect(200);
        if is_so(&page["videos"]) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "the list stays so: {page}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Waits until the measure says that the replica serves, or not.
async fn until_behind(server: &Server, is_so: impl Fn(Option<f64>) -> bool) {
    let began = Instant::now();
    loop {
        let (_, answer) = server.visitor().fetch(server.visitor().base(), "/metrics").await;
        let text = answer.text();
        let line = text.lines().find(|line| line.starts_with("mutoscope_replica_behind_seconds "));
        let behind = line.and_then(|line| line.split(' ').nth(1)?.parse().ok());
        if is_so(behind.filter(|behind: &f64| *behind >= 0.0)) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "the replica stays {behind:?} behind");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
