//! The check of what a media process hands over, before anyone may see it: parsed back by another library, and held
//! against the plan.

use mp4_atom::{Atom, Av01, Avc1, Codec, Decode, Ftyp, Header, Hvc1, Hvcc, Moof, Moov, Mp4a};
use mutoscope_core::media::VideoCodec;
use sha2::{Digest, Sha256};

use crate::{
    bitstream::av1,
    plan::{EncodePlan, RenditionPlan},
    span::SegmentFacts,
};

/// What is not as planned. A segment with one is not stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// It can't be read as boxes (ISO/IEC 14496-12).
    #[error("it is not a whole file of boxes: {0}")]
    Boxes(String),
    /// A box is missing, doubled or does not belong there.
    #[error("the box {0} is missing, doubled or out of place")]
    Structure(String),
    /// A number is not the planned one.
    #[error("{what} is {found}, planned is {planned}")]
    Differs {
        /// Of what.
        what: &'static str,
        /// In the file.
        found: u64,
        /// In the plan.
        planned: u64,
    },
    /// A segment does not start with a sample that decodes by itself.
    #[error("the first sample is not a key frame")]
    NoKeyFrame,
    /// It is coded as something else than players are told.
    #[error("it is {found}, planned is {planned}")]
    Codec {
        /// By its sample entry (RFC 6381).
        found: String,
        /// In the plan.
        planned: String,
    },
    /// The plan has no such rendition or segment.
    #[error("the plan has no such segment")]
    NotPlanned,
}

/// What a rendition's init segment says, needed to read its segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckedInit {
    track_id: u32,
    timescale: u32,
    default_duration: u32,
    default_size: u32,
    default_flags: u32,
    /// Where the edit list lets presentation start, in ticks: what reordering of pictures delays them by, or sound
    /// that is decoded and not heard.
    shown_from: u64,
}

/// SHA-256 of these bytes in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Checks an init segment: `ftyp` and `moov` and nothing else, one track, no sample, the planned timescale.
pub fn init(plan: &EncodePlan, rendition: &RenditionPlan, bytes: &[u8]) -> Result<CheckedInit, VerifyError> {
    let boxes = split(bytes)?;
    let [ftyp, moov] = boxes.as_slice() else {
        return Err(VerifyError::Structure("moov".to_owned()));
    };
    if ftyp.kind != "ftyp" {
        return Err(VerifyError::Structure("ftyp".to_owned()));
    }
    if moov.kind != "moov" {
        return Err(VerifyError::Structure("moov".to_owned()));
    }
    read::<Ftyp>(ftyp)?;
    let moov = read::<Moov>(moov)?;
    let [track] = moov.trak.as_slice() else {
        return Err(VerifyError::Structure("trak".to_owned()));
    };
    let extends = moov.mvex.as_ref().map(|mvex| mvex.trex.as_slice()).unwrap_or_default();
    let [trex] = extends else {
        return Err(VerifyError::Structure("trex".to_owned()));
    };
    if !track.mdia.minf.stbl.stts.entries.is_empty() {
        return Err(VerifyError::Structure("stts".to_owned()));
    }
    let planned = plan.timeline(rendition, 0).ok_or(VerifyError::NotPlanned)?;
    same("the timescale", track.mdia.mdhd.timescale.into(), planned.timescale.into())?;
    same("the track's id", trex.track_id.into(), track.tkhd.track_id.into())?;
    let edits = track.edts.as_ref().and_then(|edts| edts.elst.as_ref()).map(|elst| elst.entries.as_slice());
    let shown_from = match edits.unwrap_or_default() {
        [] => 0,
        [edit] => edit.media_time.unwrap_or(0),
        _ => return Err(VerifyError::Structure("elst".to_owned())),
    };
    check_codec(rendition, &track.mdia.minf.stbl.stsd.codecs)?;
    Ok(CheckedInit {
        shown_from,
        track_id: trex.track_id,
        timescale: planned.timescale,
        default_duration: trex.default_sample_duration,
        default_size: trex.default_sample_size,
        default_flags: trex.default_sample_flags,
    })
}

/// One sample entry, of exactly the codec that players are told of; only our own H.264 may stay below the profile that it
/// was allowed.
fn check_codec(rendition: &RenditionPlan, entries: &[Codec]) -> Result<(), VerifyError> {
    let found = match entries {
        [Codec::Avc1(Avc1 { avcc, .. })] => {
            let [profile, constraints, level] =
                [avcc.avc_profile_indication, avcc.profile_compatibility, avcc.avc_level_indication];
            format!("avc1.{profile:02x}{constraints:02x}{level:02x}")
        }
        [Codec::Hvc1(Hvc1 { hvcc, .. })] => {
            refuse_notes(hvcc)?;
            hevc_string(hvcc)
        }
        [Codec::Av01(Av01 { av1c, .. })] => {
            let header = av1::sequence_header(&av1c.config_obus);
            header.ok_or_else(|| VerifyError::Structure("av1C".to_owned()))?.rfc6381()
        }
        [Codec::Mp4a(Mp4a { esds, .. })] => {
            let object_type = esds.es_desc.dec_config.dec_specific.as_ref().map_or(0, |specific| specific.profile);
            format!("mp4a.40.{object_type}")
        }
        _ => return Err(VerifyError::Structure("stsd".to_owned())),
    };
    let planned = rendition.rfc6381();
    let may_be_less = match rendition {
        RenditionPlan::Video(rung) => rung.codec == VideoCodec::H264 && found.starts_with("avc1."),
        RenditionPlan::Audio(_) => found.starts_with("mp4a."),
        RenditionPlan::CarriedVideo(_) | RenditionPlan::CarriedAudio(_) => false,
    };
    if found == planned || may_be_less { Ok(()) } else { Err(VerifyError::Codec { found, planned }) }
}

/// ISO/IEC 14496-15 annex E.
fn hevc_string(hvcc: &Hvcc) -> String {
    let space = ["", "A", "B", "C"][usize::from(hvcc.general_profile_space & 3)];
    let compatible = u32::from_be_bytes(hvcc.general_profile_compatibility_flags).reverse_bits();
    let tier = if hvcc.general_tier_flag { 'H' } else { 'L' };
    let mut text = format!("hvc1.{space}{}.{compatible:X}.{tier}{}", hvcc.general_profile_idc, hvcc.general_level_idc);
    let constraints = &hvcc.general_constraint_indicator_flags;
    let kept = constraints.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    for byte in &constraints[..kept] {
        text.push_str(&format!(".{byte:X}"));
    }
    text
}

/// Parameter sets and nothing else: an encoder's notes about itself would be SEI (ISO/IEC 23008-2, table 7-1).
fn refuse_notes(hvcc: &Hvcc) -> Result<(), VerifyError> {
    const PARAMETER_SETS: std::ops::RangeInclusive<u8> = 32..=34;
    let clean = hvcc.arrays.iter().all(|array| PARAMETER_SETS.contains(&array.nal_unit_type));
    if clean { Ok(()) } else { Err(VerifyError::Structure("hvcC".to_owned())) }
}

/// Checks a media segment: one `moof` and its `mdat`, with the planned number, place, count and length of samples, that
/// fill the `mdat` exactly, the first of which is a key frame and is shown at the segment's start.
pub fn segment(
    plan: &EncodePlan,
    rendition: &RenditionPlan,
    init: &CheckedInit,
    index: u32,
    bytes: &[u8],
) -> Result<SegmentFacts, VerifyError> {
    let planned = plan.timeline(rendition, index).ok_or(VerifyError::NotPlanned)?;
    let boxes = split(bytes)?;
    let payload: Vec<&Found> = boxes.iter().filter(|found| !matches!(found.kind.as_str(), "styp" | "sidx")).collect();
    let [moof_box, mdat] = payload.as_slice() else {
        return Err(VerifyError::Structure("moof".to_owned()));
    };
    if moof_box.kind != "moof" || mdat.kind != "mdat" {
        return Err(VerifyError::Structure(moof_box.kind.clone()));
    }
    let moof = read::<Moof>(moof_box)?;
    let [traf] = moof.traf.as_slice() else {
        return Err(VerifyError::Structure("traf".to_owned()));
    };
    let [trun] = traf.trun.as_slice() else {
        return Err(VerifyError::Structure("trun".to_owned()));
    };
    let tfdt = traf.tfdt.as_ref().ok_or_else(|| VerifyError::Structure("tfdt".to_owned()))?;
    same("the sequence number", moof.mfhd.sequence_number.into(), u64::from(index) + 1)?;
    same("the track's id", traf.tfhd.track_id.into(), init.track_id.into())?;
    same("the timescale", init.timescale.into(), planned.timescale.into())?;
    // Sound that is decoded before the film's start and not heard lies in the first segment.
    let unheard = rendition.unheard_ticks();
    let (decoded_from, decoded_for) = match index {
        0 => (planned.start, planned.duration + unheard),
        _ => (planned.start + unheard, planned.duration),
    };
    same("the start", tfdt.base_media_decode_time, decoded_from)?;
    same("the number of samples", trun.samples.len() as u64, planned.samples.into())?;

    let default_duration = traf.tfhd.default_sample_duration.unwrap_or(init.default_duration);
    let default_size = traf.tfhd.default_sample_size.unwrap_or(init.default_size);
    let default_flags = traf.tfhd.default_sample_flags.unwrap_or(init.default_flags);
    let (mut duration, mut size) = (0u64, 0u64);
    let mut earliest = i128::MAX;
    for (n, sample) in trun.samples.iter().enumerate() {
        let shown = i128::from(decoded_from) + i128::from(duration) + i128::from(sample.cts.unwrap_or(0));
        earliest = earliest.min(shown);
        duration += u64::from(sample.duration.unwrap_or(default_duration));
        size += u64::from(sample.size.unwrap_or(default_size));
        if n == 0 && !is_key(sample.flags.unwrap_or(default_flags)) {
            return Err(VerifyError::NoKeyFrame);
        }
    }
    same("the length", duration, decoded_for)?;
    same("the samples' size", size, mdat.body.len() as u64)?;
    same("the data's place", trun.data_offset.map_or(0, i64::from).unsigned_abs(), mdat.body_offset - moof_box.offset)?;
    let unheard_here = if index == 0 { unheard } else { 0 };
    let earliest = u64::try_from(earliest - i128::from(init.shown_from) + i128::from(unheard_here))
        .map_err(|_| VerifyError::Structure("trun".to_owned()))?;
    same("the first picture's instant", earliest, planned.start)?;
    Ok(planned)
}

/// `sample_is_non_sync_sample` is off (ISO/IEC 14496-12, 8.8.3.1).
fn is_key(flags: u32) -> bool {
    flags & 0x0001_0000 == 0
}

fn same(what: &'static str, found: u64, planned: u64) -> Result<(), VerifyError> {
    if found == planned { Ok(()) } else { Err(VerifyError::Differs { what, found, planned }) }
}

struct Found<'a> {
    kind: String,
    offset: u64,
    body_offset: u64,
    body: &'a [u8],
}

/// The boxes of the top level; every byte belongs to one.
fn split(bytes: &[u8]) -> Result<Vec<Found<'_>>, VerifyError> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let offset = (bytes.len() - rest.len()) as u64;
        let header = Header::decode(&mut rest).map_err(|error| VerifyError::Boxes(error.to_string()))?;
        let size = header.size.unwrap_or(rest.len());
        if size > rest.len() {
            return Err(VerifyError::Boxes(format!("{} ends after the file", header.kind)));
        }
        let (body, after) = rest.split_at(size);
        let body_offset = (bytes.len() - rest.len()) as u64;
        found.push(Found { kind: header.kind.to_string(), offset, body_offset, body });
        rest = after;
        if found.len() > 16 {
            return Err(VerifyError::Boxes("there are too many boxes".to_owned()));
        }
    }
    Ok(found)
}

fn read<T: Atom>(found: &Found<'_>) -> Result<T, VerifyError> {
    let mut body = found.body;
    T::decode_body(&mut body).map_err(|error| VerifyError::Boxes(format!("{}: {error}", found.kind)))
}
