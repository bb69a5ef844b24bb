//! Index roles that share the feeding of one index through Kafka: each has its share, one dies, messages are given up and put
//! back, a new index is made meanwhile, and in the end the index holds what the rows say.

use std::{
    collections::BTreeSet,
    process::Stdio,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use mutoscope_core::{
    bus::{
        BusError, Delivery, EventBus, Member,
        kafka::{KafkaBus, KafkaSettings, mock::MockKafka},
        suite::{Rig, a_prefix, within},
    },
    db::{
        Db, DbSettings, outbox,
        videos::{self, VideoChange},
    },
    event::{DeadLetter, Reason},
    id::{EventId, UserId, VideoId},
    search::{SearchBackend, SearchQuery},
    testing::{PostgresDatabase, listed_video, make_user, on_both_databases, write_event, write_raw_event},
};
use mutoscope_index::{ElasticSearch, ElasticSettings, Group, SEARCH, SEARCH_TOPICS, rebuild};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::stub::{Fault, Stub};

/// What a role that is a process of its own stands on.
const DATABASE: &str = "MUTOSCOPE_TEST_INDEX_ROLE_DATABASE";
const BROKERS: &str = "MUTOSCOPE_TEST_INDEX_ROLE_BROKERS";
const PREFIX: &str = "MUTOSCOPE_TEST_INDEX_ROLE_PREFIX";
const SERVICE: &str = "MUTOSCOPE_TEST_INDEX_ROLE_SERVICE";
/// A role that is killed is missed so soon.
const SILENT_FOR: Duration = Duration::from_secs(2);
const IN_VAIN_AFTER: Duration = Duration::from_secs(40);

/// A member that tells what it was given, and what of it was taken in.
#[derive(Debug)]
struct Told {
    member: Box<dyn Member>,
    given: Arc<Mutex<BTreeSet<EventId>>>,
    taken: Arc<Mutex<BTreeSet<EventId>>>,
}

#[async_trait]
impl Member for Told {
    async fn next(&mut self) -> Result<Vec<Delivery>, BusError> {
        let deliveries = self.member.next().await?;
        for event in deliveries.iter().filter_map(|delivery| delivery.event.as_ref().ok()) {
            println!("given {}", event.id);
            self.given.lock().unwrap().insert(event.id);
        }
        Ok(deliveries)
    }

    async fn commit(&mut self) -> Result<(), BusError> {
        self.member.commit().await?;
        self.taken.lock().unwrap().extend(&*self.given.lock().unwrap());
        Ok(())
    }

    async fn bury(&mut self, delivery: &Delivery, reason: Reason, message: &str) -> Result<(), BusError> {
        self.member.bury(delivery, reason, message).await
    }
}

/// An index role in this process.
struct Role {
    given: Arc<Mutex<BTreeSet<EventId>>>,
    taken: Arc<Mutex<BTreeSet<EventId>>>,
    task: JoinHandle<()>,
}

impl Role {
    fn start(rig: &Rig, search: ElasticSearch) -> Self {
        let (given, taken) = (Arc::default(), Arc::default());
        let member = rig.join_topics(SEARCH, &SEARCH_TOPICS);
        let member = Told { member, given: Arc::clone(&given), taken: Arc::clone(&taken) };
        let group = Group::new(rig.db.clone(), Box::new(member), search);
        Self { given, taken, task: tokio::spawn(group.run(CancellationToken::new())) }
    }

    fn has_a_share(&self) -> bool {
        !self.given.lock().unwrap().is_empty()
    }

    /// Ends in the middle of whatever it does.
    async fn end(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }
}

/// Looks again and again.
async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < IN_VAIN_AFTER, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn until_found(search: &ElasticSearch, text: &str, wanted: &BTreeSet<VideoId>) {
    let began = Instant::now();
    loop {
        let query = SearchQuery { text: text.to_owned(), limit: 100, cursor: None };
        let page = search.search(query).await;
        let found = page.map(|page| page.hits.into_iter().map(|hit| hit.video_id).collect::<BTreeSet<_>>());
        if found.as_ref().is_ok_and(|found| found == wanted) {
            break;
        }
        assert!(began.elapsed() < IN_VAIN_AFTER, "{text} finds {found:?}, not {wanted:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn until_the_place_is_the_end(db: &Db, search: &ElasticSearch) {
    until("the place comes to the end of the log", async || {
        let is_placed = !outbox::has_unplaced(db).await.unwrap();
        let end = outbox::end(db).await.unwrap();
        is_placed && search.position().await.is_ok_and(|position| position == end)
    })
    .await;
}

async fn a_letter(rig: &Rig, reason: Reason) -> DeadLetter {
    let found = Mutex::new(None);
    until("a dead letter", async || {
        let letters = rig.bus.dead_letters().await.unwrap();
        let letter = letters.into_iter().find(|letter| letter.reason == reason);
        letter.is_some_and(|letter| found.lock().unwrap().replace(letter).is_none())
    })
    .await;
    found.into_inner().unwrap().unwrap()
}

async fn rename(db: &Db, id: VideoId, title: &str) {
    let change = VideoChange { title: Some(title.to_owned()), ..VideoChange::default() };
    videos::change(db, id, &change).await.unwrap().unwrap();
}

/// What must hold on any service and any cluster; `open` gives adapters of the same index.
pub async fn roles_share_the_feeding_of_an_index(db: Db, settings: KafkaSettings, open: impl Fn() -> ElasticSearch) {
    let owner = make_user(&db, "ada").await;
    let rig = Rig::kafka(db.clone(), settings);
    let search = open();
    let mut found = BTreeSet::from([listed_video(&db, owner, "Harbour", "", &[]).await]);
    let (one, two) = (Role::start(&rig, open()), Role::start(&rig, open()));
    // A new group gives all to who came first; the other has its share of what comes later.
    while !(one.has_a_share() && two.has_a_share()) {
        assert!(found.len() < 90, "one role has all");
        found.insert(listed_video(&db, owner, "Harbour", "", &[]).await);
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    until_found(&search, "harbour", &found).await;
    until_the_place_is_the_end(&db, &search).await;

    // What nobody can read holds nobody up.
    write_raw_event(&db, "no event at all").await;
    found.insert(listed_video(&db, owner, "Harbour", "", &[]).await);
    let letter = a_letter(&rig, Reason::Malformed).await;
    assert_eq!((letter.consumer.as_str(), letter.body.bytes().unwrap()), (SEARCH, b"no event at all".to_vec()));

    // A new index is made while both feed the old one, and one of them ends.
    let (rebuilt, ()) = tokio::join!(rebuild(&db, &search, |_| ()), async {
        for _ in 0..5 {
            found.insert(listed_video(&db, owner, "Harbour", "", &[]).await);
        }
        one.end().await;
        let gone = *found.first().unwrap();
        found.remove(&gone);
        assert!(videos::remove(&db, gone).await.unwrap());
    });
    rebuilt.unwrap();
    found.insert(listed_video(&db, owner, "Harbour", "", &[]).await);
    until_found(&search, "harbour", &found).await;
    until_the_place_is_the_end(&db, &search).await;
    two.end().await;
    rig.end().await;
}

#[tokio::test]
async fn roles_share_the_feeding_of_an_index_through_kafka() {
    let kafka = &MockKafka::start();
    on_both_databases(async |db| {
        let stub = Stub::start().await;
        roles_share_the_feeding_of_an_index(db, kafka.settings(&a_prefix()), || stub.search("mutoscope")).await;
    })
    .await;
}

#[tokio::test]
async fn a_video_that_the_index_refuses_is_a_dead_letter_and_comes_back_from_there() {
    let kafka = &MockKafka::start();
    on_both_databases(async |db| {
        let stub = Stub::start().await;
        let owner = make_user(&db, "ada").await;
        let search = stub.search("mutoscope");
        // An index that is there: what comes now comes to the role's share.
        search.rebuild().await.unwrap().finish(0).await.unwrap();
        let rig = Rig::kafka(db.clone(), kafka.settings(&a_prefix()));
        let role = Role::start(&rig, stub.search("mutoscope"));
        let (poison, sound) =
            (listed_video(&db, owner, "Harbour", "", &[]).await, listed_video(&db, owner, "Harbour", "", &[]).await);
        // Not only in the index: the watch may have brought them, and the faults below are not for these.
        until("the role has taken in both", async || role.taken.lock().unwrap().len() == 2).await;
        until_found(&search, "harbour", &BTreeSet::from([poison, sound])).await;
        until_the_place_is_the_end(&db, &search).await;

        // Once with whatever comes with it, once alone.
        let refusal = r#"{"error": {"type": "mapper_parsing_exception", "reason": "not in here"}, "status": 400}"#;
        stub.fail("_bulk", 2, Fault::Answer(400, refusal.to_owned()));
        rename(&db, poison, "Lighthouse").await;
        let letter = a_letter(&rig, Reason::Failed).await;
        assert_eq!((letter.consumer.as_str(), letter.video_id), (SEARCH, Some(poison)));
        assert!(letter.message.contains("mapper_parsing_exception") && letter.message.contains("not in here"));
        // The others go on, and so does the place: it was given up.
        rename(&db, sound, "Lighthouse").await;
        until_found(&search, "lighthouse", &BTreeSet::from([sound])).await;
        until_the_place_is_the_end(&db, &search).await;

        rig.bus.replay(&letter).await.unwrap();
        until_found(&search, "lighthouse", &BTreeSet::from([poison, sound])).await;
        assert_eq!(rig.bus.dead_letters().await.unwrap(), []);
        role.end().await;
        rig.end().await;
    })
    .await;
}

#[tokio::test]
async fn what_kafka_does_not_bring_is_taken_in_from_the_log() {
    let kafka = &MockKafka::start();
    on_both_databases(async |db| {
        let stub = Stub::start().await;
        let (owner, search) = (make_user(&db, "ada").await, stub.search("mutoscope"));
        // An index that stands at the beginning, and a cluster that is not there.
        search.rebuild().await.unwrap().finish(0).await.unwrap();
        let id = listed_video(&db, owner, "Harbour", "", &[]).await;
        let settings = kafka.settings(&a_prefix());
        let nowhere = KafkaSettings { brokers: vec!["127.0.0.1:9".to_owned()], ..settings };
        let rig = Rig::kafka(db.clone(), nowhere);
        let role = Role::start(&rig, stub.search("mutoscope"));
        until_found(&search, "harbour", &BTreeSet::from([id])).await;
        assert!(!role.has_a_share());
        role.end().await;
        rig.end().await;
    })
    .await;
}

#[tokio::test]
#[ignore = "the next test starts it as a process of its own, and kills it"]
async fn an_index_role_that_others_kill() {
    let (Ok(url), Ok(broker)) = (std::env::var(DATABASE), std::env::var(BROKERS)) else { return };
    let db = Db::open(&DbSettings { url, connections: 4 }).await.unwrap();
    let plain = KafkaSettings::plain(vec![broker], std::env::var(PREFIX).unwrap());
    let bus = KafkaBus::open(db.clone(), KafkaSettings { silent_for: SILENT_FOR, ..plain }).unwrap();
    let url = std::env::var(SERVICE).unwrap().parse().unwrap();
    let search = ElasticSettings { url, login: None, ca_pem: None, index: "mutoscope".to_owned() };
    let member = bus.join(SEARCH, &SEARCH_TOPICS).unwrap();
    let member = Told { member, given: Arc::default(), taken: Arc::default() };
    let group = Group::new(db, Box::new(member), ElasticSearch::open(search).unwrap());
    group.run(CancellationToken::new()).await;
}

/// An index role that is a process, and what it says that it was given.
struct RoleProcess {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl RoleProcess {
    fn start(database: &PostgresDatabase, kafka: &KafkaSettings, stub: &Stub) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "elastic::group::an_index_role_that_others_kill", "--ignored", "--nocapture"])
            .env(DATABASE, &database.url)
            .env(BROKERS, kafka.brokers.join(","))
            .env(PREFIX, &kafka.prefix)
            .env(SERVICE, &stub.url)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next event that it says it was given.
    async fn given(&mut self) -> EventId {
        loop {
            let line = within(self.lines.next_line()).await.unwrap().expect("the role runs");
            // The test's own name stands on the line of the first one.
            if let Some(id) = line.split("given ").nth(1).and_then(|id| id.trim().parse().ok()) {
                return id;
            }
        }
    }
}

/// Lists videos until it is told to stop.
async fn list_videos(db: Db, owner: UserId, stop: CancellationToken) -> BTreeSet<VideoId> {
    let mut listed = BTreeSet::new();
    while !stop.is_cancelled() && listed.len() < 95 {
        listed.insert(listed_video(&db, owner, "Harbour", "", &[]).await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    listed
}

#[tokio::test]
async fn an_index_role_that_is_killed_is_replaced_and_no_event_is_lost() {
    let Some(database) = PostgresDatabase::make().await else { return };
    let db = Db::open(&DbSettings { url: database.url.clone(), connections: 4 }).await.unwrap();
    let (kafka, stub) = (MockKafka::start(), Stub::start().await);
    let settings = KafkaSettings { silent_for: SILENT_FOR, ..kafka.settings(&a_prefix()) };
    let owner = make_user(&db, "ada").await;
    let rig = Rig::kafka(db.clone(), settings.clone());
    let search = stub.search("mutoscope");

    let stop = CancellationToken::new();
    let listing = tokio::spawn(list_videos(db.clone(), owner, stop.clone()));
    let mut dies = RoleProcess::start(&database, &settings, &stub);
    dies.given().await;
    let mut lives = RoleProcess::start(&database, &settings, &stub);
    lives.given().await;
    // Both share by now; one is killed in the middle of it.
    dies.given().await;
    dies.child.kill().await.unwrap();
    stop.cancel();
    let listed = listing.await.unwrap();
    let killed = Instant::now();
    let mut later = BTreeSet::new();
    for _ in 0..12 {
        later.insert(write_event(&db).await.id);
    }
    // Whatever the dead one's partitions hold comes to the other.
    while !later.is_empty() {
        later.remove(&lives.given().await);
    }
    eprintln!("a killed role's share went to the other after {:?}", killed.elapsed());
    until_found(&search, "harbour", &listed).await;
    until_the_place_is_the_end(&db, &search).await;
    drop(lives);
    rig.end().await;
    db.close().await;
    database.remove().await;
}
