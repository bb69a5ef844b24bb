//! The poster: the first of the planned instants whose picture is sharp and not black, else the best of them.

use std::{collections::BTreeSet, sync::Arc};

use mutoscope_core::media::PictureSize;

use super::{
    cover,
    demux::{Demuxer, Entry, Film, Next},
    pictures::{Pictures, entry_us},
    report::Reporter,
    scale::Step,
    stop::Stop,
    timeline::{Planned, first_number},
};
use crate::{
    av::{VideoFrame, decoder::DecoderTemplate, jpeg, scaler::matrix_number},
    error::{MediaError, MediaErrorCode},
    jail::FromChild,
    plan::{PosterPlan, RenditionPlan, VideoPlan},
    probe::to_us,
};

/// Mean brightness and contrast of a picture that will do.
const DARKEST: u64 = 40;
const LEAST_CONTRAST: u64 = 14;

/// Makes the plan's posters.
///
/// # Errors
/// Where the film cannot be read or nothing of it decodes.
pub fn make(film: &Film<'_>, reporter: &Reporter<'_>) -> Result<(), MediaError> {
    let plan = film.plan;
    if let Some(cover) = &plan.cover {
        return cover::make(film, cover, reporter);
    }
    let (Some(video), Some(poster)) = (&plan.video, &plan.poster) else { return Ok(()) };
    let size = plan.renditions.iter().find_map(|rendition| match rendition {
        RenditionPlan::Video(rung) => Some(rung.rung.size),
        RenditionPlan::CarriedVideo(carried) => Some(carried.size),
        RenditionPlan::Audio(_) | RenditionPlan::CarriedAudio(_) => None,
    });
    let size = size.ok_or(MediaErrorCode::PlanUnusable)?;
    let mut step = Step::from_source(video, size);
    let mut best: Option<(u64, Arc<VideoFrame>)> = None;
    let mut tried = BTreeSet::new();
    for number in candidates(film, video, poster) {
        let number = number?;
        if !tried.insert(number) {
            continue;
        }
        let Some(planned) = decode(film, video, number, reporter)? else { continue };
        let picture = step.scale(&planned)?.picture;
        let (mean, contrast) = judge(&picture);
        let will_do = mean >= DARKEST && contrast >= LEAST_CONTRAST;
        let score = if will_do { u64::MAX } else { contrast };
        if best.as_ref().is_none_or(|(most, _)| score > *most) {
            best = Some((score, picture));
        }
        if will_do {
            break;
        }
    }
    let (_, picture) = best.ok_or(MediaErrorCode::Damaged)?;
    for width in &poster.widths {
        let width = (*width).min(picture.width()) & !1;
        let height = u64::from(picture.height()) * u64::from(width) / u64::from(picture.width().max(1));
        let size = PictureSize { width: width.max(2), height: u32::try_from(height & !1).unwrap_or(2).max(2) };
        let bytes = jpeg::encode(&picture, size, matrix_number(&video.colour.matrix))?;
        let header = FromChild::Poster { width: size.width, height: size.height };
        film.channel.send(&header, &bytes).map_err(|_| MediaErrorCode::Cancelled)?;
    }
    Ok(())
}

/// The planned pictures to try: the entry points before the planned instants, which decode alone, and then the very
/// pictures of those instants. An entry point is looked for when it is asked for: most often the first will do.
fn candidates(
    film: &Film<'_>,
    video: &VideoPlan,
    poster: &PosterPlan,
) -> impl Iterator<Item = Result<u64, MediaError>> {
    let exact = poster.candidates_ms.iter().map(|at_ms| number_at(video, *at_ms));
    let keys = exact.clone().filter(|_| !poster.exact).map(|number| key_before(film, video, number));
    keys.chain(exact.map(Ok))
}

/// The planned picture that is shown at this instant.
fn number_at(video: &VideoPlan, at_ms: u64) -> u64 {
    let rate = video.frame_rate;
    let number = at_ms * u64::from(rate.num()) / (u64::from(rate.den()) * 1_000);
    number.min(video.frame_count.saturating_sub(1)).max(video.black_frames)
}

/// The planned picture that shows the entry point of this one, which nothing has to be decoded for; itself where the
/// container does not tell.
fn key_before(film: &Film<'_>, video: &VideoPlan, number: u64) -> Result<u64, MediaError> {
    let by_us = entry_us(film.plan, video, number);
    let mut demuxer = Demuxer::open(film, &Entry { video: Some((video.stream, by_us)), audio: Default::default() })?;
    let at_us = match demuxer.next()? {
        Next::Packet(packet) => packet.pts().map(|ticks| to_us(ticks, video.time_base)),
        Next::Damaged | Next::End => None,
    };
    let key = at_us.map(|at_us| first_number(film.plan.source.start_us, video.frame_rate, at_us));
    Ok(key.map_or(number, |key| key.clamp(video.black_frames.min(number), number)))
}

/// This planned picture, as it was decoded.
fn decode(
    film: &Film<'_>,
    video: &VideoPlan,
    number: u64,
    reporter: &Reporter<'_>,
) -> Result<Option<Planned<VideoFrame>>, MediaError> {
    let template = DecoderTemplate::new(&film.open()?, video.stream, film.limits)?;
    let wanted = std::iter::once(number..number + 1).collect();
    let mut pictures = Pictures::new(film.plan, video, template, wanted, reporter)?;
    let mut found: Option<Planned<VideoFrame>> = None;
    let open = |by_us| Demuxer::open(film, &Entry { video: Some((video.stream, by_us)), audio: Default::default() });
    let run = pictures.run(open, &mut |planned| {
        found = Some(planned);
        Ok(())
    });
    run.map_err(|Stop| reporter.failure.take().unwrap_or(MediaErrorCode::Cancelled.into()))?;
    Ok(found.filter(|_| pictures.has_begun()))
}

/// Mean and mean absolute deviation of the brightness, of every fourth pixel of every fourth line.
fn judge(picture: &VideoFrame) -> (u64, u64) {
    let (width, height, stride) = (picture.width() as usize, picture.height() as usize, picture.stride(0));
    let pixels = picture.data(0);
    let sampled = || {
        let rows = (0..height).step_by(4).filter_map(move |y| pixels.get(y * stride..y * stride + width));
        rows.flat_map(|row| row.iter().step_by(4))
    };
    let count = u64::try_from(sampled().count()).unwrap_or(1).max(1);
    let mean = sampled().map(|pixel| u64::from(*pixel)).sum::<u64>() / count;
    let deviation = sampled().map(|pixel| u64::from(*pixel).abs_diff(mean)).sum::<u64>() / count;
    (mean, deviation)
}
