//! Who is asking: passwords, signing keys, tokens, cookies, and the throttle before them.

pub mod cookies;
pub mod credentials;
pub mod keys;
pub mod password;
pub mod random;
pub mod session;
pub mod throttle;
pub mod token;
