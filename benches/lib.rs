//! Benches of the libraries.
