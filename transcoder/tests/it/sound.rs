//! Sound of other than two channels: every channel where it belongs, and surround as exact as stereo.

mod channels;
