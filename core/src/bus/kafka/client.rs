//! The clients of librdkafka as we use them: configuration, and where they say what goes wrong.

use std::sync::{Arc, Mutex, PoisonError};

use rdkafka::{
    ClientConfig, ClientContext, Statistics, config::RDKafkaLogLevel, consumer::ConsumerContext, error::KafkaError,
};

use super::{KafkaSettings, settings::Mechanism};
use crate::bus::BusError;

/// What a client told last, and how far behind a member is.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    trouble: Arc<Mutex<Option<String>>>,
    lag: Arc<Mutex<Option<i64>>>,
}

/// An error of librdkafka with what the brokers said before it, which says more.
#[derive(Debug, thiserror::Error)]
pub(super) struct KafkaFault {
    pub(super) error: KafkaError,
    trouble: Option<String>,
}

impl std::fmt::Display for KafkaFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.error.rdkafka_error_code() {
            Some(code) => write!(f, "{code}")?,
            None => write!(f, "{}", self.error)?,
        }
        match &self.trouble {
            Some(trouble) => write!(f, " ({trouble})"),
            None => Ok(()),
        }
    }
}

impl Context {
    /// The error of a call by this client.
    pub(super) fn fault(&self, doing: &'static str, error: KafkaError) -> BusError {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
        BusError::Service { doing, source: Box::new(KafkaFault { error, trouble }) }
    }

    /// Whether a reading client goes on by itself after this: the cluster, or a part of it, is away for now. It is kept as
    /// the reason of what fails later.
    pub(super) fn is_passing(&self, error: &KafkaError) -> bool {
        use rdkafka::types::RDKafkaErrorCode as Code;
        let is_passing = matches!(
            error.rdkafka_error_code(),
            Some(
                Code::AllBrokersDown
                    | Code::BrokerTransportFailure
                    | Code::Resolve
                    | Code::OperationTimedOut
                    | Code::RequestTimedOut
                    | Code::CoordinatorLoadInProgress
                    | Code::CoordinatorNotAvailable
                    | Code::NotCoordinator
            )
        );
        if is_passing {
            tracing::debug!(target: "mutoscope_core::kafka", error = error as &dyn std::error::Error, "events wait for brokers");
        }
        is_passing
    }

    /// The client is well again.
    pub(super) fn well(&self) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Events of its partitions that the group has not committed; `None` before it is known.
    pub(super) fn lag(&self) -> Option<i64> {
        *self.lag.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Context {
    // A cluster that is away makes the library repeat itself; who uses the client says it once, with the reason below.
    fn log(&self, level: RDKafkaLogLevel, fac: &str, message: &str) {
        match level {
            RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical => {
                tracing::error!(target: "mutoscope_core::kafka", facility = fac, "{message}");
            }
            _ => tracing::debug!(target: "mutoscope_core::kafka", facility = fac, "{message}"),
        }
    }

    fn stats(&self, statistics: Statistics) {
        let partitions = statistics.topics.values().flat_map(|topic| topic.partitions.values());
        let lag = partitions.map(|partition| partition.consumer_lag.max(0)).sum();
        *self.lag.lock().unwrap_or_else(PoisonError::into_inner) = Some(lag);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(target: "mutoscope_core::kafka", error = &error as &dyn std::error::Error, reason, "a client's trouble");
        // "All brokers are down" follows the reason why, and says less.
        if error.rdkafka_error_code() != Some(rdkafka::types::RDKafkaErrorCode::AllBrokersDown) {
            *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.chars().take(300).collect());
        }
    }
}

impl ConsumerContext for Context {}

/// What all our clients have in common.
pub(super) fn config(settings: &KafkaSettings) -> ClientConfig {
    let mut config = ClientConfig::new();
    let protocol = match (&settings.tls, &settings.login) {
        (None, None) => "plaintext",
        (Some(_), None) => "ssl",
        (None, Some(_)) => "sasl_plaintext",
        (Some(_), Some(_)) => "sasl_ssl",
    };
    config
        .set("bootstrap.servers", settings.brokers.join(","))
        .set("client.id", "mutoscope")
        .set("security.protocol", protocol)
        // Back within seconds of a cluster's return.
        .set("reconnect.backoff.max.ms", "2000")
        .set("socket.connection.setup.timeout.ms", "5000")
        .set("socket.keepalive.enable", "true")
        .set("socket.nagle.disable", "true")
        // A topic that is made while we run is found soon.
        .set("topic.metadata.refresh.interval.ms", "30000")
        .set("allow.auto.create.topics", "false");
    if let Some(ca_file) = settings.tls.as_ref().and_then(|tls| tls.ca_file.as_ref()) {
        config.set("ssl.ca.location", ca_file.to_string_lossy());
    }
    if let Some(login) = &settings.login {
        config
            .set("sasl.mechanism", login.mechanism.as_str())
            .set("sasl.username", &login.username)
            .set("sasl.password", &login.password);
        debug_assert!(login.mechanism != Mechanism::Plain || settings.tls.is_some(), "the settings see to it");
    }
    config
}

/// For those who write: acknowledged by all copies, and an error rather than a wait without end.
pub(super) fn producer_config(settings: &KafkaSettings) -> ClientConfig {
    let mut config = config(settings);
    config
        .set("acks", "all")
        .set("message.timeout.ms", "20000")
        .set("linger.ms", "2")
        .set("compression.type", "zstd")
        // As every other client spreads keys.
        .set("partitioner", "murmur2_random");
    config
}

/// For those who read. They keep little in memory: events are small, and many processes read.
pub(super) fn consumer_config(settings: &KafkaSettings) -> ClientConfig {
    let mut config = config(settings);
    config
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("auto.offset.reset", "earliest")
        .set("queued.max.messages.kbytes", "4096")
        .set("fetch.wait.max.ms", "200");
    config
}

/// Runs a call that waits for brokers where waiting does no harm.
pub(super) async fn blocking<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> Result<T, BusError> {
    tokio::task::spawn_blocking(call)
        .await
        .map_err(|error| BusError::Service { doing: "a call to Kafka ended by a fault", source: Box::new(error) })
}
