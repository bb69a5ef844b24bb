//! Films that can be watched without a transcoder: plans laid and segments recorded by the tests.

use bytes::Bytes;
use mutoscope_core::{
    db::{
        jobs::{self, Choice, Claim, Claimer, Ending},
        plans::{self, NewPlan},
        segments::{self, Made, NewlyMade},
    },
    id::{PlanId, VideoId},
    media::{PictureSize, Rational, SidecarName, VideoCodec},
    store::StorageKey,
};
use mutoscope_transcoder::{
    limits::Limits,
    plan::{EncodePlan, PlanSettings},
    probe::{
        AudioStream, CaptionStream, Chapter, Colour, Interlacing, Orientation, ProbeReport, SeekMode, VideoStream,
    },
};
use serde_json::json;

use super::{
    parts::{self, sha256},
    platform::{Client, Platform},
};

/// A film with a plan, and the job that may record what is made of it.
pub struct Film {
    pub id: VideoId,
    pub address: String,
    pub plan_id: PlanId,
    pub plan: EncodePlan,
    pub hash: String,
    pub span: Claim,
}

/// Uploads a film of this privacy, and lays its plan: 10 s, 640x360, with sound.
pub async fn planned(platform: &Platform, owner: &Client, privacy: &str) -> Film {
    planned_as(platform, owner, privacy, "A film").await
}

pub async fn planned_as(platform: &Platform, owner: &Client, privacy: &str, title: &str) -> Film {
    let mut description = parts::description_of(10);
    description["privacy"] = json!(privacy);
    description["title"] = json!(title);
    let id: VideoId = parts::bring(owner, &description).await.parse().unwrap();
    lay_plan(platform, id).await
}

/// Lays the plan that the video waits for.
pub async fn lay_plan(platform: &Platform, id: VideoId) -> Film {
    let plan = EncodePlan::new(&report(id), &PlanSettings::default(), &Limits::default()).unwrap();
    let job = claim(platform, id, "").await;
    let hash = plan.hash().unwrap();
    let new = NewPlan {
        hash: hash.clone(),
        fingerprint: plan.fingerprint.clone(),
        body: String::from_utf8(plan.to_json().unwrap()).unwrap(),
        segments_planned: mutoscope_transcoder::package::segments_planned(&plan) as i64,
        has_records: false,
        spans: std::iter::once(0..plan.grid.segment_count()).collect(),
        has_captions: !plan.captions.is_empty(),
        probe_report: "{}".to_owned(),
        duration_ms: 10_000,
        width: 640,
        height: 360,
        warnings: Vec::new(),
    };
    let plan_id = plans::store(&platform.app.db, &job, &new).await.unwrap();
    jobs::finish(&platform.app.db, &job).await.unwrap();
    let span = claim(platform, id, &plan.fingerprint).await;
    Film { id, address: format!("/api/v1/videos/{id}"), plan_id, plan, hash, span }
}

/// Claims jobs until one is of this video.
pub async fn claim(platform: &Platform, id: VideoId, fingerprint: &str) -> Claim {
    let claimer = Claimer { owner: "test".to_owned(), fingerprint: fingerprint.to_owned() };
    loop {
        let claimed = jobs::claim(&platform.app.db, &claimer, Choice::Any).await.unwrap();
        let claimed = claimed.expect("there is a job for it");
        if claimed.video_id == id {
            return claimed;
        }
    }
}

/// Gives a film up that waits for its plan.
pub async fn fail(platform: &Platform, id: VideoId) {
    let job = claim(platform, id, "").await;
    let message = "this file is not a film; choose another";
    jobs::fail(&platform.app.db, &job, "not_a_film", message, Ending::ForGood).await.unwrap();
}

impl Film {
    /// Below the server's address.
    pub fn media(&self, file: &str) -> String {
        format!("{}/media/{}/{file}", self.address, &self.hash[..32])
    }

    pub fn segment_key(&self, rendition: &str, number: u32) -> StorageKey {
        StorageKey::Segment { video_id: self.id, plan_hash: self.hash.clone(), rendition: rendition.to_owned(), number }
    }

    /// Stores and records a segment with this content.
    pub async fn make(&self, platform: &Platform, rendition: &str, number: u32, content: &[u8]) {
        let bytes = Bytes::copy_from_slice(content);
        platform.app.store.put(&self.segment_key(rendition, number), bytes).await.unwrap();
        let newly =
            NewlyMade::Segment { rendition: rendition.to_owned(), number, duration_us: 4_000_000, made: made(content) };
        self.record(platform, newly).await;
    }

    pub async fn make_init(&self, platform: &Platform, rendition: &str, content: &[u8]) {
        let key = StorageKey::Init { video_id: self.id, plan_hash: self.hash.clone(), rendition: rendition.to_owned() };
        platform.app.store.put(&key, Bytes::copy_from_slice(content)).await.unwrap();
        self.record(platform, NewlyMade::Init { rendition: rendition.to_owned(), made: made(content) }).await;
    }

    pub async fn make_poster(&self, platform: &Platform, content: &[u8]) {
        let key = StorageKey::Poster { video_id: self.id, plan_hash: self.hash.clone() };
        platform.app.store.put(&key, Bytes::copy_from_slice(content)).await.unwrap();
        self.record(platform, NewlyMade::Sidecar { name: "poster".to_owned(), made: made(content) }).await;
    }

    pub async fn make_captions(&self, platform: &Platform, name: &str, content: &[u8]) {
        let key = StorageKey::Captions { video_id: self.id, plan_hash: self.hash.clone(), rendition: name.to_owned() };
        platform.app.store.put(&key, Bytes::copy_from_slice(content)).await.unwrap();
        self.record(platform, NewlyMade::Sidecar { name: name.to_owned(), made: made(content) }).await;
    }

    /// All segments of all renditions.
    pub async fn make_all(&self, platform: &Platform) {
        for (name, numbers) in mutoscope_transcoder::package::work_planned(&self.plan) {
            let name = name.to_string();
            for number in numbers {
                self.make(platform, &name, number, format!("{name} {number}").as_bytes()).await;
            }
        }
    }

    /// Stores and records a sidecar with this content.
    pub async fn make_sidecar(&self, platform: &Platform, name: SidecarName, content: &[u8]) {
        let key = StorageKey::Sidecar { video_id: self.id, plan_hash: self.hash.clone(), name };
        platform.app.store.put(&key, Bytes::copy_from_slice(content)).await.unwrap();
        self.record(platform, NewlyMade::Sidecar { name: name.file(), made: made(content) }).await;
    }

    async fn record(&self, platform: &Platform, newly: NewlyMade) {
        segments::record(&platform.app.db, &self.span, self.plan_id, &[newly]).await.unwrap();
    }
}

fn made(content: &[u8]) -> Made {
    Made { sha256: sha256(content), size_bytes: content.len() as i64 }
}

/// What a probe would say of such a film. The fingerprint makes each video's plan another one.
fn report(id: VideoId) -> ProbeReport {
    let size = PictureSize { width: 640, height: 360 };
    ProbeReport {
        container: "mov,mp4,m4a,3gp,3g2,mj2".to_owned(),
        size_bytes: 10,
        fingerprint: format!("test {id}"),
        encoders: VideoCodec::ALL.into(),
        start_us: 0,
        length_us: 10_000_000,
        claimed_length_us: None,
        seek: SeekMode::SampleIndex,
        video: Some(VideoStream {
            index: 0,
            codec: "h264".to_owned(),
            time_base: Rational::new(1, 12_800).unwrap(),
            coded_size: size,
            sample_aspect: Rational::ONE,
            orientation: Orientation::default(),
            display_size: size,
            frame_rate: Rational::new(25, 1).unwrap(),
            start_us: 0,
            pixel_format: "yuv420p".to_owned(),
            bit_depth: 8,
            colour: Colour {
                primaries: "bt709".to_owned(),
                transfer: "bt709".to_owned(),
                matrix: "bt709".to_owned(),
                full_range: false,
            },
            interlacing: Interlacing::Progressive,
            bit_rate_bps: None,
            carriage: Default::default(),
        }),
        audio: vec![AudioStream {
            index: 1,
            codec: "aac".to_owned(),
            time_base: Rational::new(1, 48_000).unwrap(),
            sample_rate_hz: 48_000,
            channels: 2,
            language: None,
            title: None,
            default: true,
            start_us: 0,
            bit_rate_bps: None,
            carriage: Default::default(),
        }],
        captions: vec![CaptionStream {
            index: 2,
            codec: "mov_text".to_owned(),
            time_base: Rational::new(1, 1_000).unwrap(),
            language: Some("eng".to_owned()),
            title: Some("For all <b>".to_owned()),
            default: true,
            forced: false,
            hearing_impaired: true,
            edits: Vec::new(),
        }],
        chapters: vec![
            Chapter { start_us: 0, end_us: 4_000_000, title: Some("Begin".to_owned()) },
            Chapter { start_us: 4_000_000, end_us: 10_000_000, title: None },
        ],
        cover: None,
        ignored_streams: 0,
        warnings: Vec::new(),
    }
}
