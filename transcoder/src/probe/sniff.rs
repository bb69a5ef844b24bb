//! What a file is by its first bytes, where it is no film: so that its owner gets the right sentence.
//!
//! This only names things. What keeps them out is the demuxer list.

use crate::error::MediaErrorCode;

/// How many bytes are looked at: a disc image names itself at 32 KiB.
pub const SNIFF_BYTES: u32 = 36 << 10;
/// Boxes of an ISO base media file that are walked over.
const MOST_BOXES: u32 = 4_096;
/// How much of a text is searched for what makes it a playlist.
const TEXT_BYTES: usize = 8 << 10;

/// Why these first bytes are no film's, or `None` where they may be one's.
pub fn refuse_by_content(start: &[u8]) -> Option<MediaErrorCode> {
    if start.is_empty() {
        return Some(MediaErrorCode::EmptyFile);
    }
    if is_document_or_program(start) {
        return Some(MediaErrorCode::NotMedia);
    }
    if is_archive(start) {
        return Some(MediaErrorCode::ArchiveRefused);
    }
    if is_still_picture(start) {
        return Some(MediaErrorCode::ImageRefused);
    }
    if is_scrambled(start) {
        return Some(MediaErrorCode::Encrypted);
    }
    let text = readable_text(start)?;
    Some(if is_playlist(&text) { MediaErrorCode::PlaylistRefused } else { MediaErrorCode::NotMedia })
}

/// Whether a file that starts like an ISO base media file ends in the middle of a box, or before its index. `read` gives
/// 16 bytes at an offset.
pub fn is_mp4_cut_off(start: &[u8], length: u64, mut read: impl FnMut(u64) -> Option<[u8; 16]>) -> bool {
    const STARTS: [&[u8; 4]; 6] = [b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"];
    if !start.get(4..8).is_some_and(|kind| STARTS.iter().any(|known| kind == *known)) {
        return false;
    }
    let (mut at, mut has_index) = (0_u64, false);
    for _ in 0..MOST_BOXES {
        if at == length {
            return !has_index;
        }
        let Some(head) = read(at) else { return true };
        let [a, b, c, d, kind @ .., e, f, g, h, i, j, k, l] = head;
        has_index |= kind == *b"moov";
        let size = match u32::from_be_bytes([a, b, c, d]) {
            // To the end of the file.
            0 => return !has_index,
            1 => u64::from_be_bytes([e, f, g, h, i, j, k, l]),
            size => u64::from(size),
        };
        match at.checked_add(size) {
            Some(next) if size >= 8 && next <= length => at = next,
            Some(_) if size >= 8 => return true,
            _ => return false,
        }
    }
    false
}

/// Why a file that libav takes for a container of these names (joined by commas), none of which is on the list, is no
/// film.
pub fn refuse_by_container(names: &str) -> MediaErrorCode {
    const PLAYLISTS: &[&str] =
        &["hls", "applehttp", "dash", "concat", "sdp", "rtsp", "imf", "webm_dash_manifest", "rtp", "smoothstreaming"];
    const PICTURES: &[&str] = &["image2", "fits", "apng", "ico", "webp", "alias_pix", "brender_pix"];
    let is_one_of = |list: &[&str]| names.split(',').any(|name| list.contains(&name));
    if is_one_of(PLAYLISTS) {
        MediaErrorCode::PlaylistRefused
    } else if is_one_of(PICTURES) || names.split(',').any(|name| name.ends_with("_pipe")) {
        MediaErrorCode::ImageRefused
    } else {
        MediaErrorCode::NotMedia
    }
}

fn is_document_or_program(start: &[u8]) -> bool {
    const STARTS: &[&[u8]] = &[
        b"%PDF",
        b"%!PS",
        b"\x7fELF",
        b"MZ",
        b"\xfe\xed\xfa\xce",
        b"\xfe\xed\xfa\xcf",
        b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
        b"\0asm",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"SQLite format 3",
        b"{\\rtf",
    ];
    // Office documents are archives to a machine, not to the person who uploads one.
    let office = start.starts_with(b"PK\x03\x04") && {
        let head = start.get(..2_048).unwrap_or(start);
        holds(head, b"[Content_Types].xml") || holds(head, b"mimetypeapplication/")
    };
    STARTS.iter().any(|magic| start.starts_with(magic)) || office
}

fn is_archive(start: &[u8]) -> bool {
    const STARTS: &[&[u8]] = &[
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"PK\x07\x08",
        b"\x1f\x8b",
        b"\x1f\x9d",
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!\x1a\x07",
        b"\xfd7zXZ\x00",
        b"BZh",
        b"\x28\xb5\x2f\xfd",
        b"\x04\x22\x4d\x18",
        b"LZIP",
        b"MSCF\0\0\0\0",
        b"!<arch>\n",
        b"070701",
        b"070707",
        b"hsqs",
        b"xar!",
        b"MSWIM\0",
        b"\xed\xab\xee\xdb",
    ];
    // An .lzma file has no magic: properties, a dictionary's size, and a length that is unknown.
    let lzma = start.starts_with(b"\x5d\0\0") && start.get(5..13).is_some_and(|length| length == [0xff; 8]);
    // ISO 9660 and UDF volume descriptors, in the 17th sector of 2,048 bytes.
    let disc = start.get(32_769..32_774).is_some_and(|name| name == b"CD001" || name == b"BEA01");
    STARTS.iter().any(|magic| start.starts_with(magic)) || start.get(257..262) == Some(b"ustar") || lzma || disc
}

fn is_still_picture(start: &[u8]) -> bool {
    const STARTS: &[&[u8]] = &[
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"II*\x00",
        b"MM\x00*",
        b"II\x2b\x00",
        b"MM\x00\x2b",
        b"8BPS",
        b"\x00\x00\x01\x00",
        b"qoif",
        b"\xff\x0a",
        b"\x00\x00\x00\x0cJXL ",
        b"\x00\x00\x00\x0cjP  ",
        b"\x76\x2f\x31\x01",
        b"SDPX",
        b"XPDS",
        b"BPG\xfb",
        b"gimp xcf",
    ];
    // The second word of a bitmap's header is reserved and zero; "BM" alone begins many a text.
    let bitmap = start.starts_with(b"BM") && start.get(6..10) == Some(&[0; 4]);
    let webp = start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP");
    let brand = start.get(4..8).filter(|kind| *kind == b"ftyp").and_then(|_| start.get(8..12));
    const BRANDS: [&[u8; 4]; 12] =
        [b"heic", b"heix", b"heim", b"heis", b"mif1", b"mif2", b"avif", b"avis", b"jp2 ", b"jpx ", b"jxl ", b"crx "];
    let still_brand = brand.is_some_and(|brand| BRANDS.iter().any(|still| brand == *still));
    STARTS.iter().any(|magic| start.starts_with(magic)) || bitmap || webp || still_brand
}

/// Whether this is a transport stream whose payloads are scrambled (ISO/IEC 13818-1, `transport_scrambling_control`),
/// or a program stream whose packets are (`PES_scrambling_control`, discs).
fn is_scrambled(start: &[u8]) -> bool {
    const TS_PACKET: usize = 188;
    let packets: Vec<&[u8]> = start.chunks_exact(TS_PACKET).collect();
    if packets.len() >= 4 && packets.iter().all(|packet| packet[0] == 0x47) {
        let with_payload = packets.iter().filter(|packet| packet[3] & 0x10 != 0).count();
        let scrambled = packets.iter().filter(|packet| packet[3] & 0x10 != 0 && packet[3] & 0xc0 != 0).count();
        return scrambled * 2 > with_payload;
    }
    if !start.starts_with(&[0, 0, 1, 0xba]) {
        return false;
    }
    // A pack header, then packets of sound (0xc0 to 0xdf) or pictures (0xe0 to 0xef): the byte after their length
    // begins with `10` in MPEG-2, then the two bits.
    let is_media = |packet: &&[u8]| packet.starts_with(&[0, 0, 1]) && matches!(packet[3], 0xc0..=0xef);
    let scrambling: Vec<u8> = start.windows(7).filter(is_media).map(|packet| packet[6]).collect();
    let marked = scrambling.iter().filter(|flags| **flags & 0xc0 == 0x80 && **flags & 0x30 != 0).count();
    marked > 0 && marked * 2 > scrambling.len()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The start as text in lower case, where it is nothing but text: UTF-8, or UTF-16 that says so or looks it.
fn readable_text(start: &[u8]) -> Option<String> {
    let start = start.get(..TEXT_BYTES).unwrap_or(start);
    let wide = |from_bytes: fn([u8; 2]) -> u16| -> Option<String> {
        let units = start.chunks_exact(2).map(|pair| from_bytes([pair[0], pair[1]]));
        let decoded: Option<String> = char::decode_utf16(units).map(Result::ok).collect();
        decoded.filter(|text| !text.is_empty())
    };
    let valid = match start {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes)?,
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes)?,
        [first, 0, second, 0, ..] if first.is_ascii_graphic() && *second != 0 => wide(u16::from_le_bytes)?,
        [0, first, 0, second, ..] if first.is_ascii_graphic() && *second != 0 => wide(u16::from_be_bytes)?,
        _ => match std::str::from_utf8(start) {
            Ok(text) => text.to_owned(),
            // A character may be cut at the end of what is looked at.
            Err(error) if error.error_len().is_none() => {
                String::from_utf8_lossy(&start[..error.valid_up_to()]).into_owned()
            }
            Err(_) => return None,
        },
    };
    let valid = valid.trim_start_matches('\u{feff}');
    let control = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t' | '\u{c}');
    if valid.chars().any(control) { None } else { Some(valid.trim_start().to_lowercase()) }
}

fn is_playlist(text: &str) -> bool {
    const STARTS: &[&str] = &[
        "#ext",
        "ffconcat",
        "file ",
        "[playlist]",
        "[reference]",
        "[internetshortcut]",
        "v=0",
        "#!",
        "subfile",
        "rtsptext",
        "asf ",
        "movie=",
        "amovie=",
        "# mpv edl",
        "mplayer edl",
    ];
    const MARKS: &[&str] = &[
        "#extinf",
        "#ext-x-",
        "<mpd",
        ":mpd ",
        "<smil",
        "<asx",
        "<smoothstreamingmedia",
        "<playlist",
        "<assetmap",
        "<compositionplaylist",
        "http://ns.adobe.com/f4m",
        "<?quicktime",
        "<mlt",
        "avisource(",
        "directshowsource(",
        "ffvideosource(",
        "ffmpegsource2(",
        "lwlibavvideosource(",
        "import vapoursynth",
        "from vapoursynth",
    ];
    // A list of addresses without a header: links, or what a player's own list is.
    let first_line = text.lines().next().unwrap_or_default();
    let is_address = first_line.split_once("://").is_some_and(|(scheme, rest)| {
        !scheme.is_empty()
            && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '+')
            && !rest.is_empty()
    });
    is_address || STARTS.iter().any(|word| text.starts_with(word)) || MARKS.iter().any(|word| text.contains(word))
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
            (b"%PDF-1.7\n%\xe2\xe3", Some(NotMedia)),
            (b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml", Some(NotMedia)),
            (b"BM is how this text begins", Some(NotMedia)),
            (b"\xff\xfe#\0E\0X\0T\0M\x003\0U\0\n\0", Some(PlaylistRefused)),
            (b"#\0E\0X\0T\0M\x003\0U\0\n\0", Some(PlaylistRefused)),
            (b"https://example.org/film.mp4\n", Some(PlaylistRefused)),
            (b"import vapoursynth as vs\n", Some(PlaylistRefused)),
            (b"\x00\x00\x00\x20ftypisom", None),
            (b"\x1a\x45\xdf\xa3", None),
        ];
        for (start, expected) in cases {
            assert_eq!(refuse_by_content(start), *expected, "{:?}", String::from_utf8_lossy(start));
        }
    }

    #[test]
    fn a_stream_whose_packets_are_scrambled_is_encrypted_and_a_plain_one_is_not() {
        let stream = |control: u8| [0x47, 0x41, 0x00, 0x10 | control].into_iter().chain([0xaa; 184]);
        let film = |control: u8| std::iter::repeat_with(|| stream(control)).take(20).flatten().collect::<Vec<u8>>();
        assert_eq!(refuse_by_content(&film(0x80)), Some(MediaErrorCode::Encrypted));
        assert_eq!(refuse_by_content(&film(0)), None);
        let disc =
            |flags: u8| [&[0, 0, 1, 0xba, 0x44][..], &[1; 9], &[0, 0, 1, 0xe0, 7, 0xec, flags], &[7; 99]].concat();
        assert_eq!(refuse_by_content(&disc(0x91)), Some(MediaErrorCode::Encrypted));
        assert_eq!(refuse_by_content(&disc(0x81)), None);
    }

    #[test]
    fn a_container_that_is_not_on_the_list_is_named_for_what_it_is() {
        assert_eq!(refuse_by_container("hls"), MediaErrorCode::PlaylistRefused);
        assert_eq!(refuse_by_container("exr_pipe"), MediaErrorCode::ImageRefused);
        assert_eq!(refuse_by_container("tty"), MediaErrorCode::NotMedia);
    }
}
