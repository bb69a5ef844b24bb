//! Rates, starts and gaps.

use super::{Row, all_play, compare::LIKE};

#[tokio::test]
async fn films_that_start_anywhere_on_their_clock_play_from_zero() {
    all_play(
        &[
            Row("start-100000.ts", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -output_ts_offset 95000"),
            Row(
                "start-100000.mkv",
                "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -output_ts_offset 100000",
            ),
            // The clock of a transport stream turns over at 2^33 / 90000 s = 95443.7 s: in the middle of this film.
            Row(
                "wrap.ts",
                "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -output_ts_offset 95442.2 -muxdelay 0",
            ),
            Row(
                "negative-dts.mp4",
                "-c:v libx264 -preset ultrafast -bf 3 -pix_fmt yuv420p -c:a aac -movflags negative_cts_offsets",
            ),
            Row("no-edit-list.mp4", "-c:v libx264 -preset ultrafast -bf 0 -pix_fmt yuv420p -c:a aac -use_editlist 0"),
        ],
        LIKE,
    )
    .await;
}

#[tokio::test]
async fn films_of_any_rate_keep_their_pace() {
    all_play(
        &[
            Row("ntsc.mp4", "-r 30000/1001 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"),
            Row("film.mp4", "-r 24000/1001 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"),
            Row("50.ts", "-r 50 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"),
            Row("240.mp4", "-r 240 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"),
            Row("10.mkv", "-r 10 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"),
            Row("5.mp4", "-r 5 -t 2.73 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"),
            Row("2.mp4", "-r 2 -t 2.8 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"),
        ],
        LIKE,
    )
    .await;
}
