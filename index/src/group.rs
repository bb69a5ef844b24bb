//! Feeding one index by a group of processes: each takes in its share of the events, and one of them looks after the whole.
//!
//! `share` reads, writes what the rows say into the index, notes the events and commits them; `watch` keeps the index's
//! place by these notes, takes in from the log what the group did not bring, and makes a new index where there is none;
//! `bring` is what both do about a set of videos.
//!
//! Effects are idempotent by the version of a document, the end of the log before its row was read. Notes are kept for each
//! index that ever answered under its own name: what was taken in before a new one answered, but after its rows were read,
//! has no note under it, and is found so.

mod bring;
mod share;
mod watch;

use mutoscope_core::{bus::Member, db::Db, event::VIDEOS_TOPIC};
use tokio_util::sync::CancellationToken;

use self::{share::Share, watch::Watch};
use crate::elastic::{ElasticSearch, Standing};

/// The name under which the index roles share the events.
pub const SEARCH: &str = "mutoscope.search";

/// The topics that concern search.
pub const SEARCH_TOPICS: [&str; 1] = [VIDEOS_TOPIC];

/// This process's part in feeding an index that others feed, too. Run it as a task.
#[derive(Debug)]
pub struct Group {
    share: Share,
    watch: Watch,
}

impl Group {
    /// Feeds `search` with what `db` says of the events that come to `member`, who joined as [`SEARCH`] for
    /// [`SEARCH_TOPICS`].
    pub fn new(db: Db, member: Box<dyn Member>, search: ElasticSearch) -> Self {
        let share = Share { db: db.clone(), member, search: search.clone() };
        Self { share, watch: Watch::new(db, search) }
    }

    /// Feeds the index until `stop`. What fails is tried again; what fails for good goes to the dead letters.
    pub async fn run(self, stop: CancellationToken) {
        tokio::join!(self.share.run(stop.clone()), self.watch.run(stop));
    }
}

/// Under which consumer's name the events are noted that this index has taken in.
fn notes(standing: &Standing) -> String {
    format!("{SEARCH}/{}", standing.index())
}
