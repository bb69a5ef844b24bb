//! The cascade's thread: makes each picture of every rung from the one above and hands it to that rung's encoder. Apart
//! from the encoders, so that one which ends a segment keeps none of the others waiting for pictures.

use std::sync::mpsc::{Receiver, SyncSender};

use super::{report::Reporter, scale::Step, stop::Stop, timeline::Planned};
use crate::{
    av::VideoFrame,
    plan::{VideoPlan, VideoRendition},
};

/// What the cascade's thread works on.
pub struct CascadeStage<'a> {
    pub video: &'a VideoPlan,
    /// From the tallest down; the first is scaled from the source, the others from the one above.
    pub rungs: Vec<CascadeRung<'a>>,
    /// Where the last rung's pictures go beside its encoder.
    pub records: Option<SyncSender<Planned<VideoFrame>>>,
    pub pictures: Receiver<Planned<VideoFrame>>,
    pub reporter: &'a Reporter<'a>,
}

/// A rung of the cascade.
pub struct CascadeRung<'a> {
    pub rung: &'a VideoRendition,
    /// Its encoder; none where the rung is only scaled through.
    pub encoder: Option<SyncSender<Planned<VideoFrame>>>,
}

impl CascadeStage<'_> {
    /// Works until the pictures end.
    ///
    /// # Errors
    /// Where this or another stage stopped.
    pub fn run(self) -> Result<(), Stop> {
        // A scaler is made on the thread that uses it.
        let sizes = self.rungs.iter().map(|rung| rung.rung.rung.size).enumerate();
        let mut steps: Vec<Step> = sizes
            .map(|(at, size)| if at == 0 { Step::from_source(self.video, size) } else { Step::from_rung(size) })
            .collect();
        while let Ok(mut planned) = self.pictures.recv() {
            for (step, CascadeRung { encoder, .. }) in steps.iter_mut().zip(&self.rungs) {
                planned = step.scale(&planned).map_err(|error| self.reporter.failure.note(error))?;
                if let Some(encoder) = encoder {
                    encoder.send(planned.clone()).map_err(|_| Stop)?;
                }
            }
            if let Some(records) = &self.records {
                records.send(planned).map_err(|_| Stop)?;
            }
        }
        Ok(())
    }
}
