//! A carried segment is a pure function too: whichever segments and renditions are made with it.

use std::{collections::BTreeMap, ops::Range, path::Path};

use mutoscope_core::media::{Ladder, RenditionName};
use mutoscope_transcoder::{
    plan::{EncodePlan, PlanSettings},
    span::{RenditionChoice, SpanRequest},
};
use sha2::{Digest, Sha256};

use super::{PICTURES, SOUND, carried_audio, carried_video, fit_film};
use crate::support::{Films, make, plan_carrying};

type Hashes = BTreeMap<(String, Option<u32>), String>;

async fn add_hashes(hashes: &mut Hashes, path: &Path, plan: &EncodePlan, request: SpanRequest) {
    let made = make(path, plan, request.clone()).await;
    let made = made.unwrap_or_else(|error| panic!("{error} {} {request:?}", path.display()));
    let inits = made.inits.iter().map(|(name, bytes)| (name, None, bytes));
    let segments = made.segments.iter().map(|(name, index, bytes, _)| (name, Some(*index), bytes));
    let named = inits.chain(segments).map(|(name, index, bytes)| (name.to_string(), index, bytes));
    let records = made.records.iter().map(|(index, bytes)| ("record".to_owned(), Some(*index), bytes));
    for (name, index, bytes) in named.chain(records) {
        let hash = hex::encode(Sha256::digest(bytes));
        let key = (name, index);
        let known = hashes.entry(key.clone()).or_insert_with(|| hash.clone());
        assert_eq!(*known, hash, "{key:?} in {request:?}");
    }
}

async fn assert_pure(path: &Path) {
    let settings = PlanSettings { ladder: Ladder::from(vec![360, 120]), ..PlanSettings::default() };
    let plan = plan_carrying(path, &settings).await;
    let names = [carried_video(&plan).name.clone(), carried_audio(&plan).name.clone()];
    let count = plan.grid.segment_count();
    let mut hashes = Hashes::new();
    add_hashes(&mut hashes, path, &plan, SpanRequest::all(0..count)).await;
    let whole = hashes.len();
    let segments = usize::try_from(count).unwrap();
    assert_eq!(whole, plan.renditions.len() * (segments + 1) + segments);
    let spans: Vec<Range<u32>> = (0..count).map(|index| index..index + 1).chain([1..count, 0..2]).collect();
    for span in spans {
        for renditions in [
            RenditionChoice::All,
            RenditionChoice::Only(names.iter().cloned().collect()),
            RenditionChoice::Only([RenditionName::record()].into()),
            RenditionChoice::Only([names[0].clone(), RenditionName::record()].into()),
            RenditionChoice::Only([names[0].clone()].into()),
            RenditionChoice::Only([names[1].clone()].into()),
        ] {
            add_hashes(&mut hashes, path, &plan, SpanRequest { segments: span.clone(), renditions }).await;
        }
    }
    assert_eq!(hashes.len(), whole);
}

#[tokio::test]
async fn an_mp4_is_cut_to_the_same_bytes_in_every_grouping() {
    let films = Films::new();
    assert_pure(&fit_film(&films, "film.mp4")).await;
}

#[tokio::test]
async fn a_transport_stream_and_matroska_are_cut_to_the_same_bytes_in_every_grouping() {
    let films = Films::new();
    assert_pure(&fit_film(&films, "film.ts")).await;
    let uneven = films.make(
        "film.mkv",
        &format!(
            "{PICTURES} {SOUND} -c:v libx264 -preset veryfast -crf 32 -g 70 -keyint_min 20 -pix_fmt yuv420p -c:a aac"
        ),
    );
    assert_pure(&uneven).await;
}
