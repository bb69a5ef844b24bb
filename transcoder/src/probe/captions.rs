//! What a film says in text beside its pictures and sound: streams of subtitles, and chapters.

use mutoscope_core::media::Rational;
use serde::{Deserialize, Serialize};

use super::movie_box;
use crate::{
    av::{
        input::Input,
        streams::{StreamFacts, StreamKind},
    },
    error::MediaWarning,
    jail::Channel,
};

/// Entries of an edit list that are followed.
const MOST_EDITS: usize = 64;

/// A stream of subtitles that can be read as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptionStream {
    /// Index in the container.
    pub index: u32,
    /// libav's name of the codec: `subrip`, `ass`, `mov_text`, ...
    pub codec: String,
    pub time_base: Rational,
    /// ISO 639 letters as the container gives them.
    pub language: Option<String>,
    pub title: Option<String>,
    /// Whether the container marks it as the one to show.
    pub default: bool,
    /// Whether it holds only what everybody needs: signs, and words in another language.
    pub forced: bool,
    /// Whether it tells of sounds, too.
    pub hearing_impaired: bool,
    /// Which parts of the stream are shown when, where the container says (mp4). Empty: all of it, at its own instants.
    #[serde(default)]
    pub edits: Vec<Edit>,
}

/// A part of a stream that is shown: an entry of an edit list. libav cuts lists to whole samples, and words may be one
/// sample for many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Where the part is shown, on the container's timeline.
    pub shown_us: i64,
    /// Where it begins in the stream.
    pub media_us: i64,
    /// `None` for all that follows.
    pub length_us: Option<i64>,
}

/// A chapter. Instants are microseconds on the container's own timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    pub start_us: i64,
    pub end_us: i64,
    pub title: Option<String>,
}

/// The streams that can be read as text, and a warning where there are others.
pub(super) fn choose(all: &[StreamFacts]) -> (Vec<CaptionStream>, Option<MediaWarning>) {
    let texts = || all.iter().filter(|stream| stream.kind == StreamKind::Text);
    let readable = texts().filter(|stream| stream.readable && !stream.encrypted);
    let captions: Vec<_> = readable.map(caption_stream).collect();
    let drawn = all.iter().filter(|stream| stream.kind == StreamKind::DrawnText).count();
    let left_out = drawn + texts().count() - captions.len();
    let warning = (left_out > 0).then(|| {
        let text = match (left_out, drawn) {
            (1, 1) => "A track of subtitles is made of pictures; it is left out.".to_owned(),
            (1, _) => {
                "A track of subtitles is in a format that this platform does not read; it is left out.".to_owned()
            }
            (_, drawn) if drawn == left_out => {
                format!("{left_out} tracks of subtitles are made of pictures; they are left out.")
            }
            _ => format!("{left_out} tracks of subtitles can't be read as text; they are left out."),
        };
        MediaWarning::new("captions_not_read", text)
    });
    (captions, warning)
}

/// Looks the streams' edit lists up, where the container is an mp4.
pub(super) fn find_edits(channel: &Channel, input: &Input, source_bytes: u64, captions: &mut [CaptionStream]) {
    if captions.is_empty() {
        return;
    }
    let Some(movie) = movie_box::fetch(channel, source_bytes) else { return };
    for caption in captions {
        if let Some(id) = input.track_id(caption.index) {
            caption.edits = movie_box::read_edits(&movie, id, caption.time_base.den(), MOST_EDITS);
        }
    }
}

fn caption_stream(stream: &StreamFacts) -> CaptionStream {
    CaptionStream {
        index: stream.index,
        codec: stream.codec.clone(),
        time_base: stream.time_base,
        language: stream.language.clone(),
        title: stream.title.clone(),
        default: stream.default,
        forced: stream.forced,
        hearing_impaired: stream.hearing_impaired,
        edits: Vec::new(),
    }
}
