//! Sheets of thumbnails as JPEG, from the pixels that the records hold.

use std::sync::Arc;

use crate::{
    av::{frame, jpeg, scaler::matrix_number},
    error::{MediaError, MediaErrorCode},
    jail::{Channel, FromChild},
    plan::EncodePlan,
    record::{
        storyboard::{self, Sheet},
        thumbnail_bytes,
    },
};

/// Makes the plan's sheets from all its thumbnails one after the other, which the parent gives as if they were a film.
///
/// # Errors
/// Where there are fewer or more of them than planned, or libav fails.
pub fn make(channel: &Arc<Channel>, source_bytes: u64, plan: &EncodePlan) -> Result<(), MediaError> {
    let pictures = plan.record.as_ref().and_then(|record| record.pictures.as_ref());
    let (Some(video), Some(pictures)) = (&plan.video, pictures) else { return Ok(()) };
    let each = thumbnail_bytes(pictures.thumbnail);
    if source_bytes != pictures.thumbnail_count(&plan.grid).saturating_mul(each as u64) {
        return Err(MediaErrorCode::PlanUnusable.into());
    }
    for sheet in storyboard::sheets(plan) {
        let Sheet { number, first, count, size } = sheet;
        // What is beside the last thumbnail is black.
        let mut picture = frame::black(size)?;
        for position in 0..count {
            let offset = u64::from(first + position) * each as u64;
            let pixels = read(channel, offset, each)?;
            let tile = storyboard::tile(position, pictures.thumbnail);
            frame::paste(&mut picture, &pixels, pictures.thumbnail, (tile.x, tile.y))
                .ok_or(MediaErrorCode::Internal)?;
        }
        let bytes = jpeg::encode(&picture, size, matrix_number(&video.colour.matrix))?;
        channel.send(&FromChild::Sheet { number }, &bytes).map_err(|_| MediaErrorCode::Cancelled)?;
    }
    Ok(())
}

fn read(channel: &Channel, offset: u64, length: usize) -> Result<Vec<u8>, MediaError> {
    let mut bytes = Vec::with_capacity(length);
    while bytes.len() < length {
        let left = u32::try_from(length - bytes.len()).map_err(|_| MediaErrorCode::PlanUnusable)?;
        let more = channel.ask(offset + bytes.len() as u64, left).map_err(|_| MediaErrorCode::SourceUnreadable)?;
        if more.is_empty() || more.len() > left as usize {
            return Err(MediaErrorCode::SourceUnreadable.into());
        }
        bytes.extend(more);
    }
    Ok(bytes)
}
