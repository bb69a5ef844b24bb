//! Kafka's own dangers: it goes away, it is told twice, a process dies between two steps, its topics are new.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use mutoscope_core::{
    bus::{
        BusError, EventBus, Member, TRANSCODE,
        kafka::{KafkaBus, KafkaSettings, mock::MockKafka},
        suite::{Rig, a_prefix, follow, take, within},
        take_in,
    },
    db::{
        Db,
        inbox::{self, Taken},
        jobs::{self, Claimer, Work},
        outbox, relay,
    },
    event::{Event, What},
    id::{EventId, VideoId},
    store::{MediaStore, StoreSettings},
    testing::{film, forget_cursor, forget_jobs, make_user, on_both_databases, write_event},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Writes events while nobody is told, and returns their ids.
async fn write_many(db: &Db, count: usize) -> BTreeSet<EventId> {
    let mut ids = BTreeSet::new();
    for _ in 0..count {
        ids.insert(write_event(db).await.id);
    }
    ids
}

/// Takes in until so many events have had their effect, each once by the inbox.
async fn take_in_effect(db: &Db, mut member: Box<dyn Member>, count: usize) -> BTreeSet<EventId> {
    let mut effects = BTreeSet::new();
    while effects.len() < count {
        for delivery in within(member.next()).await.unwrap() {
            let event = delivery.event.unwrap();
            if inbox::take_work(db, "counts", &event).await.unwrap() == Taken::Now {
                assert!(effects.insert(event.id), "an effect is had once");
            }
        }
        member.commit().await.unwrap();
    }
    effects
}

/// Until the relay has marked so much.
pub async fn relayed(db: &Db, position: i64) {
    let marked = async {
        while outbox::cursor(db, relay::CURSOR).await.unwrap() < position {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    within(marked).await;
}

/// `killed.rs` has the same with a real broker, for ten minutes.
#[tokio::test]
async fn while_kafka_is_away_events_wait_and_then_all_come_once_in_effect() {
    const COUNT: usize = 600;
    let kafka = &MockKafka::start();
    on_both_databases(|db| async move {
        let rig = Rig::kafka(db.clone(), kafka.settings(&a_prefix()));
        let mut wanted = write_many(&db, 5).await;
        relayed(&db, 5).await;
        let mut member = rig.join("counts");
        assert_eq!(take(member.as_mut(), 5).await, wanted);

        kafka.go_away();
        // What makes events never waits for Kafka.
        wanted.extend(write_many(&db, COUNT).await);
        assert!(rig.bus.health().await.is_err());
        assert_eq!(outbox::cursor(&db, relay::CURSOR).await.unwrap(), 5);
        kafka.come_back();

        let (followed, taken) = tokio::join!(follow(rig.follow(), 0, COUNT + 5), take_in_effect(&db, member, COUNT));
        assert_eq!(followed.len(), COUNT + 5);
        assert_eq!(followed.into_iter().collect::<BTreeSet<_>>(), wanted);
        assert!(taken.is_subset(&wanted));
        relayed(&db, COUNT as i64 + 5).await;
        within(rig.bus.health()).await.unwrap();
        rig.end().await;
    })
    .await;
}

#[tokio::test]
async fn an_event_that_was_sent_and_not_marked_is_sent_again_and_has_one_effect() {
    let kafka = &MockKafka::start();
    on_both_databases(|db| async move {
        let settings = kafka.settings(&a_prefix());
        let rig = Rig::kafka(db.clone(), settings.clone());
        let wanted = write_many(&db, 40).await;
        relayed(&db, 40).await;
        rig.end().await;
        // As if it had died before the mark: what was sent is not known to be.
        forget_cursor(&db, relay::CURSOR).await;
        let rig = Rig::kafka(db.clone(), settings);
        relayed(&db, 40).await;
        let late = write_event(&db).await;

        // Who follows sees everything once, who shares twice at most; the inbox tells.
        let followed = follow(rig.follow(), 0, 41).await;
        assert_eq!(followed[..40].iter().copied().collect::<BTreeSet<_>>(), wanted);
        assert_eq!(followed[40], late.id);
        let mut member = rig.join("twice");
        let (mut now, mut before) = (0, 0);
        while now + before < 81 {
            for delivery in within(member.next()).await.unwrap() {
                match inbox::take_work(&db, "twice", delivery.event.as_ref().unwrap()).await.unwrap() {
                    Taken::Now => now += 1,
                    Taken::Before => before += 1,
                }
            }
            member.commit().await.unwrap();
        }
        assert_eq!((now, before), (41, 40));
        rig.end().await;
    })
    .await;
}

#[tokio::test]
async fn an_upload_is_planned_once_wherever_its_consumer_dies() {
    let kafka = &MockKafka::start();
    on_both_databases(|db| async move {
        let folder = tempfile::tempdir().unwrap();
        let store = MediaStore::open(&StoreSettings::Folder(folder.path().to_owned())).unwrap();
        let owner = make_user(&db, "ada").await;
        let rig = Rig::kafka(db.clone(), kafka.settings(&a_prefix()));
        let video_id = film(&db, &store, owner, b"a film", 4).await;
        // The job was written with the event. Taken away, it shows that the event alone brings it back.
        forget_jobs(&db).await;

        // Read, and gone before anything was done.
        let mut dies = rig.join(TRANSCODE);
        let read = within(dies.next()).await.unwrap();
        let event = read.iter().find_map(|delivery| delivery.event.as_ref().ok()).unwrap();
        assert_eq!(event.what, What::UploadCompleted { attempt: 1 });
        drop(dies);
        assert_eq!(plan_jobs(&db).await, Vec::<VideoId>::new());

        // Done, and gone before the offset was committed.
        let mut dies = rig.join(TRANSCODE);
        let again = within(dies.next()).await.unwrap();
        assert_eq!(again[0].event.as_ref().unwrap().id, event.id);
        assert_eq!(inbox::take_work(&db, TRANSCODE, event).await.unwrap(), Taken::Now);
        drop(dies);

        // The next one reads it again, has nothing to do, commits it, and rings.
        let (stop, rung) = (CancellationToken::new(), Arc::new(Notify::new()));
        let bell = Arc::clone(&rung);
        let lives = tokio::spawn(take_in(db.clone(), rig.join(TRANSCODE), move || bell.notify_one(), stop.clone()));
        within(rung.notified()).await;
        stop.cancel();
        lives.await.unwrap();
        assert_eq!(plan_jobs(&db).await, [video_id]);

        // What was committed does not come again.
        let later = write_event(&db).await;
        let mut next = rig.join(TRANSCODE);
        assert_eq!(take(next.as_mut(), 1).await, BTreeSet::from([later.id]));
        rig.end().await;
    })
    .await;
}

/// The videos whose plans are asked for, taken one after the other.
pub async fn plan_jobs(db: &Db) -> Vec<VideoId> {
    let claimer = Claimer { owner: "test".to_owned(), fingerprint: "f".to_owned() };
    let mut videos = Vec::new();
    while let Some(claim) = jobs::claim(db, &claimer, jobs::Choice::Any).await.unwrap() {
        assert_eq!(claim.work, Work::Plan);
        videos.push(claim.video_id);
    }
    videos
}

#[tokio::test]
async fn events_that_a_new_cluster_does_not_have_are_told_to_be_gone() {
    let kafka = &MockKafka::start();
    on_both_databases(|db| async move {
        let rig = Rig::kafka(db.clone(), kafka.settings(&a_prefix()));
        write_many(&db, 30).await;
        relayed(&db, 30).await;
        rig.end().await;
        // The same platform on topics that are empty.
        let rig = Rig::kafka(db.clone(), kafka.settings(&a_prefix()));
        let mut follower = rig.follow();
        let gone = within(follower.next_after(10)).await;
        assert!(matches!(gone, Err(BusError::Forgotten { after: 10 })), "{gone:?}");
        // Rebuilt from the database it goes on from the end, and misses nothing.
        let waiting = tokio::spawn(async move { follower.next_after(30).await.unwrap() });
        let event = write_event(&db).await;
        let next = within(waiting).await.unwrap();
        assert_eq!((next[0].position, next[0].event.as_ref().unwrap().id), (31, event.id));
        rig.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_relay_takes_over_where_another_was_stopped() {
    let kafka = &MockKafka::start();
    on_both_databases(|db| async move {
        let settings = kafka.settings(&a_prefix());
        let mut wanted = BTreeSet::new();
        for _ in 0..3 {
            let rig = Rig::kafka(db.clone(), settings.clone());
            let other = Rig::kafka(db.clone(), settings.clone());
            wanted.extend(write_many(&db, 50).await);
            // One of the two is told to stop while it sends.
            rig.end().await;
            wanted.extend(write_many(&db, 50).await);
            relayed(&db, wanted.len() as i64).await;
            other.end().await;
        }
        let rig = Rig::kafka(db.clone(), settings);
        let followed = follow(rig.follow(), 0, 300).await;
        assert_eq!(followed.into_iter().collect::<BTreeSet<_>>(), wanted);
        rig.end().await;
    })
    .await;
}

#[tokio::test]
async fn topics_that_are_not_there_are_named_and_nothing_is_lost() {
    let kafka = &MockKafka::start();
    on_both_databases(|db| async move {
        // A cluster that answers, and has nothing of ours: the address of another platform on it.
        let known = kafka.settings(&a_prefix());
        let nowhere = KafkaSettings { brokers: vec!["127.0.0.1:9".to_owned()], ..known.clone() };
        let bus = KafkaBus::open(db.clone(), nowhere).unwrap();
        let error = bus.health().await.unwrap_err();
        assert!(matches!(error, BusError::Service { .. }), "{error}");
        let event = Event::new(VideoId::new(), What::VideoChanged);
        assert_eq!(inbox::take_work(&db, "c", &event).await.unwrap(), Taken::Now);
        assert_eq!(inbox::take_work(&db, "c", &event).await.unwrap(), Taken::Before);
        assert_eq!(inbox::take_work(&db, "d", &event).await.unwrap(), Taken::Now, "each consumer takes it in");
    })
    .await;
}
