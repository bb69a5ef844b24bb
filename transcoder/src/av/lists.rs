//! The containers and decoders that a film may use. What is not here is not opened, whatever the file says it is.

/// Demuxers, matched against any of a demuxer's names. None of them opens another file: no playlists, no concat, no
/// image sequences, no devices.
pub const CONTAINERS: &str = "mov,mp4,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,ogg,asf,mxf,wav,w64,aiff,caf,mp3,flac,\
    aac,ac3,eac3,dts,amr,gif,ivf,dv,h264,hevc,obu,yuv4mpegpipe,au,wv,tta";

/// Decoders by their own names: pictures, sound, subtitles as text.
pub const DECODERS: &str = "h264,hevc,vp8,vp9,libdav1d,mpeg1video,mpeg2video,mpegvideo,mpeg4,msmpeg4v1,msmpeg4v2,\
    msmpeg4,h263,h263i,h263p,flv,wmv1,wmv2,wmv3,vc1,theora,prores,dnxhd,mjpeg,ffv1,huffyuv,ffvhuff,utvideo,rawvideo,\
    gif,dvvideo,cinepak,svq1,svq3,vp6,vp6f,vp6a,cfhd,qtrle,png,jpeg2000,v210,v308,v408,v410,r210,y41p,hap,magicyuv,\
    zmbv,msvideo1,dirac,speedhq,asv2,\
    aac,aac_latm,mp1float,mp2float,mp3float,mp1,mp2,mp3,ac3,eac3,dca,truehd,mlp,vorbis,opus,flac,alac,wavpack,amrnb,\
    amrwb,wmav1,wmav2,wmapro,wmalossless,wmavoice,speex,libspeex,gsm_ms,nellymoser,\
    pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_u16le,pcm_u16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,\
    pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw,pcm_s16le_planar,pcm_s24le_planar,pcm_s32le_planar,pcm_s8_planar,pcm_dvd,\
    pcm_bluray,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_swf,adpcm_yamaha,g722,g726,s302m,tta,\
    mov_text,srt,subrip,ssa,ass,webvtt,text,cc_dec";

/// Decoders of the picture that is attached to sound, and of nothing else.
pub const COVER_DECODERS: &str = "mjpeg,png";

/// The protocols that a film may name: a word that is none, as an empty list would mean all of them.
pub const PROTOCOLS: &str = "none";

/// Whether a demuxer of these names, joined by commas, may be used.
pub fn allows_container(names: &str) -> bool {
    names.split(',').any(|name| CONTAINERS.split(',').any(|allowed| allowed == name))
}

/// Whether this decoder may be used.
pub fn allows_decoder(name: &str) -> bool {
    DECODERS.split(',').any(|allowed| allowed == name)
}

/// Whether this decoder may be used for the picture attached to sound.
pub fn allows_cover_decoder(name: &str) -> bool {
    COVER_DECODERS.split(',').any(|allowed| allowed == name)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, ffi::CStr, ptr};

    use ffmpeg_next::ffi;

    use super::*;

    /// Every demuxer of the linked libav: its names.
    fn demuxers() -> BTreeSet<String> {
        let mut state = ptr::null_mut();
        let mut names = BTreeSet::new();
        // SAFETY: walks libav's static list; names are static texts.
        unsafe {
            while let Some(format) = ffi::av_demuxer_iterate(&raw mut state).as_ref() {
                names.insert(CStr::from_ptr(format.name).to_string_lossy().into_owned());
            }
        }
        names
    }

    /// Every decoder of the linked libav.
    fn decoders() -> BTreeSet<String> {
        let mut state = ptr::null_mut();
        let mut names = BTreeSet::new();
        // SAFETY: as above.
        unsafe {
            while let Some(codec) = ffi::av_codec_iterate(&raw mut state).as_ref() {
                if ffi::av_codec_is_decoder(codec) != 0 {
                    names.insert(CStr::from_ptr(codec.name).to_string_lossy().into_owned());
                }
            }
        }
        names
    }

    /// Every protocol that the linked libav could read by.
    fn protocols() -> BTreeSet<String> {
        let mut state = ptr::null_mut();
        let mut names = BTreeSet::new();
        // SAFETY: as above.
        unsafe {
            loop {
                let name = ffi::avio_enum_protocols(&raw mut state, 0);
                if name.is_null() {
                    return names;
                }
                names.insert(CStr::from_ptr(name).to_string_lossy().into_owned());
            }
        }
    }

    #[test]
    fn these_demuxers_are_allowed_and_a_new_libav_adds_none() {
        // As each calls itself, whatever else it answers to.
        const ALLOWED: &[&str] = &[
            "aac",
            "ac3",
            "aiff",
            "amr",
            "asf",
            "au",
            "avi",
            "caf",
            "dts",
            "dv",
            "eac3",
            "flac",
            "flv",
            "gif",
            "h264",
            "hevc",
            "ivf",
            "matroska,webm",
            "mov,mp4,m4a,3gp,3g2,mj2",
            "mp3",
            "mpeg",
            "mpegts",
            "mpegvideo",
            "mxf",
            "obu",
            "ogg",
            "tta",
            "w64",
            "wav",
            "wv",
            "yuv4mpegpipe",
        ];
        let allowed: BTreeSet<String> = demuxers().into_iter().filter(|names| allows_container(names)).collect();
        let expected: BTreeSet<String> = ALLOWED.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(allowed, expected);
        for listed in CONTAINERS.split(',') {
            assert!(allowed.iter().any(|names| names.split(',').any(|name| name == listed)), "{listed} is no demuxer");
        }
    }

    #[test]
    fn nothing_that_opens_another_file_is_on_a_list() {
        let refused = [
            "hls",
            "applehttp",
            "dash",
            "concat",
            "image2",
            "image2pipe",
            "sdp",
            "rtsp",
            "rtp",
            "sap",
            "lavfi",
            "tee",
            "subfile",
            "imf",
            "webm_dash_manifest",
            "vobsub",
            "avisynth",
            "vapoursynth",
            "libgme",
            "libopenmpt",
            "bluray",
            "x11grab",
            "fbdev",
            "kmsgrab",
            "v4l2",
            "alsa",
            "pulse",
            "jack",
            "ffmetadata",
            "live_flv",
            "tty",
        ];
        for name in refused {
            assert!(!allows_container(name), "{name}");
        }
    }

    #[test]
    fn every_decoder_on_the_list_is_one_and_a_new_libav_adds_none() {
        let known = decoders();
        let listed: BTreeSet<&str> = DECODERS.split(',').collect();
        assert_eq!(listed.len(), DECODERS.split(',').count(), "a name stands twice");
        let unknown: Vec<_> = listed.iter().filter(|name| !known.contains(**name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        // Matched whole and one by one: what a new libav brings is not on it.
        assert!(known.len() > listed.len() * 3);
        for refused in [
            "libopenjpeg",
            "librsvg",
            "flashsv",
            "flashsv2",
            "svg",
            "apng",
            "webp",
            "exr",
            "tiff",
            "ansi",
            "tmv",
            "libzvbi_teletextdec",
        ]
        // Subtitles as pictures, and formats that no container on the list holds.
        .into_iter()
        .chain(["dvbsub", "dvdsub", "pgssub", "xsub", "sami", "realtext", "microdvd", "jacosub"])
        {
            assert!(!allows_decoder(refused), "{refused}");
        }
        // Of other projects' libraries, these two.
        let outside: Vec<_> = listed.iter().filter(|name| name.starts_with("lib")).collect();
        assert_eq!(outside, [&"libdav1d", &"libspeex"]);
    }

    #[test]
    fn covers_are_jpeg_or_png() {
        let known = decoders();
        let listed: Vec<&str> = COVER_DECODERS.split(',').collect();
        assert_eq!(listed, ["mjpeg", "png"]);
        assert!(listed.iter().all(|name| known.contains(*name) && allows_cover_decoder(name)));
        assert!(!allows_cover_decoder("webp") && !allows_cover_decoder("h264"));
    }

    #[test]
    fn no_protocol_of_libav_is_allowed() {
        let protocols = protocols();
        assert!(protocols.contains("file") && protocols.contains("http"));
        assert!(PROTOCOLS.split(',').all(|allowed| !allowed.is_empty() && !protocols.contains(allowed)));
    }
}
