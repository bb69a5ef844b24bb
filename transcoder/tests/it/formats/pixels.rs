//! Depths, samplings and ranges of colour.

use super::{
    Row, all_play,
    compare::{LIKE, Likeness},
    joined, play_file,
};
use crate::support::{Films, ffprobe};

#[tokio::test]
async fn eight_and_ten_bits_of_every_sampling_and_range_keep_their_colours() {
    all_play(
        &[
            Row("420p10.mkv", "-c:v libx265 -preset ultrafast -crf 18 -x265-params log-level=none -pix_fmt yuv420p10le -c:a aac"),
            Row("422p.mkv", "-c:v libx264 -preset ultrafast -crf 15 -pix_fmt yuv422p -c:a aac"),
            Row("422p10.mov", "-c:v libx264 -preset ultrafast -crf 15 -pix_fmt yuv422p10le -c:a aac"),
            Row("444p.mkv", "-c:v libx264 -preset ultrafast -crf 15 -pix_fmt yuv444p -c:a aac"),
            Row("444p10.mkv", "-c:v libx264 -preset ultrafast -crf 15 -pix_fmt yuv444p10le -c:a aac"),
            Row("full.mp4", "-vf scale=out_range=full -c:v libx264 -preset ultrafast -crf 15 -pix_fmt yuvj420p -color_range pc -c:a aac"),
            Row("gbrp.mkv", "-c:v ffv1 -pix_fmt gbrp10le -c:a flac"),
            Row("bt709.mp4", "-vf scale=out_color_matrix=bt709 -c:v libx264 -preset ultrafast -crf 15 -pix_fmt yuv420p -colorspace bt709 -color_primaries bt709 -color_trc bt709 -c:a aac"),
            Row("vp9-444.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 3M -pix_fmt yuv444p -c:a libopus"),
        ],
        LIKE,
    )
    .await;
}

/// Half of the colour's detail goes with 4:2:0, and this picture has a lot of it.
#[tokio::test]
async fn pictures_of_a_screen_keep_their_colours() {
    all_play(&[Row("rgb.mkv", "-c:v ffv1 -pix_fmt bgr0 -c:a flac")], Likeness { least_ssim: 0.75 }).await;
}

/// Grey of 203 cd/m², where white of ordinary material lies, black, and a lamp of 1,000 cd/m², by either curve: the codes
/// are those of SMPTE ST 2084 and ARIB STD-B67.
#[tokio::test]
async fn hdr_becomes_sdr_with_white_bright_lamps_white_and_black_black() {
    let films = Films::new();
    for (transfer, paper, lamp) in [("smpte2084", 0.5807, 0.7518), ("arib-std-b67", 0.75, 1.0)] {
        let code = |signal: f64| (64.0 + 876.0 * signal).round();
        let film = films.make(
            &format!("{transfer}.mkv"),
            &format!(
                "-f lavfi -i color=black:size=192x64:rate=10:duration=1,format=yuv420p10le,\
                 geq=lum=if(lt(X\\,64)\\,64\\,if(lt(X\\,128)\\,{}\\,{})):cb=512:cr=512,\
                 setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc \
                 -c:v libx265 -preset ultrafast -crf 4 -x265-params log-level=none -pix_fmt yuv420p10le \
                 -color_primaries bt2020 -color_trc {transfer} -colorspace bt2020nc",
                code(paper),
                code(lamp)
            ),
        );
        let played = play_file(film).await;
        let out = joined(&films, &played.film, &played.made, "video-64");
        let raw = films.make(
            &format!("{transfer}.gray"),
            &format!("-i {} -vf extractplanes=y -frames:v 1 -f rawvideo", out.display()),
        );
        let row = &std::fs::read(raw).unwrap()[192 * 32..192 * 33];
        let (black, paper, lamp) = (row[32], row[96], row[160]);
        assert!((14..=19).contains(&black), "{transfer}: black is {black}");
        assert!((180..=226).contains(&paper), "{transfer}: white paper is {paper}");
        assert!(lamp >= 230 && lamp > paper + 5, "{transfer}: a lamp is {lamp}, paper {paper}");
        let tags =
            ffprobe(&std::fs::read(&out).unwrap(), "-show_entries stream=color_transfer,color_primaries,color_space");
        for tag in ["color_transfer", "color_primaries", "color_space"] {
            assert_eq!(tags["streams"][0][tag], "bt709", "{transfer}: {tag}");
        }
    }
}
