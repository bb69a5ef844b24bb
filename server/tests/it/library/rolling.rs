//! A rolling upgrade: two processes on one database and storage, restarted one after the other under load. They begin as an
//! older build where one is named (docs/database.md), and otherwise as this one, on a schema that becomes newer.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use mutoscope_core::{
    db::{Db, DbSettings, users},
    testing::{PostgresDatabase, listed_video, migrated_by_a_newer_binary},
};
use reqwest::Method;
use serde_json::json;

use super::place::Place;

/// What a gateway does: one process after the other, and the next one where a connection is refused, or is gone before an
/// answer began. All that is sent here may be sent again: reads, the same title, a view that counts once a day.
struct Gateway {
    processes: [String; 2],
    next: AtomicUsize,
    http: reqwest::Client,
    token: String,
    end: AtomicBool,
    answered: AtomicU64,
}

impl Gateway {
    async fn send(&self, method: Method, path: &str, body: &serde_json::Value) -> Result<u16, String> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let mut errors = Vec::new();
        for turn in 0..4 {
            let base = &self.processes[(first + turn) % 2];
            let request = self.http.request(method.clone(), format!("{base}/api/v1/{path}")).bearer_auth(&self.token);
            let request = if method == Method::GET { request } else { request.json(body) };
            match request.send().await {
                Ok(answer) => return Ok(answer.status().as_u16()),
                Err(error) => errors.push(format!("{error:?}")),
            }
        }
        Err(format!("{method} {path}: nobody answers: {errors:?}"))
    }

    async fn load(self: Arc<Self>, id: String) -> Vec<String> {
        let mut failed = Vec::new();
        let calls = [
            (Method::GET, "videos".to_owned(), json!(null)),
            (Method::GET, format!("videos/{id}"), json!(null)),
            (Method::PATCH, format!("videos/{id}"), json!({"title": "Round and round"})),
            (Method::POST, format!("videos/{id}/views"), json!({})),
        ];
        for (method, path, body) in calls.iter().cycle() {
            if self.end.load(Ordering::SeqCst) {
                break;
            }
            match self.send(method.clone(), path, body).await {
                Ok(status) if status < 400 => {
                    self.answered.fetch_add(1, Ordering::SeqCst);
                }
                Ok(status) => failed.push(format!("{method} {path}: {status}")),
                Err(error) => failed.push(error),
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        failed
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_fails_while_processes_are_restarted_one_after_the_other_on_a_newer_schema() {
    let Some(database) = PostgresDatabase::make().await else { return };
    let older = std::env::var_os("MUTOSCOPE_TEST_OLDER_PROGRAM").map(PathBuf::from);
    let shared = tempfile::tempdir().unwrap();
    let mut one = Place::new();
    one.set("DATABASE_URL", &database.url);
    one.set("STORAGE_URL", &format!("file://{}", shared.path().join("objects").display()));
    one.set("SIGNING_KEYS", shared.path().join("signing.json").to_str().unwrap());
    one.set("ROLES", "api");
    let mut other = Place::new();
    other.take_settings_of(&one);
    if let Some(older) = &older {
        one.serve_by(older);
        other.serve_by(older);
    }
    let mut servers = [Some(one.start().await), Some(other.start().await)];
    let bases = servers.each_ref().map(|server| server.as_ref().unwrap().base.clone());
    let owner = servers[0].as_ref().unwrap().visitor().register("edith").await;
    // The first new process brings the tables up to date; the old ones work on.
    let db = Db::open(&DbSettings { url: database.url.clone(), connections: 2 }).await.unwrap();
    let user = users::find_by_handle(&db, "edith").await.unwrap().unwrap();
    let id = listed_video(&db, user.id, "Rolling", "", &[]).await.to_string();

    let gateway = Arc::new(Gateway {
        processes: bases,
        next: AtomicUsize::new(0),
        // As nginx does unless it is told otherwise: a connection for each request.
        http: reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap(),
        token: owner.token().to_owned(),
        end: AtomicBool::new(false),
        answered: AtomicU64::new(0),
    });
    let load: Vec<_> = (0..6).map(|_| tokio::spawn(Arc::clone(&gateway).load(id.clone()))).collect();
    if older.is_none() {
        migrated_by_a_newer_binary(&db, 9000, None).await;
    }
    for program in older.as_deref().into_iter().chain([Path::new(env!("CARGO_BIN_EXE_mutoscope")); 2]).take(2) {
        for (place, server) in [&mut one, &mut other].into_iter().zip(&mut servers) {
            let address = server.as_ref().unwrap().base.clone();
            tokio::time::sleep(Duration::from_millis(300)).await;
            server.take().unwrap().stop().await;
            place.serve_by(program);
            *server = Some(place.start_at(address.trim_start_matches("http://")).await);
        }
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    gateway.end.store(true, Ordering::SeqCst);
    for task in load {
        let failed = task.await.unwrap();
        assert!(failed.is_empty(), "{} failed: {:?}", failed.len(), failed.first());
    }
    let answered = gateway.answered.load(Ordering::SeqCst);
    assert!(answered > 200, "{answered} requests say little");
    for server in servers.into_iter().flatten() {
        server.stop().await;
    }
    db.close().await;
    database.remove().await;
}
