//! What a request brings to say who it is from. Cookies count only where the request comes from our own pages.

use axum::http::{HeaderMap, HeaderName, Method, header, request::Parts};
use url::Url;

use super::cookies::{self, SessionCookie};
use crate::{
    app::App,
    error::{ApiError, Code},
    middleware::peer::Peer,
};

/// A page of another site can't send this header without asking us first (Fetch, "CORS-preflight request").
const CSRF_HEADER: HeaderName = HeaderName::from_static("x-mutoscope-csrf");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a request brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Nothing.
    None,
    /// An access token in the Authorization header: a program.
    Bearer(String),
    /// An access token in a cookie: the web app.
    Cookie(String),
    /// The access cookie's time is over, the refresh cookie's is not.
    Stale,
}

/// Reads the credentials; a header wins over cookies.
///
/// # Errors
/// [`Code::CrossSite`] where a change is asked for with cookies and not by our own pages; [`Code::InvalidToken`] where
/// the Authorization header is not of the form `Bearer TOKEN`.
pub fn read(parts: &Parts, app: &App) -> Result<Credentials, ApiError> {
    let headers = &parts.headers;
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        return bearer(value.to_str().unwrap_or("")).map(|token| Credentials::Bearer(token.to_owned()));
    }
    let secure = Peer::of(&parts.extensions).secure;
    let credentials = match SessionCookie::Access.read(headers, secure) {
        Some(token) => Credentials::Cookie(token.to_owned()),
        None if SessionCookie::Refresh.read(headers, secure).is_some() => Credentials::Stale,
        None => return Ok(Credentials::None),
    };
    demand_own_page(parts, app)?;
    Ok(credentials)
}

/// The refresh token in the request's cookies, where the request comes from our own pages.
///
/// # Errors
/// As [`read`].
pub fn refresh_cookie(parts: &Parts, app: &App) -> Result<Option<String>, ApiError> {
    let secure = Peer::of(&parts.extensions).secure;
    let Some(token) = SessionCookie::Refresh.read(&parts.headers, secure) else {
        return Ok(None);
    };
    demand_own_page(parts, app)?;
    Ok(Some(token.to_owned()))
}

/// Refuses a request that signs in with cookies from another site's page: it would put a stranger's session there.
pub fn demand_own_page_for_cookies(parts: &Parts, app: &App) -> Result<(), ApiError> {
    if cookies::asked_for(&parts.headers) {
        demand_own_page(parts, app)?;
    }
    Ok(())
}

fn bearer(value: &str) -> Result<&str, ApiError> {
    let token = value
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    token.filter(|token| !token.is_empty()).ok_or_else(|| {
        ApiError::new(Code::InvalidToken, "the authorization header must read: Bearer, a space, and an access token")
    })
}

fn demand_own_page(parts: &Parts, app: &App) -> Result<(), ApiError> {
    if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let headers = &parts.headers;
    if headers.get(CSRF_HEADER).is_none_or(|value| value != "1") {
        return Err(ApiError::new(
            Code::CrossSite,
            "a change that is asked for with cookies needs the header X-Mutoscope-CSRF: 1",
        ));
    }
    let site_is_ours = headers.get(FETCH_SITE).is_none_or(|site| site == "same-origin" || site == "none");
    if !site_is_ours || !origin_is_ours(headers, parts, app) {
        return Err(ApiError::new(
            Code::CrossSite,
            "a page of another site asked for this change; if you came through a proxy, set public_url",
        ));
    }
    Ok(())
}

/// Whether Origin, where the browser sends it, is the address this request was sent to, or the one people type.
fn origin_is_ours(headers: &HeaderMap, parts: &Parts, app: &App) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let public = app.config.network.public_url.as_ref();
    if public.is_some_and(|url| url.origin().ascii_serialization() == origin) {
        return true;
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| parts.uri.authority().map(|authority| authority.as_str()));
    let scheme = if Peer::of(&parts.extensions).secure { "https" } else { "http" };
    let own = host.and_then(|host| Url::parse(&format!("{scheme}://{host}")).ok());
    own.is_some_and(|url| url.origin().ascii_serialization() == origin)
}
