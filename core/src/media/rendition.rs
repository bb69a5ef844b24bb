//! Names of renditions: the folder a rendition's files lie in and the word players meet.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::VideoCodec;

/// A rendition's name, such as `video-720`, `audio`, `audio-eng-2` or `captions-eng`: lower-case letters, digits and
/// single dashes, starting with `video-`, `audio` or `captions` (or the word `record`), at most 40 bytes. Safe as a path
/// segment of a key or an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RenditionName(String);

/// A text that names no rendition.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a rendition's name looks like video-720 or audio-eng-2")]
pub struct RenditionNameError;

impl RenditionName {
    /// The name of a video rung in H.264: `video-720`.
    pub fn video(height: u32) -> Self {
        Self::rung(height, VideoCodec::H264)
    }

    /// The name of a video rung: `video-720` in H.264, `video-720-av1` in another codec.
    pub fn rung(height: u32, codec: VideoCodec) -> Self {
        match codec {
            VideoCodec::H264 => Self(format!("video-{height}")),
            VideoCodec::Hevc | VideoCodec::Av1 => Self(format!("video-{height}-{codec}")),
        }
    }

    /// The name of the source's own pictures beside the ladder: `video-source`.
    pub fn source_video() -> Self {
        Self("video-source".to_owned())
    }

    /// The name that records have, which no player meets: `record`.
    pub fn record() -> Self {
        Self("record".to_owned())
    }

    /// The name of an audio track: `audio`, `audio-eng`, and `audio-eng-2` for the second of a language. A language
    /// that is not two or three ASCII letters is left out.
    pub fn audio(language: Option<&str>, ordinal: u32) -> Self {
        Self::of_track("audio", language, ordinal)
    }

    /// The name of a track of captions, as [`RenditionName::audio`]: `captions`, `captions-eng`, `captions-eng-2`.
    pub fn captions(language: Option<&str>, ordinal: u32) -> Self {
        Self::of_track("captions", language, ordinal)
    }

    /// The name of a track's surround sound, as [`RenditionName::audio`]: `audio-surround`, `audio-eng-surround-2`.
    pub fn surround(language: Option<&str>, ordinal: u32) -> Self {
        let plain = Self::of_track("audio", language, 1).0;
        Self(if ordinal > 1 { format!("{plain}-surround-{ordinal}") } else { format!("{plain}-surround") })
    }

    fn of_track(kind: &str, language: Option<&str>, ordinal: u32) -> Self {
        let mut name = String::from(kind);
        if let Some(language) = language.and_then(clean_language) {
            name.push('-');
            name.push_str(&language);
        }
        if ordinal > 1 {
            name.push('-');
            name.push_str(&ordinal.to_string());
        }
        Self(name)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The codec of a rendition of pictures, by its name; `None` for others.
    pub fn video_codec(&self) -> Option<VideoCodec> {
        let own = || VideoCodec::ALL.into_iter().find(|codec| self.0.ends_with(&format!("-{codec}")));
        self.is_video().then(|| own().unwrap_or(VideoCodec::H264))
    }

    /// Whether it is a track's surround sound, beside its stereo.
    pub fn is_surround(&self) -> bool {
        self.0.contains("-surround")
    }

    /// The height in a rung's name; `None` for others.
    pub fn rung_height(&self) -> Option<u32> {
        self.0.strip_prefix("video-")?.split('-').next()?.parse().ok()
    }

    /// Whether it is a rendition of pictures.
    pub fn is_video(&self) -> bool {
        self.0.starts_with("video-")
    }
}

impl fmt::Display for RenditionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RenditionName {
    type Err = RenditionNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let first = text.split('-').next().unwrap_or_default();
        let named = text == "record"
            || matches!(first, "audio" | "captions")
            || (first == "video" && text.len() > "video-".len());
        let clean = text.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
        if named && clean && text.len() <= 40 { Ok(Self(text.to_owned())) } else { Err(RenditionNameError) }
    }
}

impl TryFrom<String> for RenditionName {
    type Error = RenditionNameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<RenditionName> for String {
    fn from(name: RenditionName) -> Self {
        name.0
    }
}

fn clean_language(language: &str) -> Option<String> {
    let letters = language.bytes().all(|byte| byte.is_ascii_alphabetic());
    (letters && (2..=3).contains(&language.len())).then(|| language.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_nothing_else_parses() {
        let names = [
            RenditionName::video(720),
            RenditionName::rung(720, VideoCodec::Av1),
            RenditionName::audio(Some("ENG"), 2),
            RenditionName::audio(None, 1),
            RenditionName::captions(Some("deu"), 1),
            RenditionName::record(),
        ];
        for name in names {
            assert_eq!(name.as_str().parse(), Ok(name.clone()));
        }
        let hevc = RenditionName::rung(720, VideoCodec::Hevc);
        assert_eq!(hevc.as_str(), "video-720-hevc");
        assert_eq!((hevc.video_codec(), hevc.rung_height()), (Some(VideoCodec::Hevc), Some(720)));
        let source = RenditionName::source_video();
        assert_eq!((source.video_codec(), source.rung_height()), (Some(VideoCodec::H264), None));
        let audio = RenditionName::audio(None, 1);
        assert_eq!((audio.video_codec(), audio.rung_height()), (None, None));
        assert_eq!(RenditionName::audio(Some("eng"), 2).as_str(), "audio-eng-2");
        assert_eq!(RenditionName::surround(Some("eng"), 2).as_str(), "audio-eng-surround-2");
        assert_eq!(RenditionName::surround(None, 1).as_str().parse(), Ok(RenditionName::surround(None, 1)));
        assert_eq!(RenditionName::audio(Some("../x"), 1).as_str(), "audio");
        for text in ["", "video", "video-", "../x", "audio/eng", "video--1", "Video-720", "poster", "record-2"] {
            assert_eq!(text.parse::<RenditionName>(), Err(RenditionNameError), "{text}");
        }
    }
}
