//! Search over Mutoscope's videos.
//!
//! A reading list: the port is `mutoscope_core::search`; [`words`] says what a word is in any language; [`EmbeddedSearch`]
//! is Tantivy in process; [`Consumer`] feeds an index from the log of events; [`rebuild`] makes a new one from the
//! database; [`suite`] is what every adapter of the port must pass.

mod consumer;
mod embedded;
mod error;
mod rebuild;
#[cfg(feature = "testing")]
pub mod suite;
pub mod words;

pub use consumer::Consumer;
pub use embedded::EmbeddedSearch;
pub use error::IndexError;
pub use rebuild::{Rebuilt, rebuild};
