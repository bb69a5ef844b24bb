//! Rights to register.
