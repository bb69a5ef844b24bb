//! `--json`: one event a line on standard output.

use std::io::Write as _;

use mutoscope_core::media::RenditionName;
use mutoscope_transcoder::{
    error::MediaWarning,
    folder::{FolderEvent, Report, ReportCarrying},
    package::segments,
};
use serde::Serialize;

/// A line's shape.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Line<'a> {
    Planned {
        plan_hash: Option<String>,
        duration_ms: u64,
        renditions: Vec<&'a RenditionName>,
        carrying: Vec<ReportCarrying>,
        segments: u64,
        kept: u64,
    },
    Segment {
        rendition: &'a RenditionName,
        index: u32,
        duration_us: u64,
        bytes: u64,
        kept: bool,
    },
    Progress {
        first_segment: u32,
        frames_done: u64,
        frames_planned: u64,
    },
    Warning(&'a MediaWarning),
    Done {
        plan_hash: &'a str,
        cpu_ms: u64,
        wall_ms: u64,
        peak_rss_bytes: u64,
    },
}

/// Prints an event.
pub(super) fn print(event: &FolderEvent) {
    print_line(&match event {
        FolderEvent::Planned { plan, kept } => Line::Planned {
            plan_hash: plan.hash().ok(),
            duration_ms: plan.grid.length_ms(),
            renditions: plan.renditions.iter().map(|rendition| rendition.name()).collect(),
            carrying: plan.carrying.iter().map(ReportCarrying::from).collect(),
            segments: plan.renditions.iter().map(|rendition| segments(plan, rendition).count() as u64).sum(),
            kept: *kept,
        },
        FolderEvent::Segment { rendition, index, duration_us, bytes, kept } => {
            Line::Segment { rendition, index: *index, duration_us: *duration_us, bytes: *bytes, kept: *kept }
        }
        FolderEvent::Progress { first, progress } => Line::Progress {
            first_segment: *first,
            frames_done: progress.frames_done,
            frames_planned: progress.frames_planned,
        },
        FolderEvent::Warning(warning) => Line::Warning(warning),
    });
}

/// Prints that all is there.
pub(super) fn print_done(report: &Report) {
    print_line(&Line::Done {
        plan_hash: &report.plan.hash,
        cpu_ms: report.cpu_ms,
        wall_ms: report.wall_ms,
        peak_rss_bytes: report.peak_rss_bytes,
    });
}

fn print_line(line: &Line<'_>) {
    if let Ok(mut text) = serde_json::to_string(line) {
        text.push('\n');
        // A reader that has gone wants no more lines; the film is made all the same.
        let _closed = std::io::stdout().lock().write_all(text.as_bytes());
    }
}
