//! The object store: one suite on the local disk and on S3 (an S3 server in this process that checks signatures).

mod real;
mod s3;
mod suite;

use mutoscope_core::store::{MediaStore, StoreSettings};

#[tokio::test]
async fn the_local_disk_passes_the_suite() {
    let folder = tempfile::tempdir().unwrap();
    let store = MediaStore::open(&StoreSettings::Folder(folder.path().join("objects"))).unwrap();
    suite::run(&store).await;
}

#[tokio::test]
async fn an_object_written_in_pieces_is_there_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    suite::writers(&MediaStore::open(&StoreSettings::Folder(folder.path().join("objects"))).unwrap()).await;
    let server = s3::Server::start("films").await;
    suite::writers(&MediaStore::open(&server.settings("one")).unwrap()).await;
}

#[tokio::test]
async fn what_a_killed_writer_left_goes_once_it_is_old_and_with_its_prefix() {
    let folder = tempfile::tempdir().unwrap();
    let store = MediaStore::open(&StoreSettings::Folder(folder.path().to_owned())).unwrap();
    let film = folder.path().join("videos/x/mezzanine");
    std::fs::create_dir_all(&film).unwrap();
    let (left, object) = (film.join("00001-aa#1"), film.join("00001-aa"));
    std::fs::write(&left, b"half").unwrap();
    std::fs::write(&object, b"whole").unwrap();
    let hour = std::time::Duration::from_secs(3600);
    assert_eq!(store.remove_leftovers(hour).await.unwrap(), 0);
    assert_eq!(store.remove_leftovers(std::time::Duration::ZERO).await.unwrap(), 1);
    assert!(!left.exists() && object.exists());
    std::fs::write(&left, b"half").unwrap();
    store.delete_prefix("videos/x").await.unwrap();
    assert!(!folder.path().join("videos/x").exists());
}

#[tokio::test]
async fn s3_passes_the_suite_with_and_without_a_prefix() {
    let server = s3::Server::start("films").await;
    suite::run(&MediaStore::open(&server.settings("")).unwrap()).await;
    suite::run(&MediaStore::open(&server.settings("platform/one")).unwrap()).await;
}

#[tokio::test]
async fn a_link_stores_exactly_what_was_signed_and_nothing_else() {
    let server = s3::Server::start("films").await;
    for prefix in ["", "platform"] {
        suite::links(&MediaStore::open(&server.settings(prefix)).unwrap()).await;
    }
}

#[tokio::test]
async fn a_real_s3_service_passes_the_same_suites() {
    let Some(service) = real::Service::from_environment() else { return };
    for prefix in ["", "platform/one"] {
        let store = MediaStore::open(&service.settings(prefix)).unwrap();
        suite::run(&store).await;
        suite::writers(&store).await;
        suite::links(&store).await;
        store.delete_prefix("videos").await.unwrap();
    }
    real::altered_bytes_are_refused(&service).await;
}
