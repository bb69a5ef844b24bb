//! What a span tells its parent while it works: signs of work, whole segments, warnings.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use mutoscope_core::media::RenditionName;

use super::stop::{Failure, Stop};
use crate::{
    av::muxer::Muxed,
    error::{MediaErrorCode, MediaWarning},
    jail::{Channel, FromChild},
    span::{Progress, SegmentFacts},
};

/// Signs of work come at most this often.
const SIGN_EVERY: Duration = Duration::from_millis(250);
/// Warnings of one kind that a span may give.
const WARNINGS_OF_A_KIND: usize = 5;

/// The span's voice. Every stage shares it.
pub struct Reporter<'a> {
    channel: &'a Arc<Channel>,
    pub failure: &'a Failure,
    frames_planned: u64,
    frames_decoded: AtomicU64,
    frames_done: AtomicU64,
    last_sign: Mutex<Option<Instant>>,
    inits: Mutex<BTreeMap<RenditionName, Vec<u8>>>,
    warnings: Mutex<Vec<MediaWarning>>,
    /// Instants of the pictures that were decoded without error, where somebody asks for them.
    clean: Mutex<Option<BTreeSet<i64>>>,
}

impl<'a> Reporter<'a> {
    /// A span of this many planned pictures.
    pub fn new(channel: &'a Arc<Channel>, failure: &'a Failure, frames_planned: u64) -> Self {
        Self {
            channel,
            failure,
            frames_planned,
            frames_decoded: AtomicU64::new(0),
            frames_done: AtomicU64::new(0),
            last_sign: Mutex::default(),
            inits: Mutex::default(),
            warnings: Mutex::default(),
            clean: Mutex::default(),
        }
    }

    /// A source picture was decoded.
    pub fn decoded_one(&self) -> Result<(), Stop> {
        self.frames_decoded.fetch_add(1, Ordering::Relaxed);
        self.sign_of_work()
    }

    /// From here on, pictures that decode without error are remembered until they are forgotten.
    pub fn remember_pictures(&self) {
        *self.clean.lock().unwrap_or_else(PoisonError::into_inner) = Some(BTreeSet::new());
    }

    /// A source picture of this instant (microseconds of the container) was decoded without error.
    pub fn saw_clean_picture(&self, at_us: i64) {
        if let Some(clean) = self.clean.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            clean.insert(at_us);
        }
    }

    /// How many pictures between these instants were decoded without error.
    pub fn clean_pictures(&self, instants: RangeInclusive<i64>) -> usize {
        let clean = self.clean.lock().unwrap_or_else(PoisonError::into_inner);
        clean.as_ref().map_or(0, |clean| clean.range(instants).count())
    }

    /// Nobody asks for pictures up to this instant any more.
    pub fn forget_pictures_until(&self, at_us: i64) {
        if let Some(clean) = self.clean.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            *clean = clean.split_off(&at_us.saturating_add(1));
        }
    }

    /// A planned picture went to the rungs.
    pub fn passed_one(&self) {
        self.frames_done.fetch_add(1, Ordering::Relaxed);
    }

    /// Pictures decoded so far.
    pub fn frames_decoded(&self) -> u64 {
        self.frames_decoded.load(Ordering::Relaxed)
    }

    /// Something was done; the parent hears of it now and then.
    pub fn sign_of_work(&self) -> Result<(), Stop> {
        {
            let mut last = self.last_sign.lock().unwrap_or_else(PoisonError::into_inner);
            if last.is_some_and(|last| last.elapsed() < SIGN_EVERY) {
                return Ok(());
            }
            *last = Some(Instant::now());
        }
        self.send_progress()
    }

    /// Hands over a whole segment, after the rendition's init segment where it is the first. A header that differs
    /// from the first one ends the span.
    pub fn deliver(
        &self,
        rendition: &RenditionName,
        index: u32,
        muxed: &Muxed,
        facts: SegmentFacts,
    ) -> Result<(), Stop> {
        let mut inits = self.inits.lock().unwrap_or_else(PoisonError::into_inner);
        match inits.get(rendition) {
            Some(init) if *init == muxed.init => {}
            Some(_) => return Err(self.failure.note(MediaErrorCode::Internal)),
            None => {
                self.send(&FromChild::Init { rendition: rendition.clone() }, &muxed.init)?;
                inits.insert(rendition.clone(), muxed.init.clone());
            }
        }
        drop(inits);
        let header = FromChild::Segment { rendition: rendition.clone(), index, facts };
        self.send(&header, &muxed.media)
    }

    /// Hands over a segment's record.
    pub fn deliver_record(&self, index: u32, bytes: &[u8]) -> Result<(), Stop> {
        self.send(&FromChild::Record { index }, bytes)
    }

    /// Warns the film's owner, at most a few times of one kind.
    pub fn warn(&self, warning: MediaWarning) -> Result<(), Stop> {
        {
            let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
            if warnings.iter().filter(|given| given.code == warning.code).count() >= WARNINGS_OF_A_KIND {
                return Ok(());
            }
            warnings.push(warning.clone());
        }
        self.send(&FromChild::Warning(warning), &[])
    }

    /// The warnings given.
    pub fn into_warnings(self) -> Vec<MediaWarning> {
        self.warnings.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the parent how far the span is.
    pub fn send_progress(&self) -> Result<(), Stop> {
        let progress = Progress {
            frames_decoded: self.frames_decoded.load(Ordering::Relaxed),
            frames_done: self.frames_done.load(Ordering::Relaxed),
            frames_planned: self.frames_planned,
        };
        self.send(&FromChild::Progress(progress), &[])
    }

    fn send(&self, header: &FromChild, body: &[u8]) -> Result<(), Stop> {
        self.channel.send(header, body).map_err(|_| self.failure.note(MediaErrorCode::Cancelled))
    }
}
