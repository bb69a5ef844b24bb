//! What happens to every request and every answer, whatever the route.

pub mod deadline;
pub mod headers;
pub mod measure;
pub mod panic;
pub mod peer;
pub mod request_id;
