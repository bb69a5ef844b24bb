//! Search over Mutoscope's videos.
//!
//! A reading list: the port is `mutoscope_core::search`; [`words`] says what a word is in any language; `query` reads what a
//! person typed, and `rank` says what a match is worth: every adapter finds and orders by these. [`EmbeddedSearch`] is
//! Tantivy in process, [`ElasticSearch`] is Elasticsearch or OpenSearch; [`Consumer`] feeds an index from the log of events, a
//! [`Group`] of processes one that they share; [`rebuild`] makes a new one from the database, [`Snapshots`] from a copy in the object store; [`suite`] is what every
//! adapter of the port must pass.

mod changes;
mod consumer;
mod cursor;
mod distance;
mod document;
mod elastic;
mod embedded;
mod error;
mod group;
mod highlight;
mod near;
mod query;
mod rank;
mod rebuild;
mod retry;
mod right;
mod snapshots;
mod suggestions;
#[cfg(feature = "testing")]
pub mod suite;
pub mod words;

pub use consumer::Consumer;
pub use elastic::{ElasticSearch, ElasticSettings, ElasticSettingsError};
pub use embedded::EmbeddedSearch;
pub use error::IndexError;
pub use group::{Group, SEARCH, SEARCH_TOPICS};
pub use rebuild::{Rebuilt, rebuild, set_up};
pub use snapshots::{SnapshotError, Snapshots, Taken};
