//! Videos: list, show, edit, delete, try again.

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
