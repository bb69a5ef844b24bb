//! The DASH presentation description (ISO/IEC 23009-1), static, over the same files as the HLS playlists.

use super::{
    audio_bandwidth_bps, audio_renditions, duration_us, language, layout, peak_bandwidth_bps, segments,
    video_renditions,
};
use crate::{
    plan::{AudioRendition, EncodePlan, RenditionPlan, VideoRendition},
    span::SegmentFacts,
};

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
    let video = video_renditions(plan);
    if let Some(first) = video.first() {
        text.push_str(&picture_set(plan, first, &video));
    }
    for (ordinal, track) in audio_renditions(plan).into_iter().enumerate() {
        text.push_str(&sound_set(plan, track, ordinal));
    }
    text.push_str("  </Period>\n</MPD>\n");
    text
}

/// All rungs share one timeline: same rate, same cuts.
fn picture_set(plan: &EncodePlan, first: &VideoRendition, all: &[&VideoRendition]) -> String {
    let mut set = String::from(
        "    <AdaptationSet id=\"0\" contentType=\"video\" mimeType=\"video/mp4\" segmentAlignment=\"true\" \
        startWithSAP=\"1\">\n",
    );
    set.push_str(&template(plan, &RenditionPlan::Video((*first).clone())));
    for rung in all {
        set.push_str(&format!(
            "      <Representation id=\"{}\" codecs=\"{}\" bandwidth=\"{}\" width=\"{}\" height=\"{}\" \
            frameRate=\"{}\" sar=\"1:1\"/>\n",
            rung.name,
            rung.level.rfc6381_high(),
            peak_bandwidth_bps(plan, rung),
            rung.rung.size.width,
            rung.rung.size.height,
            rung.frame_rate,
        ));
    }
    set.push_str("    </AdaptationSet>\n");
    set
}

fn sound_set(plan: &EncodePlan, track: &AudioRendition, ordinal: usize) -> String {
    let language = match track.language.as_deref().and_then(language::tag) {
        Some(tag) => format!(" lang=\"{tag}\""),
        None => String::new(),
    };
    let mut set = format!(
        "    <AdaptationSet id=\"{}\" contentType=\"audio\" mimeType=\"audio/mp4\" segmentAlignment=\"true\" \
        startWithSAP=\"1\"{language}>\n      <Role schemeIdUri=\"urn:mpeg:dash:role:2011\" value=\"{}\"/>\n",
        ordinal + 1,
        if track.default { "main" } else { "alternate" },
    );
    set.push_str(&template(plan, &RenditionPlan::Audio(track.clone())));
    set.push_str(&format!(
        "      <Representation id=\"{}\" codecs=\"{}\" bandwidth=\"{}\" audioSamplingRate=\"{}\">\n        \
        <AudioChannelConfiguration schemeIdUri=\"urn:mpeg:dash:23003:3:audio_channel_configuration:2011\" \
        value=\"{}\"/>\n      </Representation>\n    </AdaptationSet>\n",
        track.name,
        track.codec.rfc6381(),
        audio_bandwidth_bps(track),
        track.sample_rate_hz,
        track.channels,
    ));
    set
}

/// The segments' addresses and times; runs of equal lengths are one line.
fn template(plan: &EncodePlan, rendition: &RenditionPlan) -> String {
    let all: Vec<(u32, SegmentFacts)> = segments(plan, rendition).collect();
    let (start_number, timescale) = all.first().map_or((0, 1), |(index, facts)| (*index, facts.timescale));
    let mut text = format!(
        "      <SegmentTemplate timescale=\"{timescale}\" startNumber=\"{start_number}\" \
        initialization=\"$RepresentationID$/{}\" media=\"$RepresentationID$/$Number%05d$.m4s\">\n        \
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
        text.push_str(&format!("          <S t=\"{}\" d=\"{}\"{repeated}/>\n", facts.start, facts.duration));
    }
    text.push_str("        </SegmentTimeline>\n      </SegmentTemplate>\n");
    text
}

/// A length of time as XML Schema writes it.
fn period(us: u64) -> String {
    format!("PT{}.{:06}S", us / 1_000_000, us % 1_000_000)
}
