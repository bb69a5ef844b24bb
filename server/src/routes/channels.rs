//! Channels: an owner's public page.

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
