//! Tests of probing, planning and making.

mod film;
mod lifecycle;
mod orphans;
mod poster;
mod purity;
mod refusals;
mod sandbox;
mod shapes;
mod tail;
