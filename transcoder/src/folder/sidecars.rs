//! The sidecars of a complete folder, merged from its records.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::{
    FolderError,
    contents::{Contents, Inventory},
    run::Run,
};
use crate::{
    jail,
    package::check::{Checked, Gate},
    plan::EncodePlan,
    record::{
        RecordError,
        loudness::Loudness,
        merge::{Merge, Merged},
    },
};

/// Sheets between the media process and the disk.
const IN_FLIGHT: usize = 2;

/// Merges the records and puts what comes of them; returns how loud the film is.
///
/// # Errors
/// Where a record is gone, the folder can't be written or the media process fails.
pub(super) async fn merge(
    run: &Run<'_>,
    plan: &Arc<EncodePlan>,
    contents: &Arc<Contents>,
    inventory: &mut Inventory,
) -> Result<Option<Loudness>, FolderError> {
    if plan.record.is_none() {
        return Ok(None);
    }
    let (read_by, held) = (Arc::clone(plan), Arc::clone(contents));
    let merged = tokio::task::spawn_blocking(move || merge_records(&read_by, &held)).await??;
    for (name, bytes) in merged.files {
        put(contents, inventory, Checked::sidecar(name, bytes)).await?;
    }
    if !merged.thumbnails.is_empty() {
        put_sheets(run, plan, contents, inventory, merged.thumbnails).await?;
    }
    Ok(merged.loudness)
}

fn merge_records(plan: &EncodePlan, contents: &Contents) -> Result<Merged, FolderError> {
    let mut merge = Merge::new(plan);
    while let Some(index) = merge.wants() {
        merge.push(&contents.record(index).ok_or(RecordError::NotPlanned)?)?;
    }
    Ok(merge.finish()?)
}

async fn put_sheets(
    run: &Run<'_>,
    plan: &Arc<EncodePlan>,
    contents: &Arc<Contents>,
    inventory: &mut Inventory,
    thumbnails: Bytes,
) -> Result<(), FolderError> {
    let (sink, mut outputs) = mpsc::channel(IN_FLIGHT);
    let mut gate = Gate::new(Arc::clone(plan));
    let keep = async move {
        // A fault on our side closes the channel, which the media process takes for a cancel.
        while let Some(output) = outputs.recv().await {
            if let Some(checked) = gate.check(output).await? {
                put(contents, inventory, checked).await?;
            }
        }
        Ok::<_, FolderError>(())
    };
    let made = run.media.sheets(thumbnails, plan, &run.settings.limits, sink, run.cancel.clone());
    let (made, kept) = tokio::join!(made, keep);
    // Else what it cost would not be counted with this process.
    jail::all_gone().await;
    kept?;
    Ok(made?)
}

async fn put(contents: &Arc<Contents>, inventory: &mut Inventory, checked: Checked) -> Result<(), FolderError> {
    inventory.add(&checked);
    let contents = Arc::clone(contents);
    tokio::task::spawn_blocking(move || contents.put_checked(&checked)).await?
}
