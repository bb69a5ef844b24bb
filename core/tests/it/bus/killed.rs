//! A real broker that is killed under load, stays away, and comes back: `make test-services` runs this alone, as others would
//! miss it, and `make soak` for ten minutes with ten thousand events.
//!
//! `MUTOSCOPE_KAFKA_AWAY_S` is how long the broker is away (25 s where it is not set), `MUTOSCOPE_KAFKA_EVENTS` how many
//! events there are (3,000).

use std::{
    collections::BTreeSet,
    env,
    process::{Child, Command, Stdio},
    sync::Mutex,
    time::Duration,
};

use mutoscope_core::{
    bus::{
        Follower, Member,
        suite::{Rig, real_kafka, within},
    },
    db::{
        Db,
        inbox::{self, Taken},
        outbox, relay,
    },
    id::{EventId, UserId, VideoId},
    store::{MediaStore, StoreSettings},
    testing::{film, make_user, on_both_databases, write_event},
};
use tokio::time::{Instant, sleep, sleep_until};

use super::kafka::{plan_jobs, relayed};

/// One event in so many is that of an upload, with its rows and its bytes.
const UPLOAD_EVERY: usize = 20;
/// Nobody who uploads may notice that Kafka is away.
const UPLOADED_WITHIN: Duration = Duration::from_secs(10);
/// After its return everything is made up for within this time.
const CAUGHT_UP_WITHIN: Duration = Duration::from_secs(180);

/// The broker's process: first the one that the test was given, then those that took its place.
struct Broker {
    start: String,
    processes: Mutex<(u32, Vec<Child>)>,
}

impl Broker {
    fn given() -> Option<Self> {
        let pid = env::var("MUTOSCOPE_TEST_KAFKA_PID").ok()?.parse().unwrap();
        Some(Self { start: env::var("MUTOSCOPE_TEST_KAFKA_START").unwrap(), processes: Mutex::new((pid, Vec::new())) })
    }

    fn kill(&self) {
        let pid = self.processes.lock().unwrap().0.to_string();
        assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
    }

    fn start(&self) {
        let process = Command::new(&self.start).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut processes = self.processes.lock().unwrap();
        processes.0 = process.id();
        processes.1.push(process);
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        for process in &mut self.processes.get_mut().unwrap().1 {
            // The first ones were killed before; what counts is that none is left.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// What was written while the broker was there, away, and there again.
struct Load {
    films: BTreeSet<VideoId>,
    slowest_upload: Duration,
}

/// Writes `count` events, spread over `length`.
async fn load(db: Db, store: MediaStore, owner: UserId, count: usize, length: Duration) -> Load {
    let mut load = Load { films: BTreeSet::new(), slowest_upload: Duration::ZERO };
    let (began, pause) = (Instant::now(), length / u32::try_from(count).unwrap());
    for number in 0..count {
        if number % UPLOAD_EVERY == 0 {
            let began = Instant::now();
            let bytes = format!("film {number}");
            load.films.insert(film(&db, &store, owner, bytes.as_bytes(), 4).await);
            load.slowest_upload = load.slowest_upload.max(began.elapsed());
        } else {
            write_event(&db).await;
        }
        sleep_until(began + pause * u32::try_from(number + 1).unwrap()).await;
    }
    load
}

/// Follows from the beginning until there are `count` events, whatever goes wrong on the way.
async fn follow(mut follower: Box<dyn Follower>, count: usize) -> Vec<EventId> {
    let mut seen = Vec::new();
    while seen.len() < count {
        let Ok(events) = follower.next_after(seen.len() as i64).await else {
            sleep(Duration::from_millis(200)).await;
            continue;
        };
        for placed in events {
            assert_eq!(placed.position, seen.len() as i64 + 1, "no gaps, nothing twice");
            seen.push(placed.event.unwrap().id);
        }
    }
    seen
}

/// Takes in until so many events have had their effect, each once, whatever goes wrong on the way.
async fn take_in(db: Db, mut member: Box<dyn Member>, count: usize) -> BTreeSet<EventId> {
    let mut effects = BTreeSet::new();
    while effects.len() < count {
        let Ok(deliveries) = member.next().await else {
            sleep(Duration::from_millis(200)).await;
            continue;
        };
        for event in deliveries.into_iter().map(|delivery| delivery.event.unwrap()) {
            if inbox::take_work(&db, "counts", &event).await.unwrap() == Taken::Now {
                assert!(effects.insert(event.id), "an effect is had once");
            }
        }
        if let Err(error) = member.commit().await {
            eprintln!("what was read comes again: {error}");
        }
    }
    effects
}

fn number(variable: &str, otherwise: usize) -> usize {
    env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test]
#[ignore = "it kills the broker that the other tests use"]
async fn a_broker_that_is_killed_under_load_loses_no_event_and_doubles_no_effect() {
    let count = number("MUTOSCOPE_KAFKA_EVENTS", 3000);
    let away = Duration::from_secs(number("MUTOSCOPE_KAFKA_AWAY_S", 25) as u64);
    let Some(broker) = Broker::given() else {
        eprintln!("SKIP: MUTOSCOPE_TEST_KAFKA_PID names no broker");
        return;
    };
    let broker = &broker;
    on_both_databases(|db| async move {
        let settings = real_kafka().unwrap();
        mutoscope_core::bus::kafka::make_topics(&settings).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = MediaStore::open(&StoreSettings::Folder(folder.path().to_owned())).unwrap();
        let owner = make_user(&db, "ada").await;
        let rig = Rig::kafka(db.clone(), settings);
        // Both read before, while and after the broker is away.
        let followed = tokio::spawn(follow(rig.follow(), count));
        let taken = tokio::spawn(take_in(db.clone(), rig.join("killed"), count));
        let load = tokio::spawn(load(db.clone(), store, owner, count, away));
        relayed(&db, count as i64 / 20).await;
        broker.kill();
        sleep(away).await;
        let load = load.await.unwrap();
        let waiting = count as i64 - outbox::cursor(&db, relay::CURSOR).await.unwrap();
        assert!(waiting > count as i64 / 2, "the relay waits");
        assert!(load.slowest_upload < UPLOADED_WITHIN, "uploads go on: {:?}", load.slowest_upload);
        broker.start();
        let back = Instant::now();
        // It waits for its own registration to run out before it takes its place again.
        within(async {
            while rig.bus.health().await.is_err() {
                sleep(Duration::from_millis(200)).await;
            }
        })
        .await;
        let healthy = back.elapsed();
        let all = tokio::time::timeout(CAUGHT_UP_WITHIN, async { (followed.await.unwrap(), taken.await.unwrap()) });
        let (followed, taken) = all.await.unwrap();
        let caught_up = back.elapsed();

        let rows = outbox::rows_after(&db, 0, count as i64 + 1).await.unwrap();
        let wanted: Vec<EventId> = rows.into_iter().map(|row| row.id).collect();
        assert_eq!(wanted.len(), count);
        assert_eq!(followed, wanted, "who follows sees all, once, in order");
        assert_eq!(taken, wanted.into_iter().collect(), "each event had its effect once");
        let planned = plan_jobs(&db).await;
        assert_eq!(planned.len(), load.films.len(), "each upload asks for one plan");
        assert_eq!(planned.into_iter().collect::<BTreeSet<_>>(), load.films);
        eprintln!(
            "Kafka away for {away:?}: {count} events, {} of them uploads (the slowest {:?}); {waiting} waited; the broker \
             answered {healthy:?} after its start, and {caught_up:?} after it all had had their effect, once",
            load.films.len(),
            load.slowest_upload
        );
        rig.end().await;
    })
    .await;
}
