//! What is refused, row by row: each with its own code, a sentence, soon, and for good.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use futures::StreamExt;
use mutoscope_transcoder::error::{MediaErrorCode, MediaErrorKind};

use super::{matroska, mp4};
use crate::support::{Films, probe};

const PICTURE: &str = "-f lavfi -i testsrc2=size=64x48:rate=10:duration=1 -frames:v 1";
const FILM: &str = "-f lavfi -i testsrc2=size=64x48:rate=10:duration=1 -f lavfi -i sine=duration=1 -c:v libx264 \
                    -preset ultrafast -pix_fmt yuv420p -c:a aac";

/// Bytes under a name, and what they are refused with.
struct Row {
    path: PathBuf,
    code: MediaErrorCode,
}

/// Rows of one test.
struct Rows {
    films: Films,
    rows: Vec<Row>,
}

impl Rows {
    fn new() -> Self {
        Self { films: Films::new(), rows: Vec::new() }
    }

    fn bytes(&mut self, name: &str, bytes: impl AsRef<[u8]>, code: MediaErrorCode) {
        let path = self.films.write(name, bytes.as_ref());
        self.rows.push(Row { path, code });
    }

    fn made(&mut self, name: &str, arguments: &str, code: MediaErrorCode) {
        let path = self.films.make(name, arguments);
        self.rows.push(Row { path, code });
    }

    /// Probes every row; tells of all that went wrong, not of the first.
    async fn check(self) {
        let outcomes = futures::stream::iter(self.rows).map(|row| async move {
            let wrong = wrong_with(&row.path, row.code).await;
            wrong.map(|wrong| format!("{}: {wrong}", row.path.file_name().unwrap().display()))
        });
        let wrong: Vec<String> = outcomes.buffer_unordered(2).filter_map(|wrong| async { wrong }).collect().await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        drop(self.films);
    }
}

async fn wrong_with(path: &Path, code: MediaErrorCode) -> Option<String> {
    let started = Instant::now();
    let error = match probe(path).await {
        Ok(report) => return Some(format!("it was taken for a film: {report:?}")),
        Err(error) => error,
    };
    let took = started.elapsed();
    if error.code != code {
        return Some(format!("{} and not {}", error.code.as_str(), code.as_str()));
    }
    if error.kind() != MediaErrorKind::InputRefused {
        return Some("its kind lets it be tried again".to_owned());
    }
    // A sentence for its owner: whole, with something to do, and no path of the server.
    let sentence = &error.message;
    if !sentence.ends_with('.') || sentence.contains('/') || sentence.split(". ").count() < 2 {
        return Some(format!("no sentence for a person: {sentence}"));
    }
    (took > Duration::from_secs(30)).then(|| format!("it took {took:?}"))
}

#[tokio::test]
async fn playlists_manifests_and_scripts_of_every_kind_are_refused() {
    use MediaErrorCode::PlaylistRefused;
    let mut rows = Rows::new();
    let local = rows.films.make("local.mp4", FILM).display().to_string();
    let hls = format!("#EXTM3U\n#EXT-X-TARGETDURATION:20\n#EXTINF:20,\n{local}\n#EXT-X-ENDLIST\n");
    let wide = |text: &str, to_bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>();
    let texts = [
        ("list.m3u8", hls.clone()),
        ("list.mp4", hls.clone()),
        ("indented.m3u8", format!("\n\n  {hls}")),
        ("marked.m3u8", format!("\u{feff}{hls}")),
        ("multivariant.m3u8", format!("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{local}\n")),
        ("bare.m3u", format!("file://{local}\n")),
        ("remote.m3u", "http://127.0.0.1:9/film.mp4\n".to_owned()),
        ("list.mpd", "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"></MPD>".to_owned()),
        ("prefixed.mpd", "<?xml version=\"1.0\"?>\n<d:MPD xmlns:d=\"urn:mpeg:dash:schema:mpd:2011\"/>".to_owned()),
        ("list.ffconcat", format!("ffconcat version 1.0\nfile {local}\n")),
        ("concat.txt", format!("file '{local}'\n")),
        ("session.sdp", "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video 5000 RTP/AVP 96\r\n".to_owned()),
        ("sub.file", format!("subfile,,start,0,end,100,,:{local}")),
        ("list.smil", "<smil><body><video src=\"film.mp4\"/></body></smil>".to_owned()),
        ("list.asx", "<asx version=\"3.0\"><entry><ref href=\"http://127.0.0.1:9/\"/></entry></asx>".to_owned()),
        ("list.pls", "[playlist]\nFile1=http://127.0.0.1:9/\n".to_owned()),
        ("list.wvx", "[Reference]\nRef1=http://127.0.0.1:9/\n".to_owned()),
        ("link.url", "[InternetShortcut]\nURL=http://127.0.0.1:9/\n".to_owned()),
        ("list.xspf", "<?xml version=\"1.0\"?><playlist xmlns=\"http://xspf.org/ns/0/\"/>".to_owned()),
        ("list.ism", "<?xml version=\"1.0\"?><SmoothStreamingMedia MajorVersion=\"2\"/>".to_owned()),
        ("list.f4m", "<manifest xmlns=\"http://ns.adobe.com/f4m/1.0\"><media url=\"x\"/></manifest>".to_owned()),
        ("list.cpl", "<CompositionPlaylist xmlns=\"http://www.smpte-ra.org/schemas/2067-3/2016\"/>".to_owned()),
        ("assetmap.xml", "<AssetMap xmlns=\"http://www.smpte-ra.org/schemas/429-9/2007/AM\"/>".to_owned()),
        ("script.avs", format!("clip = AviSource(\"{local}\")\nreturn clip\n")),
        ("script.vpy", "import vapoursynth as vs\n".to_owned()),
        ("graph.lavfi", format!("movie={local}")),
        ("script.sh", "#!/bin/sh\ncat /etc/passwd\n".to_owned()),
        ("list.edl", format!("# mpv EDL v0\n{local}\n")),
    ];
    for (name, text) in texts {
        rows.bytes(name, text, PlaylistRefused);
    }
    rows.bytes("wide-le.m3u8", wide(&format!("\u{feff}{hls}"), u16::to_le_bytes), PlaylistRefused);
    rows.bytes("wide-be.m3u8", wide(&format!("\u{feff}{hls}"), u16::to_be_bytes), PlaylistRefused);
    // Not text to the eye: libav would still take these for playlists.
    rows.bytes("latin.m3u8", [b"#EXTM3U\n#caf\xe9\n", &hls.as_bytes()[8..]].concat(), PlaylistRefused);
    rows.bytes("control.m3u8", [b"#EXTM3U\n#\x01\x02\n", &hls.as_bytes()[8..]].concat(), PlaylistRefused);
    rows.check().await;
}

#[tokio::test]
async fn still_images_are_refused_and_cover_art_alone_is_one() {
    use MediaErrorCode::ImageRefused;
    let mut rows = Rows::new();
    let pictures =
        ["png", "jpg", "bmp", "tiff", "gif", "jp2", "ppm", "pgm", "pcx", "sgi", "exr", "dpx", "qoi", "jxl", "apng"];
    for ending in pictures {
        rows.made(&format!("picture.{ending}"), PICTURE, ImageRefused);
    }
    rows.made("picture.webp", &format!("{PICTURE} -c:v libwebp"), ImageRefused);
    rows.made("picture.avif", &format!("{PICTURE} -c:v libaom-av1 -cpu-used 8"), ImageRefused);
    let heic = mp4::boxed(b"ftyp", b"heic\0\0\0\0mif1heic");
    rows.bytes("picture.heic", [heic, mp4::full(b"meta", &[0; 64])].concat(), ImageRefused);
    rows.bytes("icon.ico", [&[0, 0, 1, 0, 1, 0, 16, 16][..], &[0; 200]].concat(), ImageRefused);
    let cover = rows.films.make("cover.png", PICTURE);
    let sound = rows.films.make("sound.m4a", "-f lavfi -i sine=duration=1 -c:a aac");
    let both =
        format!("-i {} -i {} -map 0 -map 1 -c copy -disposition:v attached_pic", sound.display(), cover.display());
    let both = rows.films.make("both.m4a", &both);
    // The same without its sound.
    rows.made(
        "cover-only.m4a",
        &format!("-i {} -map 0:v -c copy -disposition:v attached_pic", both.display()),
        ImageRefused,
    );
    probe(&both).await.unwrap();
    rows.check().await;
}

#[tokio::test]
async fn archives_documents_and_programs_are_refused() {
    use MediaErrorCode::{ArchiveRefused, NotMedia};
    let mut rows = Rows::new();
    let archives: [(&str, &[u8]); 12] = [
        ("film.zip", b"PK\x03\x04\x14\x00\x00\x00\x08\x00film.mp4"),
        ("empty.zip", b"PK\x05\x06\x00\x00"),
        ("film.rar", b"Rar!\x1a\x07\x01\x00"),
        ("film.7z", b"7z\xbc\xaf\x27\x1c\x00\x04"),
        ("film.tar.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00"),
        ("film.tar.xz", b"\xfd7zXZ\x00\x00\x04"),
        ("film.tar.zst", b"\x28\xb5\x2f\xfd\x04\x58"),
        ("film.tar.bz2", b"BZh91AY&SY"),
        ("film.lz4", b"\x04\x22\x4d\x18\x64\x40"),
        ("film.lzma", b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0"),
        ("film.cab", b"MSCF\0\0\0\0\x2c"),
        ("film.deb", b"!<arch>\ndebian-binary"),
    ];
    for (name, start) in archives {
        rows.bytes(name, [start, &[7; 3_000]].concat(), ArchiveRefused);
    }
    let mut tar = vec![0; 10_240];
    tar[..8].copy_from_slice(b"film.mp4");
    tar[257..263].copy_from_slice(b"ustar\0");
    rows.bytes("film.tar", tar, ArchiveRefused);
    let mut disc = vec![0; 40_000];
    disc[32_768..32_774].copy_from_slice(b"\x01CD001");
    rows.bytes("film.iso", disc, ArchiveRefused);
    let others: [(&str, &[u8]); 12] = [
        ("text.txt", b"this is a text and no film\n"),
        ("page.html", b"<!doctype html><html><video src=film.mp4></video></html>"),
        ("list.json", b"{\"film\": \"film.mp4\"}"),
        ("captions.srt", b"1\n00:00:00,000 --> 00:00:01,000\nhello\n"),
        ("captions.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n"),
        ("paper.pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"),
        ("paper.docx", b"PK\x03\x04\x14\x00\x06\x00\x08\x00[Content_Types].xml"),
        ("paper.odt", b"PK\x03\x04\x14\x00\x00\x08mimetypeapplication/vnd.oasis.opendocument.text"),
        ("paper.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0"),
        ("program.exe", b"MZ\x90\0\x03\0\0\0"),
        ("program", b"\x7fELF\x02\x01\x01\0"),
        ("base.sqlite", b"SQLite format 3\0\x10\0"),
    ];
    for (name, bytes) in others {
        rows.bytes(name, bytes, NotMedia);
    }
    rows.check().await;
}

#[tokio::test]
async fn bytes_that_mean_nothing_are_refused() {
    use MediaErrorCode::{EmptyFile, NotMedia};
    let mut rows = Rows::new();
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| super::next_random(&mut state) as u8).take(300_000).collect();
    rows.bytes("empty.mp4", [], EmptyFile);
    rows.bytes("one-byte.mp4", [7], NotMedia);
    rows.bytes("noise.mp4", &noise, NotMedia);
    rows.bytes("zeros.mp4", vec![0; 300_000], NotMedia);
    rows.bytes("ones.mp4", vec![0xff; 300_000], NotMedia);
    rows.bytes("spaces.mp4", vec![b' '; 300_000], NotMedia);
    rows.check().await;
}

#[tokio::test]
async fn encrypted_films_are_refused_in_every_container_that_can_say_so() {
    use MediaErrorCode::Encrypted;
    let mut rows = Rows::new();
    let plain = rows.films.make("plain.mp4", FILM);
    let key = "-encryption_scheme cenc-aes-ctr -encryption_key 76a6c65c5ea762046bd749a2e632ccbb \
               -encryption_kid a7e61c373e219033c21091fa607bf3b8";
    rows.made("cenc.mp4", &format!("-i {} -c copy {key}", plain.display()), Encrypted);
    rows.made("cenc.m4a", &format!("-i {} -vn -c copy {key}", plain.display()), Encrypted);
    // Matroska: ContentEncodings of type 1, AES.
    let encryption =
        matroska::element(0x5035, &[matroska::number(0x47e1, 5), matroska::element(0x47e2, &[7; 16])].concat());
    let encodings =
        matroska::element(0x6d80, &matroska::element(0x6240, &[matroska::number(0x5033, 1), encryption].concat()));
    let film = matroska::film(&[], &[matroska::sound_track(1, &encodings)], &[], &[matroska::cluster(0)]);
    rows.bytes("encrypted.mkv", film, Encrypted);
    // ASF: a content encryption object in the header.
    let wmv = rows.films.make("plain.wmv", "-f lavfi -i testsrc2=size=64x48:rate=10:duration=1 -c:v wmv2");
    rows.bytes("protected.wmv", with_content_encryption(&std::fs::read(wmv).unwrap()), Encrypted);
    // Transport stream: HLS SAMPLE-AES stream types, and scrambled payloads.
    let stream = rows.films.make("plain.ts", &format!("-i {} -c copy", plain.display()));
    let stream = std::fs::read(stream).unwrap();
    rows.bytes("sample-aes.ts", with_sample_aes_types(&stream), Encrypted);
    let mut scrambled = stream;
    for packet in scrambled.chunks_exact_mut(188).filter(|packet| (packet[1] & 0x1f, packet[2]) >= (1, 0)) {
        packet[3] |= 0x80;
    }
    rows.bytes("scrambled.ts", scrambled, Encrypted);
    // QuickTime, of a shop: the sample entry says so.
    let plain_bytes = std::fs::read(&plain).unwrap();
    rows.bytes("shop.m4v", replaced(&plain_bytes, b"avc1", b"drmi"), Encrypted);
    rows.check().await;
}

#[tokio::test]
async fn files_without_pictures_and_sound_are_refused() {
    use MediaErrorCode::NoStreams;
    let mut rows = Rows::new();
    let captions = rows.films.write("captions.srt", b"1\n00:00:00,000 --> 00:00:01,000\nhello\n");
    rows.made("captions.mp4", &format!("-i {} -c:s mov_text", captions.display()), NoStreams);
    rows.made("captions.mkv", &format!("-i {}", captions.display()), NoStreams);
    rows.bytes("no-tracks.mp4", mp4::film(&[], &[], 100), NoStreams);
    rows.check().await;
}

#[tokio::test]
async fn films_cut_off_before_their_first_picture_are_refused() {
    use MediaErrorCode::Truncated;
    let mut rows = Rows::new();
    let plain = rows.films.make("plain.mp4", FILM);
    let bytes = std::fs::read(&plain).unwrap();
    rows.bytes("index-missing.mp4", &bytes[..bytes.len() / 2], Truncated);
    let fast = rows.films.make("fast.mp4", &format!("-i {} -c copy -movflags +faststart", plain.display()));
    let bytes = std::fs::read(fast).unwrap();
    let data = bytes.windows(4).position(|window| window == b"mdat").unwrap();
    rows.bytes("data-missing.mp4", &bytes[..data + 4], Truncated);
    rows.bytes("in-the-index.mp4", &bytes[..data / 2], Truncated);
    let fragmented =
        rows.films.make("fragmented.mp4", &format!("-i {} -c copy -movflags +empty_moov", plain.display()));
    let bytes = std::fs::read(fragmented).unwrap();
    let first = bytes.windows(4).position(|window| window == b"moof").unwrap();
    rows.bytes("no-fragment.mp4", &bytes[..first - 4], Truncated);
    for ending in ["mkv", "webm", "flv", "avi", "ogg", "wav", "wmv", "mxf"] {
        let codecs = match ending {
            "webm" => "-c:v libvpx -c:a libvorbis",
            "ogg" => "-c:v libtheora -c:a libvorbis",
            "wav" => "-vn",
            "mxf" => "-c:v mpeg2video -c:a pcm_s16le -ar 48000 -s 720x576 -r 25",
            "wmv" | "avi" => "",
            _ => "-c copy",
        };
        let whole = rows.films.make(&format!("whole.{ending}"), &format!("-i {} {codecs}", plain.display()));
        let bytes = std::fs::read(whole).unwrap();
        // After what names the container, before anything of the film.
        let kept = match ending {
            "mkv" | "webm" => 300,
            "flv" => 200,
            "wav" => 60,
            _ => 24,
        };
        rows.bytes(&format!("cut.{ending}"), &bytes[..kept], Truncated);
    }
    rows.check().await;
}

#[tokio::test]
async fn one_picture_in_a_film_plays() {
    let films = Films::new();
    for (name, codec) in [("one.mp4", "libx264"), ("one.mkv", "libx264"), ("one.mov", "mjpeg"), ("one.avi", "mjpeg")] {
        let path = films.make(name, &format!("{PICTURE} -c:v {codec} -pix_fmt yuvj420p"));
        let report = probe(&path).await.unwrap();
        assert!(report.video.is_some(), "{name}");
        assert!((40_000..=200_000).contains(&report.length_us), "{name}: {}", report.length_us);
    }
    let by_hand = mp4::honest(&[mp4::Track::pictures(10, 1), mp4::Track::sound(1, 8_000, 800)]);
    let report = probe(&films.write("by-hand.mov", &by_hand)).await.unwrap();
    assert_eq!((report.video.is_some(), report.audio.len(), report.length_us), (true, 1, 100_000));
    let moving = films.make("moving.gif", "-f lavfi -i testsrc2=size=64x48:rate=10:duration=1");
    assert!((900_000..=1_100_000).contains(&probe(&moving).await.unwrap().length_us));
}

#[tokio::test]
async fn a_film_cut_off_later_ends_where_its_data_ends() {
    let films = Films::new();
    let plain = films.sample("plain.mp4", "320x240", "25", 6);
    let fast = films.make("fast.mp4", &format!("-i {} -c copy -movflags +faststart", plain.display()));
    let bytes = std::fs::read(fast).unwrap();
    let report = probe(&films.write("half.mp4", &bytes[..bytes.len() / 2])).await.unwrap();
    assert!((2_000_000..4_000_000).contains(&report.length_us), "{}", report.length_us);
    assert_eq!(report.warnings[0].code, "shorter_than_claimed");
}

fn replaced(bytes: &[u8], from: &[u8; 4], to: &[u8; 4]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let places: Vec<usize> = (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(from)).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 4].copy_from_slice(to);
    }
    bytes
}

/// An ASF file with a content encryption object as the first one of its header (ASF specification, 3.14).
fn with_content_encryption(film: &[u8]) -> Vec<u8> {
    let field = |text: &[u8]| [&u32::try_from(text.len()).unwrap().to_le_bytes()[..], text].concat();
    let body = [field(b"secret"), field(b"DRM\0"), field(b"key\0"), field(b"http://127.0.0.1:9/\0")].concat();
    let guid = [0xfb, 0xb3, 0x11, 0x22, 0x23, 0xbd, 0xd2, 0x11, 0xb4, 0xb7, 0x00, 0xa0, 0xc9, 0x55, 0xfc, 0x6e];
    let object = [&guid[..], &(body.len() as u64 + 24).to_le_bytes(), &body].concat();
    let mut film = film.to_vec();
    let size = u64::from_le_bytes(film[16..24].try_into().unwrap()) + object.len() as u64;
    let count = u32::from_le_bytes(film[24..28].try_into().unwrap()) + 1;
    film[16..24].copy_from_slice(&size.to_le_bytes());
    film[24..28].copy_from_slice(&count.to_le_bytes());
    film.splice(30..30, object);
    film
}

/// A transport stream whose program map says that its samples are encrypted, with the table's checksum set right.
fn with_sample_aes_types(film: &[u8]) -> Vec<u8> {
    let mut film = film.to_vec();
    for packet in film.chunks_exact_mut(188) {
        // A packet that starts a section of table 2.
        let is_map = packet[1] & 0x40 != 0 && packet[3] & 0x30 == 0x10 && packet[4] == 0 && packet[5] == 2;
        if !is_map {
            continue;
        }
        let end = 5 + 3 + (usize::from(packet[6] & 0x0f) << 8 | usize::from(packet[7])) - 4;
        let mut at = 5 + 12 + (usize::from(packet[15] & 0x0f) << 8 | usize::from(packet[16]));
        while at < end {
            packet[at] = if packet[at] == 0x1b { 0xdb } else { 0xcf };
            at += 5 + (usize::from(packet[at + 3] & 0x0f) << 8 | usize::from(packet[at + 4]));
        }
        let checksum = crc32_mpeg(&packet[5..end]).to_be_bytes();
        packet[end..end + 4].copy_from_slice(&checksum);
    }
    film
}

/// CRC-32 of ISO/IEC 13818-1, annex A.
fn crc32_mpeg(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte) << 24,
            |crc, _| {
                if crc >> 31 == 1 { crc << 1 ^ 0x04c1_1db7 } else { crc << 1 }
            },
        )
    })
}
