//! Kafka, where it carries events: it lets us in, and the topics are there.

use mutoscope_core::bus::kafka;

use super::Finding;
use crate::{commands::platform::with_causes, config::Config};

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let Some(settings) = &config.kafka else {
        return vec![Finding::skipped("they go through the database's own log")];
    };
    let finding = match kafka::missing_topics(settings).await {
        Ok(missing) if missing.is_empty() => Finding::good("Kafka answers, and has every topic"),
        Ok(missing) => Finding::wrong(
            format!("Kafka has no topic {}", missing.join(", ")),
            "make what is missing: mutoscope admin setup",
        ),
        Err(error) => Finding::wrong(
            with_causes(&error),
            "see whether kafka.brokers are reachable from here under the names that they give of themselves, and user, \
             password and authority are right",
        ),
    };
    vec![finding]
}
