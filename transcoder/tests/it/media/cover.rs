//! The picture of what has none: its cover, or its loudness, drawn.

use std::process::Command;

use mutoscope_transcoder::plan::PlanSettings;

use crate::support::{Films, ffprobe, make_posters, plan};

/// The mean brightness of a part of a JPEG, by the ffmpeg program. `crop` is width, height, left and top.
fn brightness(jpeg: &[u8], crop: &str) -> f64 {
    colour(jpeg, crop)[0]
}

/// The mean of each of Y, Cb and Cr of a part of a JPEG.
fn colour(jpeg: &[u8], crop: &str) -> Vec<f64> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jpg");
    std::fs::write(&path, jpeg).unwrap();
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(&path)
        .args(["-vf", &format!("crop={crop},scale=1:1:flags=area,format=yuv444p"), "-f", "rawvideo", "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout.iter().map(|byte| f64::from(*byte)).collect()
}

/// A tone of 3 s with a picture of this kind attached, half red and half blue.
fn with_art(films: &Films, name: &str, size: &str, codecs: &str) -> std::path::PathBuf {
    films.make(
        name,
        &format!(
            "-f lavfi -i sine=frequency=440:duration=3 -f lavfi -i color=red:size={size}:rate=1:duration=1 -map 0 -map 1 \
             -filter:v drawbox=x=iw/2:w=iw/2:t=fill:color=blue -frames:v 1 {codecs} -disposition:v:0 attached_pic \
             -metadata:s:v comment=Secret -metadata:s:v title=Secret"
        ),
    )
}

#[tokio::test]
async fn a_cover_is_made_anew_in_its_own_shape_without_anything_but_its_pixels() {
    let films = Films::new();
    for (name, size, codecs, expected) in [
        ("a.mp3", "600x400", "-c:a libmp3lame -c:v mjpeg -pix_fmt yuvj420p", (600, 400)),
        ("b.m4a", "2000x2000", "-c:a aac -c:v mjpeg -pix_fmt yuvj444p", (1280, 1280)),
        ("c.m4a", "301x301", "-c:a alac -c:v png", (300, 300)),
        ("d.flac", "500x500", "-c:a flac -c:v png -pix_fmt rgba", (500, 500)),
    ] {
        let film = with_art(&films, name, size, codecs);
        let plan = plan(&film, &PlanSettings::default()).await;
        assert!(plan.video.is_none() && plan.cover.as_ref().is_some_and(|cover| cover.art.is_some()), "{name}");
        let made = make_posters(&film, &plan).await;
        let (width, height, bytes) = &made.posters[0];
        assert_eq!((*width, *height), expected, "{name}");
        let answer = ffprobe(bytes, "-show_entries stream=codec_name,width,height:stream_tags:format_tags");
        assert_eq!(answer["streams"][0]["codec_name"], "mjpeg");
        assert!(!answer.to_string().contains("Secret") && !bytes.windows(6).any(|part| part == b"Secret"), "{answer}");
        let (left, right) = (colour(bytes, "iw/4:ih/2:10:10"), colour(bytes, "iw/4:ih/2:iw*3/4-10:10"));
        assert!(left[2] > 180.0 && left[1] < 120.0, "{name}: red is {left:?}");
        assert!(right[1] > 180.0 && right[2] < 140.0, "{name}: blue is {right:?}");
        assert_eq!(make_posters(&film, &plan).await.posters, made.posters, "{name}");
    }
}

#[tokio::test]
async fn sound_without_a_cover_or_with_a_broken_one_is_drawn_as_loud_as_it_is() {
    let films = Films::new();
    // Silence, then half as loud, then loud: a third each.
    let tone = "-f lavfi -i aevalsrc=exprs=sin(2*PI*t*440)*0.4*floor(t/2)/2:sample_rate=44100:duration=6";
    let plain = films.make("a.wav", tone);
    let lossy = films.make("b.mp3", &format!("{tone} -c:a libmp3lame"));
    let long = films.make("c.mka", &tone.replace("t/2", "t/40").replace("duration=6", "duration=120"));
    for film in [&plain, &lossy, &long] {
        let plan = plan(film, &PlanSettings::default()).await;
        assert!(plan.cover.as_ref().is_some_and(|cover| cover.art.is_none()));
        let made = make_posters(film, &plan).await;
        let (width, height, bytes) = &made.posters[0];
        assert_eq!((*width, *height), (1280, 720));
        // Right above the middle all are seen, higher up fewer.
        let near: Vec<f64> =
            [140, 600, 1040].iter().map(|left| brightness(bytes, &format!("120:60:{left}:250"))).collect();
        let far: Vec<f64> =
            [140, 600, 1040].iter().map(|left| brightness(bytes, &format!("120:60:{left}:160"))).collect();
        assert!(near[0] < 60.0 && near[1] > 80.0 && near[2] > 80.0, "{film:?}: {near:?}");
        assert!(far[0] < 60.0 && far[1] < 60.0 && far[2] > 80.0, "{film:?}: {far:?}");
        assert_eq!(make_posters(film, &plan).await.posters, made.posters);
    }
    let art = with_art(&films, "d.mp3", "600x400", "-c:a libmp3lame -c:v mjpeg -pix_fmt yuvj420p");
    let mut bytes = std::fs::read(art).unwrap();
    let start = bytes.windows(3).position(|part| part == [0xff, 0xd8, 0xff]).unwrap();
    bytes[start + 2..start + 700].fill(0);
    let broken = films.write("broken.mp3", &bytes);
    let plan = plan(&broken, &PlanSettings::default()).await;
    let made = make_posters(&broken, &plan).await;
    assert_eq!((made.posters[0].0, made.posters[0].1), (1280, 720), "drawn instead");
}

#[tokio::test]
async fn a_picture_bomb_in_a_cover_is_not_decoded() {
    let films = Films::new();
    let film = with_art(&films, "a.mp3", "64x64", "-c:a libmp3lame -c:v png");
    let mut bytes = std::fs::read(film).unwrap();
    let header = bytes.windows(4).position(|part| part == b"IHDR").unwrap();
    // 30,000 by 30,000 pixels, with the checksum that belongs to it.
    for at in [header + 4, header + 8] {
        bytes[at..at + 4].copy_from_slice(&30_000_u32.to_be_bytes());
    }
    let checksum = crc32(&bytes[header..header + 17]).to_be_bytes();
    bytes[header + 17..header + 21].copy_from_slice(&checksum);
    let film = films.write("bomb.mp3", &bytes);
    let plan = plan(&film, &PlanSettings::default()).await;
    let made = make_posters(&film, &plan).await;
    assert_eq!((made.posters[0].0, made.posters[0].1), (1280, 720), "drawn instead");
}

/// The checksum of PNG's chunks (ISO/IEC 15948, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 })
    })
}
