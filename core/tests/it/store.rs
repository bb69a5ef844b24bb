//! The object store: one suite on the local disk and on S3 (an S3 server in this process that checks signatures).

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
