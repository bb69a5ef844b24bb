//! What the web app must know about this platform before anyone signs in.

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
