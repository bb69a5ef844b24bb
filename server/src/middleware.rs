//! What happens to every request and every answer, whatever the route.

pub mod request_id;
