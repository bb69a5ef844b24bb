//! A bar a rendition: how far it is, how fast, how large, how long yet. The only file that knows indicatif.

use std::{collections::BTreeMap, time::Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use mutoscope_core::media::RenditionName;
use mutoscope_transcoder::{folder::FolderEvent, package};

/// Bars on standard error; nothing is drawn where that is no terminal.
#[derive(Debug)]
pub struct Bars {
    all: MultiProgress,
    each: BTreeMap<RenditionName, Bar>,
    started: Instant,
    /// Film time that is past the decoder in this run, by work unit.
    decoded_ms: BTreeMap<u32, u64>,
    frames_to_ms: (u64, u64),
}

#[derive(Debug)]
struct Bar {
    bar: ProgressBar,
    total_ms: u64,
    kept_ms: u64,
    made_ms: u64,
    bytes: u64,
}

impl Bars {
    /// No bar yet: the plan says which there are.
    pub fn new() -> Self {
        Self {
            all: MultiProgress::new(),
            each: BTreeMap::new(),
            started: Instant::now(),
            decoded_ms: BTreeMap::new(),
            frames_to_ms: (0, 1),
        }
    }

    /// A line above the bars. Without a terminal the bars print nothing at all.
    fn print(&self, line: &str) {
        if self.all.is_hidden() {
            eprintln!("{line}");
        } else if let Err(error) = self.all.println(line) {
            tracing::debug!(%error, "the terminal is gone");
        }
    }

    /// Shows what happened.
    pub fn show(&mut self, event: &FolderEvent) {
        match event {
            FolderEvent::Planned { plan, .. } => {
                // A film that stops decoding is planned a second time.
                self.decoded_ms.clear();
                for (_, earlier) in std::mem::take(&mut self.each) {
                    self.all.remove(&earlier.bar);
                }
                if let Some(video) = &plan.video {
                    let rate = video.frame_rate;
                    self.frames_to_ms = (u64::from(rate.den()) * 1_000, u64::from(rate.num().max(1)));
                }
                let stream = plan.video.as_ref().map(|video| video.stream);
                if let Some(pictures) = plan.carrying.iter().find(|decision| Some(decision.stream) == stream) {
                    self.print(&format!("pictures: {}", pictures.sentence()));
                }
                let names = plan.renditions.iter().map(|rendition| rendition.name().as_str().len());
                let width = names.max().unwrap_or(0);
                for rendition in &plan.renditions {
                    let total_us: u64 =
                        package::segments(plan, rendition).map(|(_, facts)| package::duration_us(&facts)).sum();
                    let bar = self.all.add(ProgressBar::new(total_us / 1_000));
                    bar.set_style(style());
                    bar.set_prefix(format!("{:>width$}", rendition.name()));
                    let empty = Bar { bar, total_ms: total_us / 1_000, kept_ms: 0, made_ms: 0, bytes: 0 };
                    self.each.insert(rendition.name().clone(), empty);
                }
            }
            FolderEvent::Segment { rendition, duration_us, bytes, kept, .. } => {
                if let Some(bar) = self.each.get_mut(rendition) {
                    bar.bytes += bytes;
                    if *kept {
                        bar.kept_ms += duration_us / 1_000;
                    } else {
                        bar.made_ms += duration_us / 1_000;
                    }
                }
                self.draw();
            }
            FolderEvent::Progress { first, progress } => {
                let (multiply, divide) = self.frames_to_ms;
                self.decoded_ms.insert(*first, progress.frames_done * multiply / divide);
                self.draw();
            }
            FolderEvent::Warning(warning) => {
                self.print(&format!("warning: {}", warning.message));
            }
        }
    }

    /// Leaves the full bars standing.
    pub fn finish(self) {
        for bar in self.each.into_values() {
            bar.bar.set_position(bar.total_ms);
            bar.bar.abandon();
        }
    }

    fn draw(&self) {
        let decoded: u64 = self.decoded_ms.values().sum();
        let elapsed_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        for bar in self.each.values() {
            let made = bar.made_ms.max(decoded).min(bar.total_ms.saturating_sub(bar.kept_ms));
            let left = bar.total_ms - bar.kept_ms.min(bar.total_ms) - made;
            bar.bar.set_position(bar.kept_ms + made);
            let size = indicatif::HumanBytes(bar.bytes);
            let message = match made {
                0 => format!("{size}"),
                _ => {
                    let speed = made as f64 / elapsed_ms as f64;
                    let left_s = left as f64 / 1_000.0 / speed;
                    format!("{speed:.1}x  {size}  {}", time_left(left_s.ceil() as u64))
                }
            };
            bar.bar.set_message(message);
        }
    }
}

impl Default for Bars {
    fn default() -> Self {
        Self::new()
    }
}

fn time_left(seconds: u64) -> String {
    match seconds {
        0 => "done".to_owned(),
        1..3600 => format!("{}:{:02} left", seconds / 60, seconds % 60),
        _ => format!("{}:{:02}:{:02} left", seconds / 3600, seconds / 60 % 60, seconds % 60),
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{prefix} {bar:32.cyan/dim} {percent:>3}%  {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
