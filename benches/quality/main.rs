//! What it costs that every segment stands alone: each rung against one continuous encode of x264, as BD-rate over SSIM.
//!
//! `make bench-quality [CLIP=film.mp4] [PRESET=veryfast] [CRFS=19,21,23,25,27,29] [JSON=out.json]`. The program is its own
//! media process, as the platform is. Nothing here depends on how busy the machine is.
//!
//! What is compared, for each rung and rate factor: our rendition, and x264 by the ffmpeg program with the same preset, rate
//! factor, cap and buffer, on one thread (more of them cost it quality), over the whole clip. Once with key frames where our
//! segments begin, which leaves the difference between one encoder and a fresh one a segment; once with x264's own choice of
//! them (250 pictures apart at most, and at scene changes), which a stream that is cut into segments cannot have, and which
//! holds the price of the grid as well. The peer is given each rung's pictures without loss, scaled by the ffmpeg program as
//! our engine does, and SSIM (the ffmpeg program's, all planes, in decibels of its mean) is taken against the same pictures:
//! scaling is not compared, and where ours were to differ, it would count against us. Bits are those of the packets: no
//! container, no parameter sets, no SEI on either side.

mod measure;
mod peer;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
};

use anyhow::Context;
use mutoscope_benches::{
    arguments,
    bd_rate::{Point, bd_rate_percent},
    clip,
};
use mutoscope_core::media::{Ladder, RenditionName};
use mutoscope_transcoder::{
    folder::{self, FolderSettings, OtherContents, Playlists, Report},
    jail::{CHILD_WORD, MediaProcess, MediaSettings, child_main},
    limits::Limits,
    plan::{CarryOver, PlanSettings, Preset, RenditionPlan, VideoRendition},
};
use serde_json::json;
use tokio::{runtime::Runtime, sync::mpsc};
use tokio_util::sync::CancellationToken;

use self::peer::{Keys, Reference};

const LADDER: [u32; 4] = [1080, 720, 480, 360];

struct Settings {
    clip: Option<PathBuf>,
    preset: Preset,
    /// Rate factors times 100.
    crfs: Vec<u32>,
    json: Option<PathBuf>,
}

/// Curves of one rung: a point for each rate factor.
struct Curves {
    rung: VideoRendition,
    ours: Vec<Point>,
    peers: [Vec<Point>; Keys::ALL.len()],
}

fn main() -> anyhow::Result<ExitCode> {
    if std::env::args().nth(1).is_some_and(|word| word == CHILD_WORD) {
        return Ok(child_main());
    }
    let settings = settings()?;
    let folder = tempfile::tempdir()?;
    let film = clip::given_or_made(settings.clip.as_deref(), folder.path())?;
    let film = peer::without_sound(&film, folder.path())?;
    let studio = Studio { runtime: Runtime::new()?, film, preset: settings.preset, folder: folder.path() };
    let curves = studio.measure(&settings.crfs)?;

    let clip = settings.clip.as_ref().map_or("the made clip".into(), |clip| clip.display().to_string());
    println!("\n{clip}, preset {}, rate factors {}", settings.preset, crf_list(&settings.crfs));
    println!("BD-rate of ours in percent, below 0 where ours takes fewer bits for the same SSIM");
    println!("{:10} {:>24} {:>24}", "rung", Keys::AtOurCuts.name(), Keys::AsX264Likes.name());
    let mut rungs = Vec::new();
    for rung in &curves {
        let percents = rung.peers.each_ref().map(|peer| bd_rate_percent(peer, &rung.ours));
        let [at_our_cuts, as_x264_likes] =
            percents.map(|percent| percent.map_or("none".into(), |p| format!("{p:+.3}")));
        println!("{:10} {at_our_cuts:>24} {as_x264_likes:>24}", rung.rung.name.to_string());
        rungs.push(json!({
            "rung": rung.rung.name.to_string(),
            "peak_bps": rung.rung.encoder.peak_bps,
            "buffer_bits": rung.rung.encoder.buffer_bits,
            "bd_rate_percent": { "key_frames_at_our_cuts": percents[0], "key_frames_as_x264_likes": percents[1] },
            "points": {
                "ours": points(&settings.crfs, &rung.ours),
                "key_frames_at_our_cuts": points(&settings.crfs, &rung.peers[0]),
                "key_frames_as_x264_likes": points(&settings.crfs, &rung.peers[1]),
            },
        }));
    }
    if let Some(path) = &settings.json {
        let all = json!({ "preset": settings.preset.as_str(), "measure": "SSIM of all planes in dB", "rungs": rungs });
        fs::write(path, serde_json::to_vec_pretty(&all)?)?;
        println!("written to {}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// What makes and measures.
struct Studio<'a> {
    runtime: Runtime,
    film: PathBuf,
    preset: Preset,
    folder: &'a Path,
}

impl Studio<'_> {
    fn measure(&self, crfs: &[u32]) -> anyhow::Result<Vec<Curves>> {
        let mut curves: Vec<Curves> = Vec::new();
        let mut references: Vec<Reference> = Vec::new();
        for &crf in crfs {
            println!("rate factor {}", f64::from(crf) / 100.0);
            let out = self.folder.join("ours");
            let report = self.make(crf, &out)?;
            let cuts_s: Vec<f64> = report.plan.segments.iter().map(|cut| cut.start_ms as f64 / 1_000.0).collect();
            let rungs: Vec<VideoRendition> = report.plan.renditions.into_iter().filter_map(encoded).collect();
            if references.is_empty() {
                references = peer::references(&self.film, &rungs, self.folder)?;
                curves = rungs.iter().map(Curves::of).collect();
            }
            for ((rung, reference), curve) in rungs.iter().zip(&references).zip(&mut curves) {
                curve.ours.push(measure::point(&joined(&out, &rung.name)?, reference)?);
                for (keys, points) in Keys::ALL.into_iter().zip(&mut curve.peers) {
                    let made = peer::encode(reference, rung, keys, &cuts_s, self.folder)?;
                    points.push(measure::point(&made, reference)?);
                    fs::remove_file(made)?;
                }
            }
            fs::remove_dir_all(&out)?;
        }
        Ok(curves)
    }

    /// The whole engine, as the command line runs it.
    fn make(&self, crf_hundredths: u32, out: &Path) -> anyhow::Result<Report> {
        let settings = FolderSettings {
            film: self.film.clone(),
            out: out.to_owned(),
            plan: PlanSettings {
                ladder: Ladder::from(LADDER.to_vec()),
                preset: self.preset,
                crf_hundredths,
                carry_over: CarryOver::Off,
                ..PlanSettings::default()
            },
            limits: Limits::default(),
            span: None,
            jobs: thread::available_parallelism()?.get(),
            playlists: Playlists::Hls,
            other: OtherContents::Replace,
        };
        let media = MediaProcess::new(MediaSettings::this_program());
        let (events, mut heard) = mpsc::channel(64);
        let (made, ()) = self.runtime.block_on(async {
            tokio::join!(folder::transcode(&media, &settings, events, CancellationToken::new()), async {
                while heard.recv().await.is_some() {}
            })
        });
        Ok(made?)
    }
}

impl Curves {
    fn of(rung: &VideoRendition) -> Self {
        Self { rung: rung.clone(), ours: Vec::new(), peers: Default::default() }
    }
}

fn encoded(rendition: RenditionPlan) -> Option<VideoRendition> {
    match rendition {
        RenditionPlan::Video(rung) => Some(rung),
        _ => None,
    }
}

/// A rendition as one file: its init segment and all its media segments.
fn joined(out: &Path, name: &RenditionName) -> anyhow::Result<PathBuf> {
    let folder = out.join(name.to_string());
    let mut segments: Vec<PathBuf> =
        fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    segments.retain(|path| path.extension().is_some_and(|extension| extension == "m4s"));
    segments.sort();
    let mut all = fs::read(folder.join("init.mp4"))?;
    for segment in segments {
        all.extend(fs::read(segment)?);
    }
    let path = folder.join("joined.mp4");
    fs::write(&path, all)?;
    Ok(path)
}

fn points(crfs: &[u32], points: &[Point]) -> Vec<serde_json::Value> {
    let each = crfs.iter().zip(points);
    each.map(
        |(crf, point)| json!({ "crf": f64::from(*crf) / 100.0, "bps": point.bps.round(), "ssim_db": point.quality }),
    )
    .collect()
}

fn crf_list(crfs: &[u32]) -> String {
    crfs.iter().map(|crf| (f64::from(*crf) / 100.0).to_string()).collect::<Vec<_>>().join(", ")
}

fn settings() -> anyhow::Result<Settings> {
    let mut settings = Settings {
        clip: None,
        preset: Preset::Veryfast,
        crfs: vec![1_900, 2_100, 2_300, 2_500, 2_700, 2_900],
        json: None,
    };
    arguments::read("--clip FILE, --preset NAME, --crfs A,B,C,D, --json FILE", |name, value| {
        match name {
            "--clip" => settings.clip = Some(value()?.into()),
            "--preset" => settings.preset = value()?.parse()?,
            "--crfs" => settings.crfs = value()?.split(',').map(crf_hundredths).collect::<anyhow::Result<_>>()?,
            "--json" => settings.json = Some(value()?.into()),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    anyhow::ensure!(settings.crfs.len() >= 4, "a curve takes four rate factors at least");
    Ok(settings)
}

fn crf_hundredths(text: &str) -> anyhow::Result<u32> {
    let crf: f64 = text.trim().parse().with_context(|| format!("{text} is no rate factor"))?;
    anyhow::ensure!((0.0..=51.0).contains(&crf), "a rate factor is from 0 to 51");
    Ok((crf * 100.0).round() as u32)
}
