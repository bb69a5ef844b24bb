//! As much of HLS as a reader needs who trusts nothing: which addresses a playlist names.

/// The media playlists of the multivariant playlist, tallest picture first, and those of audio.
#[derive(Debug, Default)]
pub struct Multivariant {
    pub variants: Vec<Variant>,
    pub audio: Vec<String>,
}

/// One entry of a multivariant playlist.
#[derive(Debug)]
pub struct Variant {
    pub height: u32,
    pub address: String,
}

/// What a media playlist names.
#[derive(Debug, Default)]
pub struct Media {
    pub init: String,
    pub segments: Vec<String>,
    pub seconds: f64,
    pub is_complete: bool,
}

/// Reads a multivariant playlist (RFC 8216, section 4.3.4).
pub fn read_multivariant(text: &str) -> Multivariant {
    assert!(text.starts_with("#EXTM3U"), "a playlist: {text}");
    let mut found = Multivariant::default();
    let mut height = 0;
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(attributes) = line.strip_prefix("#EXT-X-STREAM-INF:") {
            let resolution = value(attributes, "RESOLUTION").unwrap_or_default();
            height = resolution.split('x').nth(1).and_then(|height| height.parse().ok()).unwrap_or(0);
        } else if let Some(attributes) = line.strip_prefix("#EXT-X-MEDIA:") {
            found.audio.extend(value(attributes, "URI"));
        } else if !line.starts_with('#') {
            found.variants.push(Variant { height, address: line.to_owned() });
        }
    }
    found.variants.sort_by_key(|variant| std::cmp::Reverse(variant.height));
    found
}

/// Reads a media playlist (RFC 8216, sections 4.3.2 and 4.3.3).
pub fn read_media(text: &str) -> Media {
    assert!(text.starts_with("#EXTM3U"), "a playlist: {text}");
    let mut found = Media::default();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(attributes) = line.strip_prefix("#EXT-X-MAP:") {
            found.init = value(attributes, "URI").expect("the address of the init segment");
        } else if let Some(duration) = line.strip_prefix("#EXTINF:") {
            let seconds = duration.split(',').next().unwrap_or_default();
            found.seconds += seconds.parse::<f64>().expect("a length");
        } else if line == "#EXT-X-ENDLIST" {
            found.is_complete = true;
        } else if !line.starts_with('#') {
            found.segments.push(line.to_owned());
        }
    }
    found
}

fn value(attributes: &str, name: &str) -> Option<String> {
    let start =
        attributes.match_indices(name).map(|(at, _)| at).find(|at| {
            (*at == 0 || attributes[..*at].ends_with(',')) && attributes[at + name.len()..].starts_with('=')
        })? + name.len()
            + 1;
    let rest = &attributes[start..];
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().map(str::to_owned),
        None => rest.split(',').next().map(str::to_owned),
    }
}
