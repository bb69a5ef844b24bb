//! `POST uploads/{id}/links`: links to PUT parts to, each good for one content.

use std::{collections::BTreeMap, collections::BTreeSet, time::Duration};

use axum::{
    extract::State,
    http::{Extensions, HeaderMap},
};
use mutoscope_core::{
    db::uploads::{self, Promise, Promised, Upload, UploadPart},
    id::UploadId,
    time::UnixMs,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{link, own};
use crate::{
    app::App,
    error::{ApiError, ApiResult, Code, Problem},
    extract::{ApiJson, CurrentUser, PathId},
    view::{Links, PartLink},
};

/// Links asked for at once.
const MOST_AT_ONCE: usize = 100;

/// A link is never good for longer.
const LONGEST_LIFE: Duration = Duration::from_secs(15 * 60);

/// The parts that a client is going to send.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LinksWanted {
    /// At most 100.
    parts: Vec<PartWanted>,
}

/// A part and its content.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PartWanted {
    /// From 1.
    number: i64,
    /// Of the part's bytes: the link takes no others.
    sha256_hex: String,
}

/// Signs links for parts.
#[utoipa::path(
    post, path = "/uploads/{id}/links", tag = "uploads", params(("id" = String, Path, description = "the upload")),
    request_body = LinksWanted,
    responses(
        (status = 200, description = "a link a part, good for at most 15 minutes", body = Links),
        (status = 401, description = "nobody is signed in", body = Problem),
        (status = 404, description = "there is no such upload of yours", body = Problem),
        (status = 409, description = "upload_closed, or part_changed_too_often", body = Problem),
        (status = 422, description = "a number or a hash is not acceptable", body = Problem),
    )
)]
pub async fn links(
    State(app): State<App>,
    user: CurrentUser,
    PathId(id): PathId<UploadId>,
    headers: HeaderMap,
    extensions: Extensions,
    ApiJson(wanted): ApiJson<LinksWanted>,
) -> ApiResult<ApiJson<Links>> {
    let upload = own(&app, user, id).await?;
    let promises = checked(&upload, wanted.parts)?;
    let replaced = match uploads::promise(&app.db, &upload, &promises, app.config.uploads.abandoned_after).await? {
        Promised::Stands { replaced } => replaced,
        Promised::Closed => {
            return Err(ApiError::new(Code::UploadClosed, "the upload is complete: nothing is missing"));
        }
        Promised::ChangedTooOften { number } => {
            let detail = format!("part {number} was announced with other contents too often; begin a new upload");
            return Err(ApiError::new(Code::PartChangedTooOften, detail));
        }
    };
    delete_replaced(&app, &upload, &replaced).await;
    let base = link::base(&app, &headers, &extensions);
    let mut links = Vec::with_capacity(promises.len());
    for promise in &promises {
        links.push(sign(&app, &upload, promise, &base).await?);
    }
    Ok(ApiJson(Links { links }))
}

fn checked(upload: &Upload, parts: Vec<PartWanted>) -> ApiResult<Vec<Promise>> {
    if parts.is_empty() || parts.len() > MOST_AT_ONCE {
        return Err(ApiError::invalid("parts", format!("ask for 1 to {MOST_AT_ONCE} parts at once")));
    }
    let mut numbers = BTreeSet::new();
    let mut promises = Vec::with_capacity(parts.len());
    for (i, part) in parts.into_iter().enumerate() {
        if upload.size_of_part(part.number).is_none() || !numbers.insert(part.number) {
            let detail = format!("number must be from 1 to {}, each once", upload.part_count);
            return Err(ApiError::invalid(format!("parts[{i}].number"), detail));
        }
        let sha256 = part.sha256_hex.to_ascii_lowercase();
        if link::sha256_bytes(&sha256).is_none() {
            let detail = "sha256_hex must be 64 hexadecimal digits";
            return Err(ApiError::invalid(format!("parts[{i}].sha256_hex"), detail));
        }
        promises.push(Promise { number: part.number, sha256 });
    }
    Ok(promises)
}

async fn sign(app: &App, upload: &Upload, promise: &Promise, base: &str) -> ApiResult<PartLink> {
    let life = app.config.uploads.link_lifetime.min(LONGEST_LIFE);
    let expires_at = UnixMs::now().plus(life);
    let sha256 = link::sha256_bytes(&promise.sha256)
        .ok_or_else(|| ApiError::invalid("sha256_hex", "sha256_hex must be 64 hexadecimal digits"))?;
    let key = upload.key_of_part(promise.number, &promise.sha256);
    let (url, headers) = match app.store.upload_link(&key, &sha256, life).await? {
        Some(link) => (link.url, link.headers.into_iter().collect()),
        None => {
            let part = link::Part {
                upload_id: upload.id,
                number: promise.number,
                sha256: promise.sha256.clone(),
                expires_at_ms: expires_at.0,
            };
            (format!("{base}{}", part.sign(&app.keys.current())), BTreeMap::new())
        }
    };
    Ok(PartLink { number: promise.number, url, headers, expires_at })
}

/// Best effort: what stays, or comes late, the sweeper finds below the upload's prefix.
async fn delete_replaced(app: &App, upload: &Upload, replaced: &[UploadPart]) {
    for part in replaced {
        if let Err(error) = app.store.delete(&upload.key_of_part(part.number, &part.sha256)).await {
            tracing::warn!(
                upload.id = %upload.id,
                error = &error as &dyn std::error::Error,
                "a replaced part is left to the sweeper"
            );
        }
    }
}
