//! What a file is by its first bytes, where it is no film: so that its owner gets the right sentence.
//!
//! This only names things. What keeps them out is the demuxer list.

use crate::error::MediaErrorCode;

/// How many bytes are looked at.
pub const SNIFF_BYTES: u32 = 4096;

/// Why these first bytes are no film's, or `None` where they may be one's.
pub fn refuse_by_content(start: &[u8]) -> Option<MediaErrorCode> {
    if start.is_empty() {
        return Some(MediaErrorCode::EmptyFile);
    }
    if is_archive(start) {
        return Some(MediaErrorCode::ArchiveRefused);
    }
    if is_still_picture(start) {
        return Some(MediaErrorCode::ImageRefused);
    }
    let text = readable_text(start)?;
    Some(if is_playlist(&text) { MediaErrorCode::PlaylistRefused } else { MediaErrorCode::NotMedia })
}

/// Whether these first bytes are an ISO base media file's, whose index may lie at the end that is missing.
pub fn starts_like_mp4(start: &[u8]) -> bool {
    let kinds: [&[u8; 4]; 5] = [b"ftyp", b"moov", b"mdat", b"wide", b"free"];
    start.get(4..8).is_some_and(|kind| kinds.iter().any(|known| kind == *known))
}

fn is_archive(start: &[u8]) -> bool {
    const STARTS: &[&[u8]] = &[
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\x1f\x8b",
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!\x1a\x07",
        b"\xfd7zXZ\x00",
        b"BZh",
        b"\x28\xb5\x2f\xfd",
    ];
    STARTS.iter().any(|magic| start.starts_with(magic)) || start.get(257..262) == Some(b"ustar")
}

fn is_still_picture(start: &[u8]) -> bool {
    const STARTS: &[&[u8]] = &[
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"BM",
        b"II*\x00",
        b"MM\x00*",
        b"8BPS",
        b"\x00\x00\x01\x00",
        b"qoif",
        b"\xff\x0a",
        b"\x00\x00\x00\x0cJXL ",
        b"\x00\x00\x00\x0cjP  ",
    ];
    let webp = start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP");
    let brand = start.get(4..8).filter(|kind| *kind == b"ftyp").and_then(|_| start.get(8..12));
    let heif = brand.is_some_and(|brand| [b"heic", b"heix", b"mif1", b"avif"].iter().any(|still| brand == *still));
    STARTS.iter().any(|magic| start.starts_with(magic)) || webp || heif
}

/// The start as text, where it is nothing but text.
fn readable_text(start: &[u8]) -> Option<String> {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    // A character may be cut at the end of what is looked at.
    let valid = match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() + 4 > start.len() => {
            std::str::from_utf8(&start[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let control = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t' | '\u{c}');
    if valid.chars().any(control) { None } else { Some(valid.trim_start().to_ascii_lowercase()) }
}

fn is_playlist(text: &str) -> bool {
    const STARTS: &[&str] = &[
        "#extm3u",
        "ffconcat",
        "[playlist]",
        "v=0",
        "#!",
        "subfile",
        "rtsptext",
        "asf ",
        "#ext",
        "<asx",
        "<smil",
        "<mpd",
    ];
    const MARKS: &[&str] = &["#extinf", "<mpd", "<smil", "<asx", "<smoothstreamingmedia", "<playlist", "<assetmap"];
    STARTS.iter().any(|word| text.starts_with(word)) || MARKS.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_film_gets_its_own_code() {
        use MediaErrorCode::*;
        let cases: &[(&[u8], Option<MediaErrorCode>)] = &[
            (b"", Some(EmptyFile)),
            (b"hello, this is a text", Some(NotMedia)),
            (b"\xef\xbb\xbf#EXTM3U\n#EXTINF:4,\n/some/film.mp4\n", Some(PlaylistRefused)),
            (b"  <?xml version=\"1.0\"?>\n<MPD></MPD>", Some(PlaylistRefused)),
            (b"ffconcat version 1.0\nfile x.mp4", Some(PlaylistRefused)),
            (b"v=0\r\no=- 0 0 IN IP4 127.0.0.1", Some(PlaylistRefused)),
            (b"PK\x03\x04\x14\x00", Some(ArchiveRefused)),
            (b"\x89PNG\r\n\x1a\n\x00", Some(ImageRefused)),
            (b"\x00\x00\x00\x18ftypheic", Some(ImageRefused)),
            (b"\x00\x00\x00\x20ftypisom", None),
            (b"\x1a\x45\xdf\xa3", None),
        ];
        for (start, expected) in cases {
            assert_eq!(refuse_by_content(start), *expected, "{:?}", String::from_utf8_lossy(start));
        }
    }
}
