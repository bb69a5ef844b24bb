//! PostgreSQL over TLS and with SCRAM, as an address says it: what is wrong is told, and never the password.

use mutoscope_core::{
    db::{Db, DbError, DbSettings},
    testing::{Cluster, ClusterSettings},
};

const CERT: &[u8] = include_bytes!("credentials/server.pem");
const KEY: &[u8] = include_bytes!("credentials/server-key.pem");
const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/db/credentials/server.pem");
const OTHER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/db/credentials/other.pem");

/// Nobody comes in without TLS and a password that SCRAM-SHA-256 has checked.
const WHO_MAY: &[u8] = b"hostssl all all 127.0.0.1/32 scram-sha-256\n";

#[tokio::test]
async fn postgresql_is_reached_over_tls_with_a_password_and_by_nobody_else() {
    let settings = ClusterSettings {
        settings: &["ssl=on", "password_encryption=scram-sha-256"],
        files: &[("server.crt", CERT), ("server.key", KEY), ("pg_hba.conf", WHO_MAY)],
    };
    let Some(cluster) = Cluster::start(settings).await else { return };

    for mode in ["require", "verify-ca", "verify-full"] {
        let db = open(cluster.url(&format!("?sslmode={mode}&sslrootcert={OWN}"))).await.unwrap();
        db.ping().await.unwrap();
        db.close().await;
    }
    let password = "not-the-password-7f1d";
    let wrong = refused(cluster.url_with(password, &format!("?sslmode=verify-full&sslrootcert={OWN}"))).await;
    assert!(wrong.contains("password authentication failed for user \"mutoscope\""), "{wrong}");
    let unknown = refused(cluster.url_with(password, &format!("?sslmode=verify-full&sslrootcert={OTHER}"))).await;
    assert!(unknown.contains("certificate"), "{unknown}");
    // Without a file, the system's authorities count: none of them knows this server.
    let unknown = refused(cluster.url_with(password, "?sslmode=verify-full")).await;
    assert!(unknown.contains("certificate"), "{unknown}");
    let plain = refused(cluster.url_with(password, "?sslmode=disable")).await;
    assert!(plain.contains("no encryption"), "{plain}");
    for told in [wrong, unknown, plain] {
        assert!(!told.contains(password), "{told}");
    }
}

async fn open(url: String) -> Result<Db, DbError> {
    let settings = DbSettings { url, connections: 2 };
    assert!(!format!("{settings:?}").contains("postgres:"), "an address is not shown");
    Db::open(&settings).await
}

/// The error with all its causes, as a command says it.
async fn refused(url: String) -> String {
    let Err(error) = open(url).await else { panic!("it was let in") };
    let mut text = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
