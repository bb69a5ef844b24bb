//! Copies of all rows, from either database to the other and back.

use mutoscope_core::{
    db::{
        Db, DbError, DbSettings,
        copy::{Snapshot, copy},
        library, outbox, users, videos,
    },
    testing::{listed_video, make_user, missing_events, on_both_databases, write_event},
};

#[tokio::test]
async fn a_copy_brings_what_changed_takes_what_went_and_then_changes_nothing() {
    on_both_databases(|target| async move {
        let folder = tempfile::tempdir().unwrap();
        let source = lite(&folder, "source").await;
        let ann = make_user(&source, "ann").await;
        let bob = make_user(&source, "bob").await;
        let kept = listed_video(&source, ann, "Kept, and \"quoted\" – 'twice'", "\u{1f3a5}", &["a", "Ä"]).await;
        let gone = listed_video(&source, bob, "Gone", "", &[]).await;
        // Text keys in an order that languages disagree on.
        for consumer in ["b", "B", "a", "Ä", "a b", "a-b"] {
            outbox::commit_cursor(&source, consumer, 7).await.unwrap();
        }
        assert!(!all(&source, &target).await.is_nothing());
        assert!(all(&source, &target).await.is_nothing());

        videos::remove(&source, gone).await.unwrap();
        users::remove(&source, bob).await.unwrap();
        outbox::commit_cursor(&source, "B", 8).await.unwrap();
        // The name and the address of one who went, under another id.
        let other = make_user(&source, "bob").await;
        let event = write_event(&source).await;
        let changed = all(&source, &target).await;
        assert!(changed.written > 0 && changed.removed > 0, "{changed:?}");
        assert!(all(&source, &target).await.is_nothing());
        assert_eq!(videos::find(&target, kept).await.unwrap(), videos::find(&source, kept).await.unwrap());
        assert!(videos::find(&target, gone).await.unwrap().is_none());
        assert_eq!(users::find_by_handle(&target, "bob").await.unwrap().unwrap().id, other);
        assert_eq!(outbox::cursor(&target, "B").await.unwrap(), 8);
        assert_eq!(missing_events(&target, &[event.id]).await, []);
        // Keys that the database counts go on behind those that came.
        let event = write_event(&target).await;
        assert_eq!(missing_events(&target, &[event.id]).await, []);

        let back = lite(&folder, "back").await;
        all(&target, &back).await;
        assert!(all(&target, &back).await.is_nothing());
        assert_eq!(videos::find(&back, kept).await.unwrap(), videos::find(&source, kept).await.unwrap());
        source.close().await;
        back.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_library_that_was_left_refuses_every_write_and_one_that_arrives_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let source = lite(&folder, "source").await;
    let ann = make_user(&source, "ann").await;
    let video = listed_video(&source, ann, "A title", "", &[]).await;
    // Another process, which knows nothing of it, reads on and waits with its writes.
    let running = lite(&folder, "source").await;
    let frozen = Snapshot::freeze(&source).await.unwrap();
    assert!(videos::find(&running, video).await.unwrap().is_some());
    frozen.leave_for("postgres://elsewhere/it's").await.unwrap();
    let Err(error) = videos::remove(&running, video).await else { panic!("it was written") };
    assert!(matches!(&error, DbError::Moved(place) if place == "postgres://elsewhere/its"), "{error:?}");
    assert!(videos::find(&running, video).await.unwrap().is_some());
    running.close().await;
    source.close().await;
    let opened = Db::open(&settings(&folder, "source")).await;
    assert!(matches!(opened, Err(DbError::Moved(place)) if place == "postgres://elsewhere/it's"));

    let target = lite(&folder, "target").await;
    library::arrive(&target, "here").await.unwrap();
    library::arrive(&target, "here").await.unwrap();
    assert!(matches!(library::arrive(&target, "there").await, Err(DbError::Taken { .. })));
    assert!(matches!(Db::open(&settings(&folder, "target")).await, Err(DbError::Arriving(origin)) if origin == "here"));
    library::arrived(&target, &[]).await.unwrap();
    make_user(&target, "ann").await;
    assert!(matches!(library::arrive(&target, "here").await, Err(DbError::Taken { .. })), "it is in use");
    target.close().await;
}

async fn all(source: &Db, target: &Db) -> mutoscope_core::db::copy::Changed {
    let mut snapshot = Snapshot::take(source).await.unwrap();
    copy(&mut snapshot, target).await.unwrap()
}

fn settings(folder: &tempfile::TempDir, name: &str) -> DbSettings {
    DbSettings { url: format!("sqlite://{}/{name}.db", folder.path().display()), connections: 2 }
}

async fn lite(folder: &tempfile::TempDir, name: &str) -> Db {
    Db::open(&settings(folder, name)).await.unwrap()
}
