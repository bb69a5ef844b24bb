//! The devices a person is signed in on.

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
