//! What every address of a film's media begins with: the film, where whoever asks may watch it, and how it is asked for.

use std::sync::Arc;

use axum::{
    RequestPartsExt,
    extract::FromRequestParts,
    http::{HeaderMap, Method, request::Parts},
    response::Response,
};
use mutoscope_core::{db::videos::Video, id::VideoId, video::Privacy};
use serde::Deserialize;
use utoipa::IntoResponses;

use super::{
    bytes::{Asked, Body, respond},
    films::Film,
};
use crate::{
    app::App,
    error::{ApiError, ApiResult, Problem},
    extract::{ApiPath, MaybeUser},
    routes::videos::watchable,
};

/// A film that whoever asks may watch: no handler of media comes to a byte without it.
#[derive(Debug)]
pub(super) struct Watched {
    pub video: Video,
    pub film: Arc<Film>,
    method: Method,
    headers: HeaderMap,
}

/// The first two names of every path.
#[derive(Debug, Deserialize)]
struct Address {
    id: String,
    plan: String,
}

/// What every file answers beside 200.
#[derive(Debug, IntoResponses)]
#[expect(dead_code, reason = "only described by it")]
pub(super) enum FileAnswers {
    /// a range of it
    #[response(status = 206)]
    Part,
    /// it has not changed
    #[response(status = 304)]
    Unchanged,
    /// it is not there, or not yours to see
    #[response(status = 404)]
    NotThere(Problem),
    /// the range lies outside of it: range_not_satisfiable
    #[response(status = 416)]
    Outside(Problem),
}

/// What a file answers beside, that is made when it is asked for.
#[derive(Debug, IntoResponses)]
#[expect(dead_code, reason = "only described by it")]
pub(super) enum MadeAnswers {
    /// it is still being made: not_made_yet
    #[response(status = 503)]
    NotYet(Problem),
}

impl FromRequestParts<App> for Watched {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> ApiResult<Self> {
        let asking = MaybeUser::from_request_parts(parts, app).await?;
        let ApiPath(Address { id, plan }) = parts.extract().await?;
        let id: VideoId = id.parse().map_err(|_| ApiError::not_found("this video"))?;
        let video = watchable(app, &asking, id).await?;
        let film = Film::find(app, &video, &plan).await?;
        Ok(Self { video, film, method: parts.method.clone(), headers: parts.headers.clone() })
    }
}

impl Watched {
    /// The file, or what of it was asked for.
    pub fn answer(&self, file: Body) -> Response {
        respond(Asked::new(&self.method, &self.headers), file, self.video.privacy)
    }

    /// The same, for a file that another one may stand in place of later: nobody keeps it.
    pub fn answer_for_now(&self, file: Body) -> Response {
        respond(Asked::new(&self.method, &self.headers), file, Privacy::Private)
    }
}
