//! A video as clients see it: what it says about itself, how far it is, where it plays.

use mutoscope_core::{
    db::videos::{self, ServedPlan},
    id::VideoId,
    media::{RenditionName, SidecarName},
    privacy::{Access, Viewer, allows},
    time::UnixMs,
    video,
};
use mutoscope_transcoder::{package, plan::EncodePlan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Characters of a plan's hash that stand in addresses: 128 bits.
const PLAN_NAME_CHARS: usize = 32;

/// Who may see a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Privacy {
    /// Everyone; listed and searchable.
    Public,
    /// Whoever knows the address; never listed.
    Unlisted,
    /// Its owner, and administrators.
    Private,
}

/// How far a video is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VideoState {
    /// Parts are still coming in.
    Uploading,
    /// The file is whole; it waits for its plan.
    Queued,
    /// It can be watched while the rest of its segments is made.
    Processing,
    /// All of it is made.
    Ready,
    /// It can't be made; `failure` says why.
    Failed,
}

/// Why a video can't be made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Failure {
    /// Stable.
    pub code: String,
    /// A sentence for a person.
    pub message: String,
}

/// Something its owner should know about a video that plays all the same.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Warning {
    /// Stable.
    pub code: String,
    /// A sentence for a person.
    pub message: String,
    /// Where in the film; null for the whole of it.
    #[schema(required = true)]
    pub at_ms: Option<i64>,
    /// Whether it says that something is missing which `POST videos/{id}/retry` has made again.
    pub can_be_retried: bool,
}

/// How loud a film is (ITU-R BS.1770-4, EBU R 128).
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Loudness {
    /// Integrated loudness in LUFS.
    pub integrated_lufs: f64,
    /// The largest value between samples, in decibels of full scale.
    pub true_peak_dbfs: f64,
}

/// Whose video it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChannelRef {
    /// The channel's page is `/c/{handle}`.
    pub handle: String,
    /// As its owner writes it.
    pub name: String,
}

/// A track of captions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CaptionTrack {
    /// RFC 5646; null where the film does not say.
    #[schema(required = true)]
    pub language: Option<String>,
    /// What the film calls it. Plain text.
    #[schema(required = true)]
    pub title: Option<String>,
    /// Whether it is shown unless a viewer says otherwise; true for at most one.
    pub default: bool,
    /// Whether it holds only what everybody needs: signs, and words in another language.
    pub forced: bool,
    /// Whether it tells of sounds, too.
    pub hearing_impaired: bool,
    /// WebVTT, below this server's address.
    pub url: String,
}

/// A chapter, in milliseconds of the film.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Chapter {
    /// Where it begins.
    pub start_ms: u64,
    /// Where it ends: where the next one begins.
    pub end_ms: u64,
    /// Plain text.
    pub title: String,
}

/// A video.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Video {
    /// Its id.
    #[schema(value_type = String)]
    pub id: VideoId,
    /// 1 to 200 characters of plain text.
    pub title: String,
    /// Plain text, may be empty.
    pub description: String,
    /// In the owner's order.
    pub tags: Vec<String>,
    /// Who may see it.
    pub privacy: Privacy,
    /// Whose it is.
    pub channel: ChannelRef,
    /// How far it is.
    pub state: VideoState,
    /// The share of its segments that are made, 0 to 1; null before there is a plan.
    #[schema(required = true)]
    pub progress: Option<f64>,
    /// Why it can't be made; for its owner alone.
    #[schema(required = true)]
    pub failure: Option<Failure>,
    /// For its owner alone: in a video by itself, and in one's own list.
    pub warnings: Vec<Warning>,
    /// The multivariant playlist (RFC 8216), below this server's address; plays as soon as it is not null.
    #[schema(required = true)]
    pub hls_url: Option<String>,
    /// A JPEG, below this server's address.
    #[schema(required = true)]
    pub poster_url: Option<String>,
    /// Whether it is sound alone, whose poster stays where pictures would be; false in lists.
    pub sound_only: bool,
    /// Of the film itself, in its order; lists carry none.
    pub captions: Vec<CaptionTrack>,
    /// In order; lists carry none.
    pub chapters: Vec<Chapter>,
    /// The chapters as WebVTT, below this server's address; null where there are none, and in lists.
    #[schema(required = true)]
    pub chapters_url: Option<String>,
    /// The poster's instant in the film, where its owner chose it; for its owner alone.
    #[schema(required = true)]
    pub poster_at_ms: Option<i64>,
    /// Thumbnails for the seek bar: WebVTT whose cues name parts of pictures beside it (`storyboard-0.jpg#xywh=0,0,160,90`),
    /// below this server's address; null until all of the film is made.
    #[schema(required = true)]
    pub storyboard_url: Option<String>,
    /// Where scenes begin: `{"cuts_ms":[..]}`; null as storyboard_url.
    #[schema(required = true)]
    pub scenes_url: Option<String>,
    /// How loud the film is; null for silence, and until all of it is made.
    #[schema(required = true)]
    pub loudness: Option<Loudness>,
    /// The film's length; null before it was probed.
    #[schema(required = true)]
    pub duration_ms: Option<i64>,
    /// Viewers, each counted once a day.
    pub views: i64,
    /// When it first could be watched.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    pub published_at: Option<UnixMs>,
    /// When its upload began.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: UnixMs,
}

/// A page of videos.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VideoPage {
    /// In the list's order.
    pub videos: Vec<Video>,
    /// Give it as `cursor` to get the next page; null on the last.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// A channel: an owner's public page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Channel {
    /// Its page is `/c/{handle}`.
    pub handle: String,
    /// As its owner writes it.
    pub name: String,
    /// A page of its public videos, newest first.
    pub videos: Vec<Video>,
    /// Give it as `cursor` to get the next page; null on the last.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

impl Video {
    /// The row as `viewer` may see it, its warnings not yet added.
    pub fn new(row: videos::Video, viewer: Viewer) -> Self {
        let manages = allows(viewer, Access::Manage, row.guarded());
        let state = row.state();
        // A film that was given up may lack segments for ever: it has no address that plays.
        let plays = row.plan.as_ref().filter(|_| state != video::VideoState::Failed);
        let poster = row.plan.as_ref().and_then(|plan| Some((plan, plan.poster_file.as_deref()?)));
        let storyboard = row.plan.as_ref().filter(|plan| plan.has_storyboard);
        let hundredths = |value: i64| value as f64 / 100.0;
        let loudness = row.plan.as_ref().and_then(|plan| {
            Some(Loudness {
                integrated_lufs: hundredths(plan.loudness_lufs_hundredths?),
                true_peak_dbfs: hundredths(plan.true_peak_dbfs_hundredths?),
            })
        });
        Self {
            id: row.id,
            privacy: row.privacy.into(),
            channel: ChannelRef { handle: row.channel_handle, name: row.channel_name },
            state: state.into(),
            progress: row.facts.segments_planned.map(|_| row.facts.progress()),
            failure: row
                .failure
                .filter(|_| manages)
                .map(|failure| Failure { code: failure.code, message: failure.message }),
            warnings: Vec::new(),
            hls_url: plays.map(|plan| media_path(row.id, plan, "index.m3u8")),
            poster_url: poster.map(|(plan, file)| match file {
                "poster.jpg" => media_path(row.id, plan, file),
                chosen => media_path(row.id, plan, &format!("sidecars/{chosen}")),
            }),
            sound_only: false,
            captions: Vec::new(),
            chapters: Vec::new(),
            chapters_url: None,
            poster_at_ms: row.poster_at_ms.filter(|_| manages),
            storyboard_url: storyboard.map(|plan| media_path(row.id, plan, &sidecar_path(SidecarName::Storyboard))),
            scenes_url: storyboard.map(|plan| media_path(row.id, plan, &sidecar_path(SidecarName::Scenes))),
            loudness,
            title: row.title,
            description: row.description,
            tags: row.tags,
            duration_ms: row.duration_ms,
            views: row.views,
            published_at: row.published_at,
            created_at: row.created_at,
        }
    }

    /// Adds what is read beside the film, where it plays by this plan; of its captions those that `has_captions` is true for.
    #[must_use]
    pub fn with_texts(
        mut self,
        plan_hash: &str,
        plan: &EncodePlan,
        has_captions: impl Fn(&RenditionName) -> bool,
    ) -> Self {
        if self.hls_url.is_none() {
            return self;
        }
        let path = |file: &str| plan_path(self.id, plan_hash, file);
        let captions = plan.captions.iter().filter(|track| has_captions(&track.name)).map(|track| CaptionTrack {
            language: track.language.as_deref().and_then(package::language_tag),
            title: track.title.clone(),
            default: track.default,
            forced: track.forced,
            hearing_impaired: track.hearing_impaired,
            url: path(&package::layout::captions(&track.name)),
        });
        let chapters = plan.chapters.iter().map(|chapter| Chapter {
            start_ms: chapter.start_ms,
            end_ms: chapter.end_ms,
            title: chapter.title.clone(),
        });
        self.sound_only = plan.video.is_none();
        (self.captions, self.chapters) = (captions.collect(), chapters.collect());
        self.chapters_url = (!self.chapters.is_empty()).then(|| path(package::layout::CHAPTERS));
        self
    }

    /// Adds what only its owner is told.
    #[must_use]
    pub fn with_warnings(mut self, warnings: Vec<video::Warning>) -> Self {
        self.warnings = warnings
            .into_iter()
            .map(|warning| Warning {
                can_be_retried: warning.missing().is_some(),
                code: warning.code,
                message: warning.message,
                at_ms: warning.at_ms,
            })
            .collect();
        self
    }
}

/// The address of a file that a plan made: another plan's is another address, so that caches never mix them.
pub fn media_path(video_id: VideoId, plan: &ServedPlan, file: &str) -> String {
    plan_path(video_id, &plan.hash, file)
}

fn plan_path(video_id: VideoId, hash: &str, file: &str) -> String {
    format!("/api/v1/videos/{video_id}/media/{}/{file}", plan_name(hash))
}

/// Where a sidecar's file is, below its plan's address.
fn sidecar_path(name: SidecarName) -> String {
    format!("sidecars/{}", name.file())
}

/// How a plan is called in addresses.
pub fn plan_name(hash: &str) -> &str {
    hash.get(..PLAN_NAME_CHARS).unwrap_or(hash)
}

impl From<video::Privacy> for Privacy {
    fn from(privacy: video::Privacy) -> Self {
        match privacy {
            video::Privacy::Public => Self::Public,
            video::Privacy::Unlisted => Self::Unlisted,
            video::Privacy::Private => Self::Private,
        }
    }
}

impl From<Privacy> for video::Privacy {
    fn from(privacy: Privacy) -> Self {
        match privacy {
            Privacy::Public => Self::Public,
            Privacy::Unlisted => Self::Unlisted,
            Privacy::Private => Self::Private,
        }
    }
}

impl From<video::VideoState> for VideoState {
    fn from(state: video::VideoState) -> Self {
        match state {
            video::VideoState::Uploading => Self::Uploading,
            video::VideoState::Queued => Self::Queued,
            video::VideoState::Processing => Self::Processing,
            video::VideoState::Ready => Self::Ready,
            video::VideoState::Failed => Self::Failed,
        }
    }
}
