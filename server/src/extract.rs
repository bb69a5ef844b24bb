//! How a request comes in: every handler takes typed, checked input or none at all.

mod json;
mod page;
mod path;
mod user;

pub use json::ApiJson;
pub use page::{PageQuery, Paging};
pub use path::PathId;
pub use user::{Administrator, CurrentUser, MaybeUser};
