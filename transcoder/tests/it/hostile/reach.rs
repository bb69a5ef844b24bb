//! A film that names other files and addresses reaches none of them, sandbox or not: the lists alone hold.
//!
//! These run without a sandbox, beside a file that is watched and a server that counts: what is shown is that nothing
//! is even tried.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use mutoscope_transcoder::{
    jail::{MediaProcess, MediaSettings, MemorySource, Sandbox},
    limits::Limits,
    plan::{EncodePlan, PlanSettings},
    span::SpanRequest,
};
use rustix::fs::inotify;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    matroska,
    mp4::{self, Track},
};
use crate::support::Films;

/// A film and a server that nobody may touch.
struct Canary {
    films: Films,
    film: PathBuf,
    watch: std::os::fd::OwnedFd,
    server: TcpListener,
}

impl Canary {
    fn new() -> Self {
        let films = Films::new();
        let film = films.sample("canary.mp4", "64x48", "10", 1);
        let watch = inotify::init(inotify::CreateFlags::NONBLOCK).unwrap();
        inotify::add_watch(&watch, &film, inotify::WatchFlags::OPEN | inotify::WatchFlags::ACCESS).unwrap();
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        server.set_nonblocking(true).unwrap();
        Self { films, film, watch, server }
    }

    fn path(&self) -> String {
        self.film.display().to_string()
    }

    fn address(&self) -> String {
        format!("http://{}/film.ts", self.server.local_addr().unwrap())
    }

    /// Whether the file was opened or the server called since this was last asked.
    fn was_touched(&self) -> bool {
        let mut buffer = [std::mem::MaybeUninit::uninit(); 4_096];
        let opened = inotify::Reader::new(&self.watch, &mut buffer).next().is_ok();
        opened || self.server.accept().is_ok()
    }

    /// Has a media process without a sandbox read this film as far as it goes.
    async fn assert_untouched_by(&self, name: &str, film: &[u8]) {
        let process = MediaProcess::new(MediaSettings {
            program: env!("CARGO_BIN_EXE_mutoscope-media").into(),
            arguments: Vec::new(),
            sandbox: Sandbox::Off,
            ..MediaSettings::this_program()
        });
        let source = Arc::new(MemorySource(Bytes::copy_from_slice(film)));
        let limits = Limits::default();
        let lay =
            |report: &_| Ok((EncodePlan::new(report, &PlanSettings::default(), &limits)?, SpanRequest::all(0..1)));
        let (sink, mut outputs) = mpsc::channel(64);
        let work = process.probe_and_make(source, &limits, lay, sink, CancellationToken::new());
        let drain = async { while outputs.recv().await.is_some() {} };
        let (outcome, ()) = tokio::join!(work, drain);
        assert!(!self.was_touched(), "{name}: {:?}", outcome.map(|_| ()));
    }

    /// Has the ffprobe program follow this film: what it would reach if it were let.
    fn is_reached_by_ffprobe(&self, film: &Path, options: &str) -> bool {
        let allowed = "-protocol_whitelist file,http,tcp,crypto";
        let arguments = format!("-v quiet {allowed} {options}");
        let mut probe = Command::new("ffprobe").args(arguments.split_whitespace()).arg(film).spawn().unwrap();
        let mut touched = false;
        while !touched {
            let ended = probe.try_wait().unwrap().is_some();
            touched = self.was_touched();
            if ended {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        // The server never answers.
        let _ = probe.kill();
        probe.wait().unwrap();
        self.was_touched();
        touched
    }
}

#[tokio::test]
async fn playlists_reach_neither_file_nor_network() {
    let canary = Canary::new();
    let (path, address) = (canary.path(), canary.address());
    for target in [path.clone(), address, format!("file://{path}")] {
        let hls = format!("#EXTM3U\n#EXT-X-TARGETDURATION:20\n#EXTINF:20,\n{target}\n#EXT-X-ENDLIST\n");
        // Past the look at its first bytes: what libav still takes for a playlist, and a person would not.
        let hidden = [b"#EXTM3U\n#\x01\xe9\n", &hls.as_bytes()[8..]].concat();
        let behind_a_tag = [b"ID3\x04\0\0\0\0\0\x0a\0\0\0\0\0\0\0\0\0\0", hls.as_bytes()].concat();
        let dash = format!(
            "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" \
             mediaPresentationDuration=\"PT1S\"><Period><AdaptationSet><Representation id=\"1\" bandwidth=\"1\" \
             mimeType=\"video/mp4\"><BaseURL>{target}</BaseURL></Representation></AdaptationSet></Period></MPD>"
        );
        let concat = format!("ffconcat version 1.0\nfile '{target}'\n");
        let sdp = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nm=video 5000 RTP/AVP 96\r\n";
        let films: [(&str, &[u8]); 6] = [
            ("hls", hls.as_bytes()),
            ("hidden hls", &hidden),
            ("hls behind a tag", &behind_a_tag),
            ("dash", dash.as_bytes()),
            ("concat", concat.as_bytes()),
            ("sdp", sdp.as_bytes()),
        ];
        for (name, film) in films {
            canary.assert_untouched_by(name, film).await;
        }
        let list = canary.films.write("list.m3u8", &hidden);
        assert!(canary.is_reached_by_ffprobe(&list, "-allowed_extensions ALL"), "{target}: the canary sings");
    }
}

#[tokio::test]
async fn films_whose_data_lies_elsewhere_do_not_get_it() {
    let canary = Canary::new();
    let path = canary.path();
    let mut by_alias = Track::pictures(10, 10);
    by_alias.references = vec![alias(&path)];
    let mut by_address = Track::pictures(10, 10);
    by_address.references = vec![mp4::full(b"url ", format!("file://{path}\0").as_bytes())];
    let alias_film = mp4::honest(&[by_alias]);
    canary.assert_untouched_by("alias", &alias_film).await;
    canary.assert_untouched_by("url", &mp4::honest(&[by_address])).await;
    let film = canary.films.write("alias.mov", &alias_film);
    assert!(canary.is_reached_by_ffprobe(&film, "-enable_drefs 1 -use_absolute_path 1"), "the canary sings");
    // Matroska: the next segment by name, and a chapter of another one.
    let next = [matroska::element(0x3e_b923, &[7; 16]), matroska::element(0x3e_83bb, path.as_bytes())].concat();
    let chapter =
        [matroska::number(0x73c4, 1), matroska::number(0x91, 0), matroska::element(0x6e67, &[7; 16])].concat();
    let edition = matroska::element(0x45b9, &[matroska::number(0x45dd, 1), matroska::element(0xb6, &chapter)].concat());
    let chapters = matroska::element(0x1043_a770, &edition);
    let tracks = [matroska::sound_track(1, &[])];
    let film = matroska::film(&next, &tracks, &chapters, &[matroska::cluster(0)]);
    canary.assert_untouched_by("linked segments", &film).await;
    // A track whose codec is a file: QuickTime stream and hint tracks say where to go.
    for entry in [b"rtsp", b"hndl", b"rsrc"] {
        let mut track = Track::pictures(10, 10);
        track.references = vec![mp4::full(entry, format!("{path}\0").as_bytes())];
        canary.assert_untouched_by("reference", &mp4::honest(&[track])).await;
    }
}

/// A Macintosh alias record that names this file by its absolute path (Inside Macintosh: Files, 4).
fn alias(path: &str) -> Vec<u8> {
    let (volume, name) = ("disk", Path::new(path).file_name().unwrap().to_str().unwrap());
    let fixed = |text: &str, room: usize| {
        let mut field = vec![u8::try_from(text.len()).unwrap()];
        field.extend(text.bytes());
        field.resize(room + 1, 0);
        field
    };
    let mut record = vec![0; 10];
    record.extend(fixed(volume, 27));
    record.extend([0; 12]);
    record.extend(fixed(name, 63));
    record.extend([0; 16]);
    record.extend([0, 1, 0, 1]);
    record.extend([0; 16]);
    let absolute = format!("{volume}:{path}");
    record.extend([0, 2]);
    record.extend(u16::try_from(absolute.len()).unwrap().to_be_bytes());
    record.extend(absolute.bytes());
    record.resize(record.len() + absolute.len() % 2, 0);
    record.extend([0xff, 0xff, 0, 0]);
    mp4::full(b"alis", &record)
}
