//! Tests of probing, planning and making.

mod film;
mod lifecycle;
mod poster;
mod purity;
mod shapes;
mod tail;
