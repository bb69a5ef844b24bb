//! Whether a stream's own packets could be a rendition, where they may be cut, and if not, why.

use serde::{Deserialize, Serialize};

/// A stream's fitness to be carried over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carriage<T> {
    Fit(T),
    Unfit(Unfit),
}

impl<T> Default for Carriage<T> {
    fn default() -> Self {
        Self::Unfit(Unfit::NotIndexed)
    }
}

/// A stream of H.264 that could be carried over. Instants are ticks of the stream's time base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct H264Track {
    /// Profile, constraint flags and level as the sequence parameter set has them (ISO/IEC 14496-10, 7.4.2.1.1).
    pub profile: [u8; 3],
    /// The first picture's instant.
    pub first_ticks: i64,
    /// The latest picture's instant, counted from the first one's.
    pub last_ticks: u64,
    /// How much later than decoded a picture must be shown so that all are decoded in time.
    pub delay_ticks: u64,
    /// Where it may be cut, the first picture first. Where key frames come very often, those nearest to each half
    /// second.
    pub key_frames: Vec<KeyFrame>,
    /// Pictures and bytes from the last of them to the end.
    pub tail: Run,
}

/// An IDR picture that nothing before it is shown after, and nothing after it before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u64, u32, u64)", into = "(u64, u32, u64)")]
pub struct KeyFrame {
    /// Ticks since the one before in the list.
    pub ticks: u64,
    /// What lies between the two.
    pub before: Run,
}

/// A run of packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "(u32, u64)", into = "(u32, u64)")]
pub struct Run {
    pub packets: u32,
    pub bytes: u64,
}

/// A track of AAC, low complexity, mono or stereo, that could be carried over: frames of 1024 samples without a gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AacTrack {
    /// The first packet's instant in ticks of the stream's time base; what is heard may begin later.
    pub first_ticks: i64,
    pub packets: u32,
    pub bytes: u64,
    /// The largest number of bytes of so many consecutive packets as make two seconds.
    pub peak_bytes: u64,
}

macro_rules! unfit {
    ($($variant:ident, $text:literal, $sentence:literal;)*) => {
        /// Why a stream is not carried over. Stable in snake case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Unfit {
            $(#[doc = $sentence] #[serde(rename = $text)] $variant,)*
        }

        impl Unfit {
            /// The reason as text, in snake case.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The reason as a sentence.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)* }
            }
        }
    };
}

unfit! {
    SwitchedOff, "switched_off", "Carrying over is switched off.";
    NotIndexed, "not_indexed", "The file has no complete index, and reading through it takes too long.";
    OtherCodec, "other_codec", "The codec is another one than the rung's.";
    Profile, "profile", "The codec's profile is not one that every browser plays.";
    Level, "level", "The stream's level is above 5.2.";
    PixelFormat, "pixel_format", "The pictures are not 4:2:0 in 8 bit.";
    PixelShape, "pixel_shape", "The pixels are not square.";
    Turned, "turned", "The pictures are turned or mirrored.";
    Interlaced, "interlaced", "The pictures are interlaced.";
    Hdr, "hdr", "The film is HDR.";
    ParametersChange, "parameters_change", "The stream's parameters change in the middle, or are not where they are needed.";
    EditList, "edit_list", "An edit list leaves out a part of the stream.";
    Timestamps, "timestamps", "Timestamps are missing, doubled or out of order.";
    OpenGop, "open_gop", "Pictures around key frames need each other (open GOP).";
    KeyFramesTooFarApart, "key_frames_too_far_apart", "Key frames are too far apart for segments of at most 6 s.";
    TooManyKeyFrames, "too_many_key_frames", "The stream is too long to be cut at its own key frames.";
    Irregular, "irregular", "Key frames fall between the pictures of the film's steady rate.";
    LateStart, "late_start", "The pictures begin long after the sound.";
    FrameRate, "frame_rate", "There are more pictures a second than any rung has.";
    EndsEarly, "ends_early", "The film ends before the stream does.";
    NotOnLadder, "not_on_ladder", "Exactly the rungs that were asked for are made, and none of them is this stream.";
    Channels, "channels", "There are more than two channels, or they have a layout of their own.";
    SampleRate, "sample_rate", "The sampling rate is not 32, 44.1 or 48 kHz.";
    Rate, "rate", "The rate is far above the rung's.";
    Gaps, "gaps", "There are gaps in the sound, or it begins late or ends early.";
    Damaged, "damaged", "A part of the stream does not decode without error.";
}

impl From<(u64, u32, u64)> for KeyFrame {
    fn from((ticks, packets, bytes): (u64, u32, u64)) -> Self {
        Self { ticks, before: Run { packets, bytes } }
    }
}

impl From<KeyFrame> for (u64, u32, u64) {
    fn from(key: KeyFrame) -> Self {
        (key.ticks, key.before.packets, key.before.bytes)
    }
}

impl From<(u32, u64)> for Run {
    fn from((packets, bytes): (u32, u64)) -> Self {
        Self { packets, bytes }
    }
}

impl From<Run> for (u32, u64) {
    fn from(run: Run) -> Self {
        (run.packets, run.bytes)
    }
}

impl Run {
    /// Adds another run's packets and bytes.
    pub fn add(&mut self, other: Self) {
        self.packets = self.packets.saturating_add(other.packets);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}
