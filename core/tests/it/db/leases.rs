//! Rights that one owner at a time holds.

use std::time::Duration;

use mutoscope_core::{db::leases, testing::on_both_databases};

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn one_owner_at_a_time_holds_a_right_and_keeps_its_fence_while_renewing() {
    on_both_databases(|db| async move {
        let first = leases::hold(&db, "r", "a", LONG).await.unwrap().expect("nobody holds it");
        let again = leases::hold(&db, "r", "a", LONG).await.unwrap().expect("its own");
        assert_eq!(first, again);
        assert_eq!(leases::hold(&db, "r", "b", LONG).await.unwrap(), None);
        assert!(leases::hold(&db, "other", "b", LONG).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_right_that_ended_goes_to_the_next_owner_under_a_higher_fence() {
    on_both_databases(|db| async move {
        let first = leases::hold(&db, "r", "a", LONG).await.unwrap().expect("nobody holds it");
        leases::release(&db, "r", "a").await.unwrap();
        let second = leases::hold(&db, "r", "b", LONG).await.unwrap().expect("it was given back");
        assert!(second.fence > first.fence);
        assert_ne!(second.token, first.token);
    })
    .await;
}
