//! No damaged segment passes the check.

use bytes::Bytes;
use mutoscope_transcoder::{
    package::{
        check::{Checked, check_init, check_segment},
        verify::VerifyError,
    },
    plan::PlanSettings,
};

use crate::support::{self, Films};

#[tokio::test]
async fn what_the_media_process_makes_passes_and_no_part_or_neighbour_of_it_does() {
    let films = Films::new();
    let film = films.sample("a.mp4", "320x240", "25", 5);
    let plan = support::plan(&film, &PlanSettings::default()).await;
    let made = support::make_all(&film, &plan).await;
    assert!(!made.segments.is_empty());
    for (name, index, bytes, facts) in &made.segments {
        let init = &made.inits.iter().find(|init| init.0 == *name).unwrap().1;
        let (init, _) = check_init(&plan, name.clone(), init.clone()).unwrap();
        let checked = check_segment(&plan, name.clone(), &init, *index, bytes.clone()).unwrap();
        let Checked::Segment { index: passed, .. } = checked else { panic!("a segment was checked") };
        assert_eq!(passed, *index);
        assert_eq!(plan.timeline(plan.rendition(name).unwrap(), *index), Some(*facts));

        let refused = |index: u32, bytes: Bytes| check_segment(&plan, name.clone(), &init, index, bytes).is_err();
        assert!(refused(index + 1, bytes.clone()), "under another number");
        assert!(refused(*index, bytes.slice(..bytes.len() - 1)), "one byte short");
        assert!(refused(*index, bytes.slice(..bytes.len() / 2)), "half of it");
        assert!(refused(*index, Bytes::new()), "nothing");
        assert!(refused(*index, [bytes.as_ref(), b"\0\0\0\x08free"].concat().into()), "one box more");
        assert!(refused(*index, [bytes.as_ref(), bytes.as_ref()].concat().into()), "twice");
    }
    // Nothing in a header can be changed unseen, and nothing makes the check panic.
    let (name, index, bytes, _) = &made.segments[0];
    let init = &made.inits.iter().find(|init| init.0 == *name).unwrap().1;
    let (init, _) = check_init(&plan, name.clone(), init.clone()).unwrap();
    for at in 0..bytes.len().min(2_000) {
        for bit in [0x01, 0x80] {
            let mut damaged = bytes.to_vec();
            damaged[at] ^= bit;
            let _may_pass_inside_the_picture = check_segment(&plan, name.clone(), &init, *index, damaged.into());
        }
    }
}

#[tokio::test]
async fn an_init_segment_of_another_rendition_is_refused() {
    let films = Films::new();
    let film = films.sample("a.mp4", "320x240", "25", 2);
    let plan = support::plan(&film, &PlanSettings::default()).await;
    let made = support::make_all(&film, &plan).await;
    let video = made.inits.iter().find(|(name, _)| name.is_video()).unwrap();
    let audio = made.inits.iter().find(|(name, _)| !name.is_video()).unwrap();
    let refused = check_init(&plan, video.0.clone(), audio.1.clone()).unwrap_err();
    assert!(refused.to_string().contains("video-240"), "{refused}");
    assert!(check_init(&plan, video.0.clone(), video.1.slice(..video.1.len() - 3)).is_err());
    assert!(check_init(&plan, video.0.clone(), Bytes::from_static(b"nothing of the kind")).is_err());
    assert_eq!(VerifyError::NoKeyFrame.to_string(), "the first sample is not a key frame");
}
