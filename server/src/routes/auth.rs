//! Register, sign in and out, who am I, change password.

mod login;
mod logout;
mod me;
mod password;
mod refresh;
mod register;

pub(in crate::routes) use password::demand_password;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(register::register))
        .routes(routes!(login::login))
        .routes(routes!(logout::logout))
        .routes(routes!(refresh::refresh))
        .routes(routes!(me::me))
        .routes(routes!(password::change_password))
}
