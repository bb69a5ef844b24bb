//! Films from this machine, brought in beside a running platform.

use mutoscope_server::commands::import::{self, ImportArgs, PrivacyArg};
use reqwest::StatusCode;

use super::{
    parts::{PART, film},
    platform::Platform,
};

fn args(platform: &Platform, name: &str, bytes: &[u8], owner: &str) -> ImportArgs {
    let path = std::path::Path::new(platform.data_folder()).join(name);
    std::fs::write(&path, bytes).unwrap();
    ImportArgs { files: vec![path], owner: owner.to_owned(), privacy: PrivacyArg::Unlisted, json: false }
}

#[tokio::test]
async fn a_film_is_imported_whole_and_queued() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let bytes = film(PART + 9, 3);
    import::run(&platform.app, &args(&platform, "Harbour at dawn.mov", &bytes, "Ann")).await.unwrap();
    let videos = ann.get("/api/v1/me/videos").await.expect(StatusCode::OK).json();
    let video = &videos["videos"][0];
    assert_eq!(video["title"], "Harbour at dawn");
    assert_eq!((&video["state"], &video["privacy"]), (&"queued".into(), &"unlisted".into()));
    let id = video["id"].as_str().unwrap().parse().unwrap();
    let parts = mutoscope_core::db::uploads::mezzanine(&platform.app.db, id).await.unwrap();
    let mezzanine = mutoscope_core::store::Mezzanine::new(platform.app.store.clone(), parts);
    assert_eq!(mezzanine.read(0..bytes.len() as u64).await.unwrap(), bytes);
    platform.stop().await;
}

#[tokio::test]
async fn what_can_t_be_imported_is_told_with_a_code_and_leaves_nothing() {
    let platform = Platform::start_with(|config| config.uploads.quota_bytes = 100).await;
    let ann = platform.user("ann").await;
    for (name, bytes, owner, code) in [
        ("empty.mp4", 0, "ann", "empty_file"),
        ("long.mp4", 101, "ann", "quota_exceeded"),
        ("film.mp4", 10, "nobody", "no_such_user"),
    ] {
        let words = import::run(&platform.app, &args(&platform, name, &film(bytes, 1), owner)).await.unwrap_err();
        assert_eq!(words.code, code);
    }
    let mut missing = args(&platform, "film.mp4", b"x", "ann");
    missing.files = vec![std::path::Path::new(platform.data_folder()).join("not-there.mp4")];
    assert_eq!(import::run(&platform.app, &missing).await.unwrap_err().code, "film_unreadable");
    missing.files = vec![platform.data_folder().into()];
    assert_eq!(import::run(&platform.app, &missing).await.unwrap_err().code, "film_unreadable");
    assert_eq!(ann.get("/api/v1/me/videos").await.json()["videos"], serde_json::json!([]));
    platform.sweep(std::time::Duration::ZERO).await;
    assert!(platform.objects().await.is_empty());
    platform.stop().await;
}
