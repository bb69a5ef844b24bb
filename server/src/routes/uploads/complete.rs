//! `POST uploads/{id}/complete`: the file is whole, and work on it begins.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use mutoscope_core::{
    crash::{self, Point},
    db::uploads::{self, Completion},
    id::UploadId,
};

use super::{check, own};
use crate::{
    app::App,
    error::{ApiError, ApiResult, Code, Fault, PartFault, Problem},
    extract::{ApiJson, CurrentUser, PathId},
    view::UploadComplete,
};

/// Numbers that the sentence names; the list of parts has all of them.
const NAMED: usize = 10;

/// Completes an upload; completing twice is completing once.
#[utoipa::path(
    post, path = "/uploads/{id}/complete", tag = "uploads", params(("id" = String, Path, description = "the upload")),
    responses(
        (status = 202, description = "the file is whole; its video is being made", body = UploadComplete),
        (status = 401, description = "nobody is signed in", body = Problem),
        (status = 404, description = "there is no such upload of yours", body = Problem),
        (status = 409, description = "parts are missing, too short or too large: parts_missing names them", body = Problem),
    )
)]
pub async fn complete(
    State(app): State<App>,
    user: CurrentUser,
    PathId(id): PathId<UploadId>,
) -> ApiResult<impl IntoResponse> {
    let upload = own(&app, user, id).await?;
    let faults = match upload.completed_at {
        Some(_) => Vec::new(),
        None => check::all_parts(&app, &upload).await?,
    };
    crash::reached(Point::Completing);
    match uploads::complete(&app.db, upload.key()).await? {
        Completion::Done(video_id) => Ok((StatusCode::ACCEPTED, ApiJson(UploadComplete { video_id }))),
        Completion::Missing(numbers) => Err(parts_missing(&numbers, &faults)),
        Completion::Gone => Err(ApiError::not_found("this upload")),
    }
}

fn parts_missing(numbers: &[i64], faults: &[PartFault]) -> ApiError {
    let parts: Vec<PartFault> = numbers
        .iter()
        .map(|&number| {
            let known = faults.iter().find(|fault| fault.number == number);
            known.copied().unwrap_or(PartFault { number, fault: Fault::Missing })
        })
        .collect();
    let mut named: Vec<String> = parts.iter().take(NAMED).map(describe).collect();
    if parts.len() > NAMED {
        named.push(format!("and {} more", parts.len() - NAMED));
    }
    let detail = format!("send these parts again: {}", named.join(", "));
    ApiError::new(Code::PartsMissing, detail).with_parts(parts)
}

fn describe(part: &PartFault) -> String {
    match part.fault {
        Fault::Missing => format!("{}", part.number),
        Fault::TooShort => format!("{} (too short)", part.number),
        Fault::TooLarge => format!("{} (too large)", part.number),
    }
}
