//! Every setting by its name, from which the variable follows: `tls.cert` is `MUTOSCOPE_TLS_CERT`.

/// A setting.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// As in the file: `section.name`, or `name` at the top.
    pub name: &'static str,
    /// What it is for, for the documents.
    pub about: &'static str,
    /// A secret is never shown, and may lie in a file of its own: `name_file`, `MUTOSCOPE_.._FILE`.
    pub secret: bool,
}

/// All of them.
pub const KEYS: &[Key] = &[
    open("data", "the folder of database, objects, index and keys"),
    open("listen", "address and port to serve on"),
    open("roles", "what this process does: api, transcode, index"),
    open("name", "the name people see"),
    open("public_url", "the address people type, where it is not the one we listen on"),
    open("trusted_proxies", "proxies whose X-Forwarded-For and X-Forwarded-Proto are believed"),
    open("metrics_allow", "who may read /metrics beside loopback"),
    open("registration", "who may register: open, invite, closed"),
    open("signing_keys", "the file of signing keys"),
    open("sandbox", "jail the media process"),
    open("carry_over", "use a film's own packets as renditions, where they are fit"),
    open("codecs", "codecs to make beside H.264: hevc, av1"),
    open("verify", "how segments are checked before they are kept: keyframes, full"),
    open("ladder", "heights to make, as far as a film goes"),
    open("tls.cert", "certificate chain, PEM"),
    open("tls.key", "private key, PEM"),
    open("log.level", "what is logged: error, warn, info, debug, trace, or a filter of tracing"),
    open("log.format", "text or json"),
    open("telemetry.otlp_endpoint", "a collector of traces that takes OTLP over HTTP"),
    open("telemetry.sample_percent", "how many of a hundred requests are traced"),
    secret("database.url", "sqlite:///.. or postgres://.."),
    secret("database.read_url", "a read replica of it, PostgreSQL, for reads that may lag"),
    open("database.connections", "connections to the database"),
    open("storage.url", "file:///.. or s3://bucket/prefix"),
    open("storage.endpoint", "the address of an S3 service other than AWS"),
    open("storage.public_endpoint", "the address of it that browsers use"),
    open("storage.region", "the signing region"),
    secret("storage.access_key", "the access key's id"),
    secret("storage.secret_key", "the access key's secret"),
    open("accounts.access_token_s", "how long an access token is good, in seconds"),
    open("accounts.session_days", "how long a device stays signed in unused, in days"),
    open("uploads.max_bytes", "the largest file"),
    open("uploads.quota_bytes", "what one user may keep"),
    open("uploads.abandoned_after_s", "an upload without a new part for so long is abandoned, in seconds"),
    open("films.max_width", "the widest picture of a film, in pixels"),
    open("films.max_height", "the highest picture of a film, in pixels"),
    open("films.max_tracks", "tracks of every kind that a film may hold"),
    open("films.max_frame_rate", "pictures a second of a film, at most"),
    open("films.max_length_s", "the longest film, in seconds"),
    open("films.memory_bytes", "what reading one film may hold in memory"),
    open("kafka.brokers", "Kafka for events: host:port of some brokers"),
    open("kafka.topic_prefix", "put before the names of topics and groups"),
    open("kafka.security_protocol", "plaintext, ssl, sasl_plaintext or sasl_ssl"),
    open("kafka.ca_file", "the authorities that sign the brokers' certificates, PEM"),
    open("kafka.mechanism", "SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN"),
    open("kafka.username", "the user of the cluster"),
    secret("kafka.password", "the user's password"),
    open("kafka.partitions", "partitions of topics that admin setup makes"),
    open("kafka.replication", "copies of each partition that admin setup makes"),
    open("kafka.retention_days", "how long topics keep events, in days"),
    secret("search.url", "Elasticsearch or OpenSearch, https://..; absent: the embedded index"),
    open("search.username", "the user of it"),
    secret("search.password", "the user's password"),
    open("search.ca_file", "certificates, PEM, that are believed for it instead of the system's"),
    open("search.index", "the name of the index in it"),
    open(
        "search.snapshot_every_s",
        "how often the index role copies the embedded index to the storage, in seconds; 0: never",
    ),
];

impl Key {
    /// The variable that sets it.
    pub fn variable(&self) -> String {
        format!("MUTOSCOPE_{}", self.name.to_uppercase().replace('.', "_"))
    }

    /// The variable that names a file with its value.
    pub fn file_variable(&self) -> String {
        format!("{}_FILE", self.variable())
    }
}

const fn open(name: &'static str, about: &'static str) -> Key {
    Key { name, about, secret: false }
}

const fn secret(name: &'static str, about: &'static str) -> Key {
    Key { name, about, secret: true }
}
