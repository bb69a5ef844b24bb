//! The embedded index: Tantivy in process, in one folder, which no other part of the platform touches.
//!
//! A search goes [`crate::query`] -> [`expand`] -> [`score`] -> [`crate::highlight`], wired in [`find`]; a change goes [`document`] ->
//! [`writer`]; [`home`] and [`generation`] say which index on the disk is meant and whether it can be trusted; [`copy`] is how it comes to
//! other machines.

mod copy;
mod directory;
mod document;
mod error;
mod expand;
mod fields;
mod find;
mod generation;
mod home;
mod score;
mod suggest;
mod writer;

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use mutoscope_core::search::{
    MAX_LIMIT, SearchBackend, SearchBatch, SearchDocument, SearchError, SearchHealth, SearchPage, SearchQuery,
    SearchRebuild, Suggested,
};
use tokio::sync::Semaphore;

pub use copy::{IndexCopy, IndexImport, is_index_file};
use error::IndexFault;
pub use fields::FORMAT;
use generation::{Generation, create};
use home::{Home, Workshop};
use writer::Writer;

/// Searches beyond this many at once wait, and not for long: none of them would be quicker beside the others.
const SEARCHES_PER_CORE: usize = 2;
const WAIT_FOR_TURN: Duration = Duration::from_secs(2);

/// The embedded search; cheap to clone.
#[derive(Debug, Clone)]
pub struct EmbeddedSearch {
    shared: Arc<Shared>,
    turns: Arc<Semaphore>,
}

#[derive(Debug)]
struct Shared {
    home: Home,
    open: RwLock<Option<Arc<Generation>>>,
    /// The writer, with the name of the generation it writes.
    writer: Mutex<Option<(String, Writer)>>,
    /// What earlier generations left behind is still there: whoever made this one had not gone yet.
    is_untidy: AtomicBool,
}

impl EmbeddedSearch {
    /// The index in `folder`, which is made where it is not there; what is in it is opened at its first use.
    ///
    /// # Errors
    /// Where the folder can't be made.
    pub fn open(folder: PathBuf) -> std::io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            shared: Arc::new(Shared {
                home: Home::at(folder)?,
                open: RwLock::default(),
                writer: Mutex::default(),
                is_untidy: AtomicBool::new(false),
            }),
            turns: Arc::new(Semaphore::new(cores * SEARCHES_PER_CORE)),
        })
    }

    /// The index as it stands now, out of reach of what comes later.
    pub(crate) async fn copy(&self) -> Result<IndexCopy, SearchError> {
        let shared = self.shared.clone();
        Ok(blocking(move || IndexCopy::of(&*shared.current()?, &shared.home)).await?)
    }

    /// A place for an index that comes from elsewhere.
    pub(crate) async fn import(&self) -> Result<IndexImport, SearchError> {
        let home = self.shared.home.clone();
        Ok(blocking(move || IndexImport::begin(&home)).await?)
    }

    /// Runs `work` on what can be searched now, off the async workers.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Generation) -> Result<T, IndexFault> + Send + 'static,
    ) -> Result<T, SearchError> {
        let turn = tokio::time::timeout(WAIT_FOR_TURN, self.turns.clone().acquire_owned());
        let Ok(Ok(turn)) = turn.await else {
            return Err(IndexFault::Crowded.into());
        };
        let shared = self.shared.clone();
        let read = blocking(move || {
            let _turn = turn;
            let generation = shared.searchable()?;
            let answer = generation.watched(|| work(&generation));
            answer.inspect_err(|fault| {
                if fault.is_suspicious() {
                    generation.suspect();
                }
            })
        });
        // Whatever is wrong with the index, to the one who searches it is a matter of time.
        read.await.map_err(|fault| match SearchError::from(fault) {
            SearchError::Damaged(cause) => SearchError::Unavailable(cause),
            SearchError::Busy => SearchError::Unavailable(None),
            error => error,
        })
    }
}

#[async_trait]
impl SearchBackend for EmbeddedSearch {
    async fn search(&self, query: SearchQuery) -> Result<SearchPage, SearchError> {
        let page = self.read(move |generation| find::find(&generation.searcher(), &generation.fields, &query)).await?;
        page.ok_or(SearchError::Cursor)
    }

    async fn suggest(&self, prefix: &str, limit: usize) -> Result<Vec<Suggested>, SearchError> {
        let prefix = prefix.to_owned();
        let limit = limit.clamp(1, MAX_LIMIT);
        self.read(move |generation| suggest::suggest(&generation.searcher(), &generation.fields, &prefix, limit)).await
    }

    async fn apply(&self, batch: SearchBatch) -> Result<(), SearchError> {
        let shared = self.shared.clone();
        Ok(blocking(move || shared.apply(batch)).await?)
    }

    async fn position(&self) -> Result<i64, SearchError> {
        let shared = self.shared.clone();
        Ok(blocking(move || Ok(shared.current()?.refresh()?.position)).await?)
    }

    async fn rebuild(&self) -> Result<Box<dyn SearchRebuild>, SearchError> {
        let home = self.shared.home.clone();
        let draft = blocking(move || Draft::begin(&home)).await?;
        Ok(Box::new(EmbeddedRebuild { draft: Some(draft) }))
    }

    async fn health(&self) -> Result<SearchHealth, SearchError> {
        let shared = self.shared.clone();
        let health = blocking(move || {
            let generation = shared.current()?;
            let position = generation.refresh()?.position;
            Ok(SearchHealth { documents: generation.searcher().num_docs(), position })
        });
        Ok(health.await?)
    }
}

impl Shared {
    /// The generation that the pointer names, opened.
    fn current(&self) -> Result<Arc<Generation>, IndexFault> {
        let name = self.home.current()?;
        if let Some(open) = self.opened()
            && open.name == name
        {
            return Ok(open);
        }
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = open.as_ref().filter(|open| open.name == name) {
            return Ok(open.clone());
        }
        let folder = self.home.folder(&name);
        let generation = Arc::new(Generation::open(name, folder)?);
        *open = Some(generation.clone());
        Ok(generation)
    }

    /// The current generation; where it can't be had, the one that answered before.
    fn searchable(&self) -> Result<Arc<Generation>, IndexFault> {
        self.current().or_else(|fault| self.opened().ok_or(fault))
    }

    fn opened(&self) -> Option<Arc<Generation>> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.clone()
    }

    fn apply(&self, batch: SearchBatch) -> Result<(), IndexFault> {
        let mut slot = self.writer();
        let generation = self.current()?;
        let kept = slot.take().filter(|(name, _)| *name == generation.name);
        let mut writer = match kept {
            Some((_, writer)) => writer,
            None => {
                self.is_untidy.store(true, Ordering::Relaxed);
                Writer::open(&generation.index, &generation.fields)?
            }
        };
        // Here nothing of this process writes into an old generation any more.
        if self.is_untidy.load(Ordering::Relaxed) && self.home.tidy()? {
            self.is_untidy.store(false, Ordering::Relaxed);
        }
        // A writer that failed is dropped, and what it did not commit with it.
        writer.apply(&generation, batch)?;
        *slot = Some((generation.name.clone(), writer));
        Ok(())
    }

    fn writer(&self) -> MutexGuard<'_, Option<(String, Writer)>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A generation in the making. The writer goes before its folder does.
#[derive(Debug)]
struct Draft {
    writer: Writer,
    workshop: Workshop,
}

impl Draft {
    fn begin(home: &Home) -> Result<Self, IndexFault> {
        let workshop = home.begin()?;
        let (index, fields) = create(&workshop.folder())?;
        let writer = Writer::open(&index, &fields)?;
        Ok(Self { writer, workshop })
    }

    fn finish(self, position: i64) -> Result<(), IndexFault> {
        let Self { mut writer, workshop } = self;
        writer.commit(position)?;
        writer.close()?;
        workshop.finish()
    }
}

#[derive(Debug)]
struct EmbeddedRebuild {
    /// Taken while a thread works on it; gone after a failure.
    draft: Option<Draft>,
}

#[async_trait]
impl SearchRebuild for EmbeddedRebuild {
    async fn add(&mut self, documents: Vec<SearchDocument>) -> Result<(), SearchError> {
        let draft = self.draft.take().ok_or(SearchError::Unavailable(None))?;
        let draft = blocking(move || {
            for document in documents {
                draft.writer.add(document)?;
            }
            Ok(draft)
        });
        self.draft = Some(draft.await?);
        Ok(())
    }

    async fn finish(mut self: Box<Self>, position: i64) -> Result<(), SearchError> {
        let draft = self.draft.take().ok_or(SearchError::Unavailable(None))?;
        Ok(blocking(move || draft.finish(position)).await?)
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, IndexFault> + Send + 'static,
) -> Result<T, IndexFault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(IndexFault::Panicked),
    }
}
