//! Sidecars: files of a film beside its renditions.

use std::{fmt, str::FromStr};

/// A sidecar's name: the same in a folder, in the store, in the database and over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SidecarName {
    /// Which part of which sheet of thumbnails stands for which time: WebVTT.
    Storyboard,
    /// A sheet of thumbnails, from 0: JPEG.
    StoryboardSheet(u32),
    /// Where scenes begin: JSON.
    Scenes,
    /// The poster of an instant that the film's owner chose, in milliseconds of the film: JPEG.
    ChosenPoster(u64),
}

/// A text that names no sidecar.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a sidecar's name")]
pub struct SidecarNameError;

/// A film has far fewer sheets.
const MOST_SHEETS: u32 = 1_000;

impl SidecarName {
    /// Its file, below the folder of its plan.
    pub fn file(self) -> String {
        match self {
            Self::Storyboard => "storyboard.vtt".to_owned(),
            Self::StoryboardSheet(number) => format!("storyboard-{number}.jpg"),
            Self::Scenes => "scenes.json".to_owned(),
            Self::ChosenPoster(at_ms) => format!("poster-{at_ms}.jpg"),
        }
    }

    /// The media type it is served under.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Storyboard => "text/vtt",
            Self::StoryboardSheet(_) | Self::ChosenPoster(_) => "image/jpeg",
            Self::Scenes => "application/json",
        }
    }
}

impl fmt::Display for SidecarName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file())
    }
}

impl FromStr for SidecarName {
    type Err = SidecarNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbered = |prefix| text.strip_prefix(prefix)?.strip_suffix(".jpg");
        let sheet = || numbered("storyboard-")?.parse().ok().filter(|number| *number < MOST_SHEETS);
        let chosen = || numbered("poster-")?.parse().ok();
        let name = match text {
            "storyboard.vtt" => Self::Storyboard,
            "scenes.json" => Self::Scenes,
            _ => {
                let found = sheet().map(Self::StoryboardSheet).or_else(|| chosen().map(Self::ChosenPoster));
                found.ok_or(SidecarNameError)?
            }
        };
        // One name each: no sign, no leading zero.
        if name.file() == text { Ok(name) } else { Err(SidecarNameError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_nothing_else_parses() {
        use SidecarName::{ChosenPoster, Scenes, Storyboard, StoryboardSheet};
        for name in [Storyboard, StoryboardSheet(12), Scenes, ChosenPoster(61_234)] {
            assert_eq!(name.file().parse(), Ok(name));
        }
        for text in [
            "",
            "poster",
            "storyboard-.jpg",
            "storyboard-01.jpg",
            "storyboard-9999.jpg",
            "poster-.jpg",
            "poster-1",
            "storyboard-+1.jpg",
            "../scenes.json",
        ] {
            assert_eq!(text.parse::<SidecarName>(), Err(SidecarNameError), "{text}");
        }
    }
}
