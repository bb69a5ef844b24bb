//! Tests of probing, planning and making.

mod checked;
mod cover;
mod film;
mod interlaced;
mod lifecycle;
mod poster;
mod shapes;
mod tail;
mod tall;
