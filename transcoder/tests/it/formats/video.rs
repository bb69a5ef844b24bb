//! Codecs of pictures.

use super::{
    Row, all_play,
    compare::{LIKE, Likeness},
};

#[tokio::test]
async fn films_of_phones_cameras_and_the_web_play() {
    all_play(
        &[
            Row("h264.mp4", "-c:v libx264 -preset ultrafast -crf 18 -pix_fmt yuv420p -c:a aac"),
            Row("hevc.mp4", "-c:v libx265 -preset ultrafast -crf 20 -x265-params log-level=none -tag:v hvc1 -c:a aac"),
            Row("vp8.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 2M -c:a libvorbis"),
            Row("vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 2M -c:a libopus"),
            Row("av1.mkv", "-c:v libsvtav1 -preset 12 -crf 20 -pix_fmt yuv420p -c:a libopus"),
            Row("av1.mp4", "-c:v libaom-av1 -cpu-used 8 -usage realtime -crf 20 -pix_fmt yuv420p -c:a aac"),
        ],
        LIKE,
    )
    .await;
}

#[tokio::test]
async fn films_of_discs_and_old_programs_play() {
    all_play(
        &[
            Row("mpeg1.mpg", "-c:v mpeg1video -q:v 2 -c:a mp2"),
            Row("mpeg2.ts", "-c:v mpeg2video -q:v 2 -c:a mp2"),
            Row("asp.avi", "-c:v mpeg4 -vtag XVID -bf 2 -q:v 2 -c:a libmp3lame"),
            Row("msmpeg4.avi", "-c:v msmpeg4 -q:v 2 -c:a libmp3lame"),
            Row("flv1.flv", "-c:v flv -q:v 2 -c:a libmp3lame -ar 44100"),
            Row("wmv2.wmv", "-c:v wmv2 -q:v 2 -c:a wmav2"),
            Row("wmv1.asf", "-c:v wmv1 -q:v 2 -c:a wmav1"),
            Row("theora.ogv", "-c:v libtheora -q:v 10 -c:a libvorbis"),
            Row("h263.3gp", "-vf scale=176:144 -c:v h263 -q:v 2 -c:a aac"),
        ],
        LIKE,
    )
    .await;
}

#[tokio::test]
async fn films_of_editors_play() {
    all_play(
        &[
            Row("prores.mov", "-c:v prores_ks -profile:v 2 -pix_fmt yuv422p10le -c:a pcm_s16le"),
            Row("prores4444.mov", "-c:v prores_ks -profile:v 4444 -pix_fmt yuv444p10le -c:a pcm_s24le"),
            Row("dnxhr.mov", "-vf scale=320:240 -c:v dnxhd -profile:v dnxhr_hq -pix_fmt yuv422p -c:a pcm_s16le"),
            Row("mjpeg.avi", "-c:v mjpeg -q:v 2 -pix_fmt yuvj422p -c:a pcm_s16le"),
            Row("mjpeg.mov", "-c:v mjpeg -q:v 2 -pix_fmt yuvj420p -c:a pcm_s16be"),
            Row("ffv1.mkv", "-c:v ffv1 -c:a flac"),
            Row("huffyuv.avi", "-c:v huffyuv -pix_fmt yuv422p -c:a pcm_s16le"),
            Row("utvideo.avi", "-c:v utvideo -pix_fmt yuv422p -c:a pcm_s16le"),
            Row("raw.mov", "-c:v rawvideo -pix_fmt uyvy422 -c:a pcm_s16le"),
        ],
        LIKE,
    )
    .await;
}

#[tokio::test]
async fn films_of_studios_play() {
    all_play(
        &[
            Row("jpeg2000.mxf", "-c:v jpeg2000 -pix_fmt yuv422p -c:a pcm_s16le -f mxf"),
            Row("v210.mov", "-c:v v210 -c:a pcm_s16le"),
            Row("v308.mov", "-c:v v308 -c:a pcm_s16le"),
            Row("v408.mov", "-c:v v408 -c:a pcm_s16le"),
            Row("v410.mov", "-c:v v410 -c:a pcm_s16le"),
            Row("y41p.avi", "-c:v y41p -c:a pcm_s16le"),
            Row("magicyuv.avi", "-c:v magicyuv -pix_fmt yuv422p -c:a pcm_s16le"),
            Row("dirac.mkv", "-c:v vc2 -pix_fmt yuv422p -c:a flac"),
            Row("speedhq.mov", "-c:v speedhq -pix_fmt yuv422p -q:v 2 -c:a pcm_s16le"),
        ],
        LIKE,
    )
    .await;
}

/// In red, green and blue: what is left of small bright colours where four pixels share one is less (ffmpeg's own encode of
/// these is 0.71 alike).
#[tokio::test]
async fn films_of_screen_recorders_play() {
    all_play(
        &[
            Row("animation.mov", "-c:v qtrle -c:a pcm_s16le"),
            Row("png.mov", "-c:v png -c:a pcm_s16le"),
            Row("alpha.mov", "-vf format=rgba -c:v png -c:a pcm_s16le"),
            Row("r210.mov", "-c:v r210 -c:a pcm_s16le"),
            Row("hap.mov", "-c:v hap -format hap_q -c:a pcm_s16le"),
            Row("capture.avi", "-c:v zmbv -c:a pcm_s16le"),
        ],
        Likeness { least_ssim: 0.70 },
    )
    .await;
}

/// Blocks of a codec that is not like ours, and fields that the comparison does not weave out.
#[tokio::test]
async fn films_of_tapes_and_the_first_cds_play() {
    all_play(
        &[
            Row("msvideo1.avi", "-c:v msvideo1 -c:a pcm_s16le"),
            Row("asv2.avi", "-c:v asv2 -q:v 2 -c:a pcm_s16le"),
            Row("cinepak.avi", "-c:v cinepak -strip_number_adaptivity 0 -c:a pcm_s16le"),
            Row(
                "dv.avi",
                "-vf scale=720:576,fps=25,setsar=16/15 -c:v dvvideo -pix_fmt yuv420p -c:a pcm_s16le -ar 48000 -ac 2",
            ),
        ],
        Likeness { least_ssim: 0.70 },
    )
    .await;
}
