//! Views, counted once a viewer and day.

use std::net::{IpAddr, Ipv6Addr};

use axum::{
    extract::State,
    http::{Extensions, HeaderMap, StatusCode, header},
};
use mutoscope_core::{db::views, id::VideoId, privacy::Viewer, time::UnixMs};
use sha2::{Digest, Sha256};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::videos::watchable;
use crate::{
    app::App,
    auth::keys::Purpose,
    error::{ApiResult, Problem},
    extract::{MaybeUser, PathId},
    middleware::peer::Peer,
};

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(count))
}

/// Counts a view; a viewer counts once a day.
#[utoipa::path(
    post, path = "/videos/{id}/views", tag = "videos", params(("id" = String, Path, description = "the video")),
    responses(
        (status = 204, description = "counted, now or earlier today"),
        (status = 404, description = "it is not there, or not yours to see", body = Problem),
    )
)]
async fn count(
    State(app): State<App>,
    asking: MaybeUser,
    PathId(id): PathId<VideoId>,
    headers: HeaderMap,
    extensions: Extensions,
) -> ApiResult<StatusCode> {
    let video = watchable(&app, &asking, id).await?;
    // What nobody could watch yet, nobody has watched.
    if video.published_at.is_some() {
        let viewer = keyed_hash(&app, asking.viewer, &headers, &extensions);
        views::count(&app.db, id, &viewer, UnixMs::now()).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Browsers behind one address that count as viewers of their own. A browser is whatever it says it is: without a bound
/// one address could be everyone.
const BROWSERS: u8 = 16;

/// Someone signed in counts as themselves, a stranger by address and browser. Without the key no row can be turned back
/// into either.
fn keyed_hash(app: &App, viewer: Viewer, headers: &HeaderMap, extensions: &Extensions) -> String {
    let message = match viewer {
        Viewer::User(id) | Viewer::Administrator(id) => format!("user\n{id}").into_bytes(),
        Viewer::Anonymous => {
            let agent = headers.get(header::USER_AGENT).map(|agent| agent.as_bytes()).unwrap_or_default();
            let browser = Sha256::digest(agent)[0] % BROWSERS;
            format!("stranger\n{}\n{browser}", network(Peer::of(extensions).address)).into_bytes()
        }
    };
    let keys = app.keys.current();
    let (_, tag) = keys.tag(Purpose::Viewer, &message);
    hex::encode(&tag[..16])
}

/// An IPv4 address, or the half of an IPv6 address that its holder can't choose (RFC 4291, 2.5.4).
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}
