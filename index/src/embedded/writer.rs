//! Writing: one writer per index, with little memory, whose commits carry the place in the log.

use std::collections::HashMap;

use mutoscope_core::{
    id::VideoId,
    search::{SearchBatch, SearchChange, SearchDocument},
};
use tantivy::{
    Index, IndexWriter, TantivyDocument,
    indexer::{IndexWriterOptions, LogMergePolicy},
};

use super::{
    document::{id_term, to_index},
    error::IndexFault,
    fields::Fields,
    generation::{Generation, Payload},
};

/// The least that Tantivy takes; a batch of changes is far smaller, and a rebuild only makes more segments of it.
const MEMORY_BYTES: usize = 15_000_000;
/// Few segments keep queries quick and files few.
const MERGED_FROM: usize = 4;
/// Merging leaves deleted documents out: so many of a hundred may lie dead.
const DEAD_SHARE: f32 = 0.2;

/// Tantivy's writer with our settings. It holds the lock of the index while it lives.
pub struct Writer {
    inner: IndexWriter<TantivyDocument>,
    fields: Fields,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl Writer {
    /// Takes the lock of the index.
    pub fn open(index: &Index, fields: &Fields) -> Result<Self, IndexFault> {
        let options = IndexWriterOptions::builder()
            .memory_budget_per_thread(MEMORY_BYTES)
            .num_worker_threads(1)
            .num_merge_threads(1)
            .build();
        let inner = index.writer_with_options(options)?;
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(MERGED_FROM);
        policy.set_del_docs_ratio_before_merge(DEAD_SHARE);
        inner.set_merge_policy(Box::new(policy));
        Ok(Self { inner, fields: fields.clone() })
    }

    /// Adds a document whose video is not in the index yet.
    pub fn add(&self, document: SearchDocument) -> Result<(), IndexFault> {
        self.inner.add_document(to_index(&self.fields, document)?)?;
        Ok(())
    }

    /// Keeps everything since the last commit, and `position` with it.
    pub fn commit(&mut self, position: i64) -> Result<(), IndexFault> {
        let payload = Payload::at(position).to_text()?;
        let mut commit = self.inner.prepare_commit()?;
        commit.set_payload(&payload);
        commit.commit()?;
        Ok(())
    }

    /// Waits until what can be merged is merged, and gives the lock back.
    pub fn close(self) -> Result<(), IndexFault> {
        Ok(self.inner.wait_merging_threads()?)
    }

    /// Takes in a batch of changes as one commit.
    pub fn apply(&mut self, generation: &Generation, batch: SearchBatch) -> Result<(), IndexFault> {
        let standing = generation.refresh()?.position;
        if standing < batch.after {
            return Err(IndexFault::Moved(standing));
        }
        let mut last: HashMap<VideoId, SearchChange> = HashMap::new();
        for change in batch.changes {
            let id = match &change {
                SearchChange::Upsert(document) => document.video_id,
                SearchChange::Delete(id) => *id,
            };
            last.insert(id, change);
        }
        for (id, change) in last {
            self.inner.delete_term(id_term(&self.fields, id));
            if let SearchChange::Upsert(document) = change {
                self.add(document)?;
            }
        }
        self.commit(batch.position.max(standing))?;
        generation.refresh()?;
        // Only now does nobody read what this commit replaced.
        if let Err(error) = self.inner.garbage_collect_files().wait() {
            tracing::debug!(error = &error as &dyn std::error::Error, "old files of the index go with the next commit");
        }
        Ok(())
    }
}
