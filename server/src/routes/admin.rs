//! The administrator's pages: users, invitations.

mod invitations;
mod users;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(users::list))
        .routes(routes!(users::change, users::delete))
        .routes(routes!(users::set_password))
        .routes(routes!(users::reset_password))
        .routes(routes!(invitations::list, invitations::create))
        .routes(routes!(invitations::revoke))
}
