//! Whether the process is alive, and whether it can serve.

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The routes, below `/`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
