//! What is noted of a span's segments beside their renditions: one thread makes every picture small, the track's own
//! thread measures its sound, and each record is handed over once both are there.

use std::{
    collections::{BTreeMap, VecDeque},
    ops::Range,
    sync::{Arc, Mutex, PoisonError, mpsc::Receiver},
};

use mutoscope_core::media::SegmentGrid;

use super::{report::Reporter, scale::Step, stop::Stop, timeline::Planned};
use crate::{
    av::{VideoFrame, frame},
    error::MediaErrorCode,
    plan::{PictureRecordPlan, RecordPlan, VideoPlan},
    record::{self, CELLS, PictureRecord, SegmentRecord, SoundRecord, scenes},
};

/// Puts each segment's record together. Its pictures and its sound come from two threads, each in order, so that records
/// are handed over in order, too.
pub struct Records<'a> {
    planned: &'a RecordPlan,
    reporter: &'a Reporter<'a>,
    open: Mutex<BTreeMap<u32, SegmentRecord>>,
}

impl<'a> Records<'a> {
    /// Nothing is noted yet.
    pub fn new(planned: &'a RecordPlan, reporter: &'a Reporter<'a>) -> Self {
        Self { planned, reporter, open: Mutex::default() }
    }

    /// Takes what is noted of a segment's sound.
    ///
    /// # Errors
    /// Where this or another stage stopped.
    pub fn add_sound(&self, index: u32, sound: SoundRecord) -> Result<(), Stop> {
        self.add(index, |record| record.sound = Some(sound))
    }

    fn add_pictures(&self, index: u32, pictures: PictureRecord) -> Result<(), Stop> {
        self.add(index, |record| record.pictures = Some(pictures))
    }

    fn add(&self, index: u32, put: impl FnOnce(&mut SegmentRecord)) -> Result<(), Stop> {
        // Held while a record is sent, or the next one could come before it.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let record = open.entry(index).or_insert(SegmentRecord { pictures: None, sound: None });
        put(record);
        let is_whole = record.pictures.is_some() == self.planned.pictures.is_some()
            && record.sound.is_some() == self.planned.sound.is_some();
        if !is_whole {
            return Ok(());
        }
        let bytes = open.remove(&index).and_then(|record| record::write(&record).ok());
        let bytes = bytes.ok_or_else(|| self.reporter.failure.note(MediaErrorCode::Internal))?;
        self.reporter.deliver_record(index, &bytes)
    }
}

/// What the thread works on that makes pictures small.
pub struct RecordStage<'a> {
    pub planned: &'a PictureRecordPlan,
    pub video: &'a VideoPlan,
    pub grid: &'a SegmentGrid,
    /// From the last rung, or from the source.
    pub step: Step,
    /// The segments and their planned pictures.
    pub segments: VecDeque<(u32, Range<u64>)>,
    pub pictures: Receiver<Planned<VideoFrame>>,
    pub records: &'a Records<'a>,
    pub reporter: &'a Reporter<'a>,
}

/// A segment whose pictures come in.
struct Open {
    index: u32,
    frames: Range<u64>,
    /// Thumbnails that are not taken yet, by the picture that each shows.
    thumbnails: VecDeque<u64>,
    record: PictureRecord,
}

impl RecordStage<'_> {
    /// Works until the pictures end.
    ///
    /// # Errors
    /// Where this or another stage stopped.
    pub fn run(mut self) -> Result<(), Stop> {
        let mut open: Option<Open> = None;
        // A picture that is shown again is not looked at again.
        let mut seen: Option<(Arc<VideoFrame>, Vec<u8>)> = None;
        while let Ok(planned) = self.pictures.recv() {
            let Planned { number, picture } =
                self.step.scale(&planned).map_err(|error| self.reporter.failure.note(error))?;
            drop(planned);
            let Some(mut segment) = open.take().or_else(|| self.begin()) else { continue };
            if number != segment.frames.start + segment.pictures_seen() {
                return Err(self.wrong());
            }
            let is_again = seen.as_ref().is_some_and(|(last, _)| Arc::ptr_eq(last, &picture));
            let signature = match seen.take() {
                Some((_, signature)) if is_again => signature,
                _ => signature_of(&picture).ok_or_else(|| self.wrong())?,
            };
            if segment.record.first.is_empty() {
                segment.record.first.clone_from(&signature);
            } else {
                segment.record.differences.push(scenes::difference(&segment.record.last, &signature));
            }
            segment.record.last.clone_from(&signature);
            while segment.thumbnails.pop_front_if(|shown| *shown == number).is_some() {
                segment.record.thumbnails.push(frame::pixels(&picture).ok_or_else(|| self.wrong())?);
            }
            seen = Some((picture, signature));
            self.reporter.sign_of_work()?;
            if number + 1 == segment.frames.end {
                self.records.add_pictures(segment.index, segment.record)?;
            } else {
                open = Some(segment);
            }
        }
        // Pictures ended inside a segment, or before one: somebody stopped.
        if open.is_some() || !self.segments.is_empty() { Err(Stop) } else { Ok(()) }
    }

    fn begin(&mut self) -> Option<Open> {
        let (index, frames) = self.segments.pop_front()?;
        let thumbnails = self.planned.thumbnails_of(self.grid, self.video, &frames);
        let thumbnails = thumbnails.into_iter().map(|(_, picture)| picture).collect();
        let record =
            PictureRecord { differences: Vec::new(), first: Vec::new(), last: Vec::new(), thumbnails: Vec::new() };
        Some(Open { index, frames, thumbnails, record })
    }

    fn wrong(&self) -> Stop {
        self.reporter.failure.note(MediaErrorCode::Internal)
    }
}

impl Open {
    fn pictures_seen(&self) -> u64 {
        let first = u64::from(!self.record.first.is_empty());
        self.record.differences.len() as u64 + first
    }
}

/// The picture in [`CELLS`]: the mean of each cell, plane by plane. Pictures with fewer pixels than cells have some in
/// several.
fn signature_of(picture: &VideoFrame) -> Option<Vec<u8>> {
    let mut signature = Vec::with_capacity(record::SIGNATURE_BYTES);
    for plane in 0..3 {
        let (pixels, stride) = (picture.data(plane), picture.stride(plane));
        let (width, height) = frame::plane_size(picture, plane);
        let part = |at: usize, cells: usize, side: usize| {
            let start = at * side / cells;
            start..((at + 1) * side / cells).max(start + 1)
        };
        for row in 0..CELLS.1 {
            for column in 0..CELLS.0 {
                let (rows, columns) = (part(row, CELLS.1, height), part(column, CELLS.0, width));
                let count = u32::try_from(rows.len() * columns.len()).ok()?;
                let mut sum = 0_u32;
                for y in rows {
                    let line = pixels.get(y * stride + columns.start..y * stride + columns.end)?;
                    sum += line.iter().map(|pixel| u32::from(*pixel)).sum::<u32>();
                }
                signature.push(u8::try_from(sum / count).ok()?);
            }
        }
    }
    Some(signature)
}
