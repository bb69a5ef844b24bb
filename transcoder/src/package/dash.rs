//! The DASH presentation description (ISO/IEC 23009-1), static, over the same files as the HLS playlists.

use super::{Pictures, Sound, duration_us, language, layout, pictures, segments, sounds};
use crate::{
    plan::{CaptionPlan, EncodePlan, RenditionPlan},
    span::SegmentFacts,
};

/// What captions take, about; the attribute is required, and a plan does not know their size.
const CAPTIONS_BPS: u32 = 1_000;

/// The presentation description. Addresses are relative: `NAME/init.mp4`, `NAME/00000.m4s`.
pub fn presentation(plan: &EncodePlan) -> String {
    let longest_us = plan
        .renditions
        .iter()
        .flat_map(|rendition| segments(plan, rendition))
        .map(|(_, facts)| duration_us(&facts))
        .max()
        .unwrap_or(0);
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.push_str(&format!(
        "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" profiles=\"urn:mpeg:dash:profile:isoff-live:2011\" \
        type=\"static\" mediaPresentationDuration=\"{}\" maxSegmentDuration=\"{}\" minBufferTime=\"PT4S\">\n  \
        <Period id=\"0\" start=\"PT0S\">\n",
        period(plan.grid.length_us()),
        period(longest_us),
    ));
    let video = pictures(plan);
    for (ordinal, of_codec) in video.chunk_by(|one, next| one.codec == next.codec).enumerate() {
        text.push_str(&picture_set(plan, of_codec, ordinal));
    }
    for (ordinal, track) in sounds(plan).iter().enumerate() {
        text.push_str(&sound_set(plan, track, ordinal));
    }
    for (ordinal, caption) in plan.captions.iter().enumerate() {
        text.push_str(&captions_set(caption, sounds(plan).len() + 1 + ordinal));
    }
    text.push_str("  </Period>\n</MPD>\n");
    text
}

/// The rungs of one codec, as players change between them and not between codecs. They share one timeline, same rate and
/// same cuts; what is carried over keeps the source's own, cut at the same pictures.
fn picture_set(plan: &EncodePlan, all: &[Pictures<'_>], ordinal: usize) -> String {
    // Sets of sound count from 1.
    let id = if ordinal == 0 { 0 } else { 1_000 + ordinal };
    let mut set = format!(
        "    <AdaptationSet id=\"{id}\" contentType=\"video\" mimeType=\"video/mp4\" segmentAlignment=\"true\" \
        startWithSAP=\"1\">\n",
    );
    let shared = all.iter().find(|rung| !rung.rendition.is_carried());
    if let Some(rung) = shared {
        set.push_str(&template(plan, rung.rendition, "      "));
    }
    for rung in all {
        set.push_str(&format!(
            "      <Representation id=\"{}\" codecs=\"{}\" bandwidth=\"{}\" width=\"{}\" height=\"{}\" \
            frameRate=\"{}\" sar=\"1:1\"",
            rung.name,
            rung.rendition.rfc6381(),
            rung.peak_bps,
            rung.size.width,
            rung.size.height,
            rung.frame_rate,
        ));
        if rung.rendition.is_carried() {
            set.push_str(&format!(">\n{}      </Representation>\n", template(plan, rung.rendition, "        ")));
        } else {
            set.push_str("/>\n");
        }
    }
    set.push_str("    </AdaptationSet>\n");
    set
}

fn sound_set(plan: &EncodePlan, track: &Sound<'_>, ordinal: usize) -> String {
    let language = match track.language.and_then(language::tag) {
        Some(tag) => format!(" lang=\"{tag}\""),
        None => String::new(),
    };
    let mut set = format!(
        "    <AdaptationSet id=\"{}\" contentType=\"audio\" mimeType=\"audio/mp4\" segmentAlignment=\"true\" \
        startWithSAP=\"1\"{language}>\n      <Role schemeIdUri=\"urn:mpeg:dash:role:2011\" value=\"{}\"/>\n",
        ordinal + 1,
        if track.default { "main" } else { "alternate" },
    );
    set.push_str(&template(plan, track.rendition, "      "));
    set.push_str(&format!(
        "      <Representation id=\"{}\" codecs=\"{}\" bandwidth=\"{}\" audioSamplingRate=\"{}\">\n        \
        <AudioChannelConfiguration schemeIdUri=\"urn:mpeg:dash:23003:3:audio_channel_configuration:2011\" \
        value=\"{}\"/>\n      </Representation>\n    </AdaptationSet>\n",
        track.name,
        track.rendition.rfc6381(),
        track.peak_bps,
        track.sample_rate_hz,
        track.channels,
    ));
    set
}

/// A track of captions: one file beside the segments. Roles are those of ISO/IEC 23009-1, 5.8.5.5.
fn captions_set(caption: &CaptionPlan, id: usize) -> String {
    let language = match caption.language.as_deref().and_then(language::tag) {
        Some(tag) => format!(" lang=\"{tag}\""),
        None => String::new(),
    };
    let mut roles = vec![match (caption.forced, caption.hearing_impaired) {
        (true, _) => "forced-subtitle",
        (false, true) => "caption",
        (false, false) => "subtitle",
    }];
    roles.extend(caption.default.then_some("main"));
    let roles: String = roles
        .into_iter()
        .map(|role| format!("      <Role schemeIdUri=\"urn:mpeg:dash:role:2011\" value=\"{role}\"/>\n"))
        .collect();
    format!(
        "    <AdaptationSet id=\"{id}\" contentType=\"text\" mimeType=\"text/vtt\"{language}>\n{roles}      \
        <Representation id=\"{}\" bandwidth=\"{CAPTIONS_BPS}\">\n        <BaseURL>{}</BaseURL>\n      \
        </Representation>\n    </AdaptationSet>\n",
        caption.name,
        layout::captions(&caption.name),
    )
}

/// The segments' addresses and times; runs of equal lengths are one line.
fn template(plan: &EncodePlan, rendition: &RenditionPlan, indent: &str) -> String {
    let all: Vec<(u32, SegmentFacts)> = segments(plan, rendition).collect();
    let (start_number, timescale) = all.first().map_or((0, 1), |(index, facts)| (*index, facts.timescale));
    let mut text = format!(
        "{indent}<SegmentTemplate timescale=\"{timescale}\" startNumber=\"{start_number}\" \
        initialization=\"$RepresentationID$/{}\" media=\"$RepresentationID$/$Number%05d$.m4s\">\n{indent}  \
        <SegmentTimeline>\n",
        layout::INIT,
    );
    let mut runs: Vec<(SegmentFacts, u32)> = Vec::new();
    for (_, facts) in all {
        match runs.last_mut() {
            Some((run, count)) if run.duration == facts.duration => *count += 1,
            _ => runs.push((facts, 1)),
        }
    }
    for (facts, count) in runs {
        let repeated = if count > 1 { format!(" r=\"{}\"", count - 1) } else { String::new() };
        text.push_str(&format!("{indent}    <S t=\"{}\" d=\"{}\"{repeated}/>\n", facts.start, facts.duration));
    }
    text.push_str(&format!("{indent}  </SegmentTimeline>\n{indent}</SegmentTemplate>\n"));
    text
}

/// A length of time as XML Schema writes it.
fn period(us: u64) -> String {
    format!("PT{}.{:06}S", us / 1_000_000, us % 1_000_000)
}
