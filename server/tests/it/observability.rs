//! What operators see: measures that are listed, alerts that ask for measures there are, and logs without a secret.

mod measures;
mod secrets;
