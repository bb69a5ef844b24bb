//! The film's captions: every planned track is read to its end in one pass and written as one file.

use std::{collections::BTreeMap, ops::Range};

use super::{demux::Film, event_text, report::Reporter, stop::Stop};
use crate::{
    av::{
        Packet,
        decoder::DecoderTemplate,
        input::{DAMAGED_IN_A_ROW, Read, Reading},
        is_discarded, is_encrypted,
        text::{DecodedText, TextDecoder},
    },
    error::{MediaError, MediaErrorCode, MediaWarning},
    jail::FromChild,
    package::webvtt::{self, Cue, CueText},
    plan::CaptionPlan,
    probe::{SeekMode, to_us},
};

/// How long words are shown of which neither they nor what follows tells.
const LONGEST_US: i64 = 7_000_000;
/// 3GPP timed text: each sample takes the place of the one before, empty ones of nothing (3GPP TS 26.245).
const TIMED_TEXT: &str = "mov_text";
/// Packets of text that are decoded of one track, and bytes of one packet. A film of six hours has some ten thousand.
const MOST_PACKETS: u32 = 100_000;
const LARGEST_PACKET: usize = 64 << 10;

/// Makes the plan's captions.
///
/// # Errors
/// Where the film cannot be read, or is not the one that was planned.
pub fn make(film: &Film<'_>, reporter: &Reporter<'_>) -> Result<(), MediaError> {
    let plan = film.plan;
    if plan.captions.is_empty() {
        return Ok(());
    }
    // Where every sample's place is known, only those of the captions are read: little at a time.
    let is_indexed = plan.source.seek == SeekMode::SampleIndex;
    let mut input = film.open_with(if is_indexed { Reading::Samples } else { Reading::All })?;
    let mut tracks = BTreeMap::new();
    for caption in &plan.captions {
        let template = DecoderTemplate::new(&input, caption.stream, film.limits)?;
        tracks.insert(caption.stream, Track::open(&template, caption)?);
    }
    let mut kept: Vec<u32> = tracks.keys().copied().collect();
    if !is_indexed {
        // All is read anyway: packets of another stream show that the work goes on where nobody speaks.
        kept.extend(plan.video.iter().map(|video| video.stream).chain(plan.audio.iter().map(|track| track.stream)));
    }
    input.keep_only(&kept);
    let mut damaged = 0;
    while damaged < DAMAGED_IN_A_ROW {
        match input.read()? {
            Read::Packet(packet) => {
                damaged = 0;
                let track = u32::try_from(packet.stream()).ok().and_then(|stream| tracks.get_mut(&stream));
                if let Some(track) = track {
                    track.take(packet);
                }
            }
            Read::Damaged => damaged += 1,
            Read::End => break,
        }
        reporter.sign_of_work().map_err(|Stop| MediaErrorCode::Cancelled)?;
    }
    for caption in &plan.captions {
        let Some(track) = tracks.remove(&caption.stream) else { continue };
        let (text, warnings) = track.finish(plan.source.start_us, plan.grid.length_ms());
        for warning in warnings {
            reporter.warn(warning).map_err(|Stop| MediaErrorCode::Cancelled)?;
        }
        let header = FromChild::Captions { rendition: caption.name.clone() };
        film.channel.send(&header, text.as_bytes()).map_err(|_| MediaErrorCode::Cancelled)?;
    }
    Ok(())
}

/// One track in the reading.
struct Track<'a> {
    caption: &'a CaptionPlan,
    decoder: TextDecoder,
    texts: Vec<DecodedText>,
    packets: u32,
    unread: u32,
}

impl<'a> Track<'a> {
    fn open(template: &DecoderTemplate, caption: &'a CaptionPlan) -> Result<Self, MediaError> {
        let decoder = TextDecoder::open(template)?;
        Ok(Self { caption, decoder, texts: Vec::new(), packets: 0, unread: 0 })
    }

    fn take(&mut self, mut packet: Packet) {
        if is_discarded(&packet) {
            return;
        }
        self.packets = self.packets.saturating_add(1);
        if self.packets > MOST_PACKETS {
            return;
        }
        if packet.size() > LARGEST_PACKET || is_encrypted(&packet) {
            self.unread += 1;
            return;
        }
        if let (true, Some(ticks)) = (self.caption.codec == TIMED_TEXT, packet.pts()) {
            self.end_last(to_us(ticks, self.caption.time_base));
        }
        match self.decoder.decode(&mut packet) {
            Ok(text) => self.texts.extend(text),
            Err(_) => self.unread += 1,
        }
    }

    /// What was shown until now goes.
    fn end_last(&mut self, at_us: i64) {
        if let Some(last) = self.texts.last_mut() {
            let until_us = at_us.saturating_sub(last.start_us).max(0);
            last.length_us = Some(last.length_us.map_or(until_us, |length| length.min(until_us)));
        }
    }

    /// The track as WebVTT, and what its owner should know.
    fn finish(mut self, start_us: i64, length_ms: u64) -> (String, Vec<MediaWarning>) {
        // Live captions come out when the next ones go in.
        if let Ok(text) = self.decoder.decode(&mut Packet::empty()) {
            self.texts.extend(text);
        }
        self.texts.sort_by_key(|text| text.start_us);
        let (text, is_cut) = webvtt::captions(self.cues(start_us), length_ms);
        let mut warnings = Vec::new();
        if is_cut || self.packets > MOST_PACKETS {
            let text = format!("The captions in {} are too many; the rest is left out.", self.called());
            warnings.push(MediaWarning::new("captions_cut", text));
        }
        if self.unread > 0 {
            let text = format!("Some of the captions in {} can't be read; they are left out.", self.called());
            warnings.push(MediaWarning::new("captions_damaged", text));
        }
        (text, warnings)
    }

    fn cues(&self, start_us: i64) -> Vec<Cue> {
        let braces = event_text::Braces::of(&self.caption.codec);
        let mut cues = Vec::new();
        for (position, text) in self.texts.iter().enumerate() {
            let follows = self.texts[position + 1..].iter().map(|next| next.start_us).find(|at| *at > text.start_us);
            let until_next = follows.map_or(LONGEST_US, |next| next.saturating_sub(text.start_us));
            let length_us = text.length_us.unwrap_or(until_next.min(LONGEST_US));
            let runs = text.events.iter().map(|event| event_text::runs_of(event, braces));
            let words: Vec<CueText> = runs.filter_map(|runs| CueText::new(&runs)).collect();
            for shown in self.shown(text.start_us..text.start_us.saturating_add(length_us)) {
                let [start_ms, end_ms] = [shown.start, shown.end].map(|us| to_ms(us.saturating_sub(start_us)));
                cues.extend(words.iter().map(|words| Cue { start_ms, end_ms, text: words.clone() }));
            }
        }
        cues
    }

    /// When a stretch of the stream is shown, on the container's timeline.
    fn shown(&self, stretch: Range<i64>) -> Vec<Range<i64>> {
        if self.caption.edits.is_empty() {
            return vec![stretch];
        }
        let each = self.caption.edits.iter().map(|edit| {
            let end_us = edit.length_us.map_or(i64::MAX, |length| edit.media_us.saturating_add(length));
            let at =
                |us: i64| us.clamp(edit.media_us, end_us).saturating_sub(edit.media_us).saturating_add(edit.shown_us);
            at(stretch.start)..at(stretch.end)
        });
        each.filter(|shown| !shown.is_empty()).collect()
    }

    /// Where the track's own words for itself are not to be trusted in a sentence, its language will do.
    fn called(&self) -> &str {
        self.caption.name.as_str()
    }
}

/// To the nearest millisecond; what is before the film is at its start.
fn to_ms(us: i64) -> u64 {
    u64::try_from(us.saturating_add(500).max(0) / 1_000).unwrap_or(0)
}
