//! Sound as planes of floats, stereo or 5.1: mixing down and up, sample formats, sample rates.

use std::ptr;

use ffmpeg_next::ffi;

use super::{AudioFrame, AvError, check};

/// Samples, one list a channel in the order of the encoder, equally long.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Planes {
    pub channels: Vec<Vec<f32>>,
}

impl Planes {
    /// This many samples of silence.
    pub fn silence(layout: SoundLayout, samples: usize) -> Self {
        Self { channels: vec![vec![0.0; samples]; layout.channels()] }
    }

    /// Samples a channel.
    pub fn len(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    fn truncate(&mut self, samples: usize) {
        for channel in &mut self.channels {
            channel.truncate(samples);
        }
    }
}

/// What sound is turned into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoundLayout {
    /// Left, right.
    Stereo,
    /// Left, right, centre, low frequencies, left and right behind: as libav's encoder takes 5.1, whatever order the
    /// stream has.
    Surround,
}

impl SoundLayout {
    /// The layout of a rendition of so many channels.
    pub fn of(channels: u32) -> Self {
        if channels == 6 { Self::Surround } else { Self::Stereo }
    }

    /// How many channels it has.
    pub fn channels(self) -> usize {
        match self {
            Self::Stereo => 2,
            Self::Surround => 6,
        }
    }

    /// libav's own for so many channels: front left and right, and for six the four that 5.1 adds.
    pub(super) fn to_libav(self) -> ffi::AVChannelLayout {
        // SAFETY: all zero is a valid layout; a default one owns no memory.
        unsafe {
            let mut layout: ffi::AVChannelLayout = std::mem::zeroed();
            let channels = if self == Self::Surround { 6 } else { 2 };
            ffi::av_channel_layout_default(&mut layout, channels);
            layout
        }
    }
}

/// A conversion of one kind of sound into planes of floats.
pub struct Resampler {
    context: *mut ffi::SwrContext,
    layout: SoundLayout,
}

impl Resampler {
    /// From frames like this one to this layout, keeping their rate.
    ///
    /// # Errors
    /// Where libswresample does not know the layout or format.
    pub fn for_frames_like(frame: &AudioFrame, to: SoundLayout) -> Result<Self, AvError> {
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
            let opened = Self::open(&mut layout, format, rate, rate, to);
            ffi::av_channel_layout_uninit(&mut layout);
            opened
        }
    }

    /// From planes of floats of one rate to another.
    ///
    /// # Errors
    /// Where libswresample does not know the rates.
    pub fn between_rates(layout: SoundLayout, from_hz: u32, to_hz: u32) -> Result<Self, AvError> {
        let rate = |hz: u32| i32::try_from(hz).unwrap_or(0);
        let format = ffi::AVSampleFormat::AV_SAMPLE_FMT_FLTP;
        // SAFETY: the layout is valid and owns no memory.
        unsafe { Self::open(&mut layout.to_libav(), format, rate(from_hz), rate(to_hz), layout) }
    }

    /// # Safety
    /// `layout` is a valid layout.
    unsafe fn open(
        layout: *mut ffi::AVChannelLayout,
        format: ffi::AVSampleFormat,
        from_hz: i32,
        to_hz: i32,
        to: SoundLayout,
    ) -> Result<Self, AvError> {
        // SAFETY: by the caller's word. A layout without order owns no memory.
        unsafe {
            Self::open_mixing(layout, format, (from_hz, to_hz), to, None).or_else(|error| {
                let count = (*layout).nb_channels;
                let channels = usize::try_from(count).map_err(|_| error)?;
                let mut plain: ffi::AVChannelLayout = std::mem::zeroed();
                plain.order = ffi::AVChannelOrder::AV_CHANNEL_ORDER_UNSPEC;
                plain.nb_channels = count;
                Self::open_mixing(&mut plain, format, (from_hz, to_hz), to, Some(&alternating_mix(channels, to)))
            })
        }
    }

    /// With `mix`, the weight of each input channel in the left channel, then in the right one and the others, where
    /// libswresample knows no way of its own from this layout.
    ///
    /// # Safety
    /// `layout` is a valid layout, and `mix` has a weight for each of its channels in each of the output's.
    unsafe fn open_mixing(
        layout: *mut ffi::AVChannelLayout,
        format: ffi::AVSampleFormat,
        (from_hz, to_hz): (i32, i32),
        to: SoundLayout,
        mix: Option<&[f64]>,
    ) -> Result<Self, AvError> {
        // SAFETY: the layouts are valid for the call, which copies them, and so is the mix; the context is given to its
        // one owner.
        unsafe {
            let mut out = to.to_libav();
            let mut context = ptr::null_mut();
            let code = ffi::swr_alloc_set_opts2(
                &mut context,
                &raw mut out,
                ffi::AVSampleFormat::AV_SAMPLE_FMT_FLTP,
                to_hz,
                layout,
                format,
                from_hz,
                0,
                ptr::null_mut(),
            );
            let this = Self { context, layout: to };
            check("allocating a resampler", code)?;
            if let Some(mix) = mix {
                check("mixing channels", ffi::swr_set_matrix(this.context, mix.as_ptr(), (*layout).nb_channels))?;
            }
            check("opening a resampler", ffi::swr_init(this.context))?;
            Ok(this)
        }
    }

    /// A frame as planes of floats of the same rate and length.
    ///
    /// # Errors
    /// Where the frame is not like the one this was made for.
    pub fn convert(&mut self, frame: &AudioFrame) -> Result<Planes, AvError> {
        let samples = frame.samples();
        let mut out = Planes::silence(self.layout, samples);
        // SAFETY: `extended_data` has a plane a channel, each of at least `samples`; the outputs have room for as
        // many.
        let count = unsafe {
            let planes = (*frame.as_ptr()).extended_data;
            self.run(&mut out, 0, planes.cast_const().cast(), samples)?
        };
        out.truncate(count);
        Ok(out)
    }

    /// All of `sound` at the other rate, its first sample at the same instant; ends the resampler.
    ///
    /// # Errors
    /// Where libswresample fails.
    pub fn convert_all(mut self, sound: &Planes, expected: usize) -> Result<Planes, AvError> {
        let mut out = Planes::silence(self.layout, expected + 4096);
        let planes: Vec<*const u8> = sound.channels.iter().map(|channel| channel.as_ptr().cast()).collect();
        // SAFETY: a plane for each of the input's channels, of `sound.len()` floats each; the outputs have room for what is told.
        let mut count = unsafe { self.run(&mut out, 0, planes.as_ptr(), sound.len())? };
        // SAFETY: no input: drains what the filter still holds into the room that is left.
        count += unsafe { self.run(&mut out, count, ptr::null(), 0)? };
        out.truncate(count);
        Ok(out)
    }

    /// # Safety
    /// `planes` is null, or points at a plane for each input channel with `samples` samples.
    unsafe fn run(
        &mut self,
        out: &mut Planes,
        from: usize,
        planes: *const *const u8,
        samples: usize,
    ) -> Result<usize, AvError> {
        let room = i32::try_from(out.len() - from).unwrap_or(i32::MAX);
        let samples = i32::try_from(samples).unwrap_or(i32::MAX);
        let mut outputs: Vec<*mut u8> =
            out.channels.iter_mut().map(|channel| channel[from..].as_mut_ptr().cast()).collect();
        // SAFETY: the context is open and ours; inputs by the caller's word; an output plane a channel with `room` floats.
        let code = unsafe {
            ffi::swr_convert(self.context, outputs.as_mut_ptr().cast(), room, planes.cast_mut().cast(), samples)
        };
        Ok(usize::try_from(check("resampling", code)?).unwrap_or(0))
    }
}

/// Channels of which nothing is known but their number: every other one to the left and the rest to the right, one alone
/// to both, as loud together as any of them. Nothing to any other channel.
fn alternating_mix(channels: usize, to: SoundLayout) -> Vec<f64> {
    let weight = |side: usize| {
        let heard = (0..channels).filter(|channel| channels == 1 || channel % 2 == side).count().max(1);
        (0..channels).map(move |channel| if channels == 1 || channel % 2 == side { 1.0 / heard as f64 } else { 0.0 })
    };
    let silent = (to.channels() - 2) * channels;
    weight(0).chain(weight(1)).chain(std::iter::repeat_n(0.0, silent)).collect()
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
    fn sound_of_any_number_of_channels_becomes_stereo_and_surround() {
        for channels in [1, 2, 3, 6, 7, 8, 9, 16, 24, 33, 64] {
            for to in [SoundLayout::Stereo, SoundLayout::Surround] {
                // SAFETY: a layout of ours, which owns no memory in either order.
                let opened = unsafe {
                    let mut layout: ffi::AVChannelLayout = std::mem::zeroed();
                    ffi::av_channel_layout_default(&mut layout, channels);
                    Resampler::open(&mut layout, ffi::AVSampleFormat::AV_SAMPLE_FMT_FLTP, 48_000, 48_000, to)
                };
                assert!(opened.is_ok(), "{channels} {to:?}");
            }
        }
        assert_eq!(alternating_mix(3, SoundLayout::Stereo), [0.5, 0.0, 0.5, 0.0, 1.0, 0.0]);
        assert_eq!(alternating_mix(1, SoundLayout::Stereo), [1.0, 1.0]);
        assert_eq!(alternating_mix(1, SoundLayout::Surround), [1.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn another_rate_keeps_every_instant() {
        let resampler = Resampler::between_rates(SoundLayout::Stereo, 24_000, 48_000).unwrap();
        let mut sound = Planes::silence(SoundLayout::Stereo, 24_000);
        sound.channels[0][12_000] = 1.0;
        let out = resampler.convert_all(&sound, 48_000).unwrap();
        let loudest =
            (0..out.len()).max_by(|a, b| out.channels[0][*a].abs().total_cmp(&out.channels[0][*b].abs())).unwrap();
        assert_eq!(loudest, 24_000);
        assert!(out.len().abs_diff(48_000) < 64);
    }
}
