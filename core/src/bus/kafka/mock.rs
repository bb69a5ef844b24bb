//! A cluster in the test's own process: librdkafka's mock, which speaks the protocol on loopback and forgets everything.

use std::{
    sync::mpsc::{self, Receiver, SyncSender},
    thread,
    time::Duration,
};

use rdkafka::{
    ClientConfig,
    bindings::{rd_kafka_handle_mock_cluster, rd_kafka_mock_group_initial_rebalance_delay_ms},
    mocking::MockCluster,
    producer::{BaseProducer, DefaultProducerContext, Producer},
};

use super::KafkaSettings;

const PARTITIONS: i32 = 4;

/// One broker with our topics. It ends when this is dropped.
#[derive(Debug)]
pub struct MockKafka {
    address: String,
    orders: SyncSender<Order>,
}

enum Order {
    Topics(Vec<String>),
    Away(bool),
    Slow(Duration),
}

impl MockKafka {
    /// Starts it. The mock can't make topics when it is asked to, so each platform's are made by [`MockKafka::settings`].
    ///
    /// # Panics
    /// Where it does not start.
    pub fn start() -> Self {
        let (address_to, address) = mpsc::sync_channel(1);
        let (orders, taken) = mpsc::sync_channel(0);
        // The cluster belongs to one thread.
        thread::spawn(move || {
            let host: BaseProducer =
                ClientConfig::new().set("test.mock.num.brokers", "1").create().expect("a client with a mock cluster");
            let cluster = host.client().mock_cluster().expect("its mock cluster");
            let_groups_begin_at_once(&host);
            address_to.send(cluster.bootstrap_servers()).expect("the test waits for it");
            obey(&cluster, &taken);
        });
        Self { address: address.recv().expect("the mock cluster starts"), orders }
    }

    /// A platform of its own on this cluster, with its topics.
    pub fn settings(&self, prefix: &str) -> KafkaSettings {
        let mut settings = KafkaSettings::plain(vec![self.address.clone()], prefix.to_owned());
        // The mock lets a group wait for nearly as long before it shares anew.
        settings.silent_for = Duration::from_secs(2);
        let mut topics = settings.event_topics().to_vec();
        topics.push(settings.dead_topic());
        self.order(Order::Topics(topics));
        settings
    }

    /// The broker hangs up and takes no connections.
    pub fn go_away(&self) {
        self.order(Order::Away(true));
    }

    /// It is there again, with everything that it had.
    pub fn come_back(&self) {
        self.order(Order::Away(false));
    }

    /// Every answer takes so long.
    pub fn answer_after(&self, delay: Duration) {
        self.order(Order::Slow(delay));
    }

    fn order(&self, order: Order) {
        self.orders.send(order).expect("the mock cluster runs");
        // The orders are taken one by one: an empty one that was taken says that those before it were done.
        self.orders.send(Order::Topics(Vec::new())).expect("the mock cluster runs");
    }
}

/// A new group waits three seconds for members otherwise, in every test.
#[expect(unsafe_code, reason = "the library has no safe call for it; tests only")]
fn let_groups_begin_at_once(host: &BaseProducer) {
    // SAFETY: the client lives through the call and owns the mock cluster that the handle names, which is only set a number.
    unsafe {
        let cluster = rd_kafka_handle_mock_cluster(host.client().native_ptr());
        assert!(!cluster.is_null(), "the client has a mock cluster");
        rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, 0);
    }
}

fn obey(cluster: &MockCluster<'_, DefaultProducerContext>, orders: &Receiver<Order>) {
    const BROKER: i32 = 1;
    for order in orders {
        match order {
            Order::Topics(names) => {
                for name in names {
                    cluster.create_topic(&name, PARTITIONS, 1).expect("a topic");
                }
            }
            Order::Away(true) => cluster.broker_down(BROKER).expect("it goes"),
            Order::Away(false) => cluster.broker_up(BROKER).expect("it comes"),
            Order::Slow(delay) => cluster.broker_round_trip_time(BROKER, delay).expect("it is slow"),
        }
    }
}
