//! `admin/invitations`: rights to register.

use std::time::Duration;

use axum::{extract::State, http::StatusCode};
use mutoscope_core::{
    db::invitations::{self, Invitation},
    id::InvitationId,
    time::UnixMs,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::random,
    error::{ApiError, ApiResult, Problem},
    extract::{Administrator, ApiJson, OptionalJson, PageQuery, Paging, PathId},
};

const DAY_S: u64 = 24 * 3600;
const DEFAULT_LIFETIME_S: u64 = 7 * DAY_S;
const MAX_LIFETIME_S: u64 = 365 * DAY_S;
const MAX_NOTE_CHARS: usize = 200;

/// An invitation to make.
#[derive(Deserialize, Default, ToSchema)]
#[schema(as = NewInvitation)]
pub struct Request {
    /// Whom it is for; seen by administrators alone.
    note: Option<String>,
    /// How long it is good, in seconds, up to a year; a week where it is left out.
    expires_in_s: Option<u64>,
}

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub struct InvitationView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    id: InvitationId,
    /// What the guest enters when registering. Shown once, when it is made; null ever after.
    code: Option<String>,
    /// Whom it is for.
    note: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
    /// Until when it is good.
    #[schema(value_type = String, format = DateTime)]
    expires_at: UnixMs,
    /// The user name of the account that was made with it.
    used_by: Option<String>,
    /// When that was.
    #[schema(value_type = Option<String>, format = DateTime)]
    used_at: Option<UnixMs>,
    /// When it was taken back.
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<UnixMs>,
}

/// A page of invitations.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationList {
    /// The newest first.
    invitations: Vec<InvitationView>,
    /// For the next page; null on the last.
    next_cursor: Option<String>,
}

/// List the invitations.
#[utoipa::path(
    get,
    path = "/admin/invitations",
    tag = "administration",
    params(PageQuery),
    responses((status = 200, body = InvitationList), (status = 403, body = Problem)),
    security(("bearer" = []), ("cookie" = []))
)]
pub async fn list(
    State(app): State<App>,
    _: Administrator,
    paging: Paging<InvitationId>,
) -> ApiResult<ApiJson<InvitationList>> {
    let mut found = invitations::list(&app.db, paging.after, paging.fetch_limit()).await?;
    let next_cursor = paging.cut(&mut found, |invitation| invitation.id);
    Ok(ApiJson(InvitationList {
        invitations: found.into_iter().map(|invitation| view(invitation, None)).collect(),
        next_cursor,
    }))
}

/// Invite someone.
#[utoipa::path(
    post,
    path = "/admin/invitations",
    tag = "administration",
    request_body = Request,
    responses((status = 201, body = InvitationView), (status = 403, body = Problem)),
    security(("bearer" = []), ("cookie" = []))
)]
pub async fn create(
    State(app): State<App>,
    Administrator(admin): Administrator,
    OptionalJson(request): OptionalJson<Request>,
) -> ApiResult<(StatusCode, ApiJson<InvitationView>)> {
    let note = request.note.unwrap_or_default();
    if note.chars().count() > MAX_NOTE_CHARS || note.chars().any(char::is_control) {
        return Err(ApiError::invalid("note", "a note is one line of at most 200 characters"));
    }
    let lifetime_s = request.expires_in_s.unwrap_or(DEFAULT_LIFETIME_S);
    if !(60..=MAX_LIFETIME_S).contains(&lifetime_s) {
        return Err(ApiError::invalid(
            "expires_in_s",
            "an invitation is good for a minute at least and a year at most",
        ));
    }
    let code = random::secret().map_err(ApiError::internal)?;
    let expires_at = UnixMs::now().plus(Duration::from_secs(lifetime_s));
    let made =
        invitations::create(&app.db, &random::fingerprint(&code), note.trim(), Some(admin.user_id), expires_at).await?;
    tracing::info!(invitation.id = %made.id, user.id = %admin.user_id, "an invitation was made");
    Ok((StatusCode::CREATED, ApiJson(view(made, Some(code)))))
}

/// Take an invitation back.
#[utoipa::path(
    delete,
    path = "/admin/invitations/{id}",
    tag = "administration",
    params(("id" = String, Path, description = "The invitation")),
    responses(
        (status = 204, description = "It can't be used any more."),
        (status = 404, body = Problem, description = "There is none that could still be used."),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub async fn revoke(
    State(app): State<App>,
    _: Administrator,
    PathId(id): PathId<InvitationId>,
) -> ApiResult<StatusCode> {
    if !invitations::revoke(&app.db, id).await? {
        return Err(ApiError::not_found("this invitation"));
    }
    Ok(StatusCode::NO_CONTENT)
}

fn view(invitation: Invitation, code: Option<String>) -> InvitationView {
    InvitationView {
        id: invitation.id,
        code,
        note: invitation.note,
        created_at: invitation.created_at,
        expires_at: invitation.expires_at,
        used_by: invitation.used_by,
        used_at: invitation.used_at,
        revoked_at: invitation.revoked_at,
    }
}
