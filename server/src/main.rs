//! The binary `mutoscope`.

fn main() {}
