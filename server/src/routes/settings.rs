//! What the web app must know about this platform before anyone signs in.

use axum::{Extension, extract::State};
use mutoscope_core::db::users;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{app::App, config::Registration, error::ApiResult, extract::ApiJson, middleware::peer::Peer};

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show))
}

/// What anyone may know.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServerConfig {
    /// The name of the platform.
    name: String,
    registration: Registration,
    /// Nobody has an account yet: whoever registers first is the administrator, whatever `registration` says.
    first_account: bool,
    /// What is sent here can be read on its way: not TLS, and not within this machine.
    insecure_transport: bool,
    /// The largest file that may be uploaded, in bytes.
    max_upload_bytes: u64,
}

/// How is this platform set up?
#[utoipa::path(get, path = "/config", tag = "platform", responses((status = 200, body = ServerConfig)))]
async fn show(State(app): State<App>, Extension(peer): Extension<Peer>) -> ApiResult<ApiJson<ServerConfig>> {
    Ok(ApiJson(ServerConfig {
        name: app.config.name.clone(),
        registration: app.config.accounts.registration,
        first_account: users::is_empty(&app.db).await?,
        insecure_transport: !peer.secure && !peer.address.is_loopback(),
        max_upload_bytes: app.config.uploads.max_bytes,
    }))
}
