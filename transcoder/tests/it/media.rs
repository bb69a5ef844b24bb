//! Tests of probing, planning and making.

mod film;
