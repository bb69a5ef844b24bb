//! Codecs, rates and channels of sound.

use super::{Row, all_play, compare::LIKE};

#[tokio::test]
async fn sound_of_every_common_codec_plays_in_pitch_side_and_sync() {
    all_play(
        &[
            Row("aac.mp4", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -ar 44100"),
            Row("mp2.mpg", "-c:v mpeg2video -q:v 2 -c:a mp2 -b:a 256k"),
            Row("mp3.mp4", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a libmp3lame"),
            Row("ac3.ts", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a ac3"),
            Row("eac3.mkv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a eac3"),
            Row("dts.mkv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a dca -strict -2"),
            Row("vorbis.mkv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a libvorbis -b:a 192k"),
            Row("opus.mp4", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a libopus"),
        ],
        LIKE,
    )
    .await;
}

#[tokio::test]
async fn sound_that_loses_nothing_and_sound_of_old_programs_plays() {
    all_play(
        &[
            Row("flac.mkv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a flac"),
            Row("alac.mov", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a alac"),
            Row("pcm24.mov", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a pcm_s24le -ar 96000"),
            Row("float.mkv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a pcm_f32le"),
            Row("wavpack.mkv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a wavpack"),
            Row("truehd.mkv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a truehd -strict -2"),
            Row("wma.wmv", "-c:v wmv2 -q:v 2 -b:v 4M -c:a wmav2"),
            Row("adpcm.avi", "-c:v mpeg4 -q:v 2 -c:a adpcm_ms"),
            Row("s302m.ts", "-c:v mpeg2video -q:v 2 -c:a s302m -strict -2"),
            Row("tta.mkv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a tta"),
        ],
        LIKE,
    )
    .await;
}

#[tokio::test]
async fn any_sample_rate_plays() {
    all_play(
        &[
            Row("8k.mkv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a pcm_s16le -ar 8000"),
            Row("11k.avi", "-c:v mpeg4 -q:v 2 -c:a libmp3lame -ar 11025"),
            Row("22k.mp4", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -ar 22050"),
            Row("32k.ts", "-c:v mpeg2video -q:v 2 -c:a mp2 -ar 32000"),
            Row("192k.mkv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a flac -ar 192000"),
        ],
        LIKE,
    )
    .await;
}
