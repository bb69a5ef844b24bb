//! The configuration: where settings come from, and how faults are told.

use std::collections::BTreeMap;

use mutoscope_core::{bus::kafka::Mechanism, media::VideoCodec, store::StoreSettings};
use mutoscope_server::config::{self, Config, Faults, KEYS, Registration, SearchSettings, Sources};
use mutoscope_transcoder::span::Verification;

/// A file with this text, variables and flags; the folder lives as long as the result.
struct Given {
    folder: tempfile::TempDir,
    sources: Sources,
}

impl Given {
    fn file(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mutoscope.toml");
        std::fs::write(&path, text).unwrap();
        Self { folder, sources: Sources { file: Some(path), ..Sources::default() } }
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.sources.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    fn flag(mut self, key: &'static str, flag: &'static str, value: &str) -> Self {
        self.sources.flags.push((key, flag, value.to_owned()));
        self
    }

    fn load(&self) -> Result<Config, Faults> {
        config::load(&self.sources)
    }

    /// The faults, with the folder's own path left out.
    fn faults(&self) -> String {
        let faults = self.load().expect_err("faults").to_string();
        faults.replace(&format!("{}/", self.folder.path().display()), "")
    }
}

#[test]
fn nothing_needs_to_be_set() {
    let config = config::load(&Sources::default()).unwrap();
    assert_eq!(config.network.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.data, std::env::current_dir().unwrap().join("data"));
    assert!(config.roles.api && config.roles.transcode && config.roles.index && config.sandbox);
    assert_eq!(config.accounts.registration, Registration::Open);
    assert!(config.database.url.starts_with("sqlite:///"), "{}", config.database.url);
    assert!(matches!(config.storage, StoreSettings::Folder(path) if path == config.data.join("objects")));
}

#[test]
fn a_flag_is_stronger_than_a_variable_and_a_variable_than_the_file() {
    let given = Given::file("listen = '127.0.0.1:1'\nregistration = 'closed'\nname = 'Ours'\ndata = 'kept'\n")
        .variable("MUTOSCOPE_LISTEN", "127.0.0.1:2")
        .variable("MUTOSCOPE_REGISTRATION", "invite")
        .flag("listen", "--listen", "127.0.0.1:3");
    let config = given.load().unwrap();
    assert_eq!(config.network.listen.port(), 3);
    assert_eq!(config.accounts.registration, Registration::Invite);
    assert_eq!(config.name, "Ours");
    assert_eq!(config.data, given.folder.path().join("kept"), "relative to the file");
}

#[test]
fn limits_on_films_have_defaults_and_can_be_set_one_by_one() {
    let films = Given::file("").load().unwrap().films;
    assert_eq!((films.width, films.height, films.streams, films.frame_rate), (8192, 4320, 64, 240));
    assert_eq!((films.length_ms, films.file_bytes, films.resident_bytes), (21_600_000, 10 << 30, 2 << 30));
    let given = Given::file(
        "[films]\nmax_width = 1920\nmax_height = 1080\nmax_tracks = 8\nmax_frame_rate = 60\nmax_length_s = 600\n\
         memory_bytes = '4GiB'\n\n[uploads]\nmax_bytes = '1GiB'\n",
    );
    let films = given.load().unwrap().films;
    assert_eq!((films.width, films.height, films.streams, films.frame_rate), (1920, 1080, 8, 60));
    assert_eq!((films.length_ms, films.file_bytes, films.resident_bytes), (600_000, 1 << 30, 4 << 30));
    assert!(films.address_space_bytes > films.resident_bytes);
    assert_eq!(Given::file("").load().unwrap().uploads.quota_bytes, 100 << 30);
}

#[test]
fn the_ladder_goes_up_to_2160_and_can_be_set_in_every_way() {
    let heights = |given: &Given| given.load().unwrap().renditions.ladder.heights().to_vec();
    assert_eq!(heights(&Given::file("")), [2160, 1440, 1080, 720, 480, 360, 240]);
    assert_eq!(heights(&Given::file("ladder = [360, 1080]\n")), [1080, 360]);
    let given = Given::file("ladder = [360, 1080]\n").variable("MUTOSCOPE_LADDER", "720, 240,720");
    assert_eq!(heights(&given), [720, 240]);
    assert_eq!(
        Given::file("ladder = [720, 9000]\n").faults(),
        "mutoscope.toml:1: ladder: \"9000\": a height is a number from 16 to 4320"
    );
    assert_eq!(
        Given::file("ladder = []\n").faults(),
        "mutoscope.toml:1: ladder: name 1 to 12 heights, as 1080, 720, 360"
    );
}

#[test]
fn codecs_are_made_beside_h264_and_never_without_it() {
    let codecs = |text: &str| Given::file(text).load().unwrap().renditions.codecs.into_iter().collect::<Vec<_>>();
    assert_eq!(codecs(""), [VideoCodec::H264]);
    assert_eq!(codecs("codecs = ['av1']\n"), [VideoCodec::H264, VideoCodec::Av1]);
    assert_eq!(codecs("codecs = 'hevc, h264'\n"), [VideoCodec::H264, VideoCodec::Hevc]);
    let wrong = Given::file("codecs = ['vp9']\n").faults();
    assert_eq!(wrong, "mutoscope.toml:1: codecs: \"vp9\": a codec is one of h264, hevc, av1");
}

#[test]
fn segments_are_checked_by_key_frames_unless_all_is_asked_for() {
    let how = |text: &str| Given::file(text).load().unwrap().renditions.verification;
    assert_eq!((how(""), how("verify = 'full'\n")), (Verification::Keyframes, Verification::Full));
    let wrong = Given::file("verify = 'all'\n").faults();
    assert_eq!(wrong, "mutoscope.toml:1: verify: segments are checked by keyframes or full");
}

#[test]
fn all_faults_are_told_at_once_each_with_its_place() {
    let given = Given::file(
        "listen = 'here'\nregistation = 'open'\ntrusted_proxies = ['10.0.0.0/8', '10.0.0.0/99', 'x']\n\
         name = 5.5\n\n[tls]\ncert = 'a.pem'\n\n[uploads]\nmax_bytes = '10 apples'\nquota = 7\n\n\
         [kafka]\nbrokers = 'k'\n\n[database]\nurl = 'mysql://u:secret@h/d'\n",
    )
    .variable("MUTOSCOPE_PUBLIC_URL", "video.example/path")
    .variable("MUTOSCOPE_STORAGE_URL", "s3://Bucket")
    .variable("MUTOSCOPE_STORAGE_SECRET_KEY_FILE", "/nowhere/key")
    .variable("MUTOSCOPE_REGISTRATON", "open")
    .variable("MUTOSCOPE_ROOT", "not ours")
    .variable("MUTOSCOPE_ACCOUNTS_SESSION_DAYS", "1000")
    .flag("roles", "--roles", "api,tanscode");
    let faults = given.faults();
    assert!(!faults.contains("secret@"), "no secret is shown");
    insta::assert_snapshot!(faults);
}

#[test]
fn every_fault_of_the_files_form_is_told_with_its_line() {
    insta::assert_snapshot!(Given::file("name = \nlisten = '127.0.0.1:1'\n[tls\ncert = 'x'\n= 3\n").faults());
    let missing = Sources { file: Some("no-such.toml".into()), ..Sources::default() };
    assert_eq!(config::load(&missing).unwrap_err().to_string(), "no-such.toml: there is no such file");
}

#[test]
fn a_secret_may_lie_in_a_file_of_its_own_and_is_never_shown() {
    let given = Given::file("[storage]\nurl = 's3://bucket/films'\naccess_key = 'id'\nsecret_key_file = 'key'\n");
    std::fs::write(given.folder.path().join("key"), "very secret\n").unwrap();
    let config = given.load().unwrap();
    let StoreSettings::S3(s3) = &config.storage else { panic!("a bucket") };
    assert_eq!((s3.bucket.as_str(), s3.prefix.as_str(), s3.secret_key.as_str()), ("bucket", "films", "very secret"));
    assert!(!format!("{config:?}").contains("very secret"));
}

#[test]
fn the_database_password_is_never_shown() {
    let given = Given::file("").variable("MUTOSCOPE_DATABASE_URL", "postgres://mutoscope:hunter2@db.example/mutoscope");
    assert!(!format!("{:?}", given.load().unwrap()).contains("hunter2"));
}

#[test]
fn a_replica_is_postgresql_as_its_primary_is_and_its_address_is_a_secret() {
    let replica = "[database]\nurl = 'postgres://u:p@primary/x'\nread_url = 'postgres://u:hush@replica/x'\n";
    let config = Given::file(replica).load().unwrap();
    assert_eq!(config.read_replica.as_ref().unwrap().url, "postgres://u:hush@replica/x");
    assert!(!format!("{config:?}").contains("hush"));
    assert!(Given::file("").load().unwrap().read_replica.is_none());
    let alone = Given::file("[database]\nread_url = 'postgres://u:hush@replica/x'\n").faults();
    assert!(alone.contains("only PostgreSQL has replicas") && !alone.contains("hush"), "{alone}");
    let lite = Given::file("[database]\nread_url = 'sqlite:///x.db'\n").faults();
    assert!(lite.contains("a replica is PostgreSQL"), "{lite}");
}

#[test]
fn a_bucket_needs_its_keys_and_a_folder_none() {
    let bucket = Given::file("[storage]\nurl = 's3://bucket'\nsecret_key = 'x'\n");
    assert_eq!(bucket.faults(), "mutoscope.toml:2: storage.url: a bucket needs storage.access_key too");
    let folder = Given::file("[storage]\naccess_key = 'x'\n");
    assert!(folder.faults().starts_with("mutoscope.toml:2: storage.access_key: this belongs to a bucket"));
}

#[test]
fn kafka_is_reached_as_it_is_said_and_no_password_goes_in_the_clear() {
    let kafka = |text: &str| Given::file(&format!("[kafka]\n{text}")).load().unwrap().kafka.unwrap();
    assert_eq!(Given::file("").load().unwrap().kafka, None);
    let plain =
        kafka("brokers = ['k-1:9092', '[::1]:9092']\ntopic_prefix = 'stage.'\nretention_days = 3\nreplication = 2\n");
    assert_eq!(plain.brokers, ["k-1:9092", "[::1]:9092"]);
    assert_eq!((plain.prefix.as_str(), &plain.tls, &plain.login), ("stage.", &None, &None));
    assert_eq!((plain.topics.replication, plain.topics.retention.as_secs()), (Some(2), 3 * 24 * 3600));
    let secured = kafka("brokers = 'k:9092'\nusername = 'ada'\npassword = 'hunter2'\nca_file = 'ca.pem'\n");
    let login = secured.login.as_ref().unwrap();
    assert_eq!((login.mechanism, login.password.as_str()), (Mechanism::ScramSha512, "hunter2"));
    assert!(secured.tls.as_ref().unwrap().ca_file.as_ref().unwrap().ends_with("ca.pem"));
    assert!(!format!("{secured:?}").contains("hunter2"));
    // A user without a word of TLS is not sent in the clear.
    assert!(kafka("brokers = 'k:9092'\nusername = 'ada'\npassword = 'p'\n").tls.is_some());

    let faults = |text: &str| Given::file(&format!("[kafka]\n{text}")).faults();
    for (text, told) in [
        ("brokers = 'kafka'\n", "kafka.brokers: \"kafka\": write host:port"),
        ("username = 'ada'\n", "kafka.username: this belongs to Kafka"),
        ("brokers = 'k:1'\nusername = 'ada'\n", "kafka.username: a user needs a password"),
        ("brokers = 'k:1'\nmechanism = 'GSSAPI'\n", "kafka.mechanism: write SCRAM-SHA-256"),
        ("brokers = 'k:1'\nsecurity_protocol = 'sasl_ssl'\n", "kafka.security_protocol: this needs kafka.username"),
        (
            "brokers = 'k:1'\nsecurity_protocol = 'sasl_plaintext'\nmechanism = 'plain'\nusername = 'a'\npassword = 'p'\n",
            "kafka.mechanism: PLAIN sends the password as it is",
        ),
        ("brokers = 'k:1'\ntopic_prefix = 'a b'\n", "kafka.topic_prefix: the prefix may hold"),
        ("brokers = 'k:1'\npartitions = 0\n", "kafka.partitions: write a whole number"),
    ] {
        assert!(faults(text).contains(told), "{text:?}: {}", faults(text));
    }
}

#[test]
fn a_folder_with_odd_signs_in_its_name_is_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join("a %41?b#c d");
    let flags = vec![("data", "--data", odd.display().to_string())];
    let config = config::load(&Sources { flags, ..Sources::default() }).unwrap();
    config::DataFolder::prepare(&config).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let db = mutoscope_core::db::Db::open(&config.database).await.unwrap();
        db.close().await;
    });
    assert!(odd.join("db").join("mutoscope.db").is_file());
}

#[test]
fn every_setting_can_be_given_by_its_variable() {
    let known: BTreeMap<&str, String> = KEYS.iter().map(|key| (key.name, key.variable())).collect();
    for (name, variable) in [
        ("data", "MUTOSCOPE_DATA"),
        ("tls.cert", "MUTOSCOPE_TLS_CERT"),
        ("database.url", "MUTOSCOPE_DATABASE_URL"),
        ("storage.public_endpoint", "MUTOSCOPE_STORAGE_PUBLIC_ENDPOINT"),
        ("kafka.brokers", "MUTOSCOPE_KAFKA_BROKERS"),
    ] {
        assert_eq!(known[name], variable);
    }
}

#[test]
fn a_search_service_is_an_address_with_or_without_a_user() {
    let service = |given: &Given| match given.load().unwrap().search {
        SearchSettings::Service(settings) => settings,
        SearchSettings::Embedded { .. } => panic!("a service is set"),
    };
    let given = Given::file("[search]\nurl = 'https://ada:p%40ss@search.example.org:9200/es'\n");
    let settings = service(&given);
    assert_eq!(settings.url.as_str(), "https://search.example.org:9200/es");
    assert_eq!(settings.login, Some(("ada".to_owned(), "p@ss".to_owned())));
    assert_eq!(settings.index, "mutoscope");
    assert!(!format!("{settings:?}").contains("p@ss"));

    let given = Given::file("[search]\nurl = 'http://127.0.0.1:9200'\nusername = 'ada'\nindex = 'films-2'\n")
        .variable("MUTOSCOPE_SEARCH_PASSWORD", "secret");
    let settings = service(&given);
    assert_eq!(settings.login, Some(("ada".to_owned(), "secret".to_owned())));
    assert_eq!(settings.index, "films-2");

    for (text, fault) in [
        ("url = 'search.example.org'", "write https://"),
        ("url = 'ftp://search.example.org'", "write https://"),
        ("url = 'http://ada@search'", "without a password"),
        ("url = 'http://ada:hidden-one@search?x=1'", "write https://"),
        ("url = 'http://search'\nusername = 'ada'", "needs search.password"),
        ("url = 'http://ada:hidden-one@search'\nusername = 'ada'\npassword = 'x'", "names a user, and so do"),
        ("url = 'http://search'\nindex = 'A*'", "lower-case letters"),
        ("url = 'http://search'\nca_file = 'absent.pem'", "can't be read"),
        ("url = 'http://search'\nsnapshot_every_s = 60", "embedded index alone"),
        ("username = 'ada'\npassword = 'x'", "set search.url too"),
        ("index = 'films'", "set search.url too"),
    ] {
        let told = Given::file(&format!("[search]\n{text}\n")).faults();
        assert!(told.contains(fault) && !told.contains("hidden-one"), "{text}: {told}");
    }
}

#[test]
fn the_embedded_index_is_copied_where_several_machines_share_a_storage() {
    let every = |text: &str| match Given::file(text).load().unwrap().search {
        SearchSettings::Embedded { snapshot_every } => snapshot_every.map(|every| every.as_secs()),
        SearchSettings::Service(_) => panic!("no service is set"),
    };
    let bucket = "[storage]\nurl = 's3://films'\naccess_key = 'a'\nsecret_key = 'b'\n";
    assert_eq!(every(""), None);
    assert_eq!(every("[search]\nsnapshot_every_s = 60\n"), Some(60));
    assert_eq!(every(bucket), Some(600));
    assert_eq!(every(&format!("{bucket}[search]\nsnapshot_every_s = 0\n")), None);
}
