//! What depends on the CPU's instructions is in the fingerprint; what need not depend on them does not.

use mutoscope_transcoder::{
    jail::{MediaProcess, MediaSettings},
    span::SpanRequest,
};

use super::{Hashes, hashes_of, settings, sources};
use crate::support::{self, Films, make_by, plan_by};

/// Media processes that do without the CPU's better instructions.
pub fn plain_cpu() -> MediaProcess {
    MediaProcess::new(MediaSettings {
        program: env!("CARGO_BIN_EXE_mutoscope-media").into(),
        arguments: vec!["plain-cpu".into()],
        ..MediaSettings::this_program()
    })
}

#[tokio::test]
async fn a_lesser_cpu_has_another_fingerprint_and_its_plans_are_made_by_nobody_else() {
    let films = Films::new();
    let path = sources::B_FRAMES.make(&films);
    let (usual, plain) = (support::media_process(), plain_cpu());
    assert_ne!(usual.fingerprint().await.unwrap(), plain.fingerprint().await.unwrap());
    let plan = plan_by(&plain, &path, &settings()).await;
    let refused = make_by(&usual, &path, &plan, SpanRequest::all(0..1)).await.unwrap_err();
    assert_eq!(refused.code.as_str(), "plan_outdated");
}

#[tokio::test]
async fn without_the_cpus_better_instructions_pictures_are_the_same_and_grouping_changes_nothing() {
    let films = Films::new();
    for source in [sources::B_FRAMES, sources::HEVC_10_BIT, sources::INTERLACED_MPEG2] {
        let path = source.make(&films);
        let plain = plain_cpu();
        let mut plan = plan_by(&plain, &path, &settings()).await;
        let count = plan.grid.segment_count();
        let whole = hashes_of(&make_by(&plain, &path, &plan, SpanRequest::all(0..count)).await.unwrap());
        let mut apart = Hashes::new();
        for start in (0..count).step_by(2) {
            let request = SpanRequest::all(start..(start + 2).min(count));
            apart.extend(hashes_of(&make_by(&plain, &path, &plan, request).await.unwrap()));
        }
        assert_eq!(whole, apart, "{}", source.name);

        let usual = support::media_process();
        plan.fingerprint = usual.fingerprint().await.unwrap();
        let mut usual = hashes_of(&make_by(&usual, &path, &plan, SpanRequest::all(0..count)).await.unwrap());
        usual.retain(|(name, _), _| name.starts_with("video"));
        assert!(usual.len() >= 16);
        for (key, hash) in &usual {
            assert_eq!(whole[key], *hash, "{}: {key:?}", source.name);
        }
    }
}
