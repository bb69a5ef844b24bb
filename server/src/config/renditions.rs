//! Settings of what is made of films: the ladder, its codecs, what of a film may stay as it is, and how it is checked.

use std::{collections::BTreeSet, str::FromStr};

use mutoscope_core::media::{Ladder, VideoCodec};
use mutoscope_transcoder::span::{UnknownVerification, Verification};

use super::reader::Reader;

/// Heights that a ladder may have, and how many.
const HEIGHTS: std::ops::RangeInclusive<u32> = 16..=4320;
const MOST_HEIGHTS: usize = 12;

/// What is made of films.
#[derive(Debug, Clone)]
pub struct RenditionSettings {
    /// The heights to make, as far as each film goes.
    pub ladder: Ladder,
    /// Codecs that every rung is made in; H.264 is always one, as it is what every browser plays.
    pub codecs: BTreeSet<VideoCodec>,
    /// A film's own packets may be renditions, where they are fit.
    pub carry_over: bool,
    /// How segments are checked before they are kept.
    pub verification: Verification,
}

impl RenditionSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let heights = reader.list::<Height>("ladder");
        if heights.as_ref().is_some_and(|heights| heights.is_empty() || heights.len() > MOST_HEIGHTS) {
            reader.fault("ladder", format!("name 1 to {MOST_HEIGHTS} heights, as 1080, 720, 360"));
        }
        let ladder = heights.map(|heights| Ladder::from(heights.iter().map(|height| height.0).collect::<Vec<_>>()));
        let mut codecs: BTreeSet<VideoCodec> = reader.list("codecs").unwrap_or_default().into_iter().collect();
        codecs.insert(VideoCodec::H264);
        let verification =
            reader.take_one("verify", |text| text.parse().map_err(|error: UnknownVerification| error.to_string()));
        Self {
            ladder: ladder.unwrap_or_default(),
            codecs,
            carry_over: reader.flag("carry_over").unwrap_or(true),
            verification: verification.unwrap_or_default(),
        }
    }
}

struct Height(u32);

impl FromStr for Height {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let height = text.parse().ok().filter(|height| HEIGHTS.contains(height));
        height.map(Self).ok_or_else(|| format!("a height is a number from {} to {}", HEIGHTS.start(), HEIGHTS.end()))
    }
}
