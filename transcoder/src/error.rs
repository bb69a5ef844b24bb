//! Why the media process could not do its work: a stable code, a kind that says whether a retry can help, a sentence.

mod warnings;

use serde::{Deserialize, Serialize};

pub use self::warnings::{WARNINGS, WarningKind};

/// A failure of probing, planning or making. `message` is a sentence for the film's owner and never names a path of
/// the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}: {message}", code.as_str())]
pub struct MediaError {
    pub code: MediaErrorCode,
    pub message: String,
}

/// What can be done about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaErrorKind {
    /// The film is at fault: the same bytes fail again. Exit code 3.
    InputRefused,
    /// The machine or its storage is at fault: a retry may work.
    Retryable,
    /// Somebody asked for the work to end.
    Cancelled,
    /// The plan was made by another build, or our own code is at fault. Replan; do not retry as it is.
    Internal,
}

macro_rules! codes {
    ($($variant:ident, $text:literal, $kind:ident, $sentence:literal;)*) => {
        /// The stable codes. Their text is what interfaces and the database hold.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum MediaErrorCode {
            $(#[doc = $sentence] #[serde(rename = $text)] $variant,)*
        }

        impl MediaErrorCode {
            /// Every code, for catalogues and tests.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as text, in snake case.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// What can be done about it.
            pub fn kind(self) -> MediaErrorKind {
                match self { $(Self::$variant => MediaErrorKind::$kind,)* }
            }

            /// The sentence for the film's owner.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)* }
            }
        }
    };
}

codes! {
    EmptyFile, "empty_file", InputRefused, "The file is empty. Choose the film again and upload it once more.";
    NotMedia, "not_media", InputRefused, "This file is not a film or a recording. Upload a video file such as MP4, MOV, MKV or WebM.";
    PlaylistRefused, "playlist_refused", InputRefused, "This file is a playlist or a script that points at other files. Upload the film itself.";
    ArchiveRefused, "archive_refused", InputRefused, "This file is an archive. Unpack it and upload the film inside.";
    ImageRefused, "image_refused", InputRefused, "This file is a still picture. Upload a film.";
    NoStreams, "no_streams", InputRefused, "The file holds neither pictures nor sound that can be played. Export it again and upload the result.";
    UnsupportedCodec, "unsupported_codec", InputRefused, "The film is in a format that this platform does not read. Export it as H.264 in MP4, or sound alone as MP3, and upload that.";
    Encrypted, "encrypted", InputRefused, "The film is encrypted. Upload a copy without copy protection.";
    Truncated, "truncated", InputRefused, "The file ends before its first picture: it is incomplete. Upload the whole film again.";
    Damaged, "damaged", InputRefused, "The file is damaged and nothing of it can be played. Export or copy it again and upload that.";
    FileTooLarge, "file_too_large", InputRefused, "The file is larger than this platform allows. Export the film at a lower rate, or in parts.";
    PictureTooLarge, "picture_too_large", InputRefused, "The film's pictures are larger than this platform allows. Export it at a smaller size.";
    TooManyStreams, "too_many_streams", InputRefused, "The file holds more tracks than this platform allows. Export it with fewer tracks.";
    FrameRateTooHigh, "frame_rate_too_high", InputRefused, "The film has more pictures a second than this platform allows. Export it at a lower rate.";
    TooLong, "too_long", InputRefused, "The film is longer than this platform allows. Upload it in parts.";
    TooCostly, "too_costly", InputRefused, "Reading this file takes far more work than a film of its length should. Export it again and upload the result.";
    TooMuchMemory, "too_much_memory", InputRefused, "Reading this file takes more memory than this platform allows. Export it at a smaller size and upload the result.";
    MediaProcessTimeout, "media_process_timeout", InputRefused, "Reading this file stopped making progress. Export it again and upload the result.";
    MachineBusy, "machine_busy", Retryable, "This machine was too busy with other work to read the film. It is tried again in a while.";
    MediaProcessCrashed, "media_process_crashed", Retryable, "The media process ended unexpectedly while reading this film. Try again; if it happens again, export the film anew.";
    MediaProcessNotStarted, "media_process_not_started", Retryable, "The media process could not be started. The platform's operator finds the cause in the log.";
    EncoderMissing, "encoder_missing", Retryable, "This machine has no encoder for a codec that is set to be made. The platform's operator can install it or leave the codec out.";
    SourceUnreadable, "source_unreadable", Retryable, "The stored film could not be read. Try again in a moment.";
    CarryRefused, "carry_refused", Internal, "A part of the film can't be used as it is; the film is planned again and encoded whole.";
    VerifyFailed, "verify_failed", Retryable, "A part of the film that was made did not pass its check and was thrown away. Try again in a moment.";
    Cancelled, "cancelled", Cancelled, "The work was cancelled.";
    PlanOutdated, "plan_outdated", Internal, "The film was planned by another version of the platform and is planned again.";
    PlanUnusable, "plan_unusable", Internal, "The film's plan cannot be carried out. Try again to have it planned anew.";
    Internal, "media_internal", Internal, "The platform made a mistake with this film. Its operator finds the cause in the log.";
}

impl From<MediaErrorCode> for MediaError {
    fn from(code: MediaErrorCode) -> Self {
        Self { code, message: code.sentence().to_owned() }
    }
}

impl MediaError {
    /// What can be done about it.
    pub fn kind(&self) -> MediaErrorKind {
        self.code.kind()
    }
}

/// Something the film's owner should know about a film that was made all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaWarning {
    /// Stable, in snake case; one of [`WARNINGS`].
    pub code: String,
    /// A sentence for a person.
    pub message: String,
    /// The instant of the film it is about, in milliseconds, where there is one.
    pub at_ms: Option<u64>,
}

impl MediaWarning {
    /// A warning about the whole film.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), at_ms: None }
    }

    /// A warning about one instant of it.
    pub fn at(code: &str, message: impl Into<String>, at_ms: u64) -> Self {
        Self { code: code.to_owned(), message: message.into(), at_ms: Some(at_ms) }
    }
}
