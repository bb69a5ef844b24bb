//! The embedded log: bells for this process, a look for the others, a stored cursor for each consumer.

use std::time::Duration;

use mutoscope_core::{
    bus::log,
    id::EventId,
    testing::{on_both_databases, write_event},
};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn every_consumer_reads_every_event_once_and_in_one_order() {
    on_both_databases(|db| async move {
        let (log, sequencer) = log::open(db.clone(), "test".to_owned());
        let stop = CancellationToken::new();
        let running = tokio::spawn(sequencer.run(stop.clone()));

        let writers: Vec<_> = (0..4)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    for _ in 0..25 {
                        write_event(&db).await;
                    }
                })
            })
            .collect();
        let (first, second) = tokio::join!(read(log.clone(), "a", 100), read(log, "b", 100));
        for writer in writers {
            writer.await.unwrap();
        }
        stop.cancel();
        running.await.unwrap();

        assert_eq!(first, second);
        let mut once = first.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), 100);
    })
    .await;
}

#[tokio::test]
async fn an_event_reaches_a_waiting_consumer_within_a_fraction_of_a_second() {
    on_both_databases(|db| async move {
        let (mut log, sequencer) = log::open(db.clone(), "test".to_owned());
        let stop = CancellationToken::new();
        let running = tokio::spawn(sequencer.run(stop.clone()));
        let waiting = tokio::spawn(async move { log.next("c").await.unwrap().len() });
        write_event(&db).await;
        let got = tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
        assert_eq!(got, 1);
        stop.cancel();
        running.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_was_not_committed_comes_again() {
    on_both_databases(|db| async move {
        let (mut log, sequencer) = log::open(db.clone(), "test".to_owned());
        let stop = CancellationToken::new();
        let running = tokio::spawn(sequencer.run(stop.clone()));
        let event = write_event(&db).await;
        let before = log.next("c").await.unwrap();
        let again = log.next("c").await.unwrap();
        assert_eq!(before[0].event.id, event.id);
        assert_eq!(again[0].event.id, event.id);
        log.commit("c", again[0].position).await.unwrap();
        let next = write_event(&db).await;
        assert_eq!(log.next("c").await.unwrap()[0].event.id, next.id);
        stop.cancel();
        running.await.unwrap();
    })
    .await;
}

async fn read(mut log: log::EventLog, consumer: &str, count: usize) -> Vec<EventId> {
    let mut seen = Vec::new();
    while seen.len() < count {
        let events = log.next(consumer).await.unwrap();
        let last = events[events.len() - 1].position;
        seen.extend(events.iter().map(|placed| placed.event.id));
        log.commit(consumer, last).await.unwrap();
    }
    seen
}
