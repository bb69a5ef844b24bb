//! Sound as stereo floats: mixing down and up, sample formats, sample rates.

use std::ptr;

use ffmpeg_next::ffi;

use super::{AudioFrame, AvError, check};

/// Stereo samples, one list a channel, equally long.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stereo {
    pub left: Vec<f32>,
    pub right: Vec<f32>,
}

impl Stereo {
    /// This many samples of silence.
    pub fn silence(samples: usize) -> Self {
        Self { left: vec![0.0; samples], right: vec![0.0; samples] }
    }

    /// Samples a channel.
    pub fn len(&self) -> usize {
        self.left.len()
    }
}

/// A conversion of one kind of sound into stereo floats.
pub struct Resampler {
    context: *mut ffi::SwrContext,
}

impl Resampler {
    /// From frames like this one, keeping their rate.
    ///
    /// # Errors
    /// Where libswresample does not know the layout or format.
    pub fn for_frames_like(frame: &AudioFrame) -> Result<Self, AvError> {
        let rate = i32::try_from(frame.rate()).unwrap_or(0);
        // SAFETY: reads fields of a valid frame. A layout without order is replaced by the usual one of its channel
        // count, in a copy that owns no memory unless it is custom, which is then freed.
        unsafe {
            let raw = frame.as_ptr();
            let mut layout: ffi::AVChannelLayout = std::mem::zeroed();
            if (*raw).ch_layout.order == ffi::AVChannelOrder::AV_CHANNEL_ORDER_UNSPEC {
                ffi::av_channel_layout_default(&mut layout, (*raw).ch_layout.nb_channels);
            } else {
                check("copying a layout", ffi::av_channel_layout_copy(&mut layout, &(*raw).ch_layout))?;
            }
            let format = std::mem::transmute::<i32, ffi::AVSampleFormat>((*raw).format);
            let opened = Self::open(&mut layout, format, rate, rate);
            ffi::av_channel_layout_uninit(&mut layout);
            opened
        }
    }

    /// From stereo floats of one rate to another.
    ///
    /// # Errors
    /// Where libswresample does not know the rates.
    pub fn between_rates(from_hz: u32, to_hz: u32) -> Result<Self, AvError> {
        let rate = |hz: u32| i32::try_from(hz).unwrap_or(0);
        // SAFETY: a default layout owns no memory.
        unsafe {
            let mut layout: ffi::AVChannelLayout = std::mem::zeroed();
            ffi::av_channel_layout_default(&mut layout, 2);
            Self::open(&mut layout, ffi::AVSampleFormat::AV_SAMPLE_FMT_FLTP, rate(from_hz), rate(to_hz))
        }
    }

    /// # Safety
    /// `layout` is a valid layout.
    unsafe fn open(
        layout: *mut ffi::AVChannelLayout,
        format: ffi::AVSampleFormat,
        from_hz: i32,
        to_hz: i32,
    ) -> Result<Self, AvError> {
        // SAFETY: by the caller's word. A layout without order owns no memory.
        unsafe {
            Self::open_mixing(layout, format, from_hz, to_hz, None).or_else(|error| {
                let count = (*layout).nb_channels;
                let channels = usize::try_from(count).map_err(|_| error)?;
                let mut plain: ffi::AVChannelLayout = std::mem::zeroed();
                plain.order = ffi::AVChannelOrder::AV_CHANNEL_ORDER_UNSPEC;
                plain.nb_channels = count;
                Self::open_mixing(&mut plain, format, from_hz, to_hz, Some(&alternating_mix(channels)))
            })
        }
    }

    /// With `mix`, the weight of each input channel in the left channel, then in the right one, where libswresample
    /// knows no way of its own from this layout to stereo.
    ///
    /// # Safety
    /// `layout` is a valid layout, and `mix` has two weights for each of its channels.
    unsafe fn open_mixing(
        layout: *mut ffi::AVChannelLayout,
        format: ffi::AVSampleFormat,
        from_hz: i32,
        to_hz: i32,
        mix: Option<&[f64]>,
    ) -> Result<Self, AvError> {
        // SAFETY: the layouts are valid for the call, which copies them, and so is the mix; the context is given to its
        // one owner.
        unsafe {
            let mut stereo: ffi::AVChannelLayout = std::mem::zeroed();
            ffi::av_channel_layout_default(&mut stereo, 2);
            let mut context = ptr::null_mut();
            let code = ffi::swr_alloc_set_opts2(
                &mut context,
                &mut stereo,
                ffi::AVSampleFormat::AV_SAMPLE_FMT_FLTP,
                to_hz,
                layout,
                format,
                from_hz,
                0,
                ptr::null_mut(),
            );
            let this = Self { context };
            check("allocating a resampler", code)?;
            if let Some(mix) = mix {
                check("mixing channels", ffi::swr_set_matrix(this.context, mix.as_ptr(), (*layout).nb_channels))?;
            }
            check("opening a resampler", ffi::swr_init(this.context))?;
            Ok(this)
        }
    }

    /// A frame as stereo floats of the same rate and length.
    ///
    /// # Errors
    /// Where the frame is not like the one this was made for.
    pub fn convert(&mut self, frame: &AudioFrame) -> Result<Stereo, AvError> {
        let samples = frame.samples();
        let mut out = Stereo::silence(samples);
        // SAFETY: `extended_data` has a plane a channel, each of at least `samples`; the outputs have room for as
        // many.
        let count = unsafe {
            let planes = (*frame.as_ptr()).extended_data;
            self.run(&mut out, 0, planes.cast_const().cast(), samples)?
        };
        out.left.truncate(count);
        out.right.truncate(count);
        Ok(out)
    }

    /// All of `sound` at the other rate, its first sample at the same instant; ends the resampler.
    ///
    /// # Errors
    /// Where libswresample fails.
    pub fn convert_all(mut self, sound: &Stereo, expected: usize) -> Result<Stereo, AvError> {
        let mut out = Stereo::silence(expected + 4096);
        let planes = [sound.left.as_ptr().cast::<u8>(), sound.right.as_ptr().cast::<u8>()];
        // SAFETY: two planes of `sound.len()` floats each; the outputs have room for what is told.
        let mut count = unsafe { self.run(&mut out, 0, planes.as_ptr(), sound.len())? };
        // SAFETY: no input: drains what the filter still holds into the room that is left.
        count += unsafe { self.run(&mut out, count, ptr::null(), 0)? };
        out.left.truncate(count);
        out.right.truncate(count);
        Ok(out)
    }

    /// # Safety
    /// `planes` is null, or points at a plane for each input channel with `samples` samples.
    unsafe fn run(
        &mut self,
        out: &mut Stereo,
        from: usize,
        planes: *const *const u8,
        samples: usize,
    ) -> Result<usize, AvError> {
        let room = i32::try_from(out.len() - from).unwrap_or(i32::MAX);
        let samples = i32::try_from(samples).unwrap_or(i32::MAX);
        let mut outputs = [out.left[from..].as_mut_ptr().cast::<u8>(), out.right[from..].as_mut_ptr().cast::<u8>()];
        // SAFETY: the context is open and ours; inputs by the caller's word; two output planes with `room` floats.
        let code = unsafe {
            ffi::swr_convert(self.context, outputs.as_mut_ptr().cast(), room, planes.cast_mut().cast(), samples)
        };
        Ok(usize::try_from(check("resampling", code)?).unwrap_or(0))
    }
}

/// Channels of which nothing is known but their number: every other one to the left and the rest to the right, one alone
/// to both, as loud together as any of them.
fn alternating_mix(channels: usize) -> Vec<f64> {
    let weight = |side: usize| {
        let heard = (0..channels).filter(|channel| channels == 1 || channel % 2 == side).count().max(1);
        (0..channels).map(move |channel| if channels == 1 || channel % 2 == side { 1.0 / heard as f64 } else { 0.0 })
    };
    weight(0).chain(weight(1)).collect()
}

impl Drop for Resampler {
    fn drop(&mut self) {
        // SAFETY: ours, and not used again.
        unsafe { ffi::swr_free(&mut self.context) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_of_any_number_of_channels_becomes_stereo() {
        for channels in [1, 2, 3, 6, 7, 8, 9, 16, 24, 33, 64] {
            // SAFETY: a layout of ours, which owns no memory in either order.
            let opened = unsafe {
                let mut layout: ffi::AVChannelLayout = std::mem::zeroed();
                ffi::av_channel_layout_default(&mut layout, channels);
                Resampler::open(&mut layout, ffi::AVSampleFormat::AV_SAMPLE_FMT_FLTP, 48_000, 48_000)
            };
            assert!(opened.is_ok(), "{channels}");
        }
        assert_eq!(alternating_mix(3), [0.5, 0.0, 0.5, 0.0, 1.0, 0.0]);
        assert_eq!(alternating_mix(1), [1.0, 1.0]);
    }

    #[test]
    fn another_rate_keeps_every_instant() {
        let resampler = Resampler::between_rates(24_000, 48_000).unwrap();
        let mut sound = Stereo::silence(24_000);
        sound.left[12_000] = 1.0;
        let out = resampler.convert_all(&sound, 48_000).unwrap();
        let loudest = (0..out.len()).max_by(|a, b| out.left[*a].abs().total_cmp(&out.left[*b].abs())).unwrap();
        assert_eq!(loudest, 24_000);
        assert!(out.len().abs_diff(48_000) < 64);
    }
}
