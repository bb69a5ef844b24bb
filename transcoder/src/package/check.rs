//! The gate that everything from a media process passes: what comes out is as planned, and carries its hash.

use std::{collections::BTreeMap, fmt, sync::Arc};

use bytes::Bytes;
use mutoscope_core::media::{RenditionName, SidecarName};

use super::{
    duration_us,
    verify::{self, CheckedInit, VerifyError, sha256_hex},
    webvtt,
};
use crate::{
    plan::EncodePlan,
    record::{self, RecordError, storyboard},
    span::MediaOutput,
};

/// How every JPEG begins.
const JPEG: &[u8] = &[0xff, 0xd8, 0xff];

/// Why an output was stopped at the gate.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// It is not as planned.
    #[error("{rendition}/{} is not as planned", index.map_or_else(|| "init".to_owned(), |index| index.to_string()))]
    NotAsPlanned {
        /// Whose.
        rendition: RenditionName,
        /// `None` for the init segment.
        index: Option<u32>,
        /// What is wrong with it.
        #[source]
        source: VerifyError,
    },
    /// A track of captions is not clean, or the plan has none of its name.
    #[error("{rendition} is not as planned")]
    Captions {
        /// Whose.
        rendition: RenditionName,
        /// What is wrong with it; `None` where it is not planned.
        #[source]
        source: Option<webvtt::NotClean>,
    },
    /// It is not the planned record.
    #[error("record {index} is not as planned")]
    Record {
        /// The segment's index.
        index: u32,
        /// What is wrong with it.
        #[source]
        source: RecordError,
    },
    /// It is not a planned sheet of thumbnails.
    #[error("sheet {0} of the storyboard is not as planned")]
    Sheet(u32),
    /// The check itself ended.
    #[error("the check of a segment ended by itself")]
    Task(#[from] tokio::task::JoinError),
}

/// An output that is as planned. Hashes are SHA-256 in lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// The init segment of a rendition.
    Init { rendition: RenditionName, sha256: String, bytes: Bytes },
    /// A media segment.
    Segment { rendition: RenditionName, index: u32, duration_us: u64, sha256: String, bytes: Bytes },
    /// What is noted of a segment.
    Record { index: u32, duration_us: u64, sha256: String, bytes: Bytes },
    /// A sidecar.
    Sidecar { name: SidecarName, sha256: String, bytes: Bytes },
    /// A poster, JPEG.
    Poster { sha256: String, bytes: Bytes },
    /// A track of captions, WebVTT.
    Captions { rendition: RenditionName, sha256: String, bytes: Bytes },
}

/// Checks the outputs of one run, in their order. Nothing of it blocks the caller's thread.
#[derive(Debug)]
pub struct Gate {
    plan: Arc<EncodePlan>,
    inits: BTreeMap<RenditionName, CheckedInit>,
}

impl Gate {
    /// A gate for outputs of this plan.
    pub fn new(plan: Arc<EncodePlan>) -> Self {
        Self { plan, inits: BTreeMap::new() }
    }

    /// Checks one output; `None` for one that holds no bytes.
    ///
    /// # Errors
    /// [`CheckError::NotAsPlanned`], also for a segment that comes before its rendition's init segment.
    pub async fn check(&mut self, output: MediaOutput) -> Result<Option<Checked>, CheckError> {
        let plan = Arc::clone(&self.plan);
        match output {
            MediaOutput::Init { rendition, bytes } => {
                let name = rendition.clone();
                let task = tokio::task::spawn_blocking(move || check_init(&plan, rendition, bytes));
                let (init, checked) = task.await??;
                self.inits.insert(name, init);
                Ok(Some(checked))
            }
            MediaOutput::Segment { rendition, index, bytes, .. } => {
                let Some(init) = self.inits.get(&rendition).copied() else {
                    let source = VerifyError::Structure("moov".to_owned());
                    return Err(CheckError::NotAsPlanned { rendition, index: Some(index), source });
                };
                let task = tokio::task::spawn_blocking(move || check_segment(&plan, rendition, &init, index, bytes));
                Ok(Some(task.await??))
            }
            MediaOutput::Record { index, bytes } => {
                let task = tokio::task::spawn_blocking(move || check_record(&plan, index, bytes));
                Ok(Some(task.await??))
            }
            MediaOutput::Sheet { number, bytes } => {
                let is_planned = storyboard::sheets(&plan).iter().any(|sheet| sheet.number == number);
                if !is_planned || !bytes.starts_with(JPEG) {
                    return Err(CheckError::Sheet(number));
                }
                Ok(Some(Checked::sidecar(SidecarName::StoryboardSheet(number), bytes)))
            }
            MediaOutput::Poster { bytes, .. } => Ok(Some(Checked::Poster { sha256: sha256_hex(&bytes), bytes })),
            MediaOutput::Captions { rendition, bytes } => {
                let task = tokio::task::spawn_blocking(move || check_captions(&plan, rendition, bytes));
                Ok(Some(task.await??))
            }
            MediaOutput::Progress(_) | MediaOutput::Warning(_) => Ok(None),
        }
    }
}

/// Its name among a film's files.
impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Init { rendition, .. } => write!(f, "{rendition}/init"),
            Self::Segment { rendition, index, .. } => write!(f, "{rendition}/{index}"),
            Self::Record { index, .. } => write!(f, "{}/{index}", RenditionName::record()),
            Self::Sidecar { name, .. } => f.write_str(&name.file()),
            Self::Poster { .. } => f.write_str("poster"),
            Self::Captions { rendition, .. } => write!(f, "{rendition}"),
        }
    }
}

impl Checked {
    /// A sidecar that was made here, or checked.
    pub fn sidecar(name: SidecarName, bytes: Bytes) -> Self {
        Self::Sidecar { name, sha256: sha256_hex(&bytes), bytes }
    }

    /// What is stored.
    pub fn bytes(&self) -> &Bytes {
        match self {
            Self::Init { bytes, .. }
            | Self::Segment { bytes, .. }
            | Self::Record { bytes, .. }
            | Self::Sidecar { bytes, .. }
            | Self::Poster { bytes, .. }
            | Self::Captions { bytes, .. } => bytes,
        }
    }
}

/// Checks the init segment of a rendition.
pub fn check_init(
    plan: &EncodePlan,
    rendition: RenditionName,
    bytes: Bytes,
) -> Result<(CheckedInit, Checked), CheckError> {
    let checked = plan
        .rendition(&rendition)
        .ok_or(VerifyError::NotPlanned)
        .and_then(|planned| verify::init(plan, planned, &bytes));
    match checked {
        Ok(init) => Ok((init, Checked::Init { sha256: sha256_hex(&bytes), rendition, bytes })),
        Err(source) => Err(CheckError::NotAsPlanned { rendition, index: None, source }),
    }
}

/// Checks the record of a segment.
pub fn check_record(plan: &EncodePlan, index: u32, bytes: Bytes) -> Result<Checked, CheckError> {
    match record::read(plan, index, &bytes) {
        Ok(_) => {
            let duration_us = plan.grid.duration_us(index).unwrap_or(0);
            Ok(Checked::Record { index, duration_us, sha256: sha256_hex(&bytes), bytes })
        }
        Err(source) => Err(CheckError::Record { index, source }),
    }
}

/// Checks a media segment of a rendition whose init segment was checked.
pub fn check_segment(
    plan: &EncodePlan,
    rendition: RenditionName,
    init: &CheckedInit,
    index: u32,
    bytes: Bytes,
) -> Result<Checked, CheckError> {
    let checked = plan
        .rendition(&rendition)
        .ok_or(VerifyError::NotPlanned)
        .and_then(|planned| verify::segment(plan, planned, init, index, &bytes));
    match checked {
        Ok(facts) => Ok(Checked::Segment {
            duration_us: duration_us(&facts),
            sha256: sha256_hex(&bytes),
            rendition,
            index,
            bytes,
        }),
        Err(source) => Err(CheckError::NotAsPlanned { rendition, index: Some(index), source }),
    }
}

/// Checks a track of captions.
pub fn check_captions(plan: &EncodePlan, rendition: RenditionName, bytes: Bytes) -> Result<Checked, CheckError> {
    if plan.caption(&rendition).is_none() {
        return Err(CheckError::Captions { rendition, source: None });
    }
    match webvtt::check(&bytes, plan.grid.length_ms()) {
        Ok(_) => Ok(Checked::Captions { sha256: sha256_hex(&bytes), rendition, bytes }),
        Err(source) => Err(CheckError::Captions { rendition, source: Some(source) }),
    }
}
