//! `mutoscope probe FILE`: what a film is, read in the same sandbox as on the platform.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use mutoscope_transcoder::{
    error::{MediaError, MediaErrorKind},
    jail::{FileSource, MediaProcess},
    limits::Limits,
    probe::ProbeReport,
};
use tokio_util::sync::CancellationToken;

use super::{
    exit::{Exit, LastWords},
    media::MediaArgs,
};

/// Says what a film is: container, length, pictures, sound, captions, chapters, and whether it can be made.
#[derive(Debug, clap::Args)]
pub struct ProbeArgs {
    /// The film.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Print the whole report as JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub media: MediaArgs,
}

/// Runs the command.
pub async fn run(args: ProbeArgs) -> ExitCode {
    match probe(&args).await {
        Ok(report) => print(&report, args.json),
        Err(words) => words.say(args.json),
    }
}

async fn probe(args: &ProbeArgs) -> Result<ProbeReport, LastWords> {
    let source = FileSource::open(&args.file).map_err(|error| LastWords {
        code: "film_unreadable".to_owned(),
        message: format!("the film {} can't be opened: {error}", args.file.display()),
        exit: Exit::Refused,
    })?;
    let media = MediaProcess::new(args.media.settings());
    let limits = Limits::default();
    let probe = media.probe(Arc::new(source), &limits, CancellationToken::new());
    tokio::select! {
        report = probe => report.map_err(media_words),
        _ = tokio::signal::ctrl_c() => Err(LastWords {
            code: "cancelled".to_owned(),
            message: "interrupted".to_owned(),
            exit: Exit::Interrupted,
        }),
    }
}

/// A media process's refusal as last words.
pub(super) fn media_words(error: MediaError) -> LastWords {
    let exit = match error.kind() {
        MediaErrorKind::InputRefused => Exit::Refused,
        MediaErrorKind::Cancelled => Exit::Interrupted,
        MediaErrorKind::Retryable | MediaErrorKind::Internal => Exit::Internal,
    };
    LastWords { code: error.code.as_str().to_owned(), message: error.message, exit }
}

fn print(report: &ProbeReport, json: bool) -> ExitCode {
    if json {
        return match serde_json::to_string_pretty(report) {
            Ok(text) => {
                println!("{text}");
                Exit::Done.into()
            }
            Err(_) => Exit::Internal.into(),
        };
    }
    println!("container  {}", report.container);
    println!("size       {} bytes", report.size_bytes);
    println!("length     {}", seconds(report.length_us));
    if let Some(video) = &report.video {
        println!(
            "pictures   {} {}x{} at {:.3} a second, {}{}",
            video.codec,
            video.display_size.width,
            video.display_size.height,
            video.frame_rate.as_f64(),
            video.pixel_format,
            if video.orientation.is_identity() { "" } else { ", turned" },
        );
    }
    for track in &report.audio {
        println!(
            "sound      {} {} Hz, {} channel(s){}",
            track.codec,
            track.sample_rate_hz,
            track.channels,
            spoken(track.language.as_deref()),
        );
    }
    for track in &report.captions {
        let forced = if track.forced { ", forced" } else { "" };
        println!("captions   {}{}{forced}", track.codec, spoken(track.language.as_deref()));
    }
    if !report.chapters.is_empty() {
        println!("chapters   {}", report.chapters.len());
    }
    for warning in &report.warnings {
        println!("warning    {}", warning.message);
    }
    Exit::Done.into()
}

/// A film may hold anything where a language should be; a terminal gets letters.
fn spoken(language: Option<&str>) -> String {
    language.map(|language| format!(", {}", language.escape_debug())).unwrap_or_default()
}

fn seconds(us: u64) -> String {
    format!("{}.{:03} s", us / 1_000_000, us / 1_000 % 1_000)
}
