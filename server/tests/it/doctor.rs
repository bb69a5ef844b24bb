//! `admin doctor`: what can be wrong with a deployment is provoked, one at a time, and found with an advice.

use std::{os::unix::fs::PermissionsExt, process::Command};

use mutoscope_core::{
    bus::kafka::{KafkaSettings, mock::MockKafka},
    store::StoreSettings,
};
use mutoscope_server::{
    config::{self, Config, Sources},
    doctor::{self, Finding, Level},
};
use serde_json::Value;

use crate::{bucket, delivery::platform::Platform};

/// Nothing listens on it.
const NOBODY: &str = "http://127.0.0.1:1";

/// Settings of an api role, whose data folder goes with the first of the two.
fn settings(given: &[(&'static str, &str)]) -> (tempfile::TempDir, Config) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let mut flags = vec![("data", "--test", data.to_owned()), ("roles", "--test", "api".to_owned())];
    flags.extend(given.iter().map(|(key, value)| (*key, "--test", (*value).to_owned())));
    let config = config::load(&Sources { flags, ..Sources::default() }).unwrap();
    (folder, config)
}

/// What is wrong, by check.
async fn wrong(config: &Config) -> Vec<(&'static str, String)> {
    let findings = doctor::examine(config).await;
    let wrong = findings.into_iter().filter(|finding| finding.level == Level::Wrong);
    wrong
        .map(|Finding { check, found, advice, .. }| {
            assert!(advice.is_some_and(|advice| advice.len() > 20), "an advice for {found}");
            (check, found)
        })
        .collect()
}

async fn on_bucket(server: &bucket::Server, public: Option<&str>, page: Option<&str>) -> Vec<(&'static str, String)> {
    let (_folder, mut config) = settings(&page.map(|page| ("public_url", page)).into_iter().collect::<Vec<_>>());
    let StoreSettings::S3(mut s3) = server.settings("one") else { unreachable!("a bucket") };
    s3.public_endpoint = public.map(str::to_owned);
    config.storage = StoreSettings::S3(s3);
    wrong(&config).await
}

#[tokio::test]
async fn a_platform_in_order_has_nothing_wrong() {
    let platform = Platform::start().await;
    for _ in 0..100 {
        if platform.visitor().get("/readyz").await.status == 200 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let public = platform.base.clone();
    let (_folder, mut config) = settings(&[("public_url", &public)]);
    config.database = platform.app.config.database.clone();
    config.storage = platform.app.config.storage.clone();
    let before = platform.objects().await;
    let findings = doctor::examine(&config).await;
    let worst = findings.iter().filter(|finding| finding.level == Level::Wrong).count();
    assert_eq!(worst, 0, "{findings:#?}");
    for check in ["database", "storage", "public address"] {
        assert!(findings.iter().any(|finding| finding.check == check && finding.level == Level::Good), "{check}");
    }
    assert_eq!(platform.objects().await, before, "what it tried out is gone");
    platform.stop().await;
}

#[tokio::test]
async fn a_database_that_is_not_there_is_told_without_its_password() {
    let (_folder, config) = settings(&[("database.url", "postgres://ann:hunter22@127.0.0.1:1/films")]);
    let wrong = wrong(&config).await;
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert_eq!(wrong[0].0, "database");
    assert!(!wrong[0].1.contains("hunter22"));
}

#[tokio::test]
async fn a_storage_that_can_not_be_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "no folder").unwrap();
    let (_folder, config) = settings(&[("storage.url", &format!("file://{}", file.display()))]);
    let wrong = wrong(&config).await;
    assert_eq!(wrong.iter().map(|(check, _)| *check).collect::<Vec<_>>(), ["storage"], "{wrong:?}");
}

#[tokio::test]
async fn links_that_browsers_can_not_use_are_told() {
    let server = bucket::Server::start("films").await;
    let StoreSettings::S3(s3) = server.settings("") else { unreachable!("a bucket") };
    let endpoint = s3.endpoint.unwrap();
    assert!(on_bucket(&server, None, None).await.is_empty(), "nobody knows which pages will ask");

    let unreachable = on_bucket(&server, Some(NOBODY), None).await;
    assert_eq!(unreachable.len(), 1, "{unreachable:?}");
    assert!(unreachable[0].1.contains("can't be reached") && !unreachable[0].1.contains("Signature"));

    // A storage under another address than the pages' has to permit them, and this one does not.
    let platform = Platform::start().await;
    let refused = on_bucket(&server, None, Some(&platform.base)).await;
    let refused: Vec<_> = refused.into_iter().filter(|(check, _)| *check == "upload links").collect();
    assert!(refused.len() == 1 && refused[0].1.contains("browsers may not upload"), "{refused:?}");
    platform.stop().await;

    // The pages' own address needs no permission; here it is the storage that answers there, which is no platform.
    let own = on_bucket(&server, None, Some(&endpoint)).await;
    assert!(own.len() == 1 && own[0].0 == "public address" && own[0].1.contains("no platform"), "{own:?}");
    let left = mutoscope_core::store::MediaStore::open(&server.settings("one")).unwrap().list("").await.unwrap();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn a_key_that_the_bucket_does_not_know_is_told_for_storage_and_links() {
    let server = bucket::Server::start("films").await;
    let (_folder, mut config) = settings(&[]);
    let StoreSettings::S3(mut s3) = server.settings("") else { unreachable!("a bucket") };
    s3.secret_key = "another".to_owned();
    config.storage = StoreSettings::S3(s3);
    let wrong = wrong(&config).await;
    assert_eq!(wrong.iter().map(|(check, _)| *check).collect::<Vec<_>>(), ["storage", "upload links"], "{wrong:?}");
}

#[tokio::test]
async fn kafka_that_is_away_or_has_no_topics_is_told() {
    let (_folder, config) = settings(&[("kafka.brokers", "127.0.0.1:1")]);
    let away = wrong(&config).await;
    assert!(away.len() == 1 && away[0].0 == "events" && away[0].1.contains("does not answer"), "{away:?}");
    let cluster = MockKafka::start();
    let (_folder, mut config) = settings(&[]);
    config.kafka = Some(cluster.settings("ours."));
    assert!(wrong(&config).await.is_empty());
    let there = cluster.settings("theirs.");
    config.kafka = Some(KafkaSettings { prefix: "nobodys.".to_owned(), ..there });
    let bare = wrong(&config).await;
    assert!(bare.len() == 1 && bare[0].1.contains("nobodys.mutoscope.videos.v1"), "{bare:?}");
}

#[tokio::test]
async fn a_search_service_that_is_away_is_told_without_its_password() {
    let given = [("search.url", NOBODY), ("search.username", "ann"), ("search.password", "hunter22")];
    let (_folder, config) = settings(&given);
    let wrong = wrong(&config).await;
    assert!(wrong.len() == 1 && wrong[0].0 == "search" && !wrong[0].1.contains("hunter22"), "{wrong:?}");
}

#[tokio::test]
async fn a_public_address_that_leads_nowhere_is_told() {
    let (_folder, config) = settings(&[("public_url", NOBODY)]);
    let wrong = wrong(&config).await;
    assert!(wrong.len() == 1 && wrong[0].0 == "public address", "{wrong:?}");
}

#[tokio::test]
async fn believing_everyone_is_wrong_and_what_is_open_to_others_is_doubtful() {
    let (folder, config) = settings(&[("trusted_proxies", "0.0.0.0/0"), ("metrics_allow", "10.0.0.0/8, 0.0.0.0/0")]);
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let told = wrong(&config).await;
    assert!(told.len() == 2 && told.iter().all(|(check, _)| *check == "machine"), "{told:?}");
    let findings = doctor::examine(&config).await;
    let mode = findings.iter().find(|finding| finding.found.contains("open to other users")).unwrap();
    assert_eq!(mode.level, Level::Doubtful);
}

#[test]
fn the_command_tells_each_finding_and_ends_with_4_where_something_is_wrong() {
    let run = |settings: &[(&str, &str)]| {
        let folder = tempfile::tempdir().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_mutoscope"))
            .args(["admin", "doctor", "--json"])
            .env_clear()
            .envs(settings.iter().copied())
            .current_dir(folder.path())
            .output()
            .unwrap();
        let findings: Vec<Value> =
            String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(!folder.path().join("data").exists(), "nothing was made");
        (output.status.code(), findings, String::from_utf8(output.stderr).unwrap())
    };
    let (status, findings, _) = run(&[]);
    assert_eq!(status, Some(0), "{findings:#?}");
    let media = findings.iter().find(|finding| finding["check"] == "media processes").unwrap();
    assert!(media["level"] == "good" && media["found"].as_str().unwrap().contains("h264"), "{media}");

    let (status, findings, said) = run(&[
        ("MUTOSCOPE_DATABASE_URL", "postgres://x@127.0.0.1:1/x"),
        ("MUTOSCOPE_SANDBOX", "false"),
        ("MUTOSCOPE_PUBLIC_URL", "https://127.0.0.1:1"),
    ]);
    assert_eq!(status, Some(4));
    let level = |check: &str| {
        findings
            .iter()
            .filter(|finding| finding["check"] == check)
            .map(|finding| finding["level"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(level("database"), ["wrong"]);
    assert_eq!(level("media processes"), ["doubtful", "good"]);
    assert!(findings.iter().filter(|finding| finding["level"] == "wrong").all(|finding| finding["advice"].is_string()));
    let last: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!(last["code"], "unhealthy");
}
