//! An empty database of a test's own on the private PostgreSQL.

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

use super::POSTGRES_URL;

/// A database that is there until it is removed; with the private server it goes in any case.
#[derive(Debug)]
pub struct PostgresDatabase {
    /// As `postgres://user:password@127.0.0.1:port/name`.
    pub url: String,
    name: String,
    admin: PgConnection,
}

impl PostgresDatabase {
    /// A new one; `None` where no server was named, which is said.
    pub async fn make() -> Option<Self> {
        match std::env::var(POSTGRES_URL) {
            Ok(server) => Some(Self::on(&server).await),
            Err(_) => {
                eprintln!("SKIP on PostgreSQL: {POSTGRES_URL} names no server");
                None
            }
        }
    }

    pub(super) async fn on(server: &str) -> Self {
        let options: PgConnectOptions = server.parse().expect("a PostgreSQL address");
        let name = format!("t{}", uuid::Uuid::new_v4().simple());
        let mut admin = options.connect().await.expect("PostgreSQL answers");
        run(&mut admin, format!("CREATE DATABASE {name}")).await;
        let url = options.database(&name).to_url_lossy().to_string();
        Self { url, name, admin }
    }

    /// Drops it, whoever is connected.
    pub async fn remove(mut self) {
        run(&mut self.admin, format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
        self.admin.close().await.expect("the connection closes");
    }
}

async fn run(admin: &mut PgConnection, sql: String) {
    sqlx::query(AssertSqlSafe(sql)).execute(admin).await.expect("the server does as the test asks");
}
