//! The server's integration tests: one binary, a module for each part.

mod whole_way;
