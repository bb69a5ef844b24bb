//! The films of the suite: small, and each inviting impurity in its own way.

use std::path::PathBuf;

use crate::support::Films;

/// Moving pictures that no two frames of are alike.
pub const PICTURES: &str = "-f lavfi -i testsrc2=size=160x90:rate=25:duration=7";
/// A tone that rises, so that no two places of it are alike.
pub const SOUND: &str = "-f lavfi -i aevalsrc=exprs=0.4*sin(2*PI*t*(200+40*t)):sample_rate=48000:duration=7";

/// One film.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    pub name: &'static str,
    pub codecs: &'static str,
}

const X264: &str = "-c:v libx264 -preset veryfast -pix_fmt yuv420p";

pub const B_FRAMES: Source = Source { name: "b-frames.mp4", codecs: "X264 -g 60 -c:a aac -movflags +faststart" };
pub const ONE_KEY: Source = Source { name: "one-key.mkv", codecs: "X264 -g 9999 -c:a libmp3lame" };
pub const OPEN_GOP: Source =
    Source { name: "open-gop.ts", codecs: "X264 -g 45 -x264-params open-gop=1:scenecut=0 -c:a aac -ar 44100" };
pub const OPEN_GOP_MP4: Source = Source {
    name: "open-gop.mp4",
    codecs: "X264 -g 33 -x264-params open-gop=1:scenecut=0 -c:a aac -ar 44100 -movflags +faststart",
};
pub const OPEN_GOP_MPEG2: Source =
    Source { name: "open-gop.mpg", codecs: "-c:v mpeg2video -g 15 -bf 2 -b:v 500k -c:a mp2 -ar 44100" };
pub const INTRA_REFRESH: Source =
    Source { name: "refresh.ts", codecs: "X264 -g 40 -bf 0 -x264-params intra-refresh=1 -c:a ac3" };
pub const VARIABLE_RATE: Source = Source {
    name: "variable.mp4",
    codecs: "-vf select='not(between(t,3,5.3))*mod(n+1,3)' -fps_mode vfr X264 -g 40 -c:a aac -movflags +faststart",
};
pub const INTERLACED: Source = Source {
    name: "interlaced.ts",
    codecs: "-vf scale=160:96,interlace=scan=tff X264 -flags +ildct+ilme -x264-params tff=1:keyint=30 -c:a mp2",
};
pub const INTERLACED_MPEG2: Source = Source {
    name: "interlaced.mpg",
    codecs: "-vf interlace=scan=bff -c:v mpeg2video -flags +ildct+ilme -top 0 -g 12 -bf 2 -b:v 500k -c:a mp2",
};
pub const SOUND_GAPS: Source = Source {
    name: "gaps.mkv",
    codecs: "X264 -g 50 -af aselect='not(between(t,3.1,4.4)+between(t,6.02,6.5))' -c:a libopus",
};
pub const HEVC_10_BIT: Source = Source {
    name: "ten-bit.mp4",
    codecs: "-c:v libx265 -preset ultrafast -x265-params keyint=40:log-level=error -pix_fmt yuv420p10le -c:a flac \
             -strict -2 -movflags +faststart",
};
pub const VP9: Source = Source {
    name: "vp9.webm",
    codecs: "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 70 -b:v 300k -c:a libvorbis",
};
/// Without a container, and so without instants.
pub const BARE: Source = Source { name: "bare.h264", codecs: "X264 -g 40 -bf 2 -map 0:v" };
/// Of screen recorders and old programs: pictures that change parts of the one before.
pub const SCREENS: [Source; 2] = [
    Source { name: "capture.avi", codecs: "-c:v zmbv -g 30 -c:a pcm_s16le" },
    Source { name: "cinepak.avi", codecs: "-vf scale=160:92 -c:v cinepak -g 30 -c:a pcm_s16le" },
];
pub const MPEG4: Source = Source { name: "asp.avi", codecs: "-c:v mpeg4 -bf 2 -g 30 -b:v 400k -c:a libmp3lame" };

impl Source {
    /// Makes the film.
    pub fn make(self, films: &Films) -> PathBuf {
        films.make(self.name, &format!("{PICTURES} {SOUND} {}", self.codecs.replace("X264", X264)))
    }
}

/// A film of three parts that follow each other without a gap: whole pictures, from an instant on woven ones, and after
/// 5 s whole ones again; a key frame a second.
pub fn interlaced_later(films: &Films, name: &str, woven_s: f64) -> PathBuf {
    let (codec, woven) = match name.ends_with(".mpg") {
        true => ("-c:v mpeg2video -qscale:v 2 -g 25 -bf 2", "-flags +ildct+ilme -top 1"),
        false => {
            ("-c:v libx264 -preset veryfast -crf 8 -g 25 -sc_threshold 0", "-flags +ildct+ilme -x264-params tff=1")
        }
    };
    let mut joined = Vec::new();
    for (part, (from_s, end_s)) in [(0.0, woven_s), (woven_s, 5.0), (5.0, 7.0)].into_iter().enumerate() {
        let (choose, flags) =
            if part == 1 { ("tinterlace=interleave_top", woven) } else { ("select='not(mod(n,2))'", "") };
        let path = films.make(
            &format!("{part}-{name}"),
            &format!(
                "-f lavfi -i testsrc2=size=160x96:rate=50:duration=7 \
                 -vf trim={from_s}:{end_s},setpts=PTS-STARTPTS,{choose} -r 25 -pix_fmt yuv420p {codec} {flags} \
                 -muxdelay 0 -muxpreload 0 -output_ts_offset {}",
                from_s + 1.0
            ),
        );
        joined.extend(std::fs::read(path).unwrap());
    }
    films.write(name, &joined)
}
