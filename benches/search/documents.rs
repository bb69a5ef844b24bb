//! Videos of made-up words, the same ones every time.

use mutoscope_core::{id::VideoId, search::SearchDocument, time::UnixMs};

/// A video of made-up words, some frequent and most rare, as in real texts.
pub fn document(dice: &mut Dice) -> SearchDocument {
    let words = |dice: &mut Dice, count: u64| (0..count).map(|_| dice.word()).collect::<Vec<_>>().join(" ");
    let length = 3 + dice.roll(6);
    SearchDocument {
        video_id: VideoId::new(),
        title: words(dice, length),
        description: words(dice, 60),
        tags: (0..4).map(|_| dice.word()).collect(),
        channel_name: words(dice, 2),
        channel_handle: dice.word(),
        published_at: UnixMs(1_700_000_000_000 + dice.roll(1 << 36) as i64),
        views: dice.roll(10_000) as i64,
    }
}

/// A small generator of numbers (xorshift64), the same ones every time.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    /// One of some 60,000 words; the first few come up most.
    pub fn word(&mut self) -> String {
        let magnitude = self.roll(16);
        let number = self.roll(1 << magnitude.max(1));
        spell(number)
    }

    pub fn long_word(&mut self) -> String {
        spell((1 << 14) + self.roll(40_000))
    }
}

fn spell(mut number: u64) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "ce", "di", "fo", "gu", "ha", "ke", "li", "mo", "nu", "pa", "re", "si", "to", "vu", "za"];
    let mut word = String::new();
    loop {
        word.push_str(SYLLABLES[(number % 16) as usize]);
        number /= 16;
        if number == 0 {
            return word + "n";
        }
    }
}
