//! Scene cuts are found where they are, also where segments meet.

use mutoscope_transcoder::plan::PlanSettings;

use crate::{
    purity,
    support::{Films, make_all, merge, plan},
};

#[tokio::test]
async fn the_cuts_of_a_film_are_found_to_the_picture() {
    let films = Films::new();
    // The first cut is where two segments meet, the others are not; the last scene is a still of noise.
    let film = films.make(
        "film.mp4",
        "-filter_complex testsrc2=s=160x90:r=25:d=2.52[a];mandelbrot=s=160x90:r=25,trim=duration=3.12[b];\
         smptebars=s=160x90:r=25:d=2[c];color=c=navy:s=160x90:r=25:d=1.4,noise=alls=30:all_seed=3[d];\
         [a][b][c][d]concat=n=4[v] -map [v] -c:v libx264 -preset ultrafast -pix_fmt yuv420p",
    );
    for (settings, is_border) in [(purity::settings(), true), (PlanSettings::default(), false)] {
        let plan = plan(&film, &settings).await;
        let borders: Vec<_> = (0..plan.grid.segment_count()).filter_map(|index| plan.grid.start_us(index)).collect();
        assert_eq!(borders.contains(&2_520_000), is_border, "{borders:?}");
        let mut made = make_all(&film, &plan).await;
        let merged = merge(&plan, &mut made).await;
        assert_eq!(merged.scenes.unwrap().cuts_ms, [2_520, 5_640, 7_640]);
    }
}

#[tokio::test]
async fn movement_flashes_and_fades_are_no_cuts() {
    let films = Films::new();
    let film = films.make(
        "film.mp4",
        "-f lavfi -i testsrc2=size=160x90:rate=25:duration=8 \
         -vf crop=100:60:x=30+29*sin(t*3):y=15,scale=160:90,fade=in:0:25,fade=out:170:25,\
         drawbox=t=fill:c=white:enable='between(n,80,81)' \
         -c:v libx264 -preset ultrafast -pix_fmt yuv420p",
    );
    let plan = plan(&film, &purity::settings()).await;
    let mut made = make_all(&film, &plan).await;
    let merged = merge(&plan, &mut made).await;
    assert_eq!(merged.scenes.unwrap().cuts_ms, [0_u64; 0]);
}
