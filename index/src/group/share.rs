//! A process's share of the events: read, taken in, noted, committed.

use std::{collections::BTreeSet, error::Error};

use mutoscope_core::{
    bus::{Delivery, Member},
    crash::{self, Point},
    db::{Db, inbox},
    event::{Event, Reason},
    id::{EventId, VideoId},
};
use tokio_util::sync::CancellationToken;

use super::{
    bring::{Refused, bring},
    notes,
};
use crate::{changes::concerns_search, elastic::ElasticSearch, error::IndexError, retry::Retry};

/// Takes in what its member is given.
#[derive(Debug)]
pub struct Share {
    pub db: Db,
    pub member: Box<dyn Member>,
    pub search: ElasticSearch,
}

impl Share {
    pub async fn run(mut self, stop: CancellationToken) {
        let mut retry = Retry::default();
        // Dropped in the middle, a step comes again, to this process or another, and changes nothing then.
        while retry.attempt(self.step(), &stop).await {}
    }

    async fn step(&mut self) -> Result<(), IndexError> {
        let deliveries = self.member.next().await?;
        crash::reached(Point::IndexRead);
        self.take_in(&deliveries).await?;
        crash::reached(Point::IndexDone);
        Ok(self.member.commit().await?)
    }

    async fn take_in(&mut self, deliveries: &[Delivery]) -> Result<(), IndexError> {
        // Asked for first: where there is no index, nothing is given up.
        let standing = self.search.standing().await?;
        for delivery in deliveries {
            if let Err(unreadable) = &delivery.event {
                self.member.bury(delivery, Reason::from(unreadable), &unreadable.to_string()).await?;
            }
        }
        let events = || deliveries.iter().filter_map(|delivery| delivery.event.as_ref().ok());
        let videos: BTreeSet<VideoId> = events().filter_map(concerned).collect();
        let refused = bring(&self.db, &self.search, &standing, &videos).await?;
        self.bury(deliveries, refused).await?;
        let taken: Vec<EventId> = events().map(|event| event.id).collect();
        Ok(inbox::note(&self.db, &notes(&standing), &taken).await?)
    }

    /// What the index refuses for good holds nobody up: its events go to the dead letters.
    async fn bury(&mut self, deliveries: &[Delivery], refused: Refused) -> Result<(), IndexError> {
        for (video, error) in refused {
            tracing::error!(error = &error as &dyn Error, video.id = %video, "search can't hold a video");
            let reason = in_words(&error);
            let of_it =
                |delivery: &&Delivery| delivery.event.as_ref().is_ok_and(|event| concerned(event) == Some(video));
            for delivery in deliveries.iter().filter(of_it) {
                self.member.bury(delivery, Reason::Failed, &reason).await?;
            }
        }
        Ok(())
    }
}

/// The video of which the index may have to be told.
fn concerned(event: &Event) -> Option<VideoId> {
    concerns_search(&event.what).then_some(event.video_id)
}

/// The error with its causes, for whoever reads the letter.
fn in_words(error: &IndexError) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}
