//! `POST auth/refresh`: the next pair of tokens.

use axum::{
    extract::State,
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::{
        credentials,
        session::{self, Device, SignedIn},
    },
    error::{ApiError, ApiResult, Code, Problem},
    extract::OptionalJson,
    middleware::peer::Peer,
};

/// The token to exchange; left out where it is in the cookie.
#[derive(Deserialize, Default, ToSchema)]
#[schema(as = Refresh)]
pub struct Request {
    /// From the last answer of register, login or refresh. Each is good once: one that comes back ends its session.
    refresh_token: Option<String>,
}

/// Exchange the refresh token for a new pair.
#[utoipa::path(
    post,
    path = "/auth/refresh",
    tag = "accounts",
    request_body = Request,
    responses(
        (status = 200, body = SignedIn),
        (status = 401, body = Problem, description = "`invalid_refresh_token`"),
    )
)]
pub async fn refresh(
    State(app): State<App>,
    parts: Parts,
    OptionalJson(request): OptionalJson<Request>,
) -> ApiResult<Response> {
    let peer = Peer::of(&parts.extensions);
    let device = Device::of(&parts.headers, peer);
    if let Some(token) = request.refresh_token {
        credentials::demand_own_page_for_cookies(&parts, &app)?;
        let opened = session::carry_on(&app, &token, &device).await?;
        return Ok(opened.into_answer(StatusCode::OK));
    }
    let Some(token) = credentials::refresh_cookie(&parts, &app)? else {
        return Err(ApiError::new(
            Code::InvalidRefreshToken,
            "there is no refresh token in the body and none in a cookie; sign in",
        ));
    };
    match session::carry_on(&app, &token, &device.with_cookies()).await {
        Ok(opened) => Ok(opened.into_answer(StatusCode::OK)),
        Err(error) if error.code() == Code::InvalidRefreshToken => {
            let mut response = error.into_response();
            session::clear_cookies(response.headers_mut(), peer);
            Ok(response)
        }
        Err(error) => Err(error),
    }
}
