//! HLS playlists (RFC 8216bis), from the plan alone: complete as soon as the plan stands, and never changed after.

use mutoscope_core::media::RenditionName;

use super::{Pictures, Sound, duration_us, language, layout, pictures, segments, sounds};
use crate::plan::{CaptionPlan, EncodePlan};

/// The group that every variant's sound is in.
const AUDIO_GROUP: &str = "audio";

/// The group that every variant's captions are in.
const CAPTIONS_GROUP: &str = "captions";

/// Players that go by the order of variants begin with the first one: this tall at most, so that it is there soon.
const FIRST_VARIANT_HEIGHT: u32 = 480;

/// The multivariant playlist. Addresses are relative: a rendition's media playlist is `NAME/index.m3u8`.
pub fn multivariant(plan: &EncodePlan) -> String {
    let audio = sounds(plan);
    let mut video = pictures(plan);
    if let Some(first) = video.iter().position(|rung| rung.size.short_side() <= FIRST_VARIANT_HEIGHT) {
        video[..=first].rotate_right(1);
    }
    let mut text = String::from("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    if !video.is_empty() || audio.len() > 1 {
        for (ordinal, track) in audio.iter().enumerate() {
            push(&mut text, media_tag(track, ordinal, &audio));
        }
    }
    for (ordinal, caption) in plan.captions.iter().enumerate() {
        push(&mut text, captions_tag(caption, ordinal, &plan.captions));
    }
    let has_captions = !plan.captions.is_empty();
    for rung in &video {
        push(&mut text, variant(rung, &audio, has_captions));
    }
    if video.is_empty()
        && let Some(first) = audio.first()
    {
        push(&mut text, sound_variant(first, audio.len() > 1, has_captions));
    }
    text
}

/// The media playlist of a rendition, in whose folder it lies; `None` where the plan has no such rendition.
pub fn media(plan: &EncodePlan, rendition: &RenditionName) -> Option<String> {
    let rendition = plan.rendition(rendition)?;
    let mut text = String::from("#EXTM3U\n#EXT-X-VERSION:7\n");
    push(&mut text, format!("#EXT-X-TARGETDURATION:{}", target_duration_s(plan)));
    push(&mut text, "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS".to_owned());
    push(&mut text, format!("#EXT-X-MAP:URI=\"{}\"", layout::INIT));
    for (index, facts) in segments(plan, rendition) {
        let us = duration_us(&facts);
        push(&mut text, format!("#EXTINF:{}.{:06},", us / 1_000_000, us % 1_000_000));
        push(&mut text, layout::segment(index));
    }
    text.push_str("#EXT-X-ENDLIST\n");
    Some(text)
}

/// The media playlist of a track of captions, in the folder of its name: all of it is one segment, as captions may have
/// another target duration than what they go with (RFC 8216, 6.2.4).
pub fn captions(plan: &EncodePlan, caption: &RenditionName) -> Option<String> {
    let caption = plan.caption(caption)?;
    let us = plan.grid.length_us();
    let target_s = ((us + 500_000) / 1_000_000).max(1);
    Some(format!(
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:{target_s}\n#EXT-X-MEDIA-SEQUENCE:0\n\
        #EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:{}.{:06},\n../{}\n#EXT-X-ENDLIST\n",
        us / 1_000_000,
        us % 1_000_000,
        layout::captions(&caption.name),
    ))
}

/// The same for all renditions: the longest segment of any, in whole seconds rounded to nearest, at least 1.
fn target_duration_s(plan: &EncodePlan) -> u64 {
    let all = plan.renditions.iter().flat_map(|rendition| segments(plan, rendition));
    let longest_us = all.map(|(_, facts)| duration_us(&facts)).max().unwrap_or(0);
    ((longest_us + 500_000) / 1_000_000).max(1)
}

fn variant(rung: &Pictures<'_>, audio: &[Sound<'_>], has_captions: bool) -> String {
    let most = |rate: fn(&Sound<'_>) -> u64| audio.iter().map(rate).max().unwrap_or(0);
    let mut codecs = vec![rung.rendition.rfc6381()];
    codecs.extend(audio.iter().map(|track| track.rendition.rfc6381()));
    codecs.dedup();
    let rate_milli = rung.frame_rate.scale(1_000);
    let mut tag = format!(
        "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}\",RESOLUTION={}x{},FRAME-RATE={}.{:03},\
        VIDEO-RANGE=SDR",
        rung.peak_bps + most(|track| track.peak_bps),
        rung.mean_bps + most(|track| track.mean_bps),
        codecs.join(","),
        rung.size.width,
        rung.size.height,
        rate_milli / 1_000,
        rate_milli % 1_000,
    );
    if !audio.is_empty() {
        tag.push_str(",AUDIO=\"");
        tag.push_str(AUDIO_GROUP);
        tag.push('"');
    }
    tag.push_str(captions_attribute(has_captions));
    tag.push_str(",CLOSED-CAPTIONS=NONE");
    format!("{tag}\n{}/{}", rung.name, layout::MEDIA_PLAYLIST)
}

/// None are needed for a group that is not there.
fn captions_attribute(has_captions: bool) -> &'static str {
    if has_captions { ",SUBTITLES=\"captions\"" } else { "" }
}

fn sound_variant(track: &Sound<'_>, has_group: bool, has_captions: bool) -> String {
    let group = if has_group { format!(",AUDIO=\"{AUDIO_GROUP}\"") } else { String::new() };
    format!(
        "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}\"{group}{}\n{}/{}",
        track.peak_bps,
        track.mean_bps,
        track.rendition.rfc6381(),
        captions_attribute(has_captions),
        track.name,
        layout::MEDIA_PLAYLIST
    )
}

fn media_tag(track: &Sound<'_>, ordinal: usize, all: &[Sound<'_>]) -> String {
    let called = |track: &Sound<'_>| {
        let own = own_name(track.title, track.language);
        match (track.channels > 2, own) {
            (false, own) => own,
            (true, Some(own)) => Some(format!("{own}, 5.1")),
            (true, None) => Some("Surround 5.1".to_owned()),
        }
    };
    let name = name(ordinal, called(track), all.iter().map(called));
    let mut tag = format!("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{AUDIO_GROUP}\",NAME=\"{name}\"");
    if let Some(language) = track.language.and_then(language::tag) {
        tag.push_str(&format!(",LANGUAGE=\"{language}\""));
    }
    tag.push_str(if track.default { ",DEFAULT=YES" } else { ",DEFAULT=NO" });
    // Surround is for who asks for it: a player that counted it among its choices might take it for two loudspeakers.
    let autoselect = if track.channels > 2 { "NO" } else { "YES" };
    tag.push_str(&format!(",AUTOSELECT={autoselect},CHANNELS=\"{}\"", track.channels));
    tag.push_str(&format!(",URI=\"{}/{}\"", track.name, layout::MEDIA_PLAYLIST));
    tag
}

fn captions_tag(caption: &CaptionPlan, ordinal: usize, all: &[CaptionPlan]) -> String {
    let called = |caption: &CaptionPlan| own_name(caption.title.as_deref(), caption.language.as_deref());
    let name = name(ordinal, called(caption), all.iter().map(called));
    let mut tag = format!("#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"{CAPTIONS_GROUP}\",NAME=\"{name}\"");
    if let Some(language) = caption.language.as_deref().and_then(language::tag) {
        tag.push_str(&format!(",LANGUAGE=\"{language}\""));
    }
    tag.push_str(if caption.default { ",DEFAULT=YES" } else { ",DEFAULT=NO" });
    tag.push_str(if caption.forced { ",AUTOSELECT=YES,FORCED=YES" } else { ",AUTOSELECT=YES,FORCED=NO" });
    if caption.hearing_impaired {
        tag.push_str(
            ",CHARACTERISTICS=\"public.accessibility.transcribes-spoken-dialog,\
            public.accessibility.describes-music-and-sound\"",
        );
    }
    tag.push_str(&format!(",URI=\"{}/{}\"", caption.name, layout::MEDIA_PLAYLIST));
    tag
}

/// What a track calls itself: its title, else its language.
fn own_name(title: Option<&str>, language: Option<&str>) -> Option<String> {
    let title = title.map(quotable).filter(|title| !title.is_empty());
    title.or_else(|| language.and_then(language::tag))
}

/// What a menu shows: what the track calls itself, else its number; no two alike.
fn name(ordinal: usize, own: Option<String>, all: impl Iterator<Item = Option<String>>) -> String {
    match own {
        None => format!("Track {}", ordinal + 1),
        Some(own) => {
            let doubled = all.filter(|other| other.as_ref() == Some(&own)).count() > 1;
            if doubled { format!("{own} ({})", ordinal + 1) } else { own }
        }
    }
}

/// A quoted string may hold neither quotes nor line ends (RFC 8216bis, section 4.2); a file may hold anything.
fn quotable(text: &str) -> String {
    let clean = text.chars().filter(|character| !character.is_control() && *character != '"');
    clean.take(60).collect::<String>().trim().to_owned()
}

fn push(text: &mut String, line: String) {
    text.push_str(&line);
    text.push('\n');
}
