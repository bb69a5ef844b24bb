//! `PUT uploads/{id}/parts/{number}`: a part's bytes, where the server keeps the objects itself.
//!
//! The link is the right to send: no session is asked for. The bytes are hashed as they flow to the disk, and nothing
//! stands under the part's name before they were all there and fitted the promise.

use std::time::Duration;

use axum::{
    body::{Body, BodyDataStream},
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::StreamExt;
use mutoscope_core::{
    crash::{self, Point},
    db::uploads::{self, Promise, Upload},
    id::UploadId,
    store::{ObjectWriter, StorageKey},
};
use sha2::{Digest, Sha256};

use super::link::{Part, Signed};
use crate::{
    app::App,
    error::{ApiError, ApiResult, Code, Problem},
    extract::ApiPath,
};

/// A client that sends nothing for so long has gone.
const LONGEST_SILENCE: Duration = Duration::from_secs(60);

/// A part that takes longer would keep a connection for ever, byte by byte.
const LONGEST_BODY: Duration = Duration::from_secs(3600);

/// How much of a refused body is read all the same, and for how long: a client that is cut off while it sends may never
/// see the answer.
const DRAINED_BYTES: usize = 64 << 20;
const DRAINED_FOR: Duration = Duration::from_secs(10);

/// Takes a part's bytes.
#[utoipa::path(
    put, path = "/uploads/{id}/parts/{number}", tag = "uploads",
    params(
        ("id" = String, Path, description = "the upload"),
        ("number" = i64, Path, description = "the part"),
        Signed
    ),
    request_body(content_type = "application/octet-stream", description = "the part's bytes"),
    responses(
        (status = 200, description = "the part is there"),
        (status = 403, description = "link_invalid or link_expired: ask for a new link", body = Problem),
        (status = 404, description = "the upload is gone", body = Problem),
        (status = 409, description = "upload_closed, or link_replaced", body = Problem),
        (status = 413, description = "part_too_large", body = Problem),
        (status = 422, description = "part_too_short, or part_altered", body = Problem),
    )
)]
pub async fn put_part(
    State(app): State<App>,
    ApiPath((id, number)): ApiPath<(String, String)>,
    signed: Result<Query<Signed>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let mut body = body.into_data_stream();
    match take(&app, &id, &number, signed, &headers, &mut body).await {
        Ok(sha256) => (StatusCode::OK, [(header::ETAG, format!("\"{sha256}\""))]).into_response(),
        Err(error) => {
            drain(&mut body).await;
            error.into_response()
        }
    }
}

async fn take(
    app: &App,
    id: &str,
    number: &str,
    signed: Result<Query<Signed>, QueryRejection>,
    headers: &HeaderMap,
    body: &mut BodyDataStream,
) -> ApiResult<String> {
    let invalid = || ApiError::new(Code::LinkInvalid, "use the link unchanged, or ask for a new one");
    let id: UploadId = id.parse().map_err(|_| invalid())?;
    let number: i64 = number.parse().map_err(|_| invalid())?;
    let Query(signed) = signed.map_err(|_| invalid())?;
    let part = Part::verify(id, number, signed, &app.keys.current())?;

    let (upload, expected) = promised(app, &part).await?;
    if let Some(length) = declared_length(headers) {
        judge_length(length, expected)?;
    }
    let key = upload.key_of_part(part.number, &part.sha256);
    let turn = app.receiving.begin(part.upload_id, part.number);
    let mut writer = app.store.writer(&key).await?;
    let received = tokio::select! {
        received = receive(body, &mut writer, expected, &part.sha256) => received,
        () = turn.given_up() => Err(broken("another request sends this part now")),
        () = tokio::time::sleep(LONGEST_BODY) => Err(broken("the part took more than an hour; send it again")),
    };
    if let Err(error) = received {
        if let Err(left) = writer.abort().await {
            tracing::warn!(error = &left as &dyn std::error::Error, "a given up part is left to the sweeper");
        }
        return Err(error);
    }
    writer.publish().await?;
    crash::reached(Point::PartPut);
    metrics::counter!("mutoscope_uploaded_bytes_total").increment(expected);
    let promise = Promise { number: part.number, sha256: part.sha256.clone() };
    if !uploads::set_stored(&app.db, upload.key(), &promise, app.config.uploads.abandoned_after).await? {
        return Err(unwanted(app, &upload, &part, &key).await?);
    }
    Ok(part.sha256)
}

/// What to answer where the upload was given up, completed, or its part promised anew while the bytes came in. The
/// object goes, unless it is the one that another request completed the upload with.
async fn unwanted(app: &App, upload: &Upload, part: &Part, key: &StorageKey) -> ApiResult<ApiError> {
    let parts = uploads::parts(&app.db, upload.key()).await?;
    let is_named = parts.iter().any(|row| row.number == part.number && row.sha256 == part.sha256);
    if !is_named {
        app.store.delete(key).await?;
    }
    Ok(match promised(app, part).await {
        Ok(_) => replaced(),
        Err(error) => error,
    })
}

/// The upload and the part's length, where this content is still wanted.
async fn promised(app: &App, part: &Part) -> ApiResult<(Upload, u64)> {
    let upload =
        uploads::find(&app.db, part.upload_id).await?.ok_or_else(|| ApiError::not_found("the upload of this link"))?;
    if upload.completed_at.is_some() {
        return Err(ApiError::new(Code::UploadClosed, "the upload is complete: nothing is missing"));
    }
    let parts = uploads::parts(&app.db, upload.key()).await?;
    let wanted = parts.into_iter().find(|row| row.number == part.number && row.sha256 == part.sha256);
    let wanted = wanted.ok_or_else(replaced)?;
    Ok((upload, wanted.size_bytes.unsigned_abs()))
}

/// Streams the body into the writer, and holds its length and hash against what was promised.
async fn receive(body: &mut BodyDataStream, writer: &mut ObjectWriter, expected: u64, sha256: &str) -> ApiResult<()> {
    let mut hash = Sha256::new();
    let mut length: u64 = 0;
    while let Some(bytes) = next(body).await? {
        length = length.saturating_add(bytes.len() as u64);
        if length > expected {
            return Err(too_large(expected));
        }
        hash.update(&bytes);
        writer.write(bytes).await?;
    }
    judge_length(length, expected)?;
    if hex::encode(hash.finalize()) != sha256 {
        let detail = "the bytes that arrived are not those whose SHA-256 was announced; send the part again";
        return Err(ApiError::new(Code::PartAltered, detail));
    }
    Ok(())
}

async fn next(body: &mut BodyDataStream) -> ApiResult<Option<Bytes>> {
    match tokio::time::timeout(LONGEST_SILENCE, body.next()).await {
        Err(_) => Err(broken("no bytes came for a minute; send the part again")),
        Ok(Some(Err(error))) => Err(broken("the connection broke off; send the part again").with_cause(error)),
        Ok(Some(Ok(bytes))) => Ok(Some(bytes)),
        Ok(None) => Ok(None),
    }
}

fn broken(detail: &'static str) -> ApiError {
    ApiError::new(Code::PartBroken, detail)
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn judge_length(length: u64, expected: u64) -> ApiResult<()> {
    if length > expected {
        return Err(too_large(expected));
    }
    if length < expected {
        let detail = format!("this part must have {expected} bytes, {length} came; send it whole");
        return Err(ApiError::new(Code::PartTooShort, detail));
    }
    Ok(())
}

fn too_large(expected: u64) -> ApiError {
    ApiError::new(Code::PartTooLarge, format!("this part must have {expected} bytes, more came; cut the file anew"))
}

fn replaced() -> ApiError {
    ApiError::new(Code::LinkReplaced, "the part was announced with another content since; use the newer link")
}

async fn drain(body: &mut BodyDataStream) {
    let mut left = DRAINED_BYTES;
    let reading = async {
        while let Some(Ok(bytes)) = body.next().await {
            left = left.saturating_sub(bytes.len());
            if left == 0 {
                break;
            }
        }
    };
    // Whatever comes later is cut off.
    let _ = tokio::time::timeout(DRAINED_FOR, reading).await;
}
