//! Every route on one page.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    app::App,
    error::{ApiError, Code},
    middleware::{deadline, headers, measure, panic, peer, request_id},
    openapi::{self, Document},
    reads, routes, web_app,
};

/// The largest JSON body, in bytes: a description of 64 KiB with room for its escapes.
const MAX_JSON_BYTES: usize = 512 * 1024;

/// The whole service.
pub fn service(app: App) -> Router {
    routes::metrics::install();
    let (router, mut document) = documented().split_for_parts();
    openapi::name_operations(&mut document);
    let text = Router::new().merge(routes::docs::router(&document)).fallback(web_app::serve).layer(compression());
    finished(router.merge(text), app)
}

/// What a process without the role api serves: health and measures.
pub fn operation(app: App) -> Router {
    routes::metrics::install();
    let router = OpenApiRouter::new().merge(routes::health::router()).merge(routes::metrics::router());
    let router: Router<App> = router.split_for_parts().0;
    finished(router.fallback(async || ApiError::new(Code::NotFound, "there is nothing at this address")), app)
}

/// With what every answer goes through.
fn finished(router: Router<App>, app: App) -> Router {
    router
        .method_not_allowed_fallback(async || ApiError::new(Code::MethodNotAllowed, Code::MethodNotAllowed.title()))
        .layer(CatchPanicLayer::custom(panic::answer))
        .layer(from_fn(measure::answer))
        .layer(from_fn_with_state(app.clone(), reads::tell_position))
        .layer(from_fn_with_state(app.clone(), headers::secure))
        .layer(from_fn_with_state(app.clone(), peer::identify))
        .layer(from_fn(request_id::assign))
        .with_state(app)
}

/// The OpenAPI document of the service.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = documented().split_for_parts().1;
    openapi::name_operations(&mut document);
    document
}

fn documented() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(routes::health::router())
        .merge(routes::metrics::router())
        .merge(routes::gateway::router())
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
        .layer(compression())
        .layer(DefaultBodyLimit::max(MAX_JSON_BYTES))
        .layer(from_fn(deadline::enforce))
}

/// Bytes: they may take as long as they flow, and are never compressed.
fn media() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(routes::playback::router()).merge(routes::uploads::bytes_router())
}

/// For text alone; it leaves range replies and what has an encoding as they are.
fn compression() -> CompressionLayer<impl Predicate> {
    let worth_it = SizeAbove::new(1024)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::new("font/"))
        .and(NotForContentType::new("video/"));
    CompressionLayer::new().compress_when(worth_it)
}
