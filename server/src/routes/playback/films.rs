//! Plans in the form that playlists are written from, read once and kept.

use std::sync::Arc;

use mutoscope_core::{
    db::{plans, videos::Video},
    id::PlanKey,
    media::RenditionName,
};
use mutoscope_transcoder::{package, plan::EncodePlan};

use crate::{
    app::App,
    error::{ApiError, ApiResult},
    view::plan_name,
};

/// A plan that can be played by.
#[derive(Debug)]
pub struct Film {
    pub key: PlanKey,
    /// The whole hash: it stands in storage keys.
    pub hash: String,
    pub plan: EncodePlan,
    /// The length of the plan's text: what it costs to keep.
    pub weight: u32,
}

impl Film {
    /// The plan of this video that is called `name` in addresses: the one it plays by, or one before that still stands.
    pub async fn find(app: &App, video: &Video, name: &str) -> ApiResult<Arc<Self>> {
        let there_is_none = || ApiError::not_found("this file");
        let is_name = name.len() == plan_name(&"0".repeat(64)).len() && name.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_name {
            return Err(there_is_none());
        }
        let key = (video.id, name.to_owned());
        if let Some(film) = app.media.films.get(&key).await {
            return Ok(film);
        }
        let stored = plans::find_named(&app.db, video.id, name).await?.ok_or_else(there_is_none)?;
        let plan = serde_json::from_str(&stored.body).map_err(ApiError::internal)?;
        let weight = u32::try_from(stored.body.len()).unwrap_or(u32::MAX);
        let film = Arc::new(Self { key: stored.key(), hash: stored.hash, plan, weight });
        app.media.films.insert(key, Arc::clone(&film)).await;
        Ok(film)
    }

    /// The plan that this video plays by now; `None` where it has none.
    pub async fn current(app: &App, video: &Video) -> ApiResult<Option<Arc<Self>>> {
        match &video.plan {
            Some(plan) => Self::find(app, video, plan_name(&plan.hash)).await.map(Some),
            None => Ok(None),
        }
    }

    /// The planned rendition of this name.
    pub fn rendition(&self, name: &str) -> ApiResult<RenditionName> {
        let planned = self.plan.renditions.iter().map(|rendition| rendition.name());
        let found = planned.into_iter().find(|planned| planned.to_string() == name);
        found.cloned().ok_or_else(|| ApiError::not_found("this file"))
    }

    /// The index of a segment's file, where the plan has such a segment of this rendition.
    pub fn segment(&self, name: &RenditionName, file: &str) -> ApiResult<u32> {
        let number = package::layout::segment_number(file);
        let rendition = self.plan.rendition(name);
        number
            .zip(rendition)
            .filter(|(number, _)| *number < self.plan.grid.segment_count())
            .filter(|(number, rendition)| self.plan.timeline(rendition, *number).is_some_and(|facts| facts.samples > 0))
            .map(|(number, _)| number)
            .ok_or_else(|| ApiError::not_found("this file"))
    }
}
