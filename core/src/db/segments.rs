//! Segments that exist, and sidecars.
