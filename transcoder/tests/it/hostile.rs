//! Films made to do harm, or that are none: what is refused, what is cut short, and that nothing is reached from inside.

mod bombs;
mod limits;
pub mod matroska;
mod mp4;
mod mutations;
mod reach;
mod refused;
mod sources;

/// The next number of a small generator (xorshift64*); never zero as long as the state is not.
fn next_random(state: &mut u64) -> u64 {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32
}
