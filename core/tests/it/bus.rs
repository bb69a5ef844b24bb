//! The log: every event once, in one order, whoever wrote it and whenever it was committed.

mod log;
