//! What every adapter of the port of events must pass.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    BusError, Delivery, EventBus, Follower, Member, TRANSCODE,
    kafka::{KafkaBus, KafkaSettings, Relay, TopicSettings, make_topics, mock::MockKafka},
    log::{self, EventLog},
    take_in,
};
use crate::{
    db::{Db, outbox},
    event::{EVENT_TOPICS, Reason, Unreadable, VIDEOS_TOPIC, What},
    id::{EventId, PlanId},
    testing::{forget_events, on_both_databases, write_event, write_event_of, write_raw_event},
    trace,
};

/// Names the real broker that `make test-services` starts.
const KAFKA: &str = "MUTOSCOPE_TEST_KAFKA_BROKERS";
/// Joining a group takes three seconds on a broker that has just started.
const PATIENCE: Duration = Duration::from_secs(40);

/// A bus with what feeds it.
#[derive(Debug)]
pub struct Rig {
    /// Where events are written.
    pub db: Db,
    /// Where they are read.
    pub bus: Arc<dyn EventBus>,
    log: EventLog,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Rig {
    /// The outbox read as a log.
    pub fn embedded(db: Db) -> Self {
        let (log, sequencer) = log::open(db.clone(), Uuid::new_v4().to_string());
        let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
        tasks.spawn(sequencer.run(stop.clone()));
        Self { db, bus: Arc::new(log.clone()), log, stop, tasks }
    }

    /// The outbox relayed to a cluster.
    pub fn kafka(db: Db, settings: KafkaSettings) -> Self {
        let (log, sequencer) = log::open(db.clone(), Uuid::new_v4().to_string());
        let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
        let relay = Relay::new(&log, Uuid::new_v4().to_string(), settings.clone());
        tasks.spawn(sequencer.run(stop.clone()));
        tasks.spawn(relay.run(stop.clone()));
        let bus = KafkaBus::open(db.clone(), settings).expect("the settings make a client");
        Self { db, bus: Arc::new(bus), log, stop, tasks }
    }

    /// Ends what feeds it.
    pub async fn end(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            ended.expect("the task ends without a fault");
        }
    }

    /// One who follows.
    pub fn follow(&self) -> Box<dyn Follower> {
        self.bus.follow().expect("it follows")
    }

    /// One who shares all events.
    pub fn join(&self, consumer: &str) -> Box<dyn Member> {
        self.join_topics(consumer, &EVENT_TOPICS)
    }

    /// One who shares the events of these topics.
    pub fn join_topics(&self, consumer: &str, topics: &[&'static str]) -> Box<dyn Member> {
        self.bus.join(consumer, topics).expect("it joins")
    }
}

/// Runs the test on every adapter, on both databases: the log, Kafka's mock, and a real broker where one was named.
pub async fn on_every_bus<F, Fut>(test: F)
where
    F: Fn(Rig) -> Fut + Copy,
    Fut: Future<Output = ()>,
{
    on_both_databases(|db| test(Rig::embedded(db))).await;
    let mock = &MockKafka::start();
    on_both_databases(|db| test(Rig::kafka(db, mock.settings(&a_prefix())))).await;
    match real_kafka() {
        Some(settings) => {
            let settings = &settings;
            on_both_databases(|db| async move {
                let settings = KafkaSettings { prefix: a_prefix(), ..settings.clone() };
                make_topics(&settings).await.expect("the broker makes topics");
                test(Rig::kafka(db, settings)).await;
            })
            .await;
        }
        None => eprintln!("SKIP on Apache Kafka: {KAFKA} names no broker"),
    }
}

/// A real broker, and on it a platform of its own, whose topics are still to be made.
pub fn real_kafka() -> Option<KafkaSettings> {
    let brokers = std::env::var(KAFKA).ok()?;
    let mut settings = KafkaSettings::plain(vec![brokers], a_prefix());
    settings.topics = TopicSettings { partitions: 4, ..TopicSettings::default() };
    Some(settings)
}

/// Of a platform that no other test shares.
pub fn a_prefix() -> String {
    format!("t{}.", Uuid::new_v4().simple())
}

/// Everyone who follows sees every event once and in one order, from wherever they begin.
pub async fn followers_see_everything_in_one_order(rig: Rig) {
    const COUNT: usize = 120;
    let mut writers = JoinSet::new();
    for _ in 0..4 {
        let db = rig.db.clone();
        writers.spawn(async move {
            for _ in 0..COUNT / 4 {
                write_event(&db).await;
            }
        });
    }
    let (first, second) = tokio::join!(follow(rig.follow(), 0, COUNT), follow(rig.follow(), 0, COUNT));
    writers.join_all().await;
    let rows: Vec<EventId> =
        outbox::rows_after(&rig.db, 0, 1000).await.expect("rows").into_iter().map(|row| row.id).collect();
    assert_eq!(rows.len(), COUNT);
    assert_eq!(first, rows);
    assert_eq!(second, rows);
    assert_eq!(follow(rig.follow(), 50, COUNT - 50).await, rows[50..]);

    // Who begins again further back or further on is given what is there.
    let mut follower = rig.follow();
    for after in [100, 20, 110] {
        let next = within(follower.next_after(after)).await.expect("events");
        assert_eq!(next[0].position, after + 1);
        assert_eq!(next[0].event.as_ref().expect("an event").id, rows[after as usize]);
    }
    rig.end().await;
}

/// What is kept no longer is told, and not passed over.
pub async fn what_is_forgotten_is_told(rig: Rig) {
    for _ in 0..3 {
        write_event(&rig.db).await;
    }
    let mut follower = rig.follow();
    assert_eq!(follow(rig.follow(), 0, 3).await.len(), 3);
    forget_events(&rig.db, 2).await;
    // The embedded log has lost them; what Kafka has is there whatever the table keeps.
    match within(follower.next_after(0)).await {
        Ok(events) => assert_eq!(events[0].position, 1),
        Err(error) => assert!(matches!(error, BusError::Forgotten { after: 0 }), "{error}"),
    }
    assert_eq!(within(follower.next_after(2)).await.expect("the last")[0].position, 3);
    rig.end().await;
}

/// An event that is written comes to who waits within a fraction of a second.
pub async fn an_event_comes_soon(rig: Rig) {
    write_event(&rig.db).await;
    let mut follower = rig.follow();
    within(follower.next_after(0)).await.expect("the first");
    let waiting = tokio::spawn(async move { follower.next_after(1).await.expect("the second").len() });
    let began = std::time::Instant::now();
    write_event(&rig.db).await;
    assert_eq!(within(waiting).await.expect("it waits"), 1);
    let took = began.elapsed();
    assert!(took < Duration::from_secs(3), "{took:?}");
    rig.end().await;
}

/// What was given and not committed is given again, to the same member and to the next; what was committed is not.
pub async fn what_is_not_committed_comes_again(rig: Rig) {
    let first = write_event(&rig.db).await;
    let mut member = rig.join("again");
    for _ in 0..2 {
        assert_eq!(ids(&within(member.next()).await.expect("events")), [first.id]);
    }
    drop(member);
    let mut next = rig.join("again");
    assert_eq!(ids(&within(next.next()).await.expect("events")), [first.id]);
    next.commit().await.expect("it commits");
    let second = write_event(&rig.db).await;
    assert_eq!(ids(&within(next.next()).await.expect("events")), [second.id]);
    next.commit().await.expect("it commits");
    // Another consumer has a place of its own.
    let mut other = rig.join("other");
    assert_eq!(take(other.as_mut(), 2).await, BTreeSet::from([first.id, second.id]));
    rig.end().await;
}

/// Who joins for one topic is given nothing of another.
pub async fn a_member_is_given_its_topics_alone(rig: Rig) {
    let mut member = rig.join_topics("choosy", &[VIDEOS_TOPIC]);
    let mut wanted = BTreeSet::new();
    for _ in 0..3 {
        write_event_of(&rig.db, What::SpansPlanned { plan_id: PlanId::new() }).await;
        wanted.insert(write_event(&rig.db).await.id);
        assert!(take(member.as_mut(), 1).await.is_subset(&wanted));
    }
    rig.end().await;
}

/// Members of one name get everything between them, though one of them leaves on the way.
pub async fn members_share_what_there_is(rig: Rig) {
    const COUNT: usize = 60;
    let mut wanted = BTreeSet::new();
    for _ in 0..COUNT / 2 {
        wanted.insert(write_event(&rig.db).await.id);
    }
    let (mut stays, mut leaves) = (rig.join("shared"), rig.join("shared"));
    let mut seen = BTreeSet::new();
    let first = tokio::select! {
        events = within(stays.next()) => events,
        events = within(leaves.next()) => events,
    };
    // Nobody commits this: it comes again.
    assert!(!first.expect("events").is_empty());
    drop(leaves);
    for _ in 0..COUNT / 2 {
        wanted.insert(write_event(&rig.db).await.id);
    }
    while seen.len() < COUNT {
        let events = within(stays.next()).await.expect("events");
        seen.extend(ids(&events));
        stays.commit().await.expect("it commits");
    }
    assert_eq!(seen, wanted);
    rig.end().await;
}

/// A message that nobody can read holds nobody up: it goes to the dead letters, from where it can be put back.
pub async fn what_can_not_be_read_holds_nobody_up(rig: Rig) {
    write_raw_event(&rig.db, "{\"type\": \"video_sung\", \"version\": 1}").await;
    let good = write_event(&rig.db).await;
    // Who follows is told that there is something, of whom.
    let mut follower = rig.follow();
    let mut position = 0;
    while position < 2 {
        for placed in within(follower.next_after(position)).await.expect("events") {
            position += 1;
            assert_eq!(placed.position, position);
            assert_eq!(placed.event.is_ok(), position == 2);
        }
    }
    let mut member = rig.join("picky");
    let (mut read, mut unread) = (Vec::new(), 0);
    while read.len() + unread < 2 {
        for delivery in within(member.next()).await.expect("events") {
            match &delivery.event {
                Ok(event) => {
                    read.push(event.id);
                    member.bury(&delivery, Reason::Failed, "it can't be done").await.expect("it is kept");
                }
                Err(unreadable) => {
                    assert_eq!(*unreadable, Unreadable::UnknownType("video_sung".to_owned()));
                    unread += 1;
                    // Given up twice, it is one letter.
                    for _ in 0..2 {
                        let reason = Reason::from(unreadable);
                        member.bury(&delivery, reason, &unreadable.to_string()).await.expect("it is kept");
                    }
                }
            }
        }
        member.commit().await.expect("it commits");
    }
    assert_eq!(read, [good.id]);

    let letters = rig.bus.dead_letters().await.expect("letters");
    assert_eq!(letters.len(), 2, "{letters:?}");
    let strange = letters.iter().find(|letter| letter.reason == Reason::UnknownType).expect("a letter");
    assert_eq!(strange.consumer, "picky");
    assert!(strange.topic.ends_with("mutoscope.videos.v1"), "{}", strange.topic);
    assert_eq!(strange.body.bytes().expect("its body"), b"{\"type\": \"video_sung\", \"version\": 1}");
    let failed = letters.iter().find(|letter| letter.reason == Reason::Failed).expect("a letter");
    assert_eq!((failed.video_id, failed.message.as_str()), (Some(good.video_id), "it can't be done"));

    rig.bus.replay(failed).await.expect("it is put back");
    let again = within(member.next()).await.expect("it comes again");
    assert_eq!(again.len(), 1);
    let event = again[0].event.as_ref().expect("an event");
    assert_eq!((event.video_id, &event.what), (good.video_id, &What::VideoChanged));
    let left = rig.bus.dead_letters().await.expect("letters");
    assert_eq!(left.iter().map(|letter| letter.id).collect::<Vec<_>>(), [strange.id]);
    rig.end().await;
}

/// Wake-ups go on past what can't be read: it is kept, the rest rings, and nothing of it comes again.
pub async fn wake_ups_pass_by_what_can_not_be_read(rig: Rig) {
    write_raw_event(&rig.db, "no event at all").await;
    write_event_of(&rig.db, What::SpansPlanned { plan_id: PlanId::new() }).await;
    let (stop, rung) = (CancellationToken::new(), Arc::new(Notify::new()));
    let bell = Arc::clone(&rung);
    let ring = move || bell.notify_one();
    let taking = tokio::spawn(take_in(rig.db.clone(), rig.join(TRANSCODE), ring, stop.clone()));
    within(rung.notified()).await;
    // With Kafka the two are in different partitions, and the bell may ring first.
    let letters = within(async {
        loop {
            let letters = rig.bus.dead_letters().await.expect("letters");
            if !letters.is_empty() {
                return letters;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].reason, letters[0].consumer.as_str()), (Reason::Malformed, TRANSCODE));
    assert_eq!(letters[0].body.bytes().expect("its body"), b"no event at all");
    stop.cancel();
    taking.await.expect("it ends");
    rig.end().await;
}

/// The trace of who wrote an event comes with it.
pub async fn the_trace_comes_with_the_event(rig: Rig) {
    let parent: trace::TraceParent =
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse().expect("a traceparent");
    trace::within(parent.clone(), write_event(&rig.db)).await;
    write_event(&rig.db).await;
    let mut member = rig.join("traced");
    let mut traces = Vec::new();
    while traces.len() < 2 {
        traces.extend(within(member.next()).await.expect("events").into_iter().map(|delivery| delivery.traceparent));
        member.commit().await.expect("it commits");
    }
    assert_eq!(traces.iter().flatten().collect::<Vec<_>>(), [&parent]);
    rig.end().await;
}

/// A bus that works says so.
pub async fn it_is_well(rig: Rig) {
    rig.bus.health().await.expect("it is well");
    assert!(rig.log.end().await.is_ok());
    rig.end().await;
}

/// Follows from `after` until there are `count` events.
pub async fn follow(mut follower: Box<dyn Follower>, after: i64, count: usize) -> Vec<EventId> {
    let mut position = after;
    let mut seen = Vec::new();
    while seen.len() < count {
        for placed in within(follower.next_after(position)).await.expect("events") {
            position += 1;
            assert_eq!(placed.position, position, "no gaps, nothing twice");
            seen.push(placed.event.expect("an event").id);
        }
    }
    seen
}

/// Takes and commits until there are `count` different events.
pub async fn take(member: &mut dyn Member, count: usize) -> BTreeSet<EventId> {
    let mut seen = BTreeSet::new();
    while seen.len() < count {
        seen.extend(ids(&within(member.next()).await.expect("events")));
        member.commit().await.expect("it commits");
    }
    seen
}

fn ids(deliveries: &[Delivery]) -> Vec<EventId> {
    deliveries.iter().map(|delivery| delivery.event.as_ref().expect("an event").id).collect()
}

/// Waits, though not without end.
pub async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("in time")
}
