//! `POST uploads`: begins an upload, and the video that it brings.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use mutoscope_core::db::uploads::{self, Allowance, NewVideo, Refusal};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    error::{ApiError, ApiResult, Code, Problem},
    extract::{ApiJson, CurrentUser},
    routes::videos::fields,
    view::{Privacy, UploadCreated},
};

const MIB: i64 = 1 << 20;

/// A part is at least this long, so that a film is no endless list of requests.
const SMALLEST_PART: i64 = 8 * MIB;

/// A file is cut into at most this many parts.
const MOST_PARTS: i64 = 1000;

/// One user's unfinished uploads: each may hold rows and objects for a day.
const MOST_OPEN: i64 = 100;

/// What a client says of the file it is going to bring.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewUpload {
    /// For people: it decides nothing.
    file_name: String,
    /// The whole file, at least 1.
    #[schema(minimum = 1)]
    size_bytes: i64,
    /// What the client takes the file for. Its content decides, not this.
    #[serde(rename = "type")]
    #[expect(dead_code, reason = "clients send it; what a file is shows from its content alone")]
    media_type: Option<String>,
    /// 1 to 200 characters.
    title: String,
    /// At most 5000 characters.
    description: Option<String>,
    /// At most 20, each of at most 40 characters.
    #[serde(default)]
    tags: Vec<String>,
    /// Who may see the video.
    privacy: Privacy,
}

/// Begins an upload.
#[utoipa::path(
    post, path = "/uploads", tag = "uploads", request_body = NewUpload,
    responses(
        (status = 201, description = "it may be sent, in parts", body = UploadCreated),
        (status = 401, description = "nobody is signed in", body = Problem),
        (status = 403, description = "there is not enough room: quota_exceeded", body = Problem),
        (status = 413, description = "the file is too large: file_too_large", body = Problem),
        (status = 422, description = "empty_file, or a field is not acceptable", body = Problem),
        (status = 429, description = "too many uploads are unfinished", body = Problem),
    )
)]
pub async fn create(
    State(app): State<App>,
    user: CurrentUser,
    ApiJson(new): ApiJson<NewUpload>,
) -> ApiResult<impl IntoResponse> {
    let size_bytes = checked_size(&app, new.size_bytes)?;
    let new = NewVideo {
        owner_id: user.user_id,
        file_name: fields::file_name(&new.file_name)?,
        title: fields::title(&new.title)?,
        description: fields::description(new.description.as_deref().unwrap_or(""))?,
        tags: fields::tags(&new.tags)?,
        privacy: new.privacy.into(),
        size_bytes,
        part_size_bytes: part_size(size_bytes),
    };
    let allowance = Allowance {
        quota_bytes: i64::try_from(app.config.uploads.quota_bytes).unwrap_or(i64::MAX),
        max_open: MOST_OPEN,
        lies_still: app.config.uploads.abandoned_after,
    };
    let upload = uploads::create(&app.db, &new, allowance).await?.map_err(refused)?;
    Ok((StatusCode::CREATED, ApiJson(UploadCreated::from(&upload))))
}

fn checked_size(app: &App, size_bytes: i64) -> ApiResult<i64> {
    if size_bytes == 0 {
        let detail = "the file is empty; choose one with a film in it";
        return Err(ApiError::new(Code::EmptyFile, detail).with_field("size_bytes"));
    }
    if size_bytes < 0 {
        return Err(ApiError::invalid("size_bytes", "size_bytes must be at least 1"));
    }
    let most = app.config.uploads.max_bytes;
    if size_bytes.unsigned_abs() > most {
        let detail = format!("a file may have at most {most} bytes here; make it smaller, or ask the administrator");
        return Err(ApiError::new(Code::FileTooLarge, detail).with_field("size_bytes"));
    }
    Ok(size_bytes)
}

/// A power of two from [`SMALLEST_PART`] on, so that there are at most [`MOST_PARTS`].
pub fn part_size(size_bytes: i64) -> i64 {
    let mut part = SMALLEST_PART;
    while size_bytes / part >= MOST_PARTS {
        part *= 2;
    }
    part
}

fn refused(refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::NoOwner => ApiError::new(Code::NotSignedIn, Code::NotSignedIn.title()),
        Refusal::OverQuota { quota_bytes, used_bytes } => {
            let left = quota_bytes.saturating_sub(used_bytes).max(0);
            let detail = format!("{left} of your {quota_bytes} bytes are left; delete a video, or ask for more room");
            ApiError::new(Code::QuotaExceeded, detail).with_field("size_bytes")
        }
        Refusal::TooManyOpen => {
            let detail = format!("you have {MOST_OPEN} unfinished uploads; finish or cancel some first");
            ApiError::new(Code::TooManyUploads, detail)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_has_more_than_a_thousand_parts() {
        for size in [1, SMALLEST_PART, 1000 * SMALLEST_PART, 1000 * SMALLEST_PART + 1, 10 << 30, 100 << 30, 1 << 50] {
            let part = part_size(size);
            assert!(part >= SMALLEST_PART);
            assert!((size + part - 1) / part <= MOST_PARTS, "{size}");
        }
        assert_eq!(part_size(10 << 30), 16 * MIB);
    }
}
