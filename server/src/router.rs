//! Every route on one page.

use axum::{Router, middleware::from_fn};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    app::App,
    error::{ApiError, Code},
    middleware::request_id,
    openapi::Document,
    routes,
};

/// The whole service.
pub fn service(app: App) -> Router {
    let (router, _) = documented().split_for_parts();
    router
        .fallback(async || ApiError::new(Code::NotFound, "there is nothing at this address"))
        .layer(from_fn(request_id::assign))
        .with_state(app)
}

/// The OpenAPI document of the service.
pub fn document() -> utoipa::openapi::OpenApi {
    documented().split_for_parts().1
}

fn documented() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(routes::health::router())
        .merge(routes::metrics::router())
        .nest("/api/v1", api())
        .nest("/api/v1", media())
}

/// JSON in, JSON out.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(routes::auth::router())
        .merge(routes::sessions::router())
        .merge(routes::users::router())
        .merge(routes::admin::router())
        .merge(routes::settings::router())
        .merge(routes::uploads::router())
        .merge(routes::videos::router())
        .merge(routes::views::router())
        .merge(routes::channels::router())
        .merge(routes::search::router())
}

/// Bytes: they may take as long as they flow, and are never compressed.
fn media() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(routes::playback::router())
        .merge(routes::uploads::bytes_router())
}
