//! The commands: ours, the peers as people write them, and the parts of the floor. All with the same rates.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use mutoscope_benches::cost::{Cost, run};
use serde_json::Value;

/// Ways to make the ladder with the ffmpeg program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Peer {
    /// One process, the picture split, each rung scaled from the source.
    Split,
    /// One process by a careful hand: each rung scaled from the one above.
    Cascade,
    /// One process a rung, one after the other.
    RungByRung,
}

/// One who makes the ladder, and what that took.
pub struct Row {
    /// As the table and the plot call it.
    pub name: &'static str,
    /// To be run one after the other.
    pub commands: Vec<Vec<OsString>>,
    /// Of each turn.
    pub costs: Vec<Cost>,
}

impl Row {
    fn new(name: &'static str, commands: Vec<Vec<OsString>>) -> Self {
        Self { name, commands, costs: Vec::new() }
    }
}

impl Peer {
    fn name(self) -> &'static str {
        match self {
            Self::Split => "ffmpeg, split and four encoders",
            Self::Cascade => "ffmpeg, cascaded scaling",
            Self::RungByRung => "ffmpeg, a process a rung in turn",
        }
    }
}

/// A rung as our plan has it.
struct Rung {
    width: u64,
    height: u64,
    crf: f64,
    peak_bps: u64,
    buffer_bits: u64,
}

/// The clip, the rates and where things go.
pub struct Contest {
    binary: PathBuf,
    clip: PathBuf,
    preset: String,
    out: PathBuf,
    rungs: Vec<Rung>,
    audio_bps: u64,
}

/// What the row is called that the others are compared with.
pub const OURS: &str = "mutoscope";

const LADDER: &str = "1080,720,480,360";

impl Contest {
    /// Runs ours once, to know the rates that all are given.
    ///
    /// # Errors
    /// Where the release binary is missing or fails.
    pub fn new(clip: &Path, preset: &str, folder: &Path) -> anyhow::Result<Self> {
        let binary = PathBuf::from(std::env::var_os("MUTOSCOPE_BINARY").context("MUTOSCOPE_BINARY names our binary")?);
        let mut contest = Self {
            binary,
            clip: stereo(clip, folder)?,
            preset: preset.to_owned(),
            out: folder.join("out"),
            rungs: Vec::new(),
            audio_bps: 0,
        };
        run(&contest.ours("off"))?;
        let report: Value = serde_json::from_slice(&fs::read(contest.out.join("report.json"))?)?;
        for rendition in report["plan"]["renditions"].as_array().context("report.json lists no renditions")? {
            let number = |value: &Value| value.as_u64().context("report.json has another form");
            if rendition["kind"] == "video" {
                let (size, encoder) = (&rendition["rung"]["size"], &rendition["encoder"]);
                contest.rungs.push(Rung {
                    width: number(&size["width"])?,
                    height: number(&size["height"])?,
                    crf: number(&encoder["crf_hundredths"])? as f64 / 100.0,
                    peak_bps: number(&encoder["peak_bps"])?,
                    buffer_bits: number(&encoder["buffer_bits"])?,
                });
            } else {
                contest.audio_bps = number(&rendition["bitrate_bps"])?;
            }
        }
        contest.clear()?;
        Ok(contest)
    }

    /// All who take part, in the order in which a turn runs them: ours beside those that come nearest to it, as a machine's
    /// speed may change within minutes.
    pub fn rows(&self) -> Vec<Row> {
        let peer = |peer: Peer| Row::new(peer.name(), self.peer(peer));
        vec![
            peer(Peer::Cascade),
            Row::new(OURS, vec![self.ours("off")]),
            peer(Peer::Split),
            Row::new("mutoscope, what is fit carried over", vec![self.ours("on")]),
            peer(Peer::RungByRung),
        ]
    }

    /// The engine as a person runs it; playlists, hashes, sandbox and verification are in. Every rung is encoded, as the
    /// peers do, or what is fit is carried over.
    fn ours(&self, carry_over: &str) -> Vec<OsString> {
        let mut command: Vec<OsString> = vec![self.binary.clone().into(), "transcode".into(), self.clip.clone().into()];
        let settings = ["--ladder", LADDER, "--preset", &self.preset, "--carry-over", carry_over, "--hls", "--out"];
        command.extend(settings.map(Into::into));
        command.push(self.out.clone().into());
        command
    }

    /// A peer's commands, to be run one after the other.
    fn peer(&self, peer: Peer) -> Vec<Vec<OsString>> {
        match peer {
            Peer::Split => {
                let marks: String = (0..self.rungs.len()).map(|rung| format!("[s{rung}]")).collect();
                let mut graph = format!("[0:v]split={}{marks}", self.rungs.len());
                for (number, rung) in self.rungs.iter().enumerate() {
                    graph += &format!(";[s{number}]{}[v{number}]", rung.scale());
                }
                vec![self.one_process(&graph, None)]
            }
            Peer::Cascade => vec![self.one_process(&self.cascade(), None)],
            Peer::RungByRung => (0..self.rungs.len()).map(|number| self.one_rung(number)).collect(),
        }
    }

    /// CPU seconds of what nobody can leave out: decoding once, one cascade of scaling, each rung's encode by one
    /// thread, and the sound. Each encode is what it adds to decoding and scaling.
    ///
    /// # Errors
    /// Where ffmpeg fails.
    pub fn floor(&self) -> anyhow::Result<f64> {
        let cpu_s = |command: Vec<OsString>| run(&command).map(|cost: Cost| cost.cpu_s);
        let graph = self.cascade();
        let scaled = cpu_s(self.scaled(&graph, None))?;
        let mut floor_s = scaled;
        for number in 0..self.rungs.len() {
            floor_s += cpu_s(self.scaled(&graph, Some(number)))? - scaled;
        }
        let mut sound = self.ffmpeg();
        sound.extend(words(&format!("-map 0:a -c:a aac -b:a {} -f null -", self.audio_bps)));
        Ok(floor_s + cpu_s(sound)?)
    }

    /// Removes what the last run made.
    ///
    /// # Errors
    /// Where it cannot be removed.
    pub fn clear(&self) -> anyhow::Result<()> {
        if self.out.exists() {
            fs::remove_dir_all(&self.out)?;
        }
        Ok(())
    }

    fn ffmpeg(&self) -> Vec<OsString> {
        let mut command = words("ffmpeg -nostdin -v error -y -i");
        command.push(self.clip.clone().into());
        command
    }

    fn cascade(&self) -> String {
        let mut graph = String::new();
        let last = self.rungs.len() - 1;
        for (number, rung) in self.rungs.iter().enumerate() {
            let from = if number == 0 { "[0:v]".to_owned() } else { format!("[c{}]", number - 1) };
            let into = if number == last { format!("[v{number}]") } else { format!(",split[v{number}][c{number}]") };
            graph += &format!("{}{from}{}{into}", if number == 0 { "" } else { ";" }, rung.scale());
        }
        graph
    }

    /// Decodes and scales on one thread; encodes one rung where one is named.
    fn scaled(&self, graph: &str, encoded: Option<usize>) -> Vec<OsString> {
        let mut command = words("ffmpeg -nostdin -v error -y -threads 1 -filter_complex_threads 1 -i");
        command.push(self.clip.clone().into());
        command.extend(["-filter_complex", graph].map(Into::into));
        for (number, rung) in self.rungs.iter().enumerate() {
            command.extend(words(&format!("-map [v{number}]")));
            if encoded == Some(number) {
                command.extend(words(&rung.encoder(&self.preset, Some(1))));
            } else {
                command.extend(words("-c:v wrapped_avframe"));
            }
            command.extend(words("-f null -"));
        }
        command
    }

    fn one_process(&self, graph: &str, threads: Option<u32>) -> Vec<OsString> {
        let mut command = self.ffmpeg();
        command.extend(["-filter_complex", graph].map(Into::into));
        for (number, rung) in self.rungs.iter().enumerate() {
            command.extend(words(&format!("-map [v{number}] {}", rung.encoder(&self.preset, threads))));
            command.extend(words("-f mp4 -movflags +frag_keyframe+empty_moov /dev/null"));
        }
        command.extend(words(&format!(
            "-map 0:a -c:a aac -b:a {} -f mp4 -movflags +frag_keyframe+empty_moov /dev/null",
            self.audio_bps
        )));
        command
    }

    fn one_rung(&self, number: usize) -> Vec<OsString> {
        let rung = &self.rungs[number];
        let mut command = self.ffmpeg();
        command.extend(words(&format!("-map 0:v -vf {} {}", rung.scale(), rung.encoder(&self.preset, None))));
        if number == 0 {
            command.extend(words(&format!("-map 0:a -c:a aac -b:a {}", self.audio_bps)));
        }
        command.extend(words("-f mp4 -movflags +frag_keyframe+empty_moov /dev/null"));
        command
    }
}

impl Rung {
    fn scale(&self) -> String {
        format!("scale={}:{}:flags=bicubic", self.width, self.height)
    }

    /// A key frame every four seconds, as all our segments begin with one.
    fn encoder(&self, preset: &str, threads: Option<u32>) -> String {
        let threads = threads.map(|count| format!(" -threads {count}")).unwrap_or_default();
        format!(
            "-c:v libx264 -preset {preset} -crf {} -maxrate {} -bufsize {} -pix_fmt yuv420p \
             -force_key_frames expr:gte(t,n_forced*4) -sc_threshold 0{threads}",
            self.crf, self.peak_bps, self.buffer_bits
        )
    }
}

fn words(text: &str) -> Vec<OsString> {
    text.split_whitespace().map(Into::into).collect()
}

/// The clip with its sound in stereo: of more channels we alone would make a rendition more.
fn stereo(clip: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let out = folder.join("stereo.mp4");
    let mut command: Vec<OsString> = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i"].map(Into::into).into();
    command.push(clip.into());
    command.extend(["-map", "0:v:0", "-map", "0:a:0", "-c:v", "copy", "-c:a", "aac", "-ac", "2"].map(Into::into));
    command.push(out.clone().into());
    run(&command)?;
    Ok(out)
}
