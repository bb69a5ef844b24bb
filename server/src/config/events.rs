//! Settings of events: through Kafka where it is named, else through the database's own log.

use std::{path::PathBuf, time::Duration};

use mutoscope_core::bus::kafka::{KafkaLogin, KafkaSettings, KafkaTls, Mechanism, SILENT_FOR, TopicSettings};

use super::reader::Reader;

/// What says something about Kafka alone.
const OF_KAFKA: [&str; 9] = [
    "kafka.topic_prefix",
    "kafka.security_protocol",
    "kafka.ca_file",
    "kafka.mechanism",
    "kafka.username",
    "kafka.password",
    "kafka.partitions",
    "kafka.replication",
    "kafka.retention_days",
];
const DAY: Duration = Duration::from_secs(24 * 3600);

/// How we speak to brokers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Protocol {
    tls: bool,
    login: bool,
}

/// `None`: events go through the database's own log.
pub(super) fn read(reader: &mut Reader) -> Option<KafkaSettings> {
    if reader.origin("kafka.brokers").is_none() {
        for key in OF_KAFKA {
            if reader.origin(key).is_some() {
                reader.fault(key, "this belongs to Kafka: set kafka.brokers, or leave this out");
            }
        }
        return None;
    }
    let brokers: Vec<Broker> = reader.list("kafka.brokers").unwrap_or_default();
    let protocol = reader.take_one("kafka.security_protocol", protocol);
    let ca_file = reader.path("kafka.ca_file");
    let login = read_login(reader);
    // Without a word of it, what is given says it: a password is never sent in the clear by an omission.
    let protocol = protocol.unwrap_or(Protocol { tls: ca_file.is_some() || login.is_some(), login: login.is_some() });
    check(reader, protocol, ca_file.as_ref(), login.as_ref());
    Some(KafkaSettings {
        brokers: brokers.into_iter().map(|broker| broker.0).collect(),
        prefix: reader.take_one("kafka.topic_prefix", prefix).unwrap_or_default(),
        tls: protocol.tls.then_some(KafkaTls { ca_file }),
        login: login.filter(|_| protocol.login),
        topics: read_topics(reader),
        silent_for: SILENT_FOR,
    })
}

fn read_login(reader: &mut Reader) -> Option<KafkaLogin> {
    let mechanism =
        reader.take_one("kafka.mechanism", |text| text.parse::<Mechanism>().map_err(|error| error.to_string()));
    let username = reader.text("kafka.username");
    let password = reader.secret("kafka.password");
    match (username, password) {
        (Some(username), Some(password)) => Some(KafkaLogin {
            mechanism: mechanism.unwrap_or(Mechanism::ScramSha512),
            username,
            password: password.reveal().to_owned(),
        }),
        (Some(_), None) => {
            reader.fault("kafka.username", "a user needs a password: set kafka.password too");
            None
        }
        (None, Some(_)) => {
            reader.fault("kafka.password", "a password needs its user: set kafka.username too");
            None
        }
        (None, None) => {
            if mechanism.is_some() {
                reader.fault("kafka.mechanism", "this needs kafka.username and kafka.password");
            }
            None
        }
    }
}

fn check(reader: &mut Reader, protocol: Protocol, ca_file: Option<&PathBuf>, login: Option<&KafkaLogin>) {
    if ca_file.is_some() && !protocol.tls {
        reader.fault("kafka.security_protocol", "kafka.ca_file needs ssl or sasl_ssl here");
    }
    if login.is_some() != protocol.login {
        let message = if protocol.login {
            "this needs kafka.username and kafka.password"
        } else {
            "kafka.username needs sasl_ssl here, or sasl_plaintext"
        };
        reader.fault("kafka.security_protocol", message);
    }
    let sends_password = login.is_some_and(|login| login.mechanism == Mechanism::Plain);
    if sends_password && !protocol.tls {
        reader.fault("kafka.mechanism", "PLAIN sends the password as it is: it needs sasl_ssl, or a SCRAM mechanism");
    }
}

fn read_topics(reader: &mut Reader) -> TopicSettings {
    let default = TopicSettings::default();
    let partitions = reader.number("kafka.partitions", 1..=1000).and_then(|count| u16::try_from(count).ok());
    let replication = reader.number("kafka.replication", 1..=20).and_then(|count| u16::try_from(count).ok());
    let retention = reader.number("kafka.retention_days", 1..=365).and_then(|days| u32::try_from(days).ok());
    TopicSettings {
        partitions: partitions.unwrap_or(default.partitions),
        replication,
        retention: retention.map_or(default.retention, |days| DAY * days),
    }
}

/// `host:port`.
struct Broker(String);

impl std::str::FromStr for Broker {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "write host:port, as kafka-1.example.org:9092";
        let (host, port) = text.rsplit_once(':').ok_or(FORM)?;
        let is_host = !host.is_empty()
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':' | b'[' | b']'));
        if !is_host || port.parse::<u16>().is_err() {
            return Err(FORM);
        }
        Ok(Self(text.to_owned()))
    }
}

fn protocol(text: &str) -> Result<Protocol, String> {
    let (tls, login) = match text.to_ascii_lowercase().as_str() {
        "plaintext" => (false, false),
        "ssl" => (true, false),
        "sasl_plaintext" => (false, true),
        "sasl_ssl" => (true, true),
        _ => return Err("write plaintext, ssl, sasl_plaintext or sasl_ssl".to_owned()),
    };
    Ok(Protocol { tls, login })
}

/// Topics have names of letters, digits and - _ . alone.
fn prefix(text: &str) -> Result<String, String> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if text.len() > 100 || !text.bytes().all(is_plain) {
        return Err("the prefix may hold at most 100 letters, digits and - _ . alone".to_owned());
    }
    Ok(text.to_owned())
}
