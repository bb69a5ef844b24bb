//! Uploads: create, show, links, complete, abort.

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}

/// The PUT of a part's bytes: no time-out over the whole body, and its own limit of size.
pub fn bytes_router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
