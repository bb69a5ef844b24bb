//! TLS and SCRAM against a real broker, where one was named: `make test-services` starts it.

use std::{env, time::Duration};

use mutoscope_core::{
    bus::{
        BusError, EventBus,
        kafka::{KafkaBus, KafkaLogin, KafkaSettings, KafkaTls, Mechanism, TopicSettings, make_topics},
        suite::{Rig, a_prefix, follow, within},
    },
    testing::{on_both_databases, write_event},
};

/// The settings that a user of the real broker has; `None` where there is none.
fn secured(mechanism: Mechanism) -> Option<KafkaSettings> {
    let variable = |name: &str| env::var(format!("MUTOSCOPE_TEST_KAFKA_{name}")).ok();
    Some(KafkaSettings {
        tls: Some(KafkaTls { ca_file: Some(variable("CA_FILE")?.into()) }),
        login: Some(KafkaLogin { mechanism, username: variable("USERNAME")?, password: variable("PASSWORD")? }),
        topics: TopicSettings { partitions: 3, replication: Some(1), retention: Duration::from_secs(3600) },
        ..KafkaSettings::plain(vec![variable("TLS_BROKERS")?], a_prefix())
    })
}

#[tokio::test]
async fn events_travel_over_tls_with_scram() {
    for mechanism in [Mechanism::ScramSha256, Mechanism::ScramSha512] {
        let Some(settings) = secured(mechanism) else {
            eprintln!("SKIP: MUTOSCOPE_TEST_KAFKA_TLS_BROKERS names no broker");
            return;
        };
        let settings = &settings;
        on_both_databases(|db| async move {
            let settings = KafkaSettings { prefix: a_prefix(), ..settings.clone() };
            let made = make_topics(&settings).await.unwrap();
            assert!(made.len() == 3 && made.iter().all(|topic| topic.is_new), "{made:?}");
            // Asked for again, they stay as they are.
            assert!(make_topics(&settings).await.unwrap().iter().all(|topic| !topic.is_new));
            let rig = Rig::kafka(db.clone(), settings);
            let event = write_event(&db).await;
            assert_eq!(follow(rig.follow(), 0, 1).await, [event.id]);
            within(rig.bus.health()).await.unwrap();
            rig.end().await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_wrong_password_and_a_stranger_in_the_brokers_place_are_told_by_name() {
    let Some(right) = secured(Mechanism::ScramSha512) else {
        eprintln!("SKIP: MUTOSCOPE_TEST_KAFKA_TLS_BROKERS names no broker");
        return;
    };
    let mut wrong_password = right.clone();
    wrong_password.login.as_mut().unwrap().password = "wrong".to_owned();
    // The system's authorities do not know the one that signed the broker's certificate.
    let mut wrong_authority = right.clone();
    wrong_authority.tls = Some(KafkaTls { ca_file: None });
    let mut no_tls = right;
    no_tls.tls = None;
    for (settings, told) in [(wrong_password, "SASL"), (wrong_authority, "certificate"), (no_tls, "")] {
        let settings = &settings;
        on_both_databases(|db| async move {
            let bus = KafkaBus::open(db, settings.clone()).unwrap();
            // The first question may come before the brokers have said why.
            let mut error = bus.health().await.unwrap_err();
            for _ in 0..3 {
                error = bus.health().await.unwrap_err();
            }
            let BusError::Service { source, .. } = error else { panic!("{error}") };
            let source = source.to_string();
            assert!(source.contains(told), "{source:?} tells of {told:?}");
            assert!(!source.contains("wrong"), "no secret is told: {source:?}");
        })
        .await;
    }
}
