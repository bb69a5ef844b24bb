//! Domain words, ports and shared adapters of Mutoscope.
//!
//! A reading list: [`id`] and [`time`] are the small types everything carries; [`video`], [`job`] and [`event`] the
//! words of the domain; [`media`] what a film is cut into; [`db`] the truth; [`store`] the bytes; [`bus`] the wake-ups;
//! [`privacy`] the one answer to "may this person see it".

pub mod account;
pub mod bus;
pub mod crash;
pub mod db;
pub mod error;
pub mod event;
pub mod id;
pub mod job;
pub mod media;
pub mod privacy;
pub mod search;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod time;
pub mod trace;
pub mod video;
