//! Records: what is noted of each segment beside its renditions. A media process makes them, a pure merge turns those
//! of a whole film into its storyboard, scene cuts and loudness.

pub mod loudness;
pub mod merge;
pub mod meter;
pub mod scenes;
pub mod storyboard;

use mutoscope_core::media::{PictureSize, SegmentGrid};
use serde::{Deserialize, Serialize};

use crate::plan::{AudioRendition, EncodePlan, PictureRecordPlan, VideoPlan, audio::AAC_FRAME_SAMPLES};

/// The longest record in bytes. A segment has a few thumbnails of at most 160x160.
pub const MOST_BYTES: usize = 4 << 20;
/// Sides of the small picture by which two pictures are compared, in cells.
pub const CELLS: (usize, usize) = (32, 18);
/// Bytes of that picture: brightness and both colours of each cell.
pub const SIGNATURE_BYTES: usize = CELLS.0 * CELLS.1 * 3;

/// What is noted of one segment. Its form is [postcard](https://postcard.jamesmunns.com/wire-format)'s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentRecord {
    pub pictures: Option<PictureRecord>,
    pub sound: Option<SoundRecord>,
}

/// What is noted of a segment's pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureRecord {
    /// How much each planned picture but the first differs from the one before it: see [`scenes::difference`].
    pub differences: Vec<u16>,
    /// The first and the last picture made small, so that segments can be compared where they meet.
    pub first: Vec<u8>,
    pub last: Vec<u8>,
    /// Planes of 8-bit 4:2:0, limited range, without padding, in order.
    pub thumbnails: Vec<Vec<u8>>,
}

/// What is noted of a segment's sound.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoundRecord {
    /// The K-weighted energy of each tenth of a second that ends in the segment (see [`meter`]).
    pub energies: Vec<u64>,
    /// The largest sample, and the largest value between samples, in units of 2^-20 of full scale.
    pub sample_peak: u32,
    pub true_peak: u32,
}

/// Bytes that are not the planned record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    #[error("the plan asks for no such record")]
    NotPlanned,
    #[error("the record does not parse")]
    Form,
    #[error("{0} of the record is not as planned")]
    Differs(&'static str),
}

/// The record's one form.
///
/// # Errors
/// Never for what a media process makes; the error is that of the serializer.
pub fn write(record: &SegmentRecord) -> Result<Vec<u8>, RecordError> {
    postcard::to_stdvec(record).map_err(|_| RecordError::Form)
}

/// Reads a record, and holds it against the plan: it has exactly what is planned of this segment.
///
/// # Errors
/// [`RecordError`], whatever the bytes are.
pub fn read(plan: &EncodePlan, index: u32, bytes: &[u8]) -> Result<SegmentRecord, RecordError> {
    let planned = plan.record.as_ref().ok_or(RecordError::NotPlanned)?;
    if bytes.len() > MOST_BYTES || index >= plan.grid.segment_count() {
        return Err(RecordError::NotPlanned);
    }
    let (record, rest) = postcard::take_from_bytes::<SegmentRecord>(bytes).map_err(|_| RecordError::Form)?;
    if !rest.is_empty() {
        return Err(RecordError::Form);
    }
    match (&planned.pictures, &plan.video, &record.pictures) {
        (Some(pictures), Some(video), Some(found)) => check_pictures(plan, pictures, video, index, found)?,
        (None, _, None) => {}
        _ => return Err(RecordError::Differs("the presence of pictures")),
    }
    match (&planned.sound, &record.sound) {
        (Some(sound), Some(found)) => {
            let blocks = blocks_of(&plan.grid, sound, index).ok_or(RecordError::NotPlanned)?;
            same("the number of energies", found.energies.len() as u64, blocks.end - blocks.start)?;
        }
        (None, None) => {}
        _ => return Err(RecordError::Differs("the presence of sound")),
    }
    Ok(record)
}

fn check_pictures(
    plan: &EncodePlan,
    pictures: &PictureRecordPlan,
    video: &VideoPlan,
    index: u32,
    found: &PictureRecord,
) -> Result<(), RecordError> {
    let frames = video.frames_of(&plan.grid, index).ok_or(RecordError::NotPlanned)?;
    let inside = (frames.end - frames.start).saturating_sub(1);
    same("the number of differences", found.differences.len() as u64, inside)?;
    for signature in [&found.first, &found.last] {
        same("the size of a small picture", signature.len() as u64, SIGNATURE_BYTES as u64)?;
    }
    let planned = pictures.thumbnails_of(&plan.grid, video, &frames).len();
    same("the number of thumbnails", found.thumbnails.len() as u64, planned as u64)?;
    let bytes = thumbnail_bytes(pictures.thumbnail) as u64;
    found.thumbnails.iter().try_for_each(|pixels| same("the size of a thumbnail", pixels.len() as u64, bytes))
}

fn same(what: &'static str, found: u64, planned: u64) -> Result<(), RecordError> {
    if found == planned { Ok(()) } else { Err(RecordError::Differs(what)) }
}

/// Bytes of a thumbnail of this size, whose sides are even.
pub fn thumbnail_bytes(size: PictureSize) -> usize {
    usize::try_from(size.pixels() * 3 / 2).unwrap_or(usize::MAX)
}

/// The tenths of a second, counted from the film's zero, that end in a segment of sound.
pub fn blocks_of(grid: &SegmentGrid, sound: &AudioRendition, index: u32) -> Option<std::ops::Range<u64>> {
    let frames = sound.frames_of(grid, index)?;
    let block = u64::from(meter::block_samples(sound.sample_rate_hz));
    let ended = |frame: u64| frame * u64::from(AAC_FRAME_SAMPLES) / block;
    // The last frame goes on after the film's end.
    let whole = grid.length_us() / 100_000;
    let (first, end) = (ended(frames.start), ended(frames.end));
    Some(first.min(whole)..end.min(whole))
}
