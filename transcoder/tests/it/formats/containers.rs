//! Containers, and where they keep their index.

use super::{Row, all_play, compare::LIKE};

#[tokio::test]
async fn every_container_plays() {
    all_play(
        &[
            Row("index-last.mp4", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"),
            Row(
                "fragmented.mp4",
                "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -movflags frag_keyframe+empty_moov",
            ),
            Row("film.mov", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -movflags +faststart"),
            Row("film.mkv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"),
            Row("film.ts", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"),
            Row("film.m2ts", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a ac3 -mpegts_m2ts_mode 1"),
            Row("film.avi", "-c:v libx264 -preset ultrafast -bf 0 -pix_fmt yuv420p -c:a libmp3lame"),
        ],
        LIKE,
    )
    .await;
}

#[tokio::test]
async fn containers_of_discs_broadcast_and_the_old_web_play() {
    all_play(
        &[
            Row("film.mpg", "-c:v mpeg2video -q:v 2 -c:a mp2"),
            Row("film.vob", "-c:v mpeg2video -q:v 2 -c:a ac3 -f vob"),
            Row("film.flv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -ar 44100"),
            Row("film.ogg", "-c:v libtheora -q:v 10 -c:a libvorbis -f ogg"),
            Row("film.mxf", "-c:v mpeg2video -q:v 2 -c:a pcm_s16le -ar 48000 -f mxf"),
            Row("film.3gp", "-c:v libx264 -preset ultrafast -profile:v baseline -pix_fmt yuv420p -c:a aac"),
            Row("film.asf", "-c:v msmpeg4 -q:v 2 -c:a wmav2"),
        ],
        LIKE,
    )
    .await;
}
