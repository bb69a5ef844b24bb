//! Wake-ups for those who make films: read, recorded in the database, committed, and a bell rung. The work itself is done
//! elsewhere, under leases: an encode never holds up who reads.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{BusError, Delivery, Member};
use crate::{
    crash::{self, Point},
    db::{Db, inbox},
    event::{Reason, What},
};

/// The name under which the transcode roles share the events.
pub const TRANSCODE: &str = "mutoscope.transcode";

const FIRST_RETRY: Duration = Duration::from_millis(200);
const LAST_RETRY: Duration = Duration::from_secs(10);

/// Takes in what `member` reads until `stop`, and calls `ring` when there is work. What fails is tried again; what fails
/// for good goes to the dead letters.
pub async fn take_in(db: Db, mut member: Box<dyn Member>, ring: impl Fn() + Send + Sync, stop: CancellationToken) {
    let mut retry = FIRST_RETRY;
    loop {
        let turn = tokio::select! {
            () = stop.cancelled() => return,
            turn = turn(&db, member.as_mut(), &ring) => turn,
        };
        let Err(error) = turn else {
            retry = FIRST_RETRY;
            continue;
        };
        tracing::warn!(error = &error as &dyn std::error::Error, "wake-ups wait");
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(retry) => {}
        }
        retry = (retry * 2).min(LAST_RETRY);
    }
}

/// Dropped in the middle, it comes again, and what had its effect has none.
async fn turn(db: &Db, member: &mut dyn Member, ring: &(impl Fn() + Sync)) -> Result<(), BusError> {
    let deliveries = member.next().await?;
    crash::reached(Point::EventRead);
    let mut is_work = false;
    for delivery in &deliveries {
        is_work |= take(db, member, delivery).await?;
    }
    crash::reached(Point::EventDone);
    member.commit().await?;
    if is_work {
        ring();
    }
    Ok(())
}

/// Whether there is work now.
async fn take(db: &Db, member: &mut dyn Member, delivery: &Delivery) -> Result<bool, BusError> {
    let event = match &delivery.event {
        Ok(event) => event,
        Err(unreadable) => {
            member.bury(delivery, Reason::from(unreadable), &unreadable.to_string()).await?;
            return Ok(false);
        }
    };
    let is_work = matches!(event.what, What::UploadCompleted { .. } | What::SpansPlanned { .. });
    if !is_work {
        return Ok(false);
    }
    match inbox::take_work(db, TRANSCODE, event).await {
        Ok(_) => Ok(true),
        Err(error) if error.kind().is_retryable() => Err(error.into()),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, event.id = %event.id, "an event can't have its effect");
            member.bury(delivery, Reason::Failed, &error.to_string()).await?;
            Ok(false)
        }
    }
}
