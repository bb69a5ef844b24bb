//! The port of search.
