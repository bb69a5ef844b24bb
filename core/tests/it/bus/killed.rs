//! A real broker that is killed under load and comes back: `make test-services` runs this alone, as others would miss it.

use std::{
    collections::BTreeSet,
    env,
    process::{Child, Command, Stdio},
    sync::Mutex,
    time::Duration,
};

use mutoscope_core::{
    bus::suite::{Rig, follow, real_kafka, within},
    db::{outbox, relay},
    testing::{on_both_databases, write_event},
};

use super::kafka::{relayed, take_in_effect, write_many};

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

#[tokio::test]
#[ignore = "it kills the broker that the other tests use"]
async fn a_broker_that_is_killed_under_load_loses_no_event_and_doubles_no_effect() {
    const COUNT: usize = 3000;
    let Some(broker) = Broker::given() else {
        eprintln!("SKIP: MUTOSCOPE_TEST_KAFKA_PID names no broker");
        return;
    };
    let broker = &broker;
    on_both_databases(|db| async move {
        let settings = real_kafka().unwrap();
        mutoscope_core::bus::kafka::make_topics(&settings).await.unwrap();
        let rig = Rig::kafka(db.clone(), settings);
        let mut wanted = BTreeSet::from([write_event(&db).await.id]);
        relayed(&db, 1).await;

        let load = tokio::spawn({
            let db = db.clone();
            async move { write_many(&db, COUNT - 1).await }
        });
        relayed(&db, 300).await;
        broker.kill();
        // Longer than a message waits for its delivery before the relay sends it anew.
        tokio::time::sleep(Duration::from_secs(25)).await;
        wanted.extend(load.await.unwrap());
        assert!(outbox::cursor(&db, relay::CURSOR).await.unwrap() < COUNT as i64, "the relay waits");
        broker.start();
        // It waits for its own registration to run out before it takes its place again.
        within(async {
            while rig.bus.health().await.is_err() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        })
        .await;

        let member = rig.join("killed");
        let (followed, taken) = tokio::join!(follow(rig.follow(), 0, COUNT), take_in_effect(&db, member, COUNT));
        assert_eq!(followed.len(), COUNT);
        assert_eq!(followed.into_iter().collect::<BTreeSet<_>>(), wanted);
        assert_eq!(taken, wanted);
        rig.end().await;
    })
    .await;
}
