//! The embedded log: members in one process under one name move one cursor, and a platform without a relay keeps nothing for one.

use std::collections::BTreeSet;

use mutoscope_core::{
    bus::{
        log,
        suite::{Rig, take, within},
    },
    db::{
        leases,
        outbox::{self},
        relay,
        retention::{self, Horizon},
    },
    testing::{on_both_databases, write_event},
    time::UnixMs,
};
use std::time::Duration;

#[tokio::test]
async fn every_consumer_has_a_place_of_its_own() {
    on_both_databases(|db| async move {
        let rig = Rig::embedded(db.clone());
        let mut wanted = BTreeSet::new();
        for _ in 0..30 {
            wanted.insert(write_event(&db).await.id);
        }
        assert_eq!(take(rig.join("a").as_mut(), 30).await, wanted);
        assert_eq!(take(rig.join("b").as_mut(), 30).await, wanted);
        let mut lags = within(rig.bus.lags()).await.unwrap();
        lags.sort();
        assert_eq!(lags, [("a".to_owned(), 0), ("b".to_owned(), 0)]);
        rig.end().await;
    })
    .await;
}

#[tokio::test]
async fn nothing_is_kept_for_a_relay_that_is_no_more() {
    on_both_databases(|db| async move {
        let (log, _sequencer) = log::open(db.clone(), "test".to_owned());
        for _ in 0..3 {
            write_event(&db).await;
        }
        let right = "outbox-sequencer";
        let lease = leases::hold(&db, right, "test", Duration::from_secs(60)).await.unwrap().unwrap();
        outbox::place(&db, right, lease).await.unwrap();
        relay::mark(&db, right, lease, 1, Some(&vec![("t".to_owned(), 0, 7)])).await.unwrap();
        assert_eq!(relay::mark_before(&db, 2).await.unwrap(), Some((1, vec![("t".to_owned(), 0, 7)])));
        let far = UnixMs::now().plus(Duration::from_secs(3600));
        let horizon = Horizon { now: UnixMs::now(), spent_tokens: far, events: far, jobs: UnixMs(0), inbox: far };
        assert_eq!(retention::forget(&db, horizon).await.unwrap().events, 1, "two are not relayed");
        log.retire_relay().await.unwrap();
        assert_eq!(retention::forget(&db, horizon).await.unwrap().events, 1, "only the last stays");
        assert_eq!(relay::mark_before(&db, 2).await.unwrap(), None);
    })
    .await;
}
