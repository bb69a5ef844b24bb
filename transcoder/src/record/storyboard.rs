//! The storyboard: thumbnails on sheets, and WebVTT that says which part of which sheet stands for which time (media
//! fragments, <https://www.w3.org/TR/media-frags/#naming-space>).

use mutoscope_core::media::{PictureSize, SidecarName};

use crate::plan::EncodePlan;

/// Thumbnails in a row, and rows of a sheet.
const COLUMNS: u32 = 5;
const ROWS: u32 = 5;

/// A sheet of thumbnails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheet {
    pub number: u32,
    /// Its first thumbnail, and how many it has.
    pub first: u32,
    pub count: u32,
    /// Of the whole sheet.
    pub size: PictureSize,
}

/// Where a thumbnail lies on its sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    pub x: u32,
    pub y: u32,
}

/// The sheets of a plan; none for a film without pictures.
pub fn sheets(plan: &EncodePlan) -> Vec<Sheet> {
    let Some(pictures) = plan.record.as_ref().and_then(|record| record.pictures.as_ref()) else { return Vec::new() };
    let all = u32::try_from(pictures.thumbnail_count(&plan.grid)).unwrap_or(0);
    let PictureSize { width, height } = pictures.thumbnail;
    let each = COLUMNS * ROWS;
    (0..all.div_ceil(each))
        .map(|number| {
            let count = (all - number * each).min(each);
            let size = PictureSize { width: width * count.min(COLUMNS), height: height * count.div_ceil(COLUMNS) };
            Sheet { number, first: number * each, count, size }
        })
        .collect()
}

/// Where the `position`th thumbnail of a sheet lies on it.
pub fn tile(position: u32, thumbnail: PictureSize) -> Tile {
    Tile { x: position % COLUMNS * thumbnail.width, y: position / COLUMNS * thumbnail.height }
}

/// The WebVTT file; `None` for a film without pictures. Sheets are named from beside it.
pub fn webvtt(plan: &EncodePlan) -> Option<String> {
    let pictures = plan.record.as_ref()?.pictures.as_ref()?;
    let PictureSize { width, height } = pictures.thumbnail;
    let mut text = String::from("WEBVTT\n");
    for sheet in sheets(plan) {
        let file = SidecarName::StoryboardSheet(sheet.number).file();
        for position in 0..sheet.count {
            let shown = pictures.thumbnail_ms(&plan.grid, u64::from(sheet.first + position));
            let Tile { x, y } = tile(position, pictures.thumbnail);
            let (start, end) = (cue_time(shown.start), cue_time(shown.end));
            text.push_str(&format!("\n{start} --> {end}\n{file}#xywh={x},{y},{width},{height}\n"));
        }
    }
    Some(text)
}

/// An instant as WebVTT writes it.
fn cue_time(ms: u64) -> String {
    let seconds = ms / 1_000;
    format!("{:02}:{:02}:{:02}.{:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60, ms % 1_000)
}
