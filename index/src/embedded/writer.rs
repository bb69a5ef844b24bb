//! Writing: one writer per index, with little memory, whose commits carry the place in the log.

use std::collections::HashMap;

use mutoscope_core::{
    id::VideoId,
    search::{SearchBatch, SearchChange, SearchDocument},
};
use tantivy::{
    Index, IndexWriter, TantivyDocument,
    indexer::{AddOperation, IndexWriterOptions, LogMergePolicy, SegmentWriter},
};
use uuid::Uuid;

use super::{
    document::{of_video, older_than, to_index},
    error::IndexFault,
    fields::Fields,
    generation::{Generation, Payload},
};

/// The least that Tantivy takes; a rebuild makes more segments of it, and merges them.
const MEMORY_BYTES: usize = 15_000_000;
/// The words of a batch begin with this much room, and take more where they need it.
const BATCH_MEMORY_BYTES: usize = 1_000_000;
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

    /// Adds a document to a new index: its video is not in it yet.
    pub fn add(&self, document: SearchDocument) -> Result<(), IndexFault> {
        self.inner.add_document(to_index(&self.fields, document, Uuid::nil())?)?;
        Ok(())
    }

    /// Adds a few documents as a segment of their own, made in this thread. Tantivy's own way takes a new thread for every
    /// commit and room for many documents in it, tens of megabytes that stay with the process.
    fn add_segment(&self, documents: Vec<SearchDocument>, edition: Uuid) -> Result<(), IndexFault> {
        if documents.is_empty() {
            return Ok(());
        }
        let segment = self.inner.new_segment();
        let mut writer = SegmentWriter::for_segment(BATCH_MEMORY_BYTES, segment.clone())?;
        for document in documents {
            writer.add_document(AddOperation { opstamp: 0, document: to_index(&self.fields, document, edition)? })?;
        }
        let count = writer.max_doc();
        writer.finalize()?;
        let meta = segment.with_max_doc(count).meta().clone();
        meta.untrack_temp_docstore();
        Ok(self.inner.add_segment(meta)?)
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
        // Without a segment nobody takes deletions up: they would lie in wait for the documents of a later batch.
        let deletes = !generation.searcher().segment_readers().is_empty();
        let mut documents = Vec::new();
        // What goes is looked for in the new segment, too: its own documents are told apart by their edition.
        let edition = Uuid::new_v4();
        for (id, change) in last {
            match change {
                SearchChange::Upsert(document) => {
                    if deletes {
                        self.inner.delete_query(older_than(&self.fields, id, edition))?;
                    }
                    documents.push(document);
                }
                SearchChange::Delete(_) if deletes => {
                    self.inner.delete_query(of_video(&self.fields, id))?;
                }
                SearchChange::Delete(_) => {}
            }
        }
        self.add_segment(documents, edition)?;
        self.commit(batch.position.max(standing))?;
        generation.refresh()?;
        // Only now does nobody read what this commit replaced.
        if let Err(error) = self.inner.garbage_collect_files().wait() {
            tracing::debug!(error = &error as &dyn std::error::Error, "old files of the index go with the next commit");
        }
        Ok(())
    }
}
