//! How a request comes in: every handler takes typed, checked input or none at all.

mod json;
mod page;
mod path;
mod query;
mod user;

pub use json::{ApiJson, OptionalJson};
pub use page::{PageQuery, Paging};
pub use path::{ApiPath, PathId};
pub use query::ApiQuery;
pub use user::{Administrator, CurrentUser, MaybeUser};
