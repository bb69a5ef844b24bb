//! What lies in the folder: whose it is, what of it is whole, and writing so that no half is ever under a final name.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use mutoscope_core::media::{RenditionName, SidecarName};
use serde::{Deserialize, Serialize};

use super::{FolderError, OtherContents};
use crate::{
    package::{
        self,
        check::{Checked, check_captions, check_init, check_record, check_segment},
        layout,
    },
    plan::{EncodePlan, PlanSettings},
    record::storyboard,
};

/// Says whose folder it is.
const STATE: &str = "plan.json";
const REPORT: &str = "report.json";
/// The extension of files that are not whole yet.
const TEMPORARY: &str = "part";
static TEMPORARIES: AtomicU64 = AtomicU64::new(0);

#[derive(Serialize, Deserialize)]
struct State {
    film: String,
    plan_hash: String,
    plan: EncodePlan,
    /// What was asked for; the plan may follow from more than that.
    #[serde(default)]
    asked: Option<PlanSettings>,
}

/// The folder of one film and plan.
#[derive(Debug)]
pub(super) struct Contents {
    root: PathBuf,
}

/// A file that is there, as the report lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub sha256: String,
    pub bytes: u64,
    pub duration_us: u64,
}

/// What is there and verified.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    pub inits: BTreeMap<RenditionName, Kept>,
    pub segments: BTreeMap<(RenditionName, u32), Kept>,
    pub captions: BTreeMap<RenditionName, Kept>,
    pub records: BTreeMap<u32, Kept>,
    /// Of this run: sidecars are merged anew every time.
    pub sidecars: BTreeMap<SidecarName, Kept>,
}

impl Contents {
    /// Takes the folder for this film and plan.
    ///
    /// # Errors
    /// [`FolderError::Occupied`] where it holds something else and `other` says to leave that alone.
    pub(super) fn take(
        root: &Path,
        film: &str,
        plan: &EncodePlan,
        asked: &PlanSettings,
        other: OtherContents,
    ) -> Result<Self, FolderError> {
        let contents = Self { root: root.to_owned() };
        fs::create_dir_all(root).map_err(|source| write_error("the folder", source))?;
        let plan_hash = plan.hash()?;
        match contents.state()? {
            Found::Ours(state) if state.film == film && state.plan_hash == plan_hash => {
                contents.remove_temporaries(plan)?;
                return Ok(contents);
            }
            Found::Nothing => {}
            Found::Ours(state) => {
                if other == OtherContents::Refuse {
                    let what = if state.film == film { "the same film by another plan" } else { "another film" };
                    return Err(FolderError::Occupied(what));
                }
                contents.remove_made(&state.plan)?;
            }
            Found::Strange => {
                if other == OtherContents::Refuse {
                    return Err(FolderError::Occupied("files of something else"));
                }
            }
        }
        let state = State { film: film.to_owned(), plan_hash, plan: plan.clone(), asked: Some(asked.clone()) };
        contents.put(STATE, &serde_json::to_vec(&state)?)?;
        Ok(contents)
    }

    /// Where an earlier run found that this film stops decoding.
    pub(super) fn known_end(root: &Path, film: &str) -> Option<u64> {
        let state: State = serde_json::from_slice(&fs::read(root.join(STATE)).ok()?).ok()?;
        state.plan.source.end_at_us.filter(|_| state.film == film)
    }

    /// The plan that an earlier run for the same film, asked for the same, had come to: it may rest on what only making
    /// tells, or on how fast the film could be read.
    pub(super) fn held_plan(root: &Path, film: &str, asked: &PlanSettings, fingerprint: &str) -> Option<EncodePlan> {
        let state: State = serde_json::from_slice(&fs::read(root.join(STATE)).ok()?).ok()?;
        let is_same =
            state.film == film && state.asked.as_ref() == Some(asked) && state.plan.fingerprint == fingerprint;
        is_same.then_some(state.plan)
    }

    /// Everything that is there, read back and checked; what is not as planned counts as not there.
    pub(super) fn inventory(&self, plan: &EncodePlan) -> Inventory {
        let mut inventory = Inventory::default();
        for rendition in &plan.renditions {
            let name = rendition.name();
            let Some(bytes) = self.read(&format!("{name}/{}", layout::INIT)) else {
                continue;
            };
            let Ok((init, checked)) = check_init(plan, name.clone(), bytes) else {
                continue;
            };
            inventory.add(&checked);
            for (index, _) in package::segments(plan, rendition) {
                let read = self.read(&format!("{name}/{}", layout::segment(index)));
                if let Some(Ok(checked)) = read.map(|bytes| check_segment(plan, name.clone(), &init, index, bytes)) {
                    inventory.add(&checked);
                }
            }
        }
        for caption in &plan.captions {
            let read = self.read(&layout::captions(&caption.name));
            if let Some(Ok(checked)) = read.map(|bytes| check_captions(plan, caption.name.clone(), bytes)) {
                inventory.add(&checked);
            }
        }
        for index in (0..plan.grid.segment_count()).filter(|_| plan.record.is_some()) {
            if let Some(Ok(checked)) = self.record(index).map(|bytes| check_record(plan, index, bytes)) {
                inventory.add(&checked);
            }
        }
        inventory
    }

    /// The record of a segment as it lies there.
    pub(super) fn record(&self, index: u32) -> Option<Bytes> {
        self.read(&record_file(index))
    }

    /// Puts a checked output under its name.
    pub(super) fn put_checked(&self, checked: &Checked) -> Result<(), FolderError> {
        match checked {
            Checked::Init { rendition, bytes, .. } => self.put(&format!("{rendition}/{}", layout::INIT), bytes),
            Checked::Segment { rendition, index, bytes, .. } => {
                self.put(&format!("{rendition}/{}", layout::segment(*index)), bytes)
            }
            Checked::Record { index, bytes, .. } => self.put(&record_file(*index), bytes),
            Checked::Sidecar { name, bytes, .. } => self.put(&name.file(), bytes),
            Checked::Poster { bytes, .. } => self.put("poster.jpg", bytes),
            Checked::Captions { rendition, bytes, .. } => self.put(&layout::captions(rendition), bytes),
        }
    }

    /// Puts the report, last of all.
    pub(super) fn put_report(&self, json: &[u8]) -> Result<(), FolderError> {
        self.put(REPORT, json)
    }

    /// Puts a file under its name, whole or not at all: a temporary file beside it, then a rename.
    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let path = self.root.join(name);
        let place = || -> io::Result<()> {
            let folder = path.parent().unwrap_or(&self.root);
            fs::create_dir_all(folder)?;
            // Two work units may bring the same init segment at once.
            let number = TEMPORARIES.fetch_add(1, Ordering::Relaxed);
            let temporary = path.with_extension(format!("{}-{number}.{TEMPORARY}", std::process::id()));
            let mut file = fs::File::create(&temporary)?;
            file.write_all(bytes)?;
            file.sync_data()?;
            drop(file);
            fs::rename(&temporary, &path)
        };
        place().map_err(|source| write_error(name, source))
    }

    /// Takes files away that the asked-for descriptions do not include.
    pub(super) fn remove(&self, name: &str) -> Result<(), FolderError> {
        gone(fs::remove_file(self.root.join(name))).map_err(|source| write_error(name, source))
    }

    fn state(&self) -> Result<Found, FolderError> {
        match fs::read(self.root.join(STATE)) {
            Ok(json) => Ok(serde_json::from_slice(&json).map_or(Found::Strange, |state| Found::Ours(Box::new(state)))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut entries = fs::read_dir(&self.root).map_err(|source| write_error("the folder", source))?;
                Ok(if entries.next().is_none() { Found::Nothing } else { Found::Strange })
            }
            Err(source) => Err(write_error(STATE, source)),
        }
    }

    /// Takes away what a run by `plan` makes, and nothing else.
    fn remove_made(&self, plan: &EncodePlan) -> Result<(), FolderError> {
        for name in [layout::MULTIVARIANT, layout::PRESENTATION, layout::CHAPTERS, REPORT, "poster.jpg"] {
            self.remove(name)?;
        }
        for caption in &plan.captions {
            self.remove(&layout::captions(&caption.name))?;
        }
        let sheets = storyboard::sheets(plan);
        let sheets = sheets.iter().map(|sheet| SidecarName::StoryboardSheet(sheet.number));
        for name in sheets.chain([SidecarName::Storyboard, SidecarName::Scenes]) {
            self.remove(&name.file())?;
        }
        let names: BTreeSet<RenditionName> = names_of(plan).collect();
        for name in names {
            gone(fs::remove_dir_all(self.root.join(name.as_str())))
                .map_err(|source| write_error(name.as_str(), source))?;
        }
        Ok(())
    }

    /// Takes away what a run that was killed left half written.
    fn remove_temporaries(&self, plan: &EncodePlan) -> Result<(), FolderError> {
        let folders = names_of(plan).map(|name| self.root.join(name.as_str()));
        for folder in folders.chain([self.root.clone()]) {
            let entries = match fs::read_dir(&folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                other => other.map_err(|source| write_error("the folder", source))?,
            };
            let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
            for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == TEMPORARY)) {
                gone(fs::remove_file(&path)).map_err(|source| write_error("a half-written file", source))?;
            }
        }
        Ok(())
    }

    fn read(&self, name: &str) -> Option<Bytes> {
        fs::read(self.root.join(name)).ok().map(Bytes::from)
    }
}

impl Inventory {
    /// Lists a checked output.
    pub(super) fn add(&mut self, checked: &Checked) {
        let bytes = checked.bytes().len() as u64;
        match checked {
            Checked::Init { rendition, sha256, .. } => {
                let kept = Kept { sha256: sha256.clone(), bytes, duration_us: 0 };
                self.inits.insert(rendition.clone(), kept);
            }
            Checked::Segment { rendition, index, duration_us, sha256, .. } => {
                let kept = Kept { sha256: sha256.clone(), bytes, duration_us: *duration_us };
                self.segments.insert((rendition.clone(), *index), kept);
            }
            Checked::Captions { rendition, sha256, .. } => {
                let kept = Kept { sha256: sha256.clone(), bytes, duration_us: 0 };
                self.captions.insert(rendition.clone(), kept);
            }
            Checked::Record { index, duration_us, sha256, .. } => {
                let kept = Kept { sha256: sha256.clone(), bytes, duration_us: *duration_us };
                self.records.insert(*index, kept);
            }
            Checked::Sidecar { name, sha256, .. } => {
                self.sidecars.insert(*name, Kept { sha256: sha256.clone(), bytes, duration_us: 0 });
            }
            Checked::Poster { .. } => {}
        }
    }
}

/// Renditions and tracks of captions: each has a folder.
fn names_of(plan: &EncodePlan) -> impl Iterator<Item = RenditionName> {
    let made = package::work_planned(plan).map(|(name, _)| name);
    made.chain(plan.captions.iter().map(|caption| caption.name.clone()))
}

enum Found {
    Nothing,
    Ours(Box<State>),
    Strange,
}

fn record_file(index: u32) -> String {
    format!("{}/{}", RenditionName::record(), layout::record(index))
}

fn gone(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn write_error(what: &str, source: io::Error) -> FolderError {
    FolderError::Write { what: what.to_owned(), source }
}
