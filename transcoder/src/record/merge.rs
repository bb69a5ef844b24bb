//! Merging the records of a whole film: a pure function of them, in the order of the film.

use bytes::Bytes;
use mutoscope_core::media::SidecarName;

use super::{RecordError, SegmentRecord, loudness::Loudness, read, scenes, scenes::Scenes, storyboard};
use crate::plan::EncodePlan;

/// Takes a film's records in, one after the other.
#[derive(Debug)]
pub struct Merge<'a> {
    plan: &'a EncodePlan,
    next: u32,
    differences: Vec<u16>,
    /// The last picture of the segment before, made small.
    last: Option<Vec<u8>>,
    thumbnails: Vec<u8>,
    energies: Vec<u64>,
    true_peak: u32,
    sample_peak: u32,
}

/// What a film's records come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// Files that need no encoder: the storyboard's WebVTT, and the scene cuts.
    pub files: Vec<(SidecarName, Bytes)>,
    /// All thumbnails one after the other, for [`crate::jail::MediaProcess::sheets`]; empty where there are none.
    pub thumbnails: Bytes,
    pub scenes: Option<Scenes>,
    /// `None` for a film without sound.
    pub loudness: Option<Loudness>,
}

impl<'a> Merge<'a> {
    /// Nothing is taken in yet.
    pub fn new(plan: &'a EncodePlan) -> Self {
        Self {
            plan,
            next: 0,
            differences: Vec::new(),
            last: None,
            thumbnails: Vec::new(),
            energies: Vec::new(),
            true_peak: 0,
            sample_peak: 0,
        }
    }

    /// The segment whose record comes next; `None` where all are there.
    pub fn wants(&self) -> Option<u32> {
        (self.next < self.plan.grid.segment_count()).then_some(self.next)
    }

    /// Takes the next record in.
    ///
    /// # Errors
    /// Where the bytes are not the planned record.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), RecordError> {
        let SegmentRecord { pictures, sound } = read(self.plan, self.next, bytes)?;
        if let Some(pictures) = pictures {
            if let Some(last) = &self.last {
                self.differences.push(scenes::difference(last, &pictures.first));
            }
            self.differences.extend(pictures.differences);
            self.last = Some(pictures.last);
            self.thumbnails.extend(pictures.thumbnails.into_iter().flatten());
        }
        if let Some(sound) = sound {
            self.energies.extend(sound.energies);
            self.true_peak = self.true_peak.max(sound.true_peak);
            self.sample_peak = self.sample_peak.max(sound.sample_peak);
        }
        self.next += 1;
        Ok(())
    }

    /// What all records come to.
    ///
    /// # Errors
    /// [`RecordError::NotPlanned`] where some are missing.
    pub fn finish(self) -> Result<Merged, RecordError> {
        let record = self.plan.record.as_ref().filter(|_| self.wants().is_none()).ok_or(RecordError::NotPlanned)?;
        let rate = self.plan.video.as_ref().filter(|_| record.pictures.is_some()).map(|video| video.frame_rate);
        let scenes = rate.map(|rate| Scenes::of(&self.differences, rate));
        let mut files = Vec::new();
        if let Some(text) = storyboard::webvtt(self.plan) {
            files.push((SidecarName::Storyboard, Bytes::from(text)));
        }
        if let Some(scenes) = &scenes {
            let json = serde_json::to_vec(scenes).map_err(|_| RecordError::Form)?;
            files.push((SidecarName::Scenes, Bytes::from(json)));
        }
        let heard = record.sound.is_some();
        let loudness = heard.then(|| Loudness::of(&self.energies, self.true_peak, self.sample_peak));
        Ok(Merged { files, thumbnails: Bytes::from(self.thumbnails), scenes, loudness })
    }
}
