//! `mutoscope transcode FILE --out DIR`: a film into a folder that any web server can serve.

mod lines;

use std::{fmt::Display, num::NonZeroU32, path::PathBuf, process::ExitCode, str::FromStr};

use clap::{
    ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use mutoscope_core::media::{Ladder, VideoCodec};
use mutoscope_transcoder::{
    folder::{self, FolderError, FolderErrorKind, FolderEvent, FolderSettings, OtherContents, Playlists, Report},
    jail::{MediaProcess, MediaSettings},
    limits::Limits,
    plan::{CarryOver, PlanSettings, Preset},
    span::Verification,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    exit::{Exit, LastWords},
    media::MediaArgs,
    platform::with_causes,
    progress::Bars,
};

/// Makes a film into a folder of HLS and DASH that any web server can serve.
///
/// Beside the renditions lie `storyboard.vtt` with its sheets of thumbnails, `scenes.json` and `report.json`, which also says
/// how loud the film is; `record` holds what these are merged from.
///
/// Run it again after an interruption and it goes on where it stopped: every segment that is there was verified.
#[derive(Debug, clap::Args)]
pub struct TranscodeArgs {
    /// The film.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The folder to fill; made where it is not there.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Heights to make, as 1080,720,360; exactly these, never upscaled, with nothing carried over beside them. Default:
    /// 2160,1440,1080,720,480,360,240, as far as the film goes.
    #[arg(long, value_name = "HEIGHTS", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(16..=4320))]
    pub ladder: Option<Vec<u32>>,
    /// Whether the film's own packets may be renditions, where they are fit: repackaged, not encoded.
    #[arg(long, value_name = "WHETHER", default_value = "on")]
    pub carry_over: OnOff,
    /// x264's preset, from ultrafast to veryslow; x265 has the same, SVT-AV1 numbers that stand for them.
    #[arg(long, value_name = "NAME", default_value = "veryfast")]
    pub preset: Preset,
    /// Codecs to make every rung in, as h264,av1. HEVC and AV1 take many times the work of H.264 and need fewer bytes.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_value = "h264", value_parser = words::<VideoCodec, 3>(VideoCodec::ALL.map(VideoCodec::as_str)))]
    pub codecs: Vec<VideoCodec>,
    /// Length of a segment in seconds, 1 to 6.
    #[arg(long, value_name = "SECONDS", default_value = "4", value_parser = segment_ms)]
    pub segment: u32,
    /// Segments that are made together. Changes speed, never a byte.
    #[arg(long, value_name = "N")]
    pub span: Option<NonZeroU32>,
    /// Work units at a time; default: the number of cores. Changes speed, never a byte.
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroU32>,
    /// Write HLS playlists only.
    #[arg(long)]
    pub hls: bool,
    /// Write a DASH description only.
    #[arg(long)]
    pub dash: bool,
    /// How segments are checked before they count: structure, timeline, sizes and key frames; or `full`, all of that and
    /// every picture and all sound decoded. Changes speed, never a byte.
    #[arg(long, value_name = "HOW", default_value = "keyframes", value_parser = words::<Verification, 2>(Verification::ALL.map(Verification::as_str)))]
    pub verify: Verification,
    /// Replace what an earlier run made of another film, or by another plan, in the folder.
    #[arg(long)]
    pub force: bool,
    /// Print one event a line on standard output, and the error as JSON on standard error.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub media: MediaArgs,
}

/// A switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnOff {
    On,
    Off,
}

/// Runs the command.
pub async fn run(args: TranscodeArgs) -> ExitCode {
    let json = args.json;
    let cancel = CancellationToken::new();
    let interrupt = tokio::spawn({
        let cancel = cancel.clone();
        async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                cancel.cancel();
            }
        }
    });
    let result = transcode(args, cancel).await;
    interrupt.abort();
    match result {
        Ok(()) => Exit::Done.into(),
        Err(words) => words.say(json),
    }
}

async fn transcode(args: TranscodeArgs, cancel: CancellationToken) -> Result<(), LastWords> {
    let media = MediaProcess::new(MediaSettings { verification: args.verify, ..args.media.settings() });
    let settings = settings(&args);
    let (events, told) = mpsc::channel(256);
    let showing = tokio::spawn(show(told, args.json));
    let result = folder::transcode(&media, &settings, events, cancel).await;
    // The sender is gone, so the display ends by itself.
    let shown = showing.await;
    let report = result.map_err(last_words)?;
    if let Ok(Some(bars)) = shown {
        bars.finish();
    }
    tell_done(&settings, &report, args.json);
    Ok(())
}

fn settings(args: &TranscodeArgs) -> FolderSettings {
    let plan = PlanSettings::default();
    let first = plan.first_segments_ms.iter().map(|first| (*first).min(args.segment)).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    FolderSettings {
        film: args.file.clone(),
        out: args.out.clone(),
        plan: PlanSettings {
            ladder: args.ladder.clone().map_or_else(Ladder::default, Ladder::from),
            codecs: args.codecs.iter().copied().collect(),
            preset: args.preset,
            segment_ms: args.segment,
            first_segments_ms: first,
            carry_over: match (args.carry_over, &args.ladder) {
                (OnOff::Off, _) => CarryOver::Off,
                (OnOff::On, Some(_)) => CarryOver::InPlace,
                (OnOff::On, None) => CarryOver::Also,
            },
            ..plan
        },
        limits: Limits::default(),
        span: args.span.map(NonZeroU32::get),
        jobs: args.jobs.map_or(cores, |jobs| usize::try_from(jobs.get()).unwrap_or(usize::MAX)),
        playlists: match (args.hls, args.dash) {
            (true, false) => Playlists::Hls,
            (false, true) => Playlists::Dash,
            _ => Playlists::Both,
        },
        other: if args.force { OtherContents::Replace } else { OtherContents::Refuse },
    }
}

/// Shows events until there are no more; the bars, where a person watches.
async fn show(mut told: mpsc::Receiver<FolderEvent>, json: bool) -> Option<Bars> {
    let mut bars = (!json).then(Bars::new);
    while let Some(event) = told.recv().await {
        match &mut bars {
            Some(bars) => bars.show(&event),
            None => lines::print(&event),
        }
    }
    bars
}

fn tell_done(settings: &FolderSettings, report: &Report, json: bool) {
    if json {
        lines::print_done(report);
        return;
    }
    let index = match settings.playlists {
        Playlists::Dash => "index.mpd",
        Playlists::Both | Playlists::Hls => "index.m3u8",
    };
    let film_ms: u64 = report.plan.segments.iter().map(|segment| segment.duration_ms).sum();
    let speed = film_ms as f64 / (report.wall_ms.max(1) as f64);
    eprintln!(
        "{} renditions of {:.1} s in {:.1} s ({speed:.1} x real time): {}",
        report.renditions.len(),
        film_ms as f64 / 1_000.0,
        report.wall_ms as f64 / 1_000.0,
        settings.out.join(index).display(),
    );
}

fn last_words(error: FolderError) -> LastWords {
    let exit = match error.kind() {
        FolderErrorKind::Usage => Exit::Usage,
        FolderErrorKind::InputRefused => Exit::Refused,
        FolderErrorKind::Storage => Exit::Storage,
        FolderErrorKind::Interrupted => Exit::Interrupted,
        FolderErrorKind::Internal => Exit::Internal,
    };
    let mut message = error.to_string();
    if exit == Exit::Interrupted {
        message = "interrupted; run it again to go on".to_owned();
    }
    if exit == Exit::Internal {
        message = with_causes(&error);
    }
    LastWords { code: error.code().to_owned(), message, exit }
}

/// One of these words, as the type that reads them.
fn words<T, const N: usize>(words: [&'static str; N]) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err: Display> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(words).try_map(|word| word.parse::<T>().map_err(|error| error.to_string()))
}

/// Seconds with at most three digits after the point, as milliseconds.
fn segment_ms(text: &str) -> Result<u32, String> {
    let seconds: f64 = text.parse().map_err(|_| "give a number of seconds, such as 4 or 2.5".to_owned())?;
    if !(1.0..=6.0).contains(&seconds) {
        return Err("a segment is 1 to 6 seconds long".to_owned());
    }
    Ok((seconds * 1_000.0).round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_one_to_six_seconds() {
        assert_eq!(segment_ms("4"), Ok(4_000));
        assert_eq!(segment_ms("2.5"), Ok(2_500));
        for text in ["0", "0.5", "7", "x", "NaN", "-1", "inf"] {
            assert!(segment_ms(text).is_err(), "{text}");
        }
    }
}
