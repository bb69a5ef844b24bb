//! Films that no encoder here makes as they are met: their bytes are altered after it.

use std::path::{Path, PathBuf};

use super::{
    PICTURES, SOUND, all_files_play, compare,
    compare::{LIKE, Likeness},
    play_file,
};
use crate::support::Films;

const H264: &str = "-c:v libx264 -preset ultrafast -crf 18 -pix_fmt yuv420p -c:a aac";

#[tokio::test]
async fn high_efficiency_aac_plays_at_its_own_rate() {
    let films = Films::new();
    let plain = films.make("plain.mp4", &format!("{PICTURES} {SOUND} {H264} -ar 24000 -ac 2"));
    // The configuration (ISO/IEC 14496-3, 1.6.5) of 24 kHz stereo goes on to say that there is no spectral band
    // replication; let it say that there is, to 48 kHz.
    let film = altered(&films, &plain, "he-aac.mp4", &[0x13, 0x10, 0x56, 0xe5, 0x00], |at| at[4] = 0x98);
    all_files_play(&films, &[film], LIKE).await;
}

#[tokio::test]
async fn mirrored_films_come_out_as_a_player_shows_them() {
    let films = Films::new();
    let plain = films.make("plain.mp4", &format!("{PICTURES} {SOUND} {H264}"));
    // The matrix of the picture track, which comes first (ISO/IEC 14496-12, 8.3.2): x is turned round.
    let mut bytes = std::fs::read(&plain).unwrap();
    let header = position(&bytes, b"tkhd");
    let upright = 0x0001_0000_i32.to_be_bytes();
    let matrix = header + position(&bytes[header..], &[upright, [0; 4], [0; 4], [0; 4], upright].concat());
    bytes[matrix..matrix + 4].copy_from_slice(&(-0x0001_0000_i32).to_be_bytes());
    let played = play_file(films.write("mirrored.mp4", &bytes)).await;
    let mirror = films.make("upright.mp4", &format!("-i {} -vf hflip {H264}", plain.display()));
    compare::pictures_as(&films, &mirror, &played, LIKE).unwrap();
}

#[tokio::test]
async fn edit_lists_that_cut_inside_a_group_of_pictures_are_kept() {
    let films = Films::new();
    let whole = films.make("whole.mp4", &format!("{PICTURES} {SOUND} {H264} -g 50 -bf 2"));
    let cut = films.make("cut.mp4", &format!("-ss 0.52 -i {} -c copy", whole.display()));
    all_files_play(&films, &[cut], LIKE).await;
}

#[tokio::test]
async fn pictures_that_change_their_size_keep_their_shape() {
    let films = Films::new();
    let h264 = format!("{H264} -g 25");
    let small = films.make("small.ts", &format!("{PICTURES} {SOUND} {h264}"));
    let large = films.make("large.ts", &format!("{PICTURES} {SOUND} -vf scale=320:240 {h264} -output_ts_offset 3"));
    let bytes = [std::fs::read(small).unwrap(), std::fs::read(large).unwrap()].concat();
    let film = films.write("grows.ts", &bytes);
    // Six seconds of it; the second half is the first one again, larger. A graph of two inputs would begin anew there.
    let shown = films.make("shown.mkv", &format!("-i {} -vf scale=160:120 -c:v ffv1 -c:a flac", film.display()));
    let played = play_file(film).await;
    compare::pictures_as(&films, &shown, &played, Likeness { least_ssim: 0.80 }).unwrap();
    compare::sound(&films, &played).unwrap();
    compare::sync(&films, &played).unwrap();
}

/// There is no encoder of adaptive multi-rate speech here; every bit pattern is some speech (RFC 4867, 5.3).
#[tokio::test]
async fn speech_of_old_phones_plays() {
    const SECONDS: usize = 3;
    let films = Films::new();
    let mut file = b"#!AMR\n".to_vec();
    let mut random = 1_u32;
    for _ in 0..SECONDS * 50 {
        file.push(7 << 3 | 1 << 2);
        for _ in 0..31 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            file.push((random >> 24) as u8);
        }
    }
    let raw = films.write("speech.amr", &file);
    let memo = films.make("speech.3gp", &format!("-i {} -c copy", raw.display()));
    for film in [raw, memo] {
        let played = play_file(film).await;
        compare::waves(&films, &played, 0.8).unwrap_or_else(|fault| panic!("{}: {fault}", played.film.display()));
    }
}

/// A copy of a film in which the only place that reads `from` is altered.
fn altered(films: &Films, film: &Path, name: &str, from: &[u8], alter: impl FnOnce(&mut [u8])) -> PathBuf {
    let mut bytes = std::fs::read(film).unwrap();
    let at = position(&bytes, from);
    assert!(!bytes[at + 1..].windows(from.len()).any(|window| window == from), "{name}: more than one place");
    alter(&mut bytes[at..at + from.len()]);
    films.write(name, &bytes)
}

fn position(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).position(|window| window == wanted).unwrap()
}
