//! Places in the log: given after the commit, only by who holds the right.

use std::time::Duration;

use mutoscope_core::{
    db::{DbError, leases, outbox},
    job::Lease,
    testing::{on_both_databases, write_event},
};
use uuid::Uuid;

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn an_event_without_a_place_is_not_in_the_log_yet() {
    on_both_databases(|db| async move {
        let event = write_event(&db).await;
        assert!(outbox::after(&db, 0, 10).await.unwrap().is_empty());
        let lease = leases::hold(&db, "s", "me", LONG).await.unwrap().expect("free");
        assert_eq!(outbox::place(&db, "s", lease).await.unwrap(), 1);
        let placed = outbox::after(&db, 0, 10).await.unwrap();
        assert_eq!(placed.len(), 1);
        assert_eq!(placed[0].position, 1);
        assert_eq!(placed[0].event, Ok(event));
        assert_eq!(outbox::end(&db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_sequencer_that_lost_its_right_places_nothing() {
    on_both_databases(|db| async move {
        write_event(&db).await;
        let lost = leases::hold(&db, "s", "old", LONG).await.unwrap().expect("free");
        leases::release(&db, "s", "old").await.unwrap();
        leases::hold(&db, "s", "new", LONG).await.unwrap().expect("given back");
        assert!(matches!(outbox::place(&db, "s", lost).await, Err(DbError::LeaseLost)));
        let forged = Lease { token: Uuid::new_v4(), fence: lost.fence + 1 };
        assert!(matches!(outbox::place(&db, "s", forged).await, Err(DbError::LeaseLost)));
        assert!(outbox::after(&db, 0, 10).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_cursor_never_moves_back() {
    on_both_databases(|db| async move {
        assert_eq!(outbox::cursor(&db, "c").await.unwrap(), 0);
        outbox::commit_cursor(&db, "c", 5).await.unwrap();
        outbox::commit_cursor(&db, "c", 3).await.unwrap();
        assert_eq!(outbox::cursor(&db, "c").await.unwrap(), 5);
    })
    .await;
}

#[tokio::test]
async fn an_id_taken_early_and_committed_late_is_not_passed_over() {
    on_both_databases(|db| async move {
        let lease = leases::hold(&db, "s", "me", LONG).await.unwrap().expect("free");
        // SQLite has one writer: there the second transaction waits for the first, and the danger can't arise.
        let Some((early, late)) = mutoscope_core::testing::interleave_events(&db, async || {
            outbox::place(&db, "s", lease).await.expect("places");
        })
        .await
        else {
            return;
        };
        let seen_first = outbox::after(&db, 0, 10).await.unwrap();
        assert_eq!(seen_first.iter().map(|p| p.event.as_ref().unwrap().id).collect::<Vec<_>>(), [late]);
        outbox::place(&db, "s", lease).await.unwrap();
        let seen_then = outbox::after(&db, seen_first[0].position, 10).await.unwrap();
        assert_eq!(seen_then.iter().map(|p| p.event.as_ref().unwrap().id).collect::<Vec<_>>(), [early]);
    })
    .await;
}
