//! The gateway: nginx, with the very files that deploy/nginx ships, before api roles that are processes of their own.

mod films;
pub mod nginx;
mod pass_through;
pub mod role;
mod upstream;
