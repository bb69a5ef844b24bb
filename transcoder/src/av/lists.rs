//! The containers and decoders that a film may use. What is not here is not opened, whatever the file says it is.

/// Demuxers, matched against any of a demuxer's names. None of them opens another file: no playlists, no concat, no
/// image sequences, no devices.
pub const CONTAINERS: &str = "mov,mp4,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,ogg,asf,mxf,wav,w64,aiff,caf,mp3,flac,\
    aac,ac3,eac3,dts,amr,gif,ivf,dv";

/// Decoders by their own names.
pub const DECODERS: &str = "h264,hevc,vp8,vp9,libdav1d,mpeg1video,mpeg2video,mpegvideo,mpeg4,msmpeg4v1,msmpeg4v2,\
    msmpeg4,h263,h263i,h263p,flv,wmv1,wmv2,wmv3,vc1,theora,prores,dnxhd,mjpeg,ffv1,huffyuv,ffvhuff,utvideo,rawvideo,\
    gif,dvvideo,cinepak,svq1,svq3,vp6,vp6f,vp6a,cfhd,\
    aac,aac_latm,mp1float,mp2float,mp3float,mp1,mp2,mp3,ac3,eac3,dca,truehd,mlp,vorbis,opus,flac,alac,wavpack,amrnb,\
    amrwb,wmav1,wmav2,wmapro,wmalossless,wmavoice,speex,libspeex,gsm_ms,nellymoser,\
    pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_u16le,pcm_u16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,\
    pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw,pcm_s16le_planar,pcm_s24le_planar,pcm_s32le_planar,pcm_s8_planar,pcm_dvd,\
    pcm_bluray,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_swf,adpcm_yamaha";

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_opens_another_file_is_on_a_list() {
        for refused in ["hls", "applehttp", "dash", "concat", "image2", "sdp", "rtsp", "lavfi", "tee", "subfile", "imf"]
        {
            assert!(!CONTAINERS.split(',').any(|allowed| allowed == refused), "{refused}");
        }
        assert!(DECODERS.split(',').all(|name| !name.is_empty() && !name.contains(' ')));
        assert!(PROTOCOLS.split(',').all(|name| name == "crypto"));
    }
}
