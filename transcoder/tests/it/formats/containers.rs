//! Containers, and where they keep their index.

use super::{PICTURES, Row, SOUND, all_pass, all_play, compare, compare::LIKE};
use crate::support::Films;

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

/// What cameras and encoders write where nobody puts it into a container: pictures without instants of their own.
#[tokio::test]
async fn streams_of_pictures_without_a_container_play() {
    let films = Films::new();
    let rows = [
        Row("camera.h264", "-c:v libx264 -preset ultrafast -crf 18 -pix_fmt yuv420p"),
        Row("b-frames.h264", "-c:v libx264 -preset veryfast -crf 18 -bf 2 -pix_fmt yuv420p"),
        Row("camera.hevc", "-c:v libx265 -preset ultrafast -crf 20 -x265-params log-level=none"),
        Row("film.obu", "-c:v libaom-av1 -cpu-used 8 -usage realtime -crf 20 -pix_fmt yuv420p"),
        Row("film.m2v", "-c:v mpeg2video -q:v 2"),
        Row("film.y4m", "-pix_fmt yuv420p"),
    ];
    let paths = rows.map(|Row(name, codecs)| films.make(name, &format!("{PICTURES} {codecs}")));
    all_pass(&paths, |played| compare::length(played).and_then(|()| compare::pictures(&films, played, LIKE))).await;
}

/// The same for sound.
#[tokio::test]
async fn files_of_nothing_but_sound_play() {
    let films = Films::new();
    let rows = [
        Row("sun.au", "-c:a pcm_s16be"),
        Row("studio.aiff", "-c:a pcm_s16be"),
        Row("core.caf", "-c:a pcm_s16le"),
        Row("long.w64", "-c:a pcm_s24le"),
        Row("wavpack.wv", "-c:a wavpack"),
        Row("true.tta", "-c:a tta"),
        Row("telephone.wav", "-c:a adpcm_g722 -ar 16000 -ac 1"),
        Row("exchange.wav", "-c:a adpcm_g726 -ar 8000 -ac 1"),
    ];
    let paths = rows.map(|Row(name, codecs)| films.make(name, &format!("{SOUND} {codecs}")));
    all_pass(&paths, |played| compare::sound(&films, played)).await;
}
