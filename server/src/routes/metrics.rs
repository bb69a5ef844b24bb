//! Measures for Prometheus, for loopback and the allowed.

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The routes, below `/`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
