//! The film of these tests, and what it becomes where nobody disturbs the work.

use std::collections::BTreeMap;

use mutoscope_core::db::plans;
use tokio::sync::OnceCell;

use super::{
    audit,
    column::Column,
    person::{Begun, Person, is_ready},
    platform::Fleet,
};
use crate::whole_way::film;

/// SHA-256 by rendition and number.
pub type Hashes = BTreeMap<(String, i64), String>;

pub struct Reference {
    pub film: Vec<u8>,
    pub plan_hash: String,
    pub hashes: Hashes,
}

/// A short film, made once.
pub async fn reference() -> &'static Reference {
    static REFERENCE: OnceCell<Reference> = OnceCell::const_new();
    REFERENCE.get_or_init(|| make(28)).await
}

/// A film of so many seconds, made by one process alone.
pub async fn make(seconds: u32) -> Reference {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let film = film::make(folder.path(), 320, 180, seconds);
    let fleet = Fleet::start(Column::Embedded).await.expect("it needs no service");
    let (owner, upload) = bring(&fleet, &film).await;
    owner.video_when(upload.video_id, is_ready).await;
    let plan = plans::current(&fleet.db, upload.video_id).await.expect("an answer").expect("a plan");
    let hashes = audit::hashes(&fleet.db, plan.key()).await;
    assert_eq!(hashes.len() as i64, plan.segments_planned);
    fleet.remove().await;
    Reference { film, plan_hash: plan.hash, hashes }
}

/// A new account that brings the film.
pub async fn bring(fleet: &Fleet, film: &[u8]) -> (Person, Begun) {
    let owner = fleet.visitor().register("edith").await;
    let upload = owner.begin("A film", film).await;
    owner.bring(&upload, film).await;
    (owner, upload)
}
