//! The truth: one SQL text on two typed pools (SQLite, PostgreSQL), one file an aggregate.
//!
//! A repository method is one whole transaction, and the outbox row of what it made true commits with it. SQL lives
//! here and nowhere else. [`read!`] runs a query on a reading pool, [`write!`] runs a block as one transaction.

pub mod copy;
pub mod dead_letters;
mod error;
pub mod figures;
pub mod garbage;
pub mod inbox;
pub mod invitations;
pub mod jobs;
pub mod leases;
pub mod library;
mod lock;
pub mod look;
mod macros;
pub mod objects;
pub mod outbox;
pub mod plans;
mod pool;
pub mod relay;
pub mod remake;
pub mod replica;
pub mod retention;
mod retry;
mod schema_check;
pub mod search_documents;
pub mod segments;
pub mod sessions;
pub mod uploads;
pub mod users;
pub mod videos;
pub mod views;

pub use error::DbError;
pub(crate) use macros::{read, transaction, write};
pub use pool::{Db, DbSettings};
pub(crate) use retry::Tries;
