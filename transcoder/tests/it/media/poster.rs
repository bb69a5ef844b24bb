//! Posters: sharp, not black, the same every time.

use mutoscope_transcoder::plan::PlanSettings;

use crate::support::{Films, ffprobe, make_posters, plan};

#[tokio::test]
async fn a_poster_is_a_picture_that_is_not_black() {
    let films = Films::new();
    // Black for the first half.
    let path = films.make(
        "film.mp4",
        "-f lavfi -i testsrc2=size=640x360:rate=25:duration=10 -vf drawbox=t=fill:c=black:enable='lt(t,4.5)' \
         -c:v libx264 -preset ultrafast -pix_fmt yuv420p",
    );
    let plan = plan(&path, &PlanSettings::default()).await;
    let made = make_posters(&path, &plan).await;
    let (width, height, bytes) = &made.posters[0];
    assert_eq!((*width, *height), (640, 360));
    let answer = ffprobe(bytes, "-show_entries stream=codec_name,width,height");
    assert_eq!(answer["streams"][0]["codec_name"], "mjpeg");
    assert_eq!(answer["streams"][0]["width"], 640);
    // A black JPEG of this size has a few kilobytes.
    assert!(bytes.len() > 15_000, "{}", bytes.len());
    assert_eq!(make_posters(&path, &plan).await.posters, made.posters);
}
