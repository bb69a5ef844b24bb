//! The two columns of DESIGN: everything in one process, and roles over services.

use std::{collections::BTreeMap, path::Path};

use mutoscope_core::{
    bus::kafka::{KafkaSettings, mock::MockKafka},
    store::StoreSettings,
    testing::{Cluster, ClusterSettings, PostgresDatabase},
};

use super::process::Role;
use crate::bucket;

/// Before the names of topics.
const PREFIX: &str = "fleet.";

/// What a fleet stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// SQLite and a folder, one process.
    Embedded,
    /// PostgreSQL and a folder that all share.
    SharedFolder,
    /// The same with a PostgreSQL of its own, durable as in operation, that a test may stop and start.
    OwnPostgres,
    /// PostgreSQL, a bucket, and Kafka: librdkafka's mock cluster.
    Services,
}

/// The services of one fleet.
pub struct Services {
    pub database_url: String,
    pub storage: StoreSettings,
    pub postgres: Option<PostgresDatabase>,
    pub cluster: Option<Cluster>,
    kafka: Option<(MockKafka, KafkaSettings)>,
    _bucket: Option<bucket::Server>,
}

impl Services {
    /// Starts them; `None` where PostgreSQL is needed and not there, which is said.
    pub async fn start(column: Column, folder: &Path) -> Option<Self> {
        let kafka = (column == Column::Services).then(|| {
            let mock = MockKafka::start();
            // This makes its topics: once.
            let settings = mock.settings(PREFIX);
            (mock, settings)
        });
        let postgres = match column {
            Column::Embedded | Column::OwnPostgres => None,
            Column::SharedFolder | Column::Services => Some(PostgresDatabase::make().await?),
        };
        let cluster = match column {
            Column::OwnPostgres => Some(Cluster::start(ClusterSettings::default()).await?),
            Column::Embedded | Column::SharedFolder | Column::Services => None,
        };
        let database_url = match (&postgres, &cluster) {
            (Some(postgres), _) => postgres.url.clone(),
            (None, Some(cluster)) => cluster.url(""),
            (None, None) => format!("sqlite://{}/database/mutoscope.db", folder.display()),
        };
        let bucket = if column == Column::Services { Some(bucket::Server::start("films").await) } else { None };
        let storage = match &bucket {
            Some(bucket) => bucket.settings("of/them"),
            None => StoreSettings::Folder(folder.join("objects")),
        };
        Some(Self { database_url, storage, postgres, cluster, kafka, _bucket: bucket })
    }

    /// The settings by which a process comes to them.
    pub fn settings(&self) -> BTreeMap<String, String> {
        let mut settings = BTreeMap::from([("MUTOSCOPE_DATABASE_URL".to_owned(), self.database_url.clone())]);
        if let Some((_, kafka)) = &self.kafka {
            settings.insert("MUTOSCOPE_KAFKA_BROKERS".to_owned(), kafka.brokers.join(","));
            settings.insert("MUTOSCOPE_KAFKA_TOPIC_PREFIX".to_owned(), kafka.prefix.clone());
        }
        let mut set = |name: &str, value: &str| settings.insert(format!("MUTOSCOPE_STORAGE_{name}"), value.to_owned());
        match &self.storage {
            StoreSettings::Folder(folder) => {
                set("URL", &format!("file://{}", folder.display()));
            }
            StoreSettings::S3(s3) => {
                set("URL", &format!("s3://{}/{}", s3.bucket, s3.prefix));
                set("ENDPOINT", s3.endpoint.as_deref().unwrap_or_default());
                set("ACCESS_KEY", &s3.access_key);
                set("SECRET_KEY", &s3.secret_key);
            }
        }
        settings
    }
}

/// The processes of a column: the one that is served first, then its workers.
pub fn roles(column: Column, port: u16) -> Vec<Role> {
    let role = |name, roles, port| Role { name, roles, port, settings: BTreeMap::new() };
    match column {
        Column::Embedded => vec![role("all", "api,transcode,index", Some(port))],
        Column::SharedFolder | Column::OwnPostgres | Column::Services => {
            vec![role("api", "api,index", Some(port)), role("one", "transcode", None), role("two", "transcode", None)]
        }
    }
}
