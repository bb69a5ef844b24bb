//! Videos: what is said about them and how far they are.
