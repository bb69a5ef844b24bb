//! What is carried over on the platform, and what happens where it turns out not to be fit.

use mutoscope_core::testing::on_both_databases;
use mutoscope_transcoder::{
    plan::{EncodePlan, PlanSettings},
    probe::Unfit,
    worker::Neighbours,
};

use super::Platform;
use crate::{
    carry::{damaged_film, fit_film},
    support::Films,
};

fn carried(plan: &EncodePlan) -> Vec<&str> {
    let carried = plan.renditions.iter().filter(|rendition| rendition.is_carried());
    carried.map(|rendition| rendition.name().as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fit_film_is_carried_over_and_a_damaged_one_is_planned_again_and_encoded() {
    on_both_databases(|db| async move {
        let films = Films::new();
        let platform = Platform::over(db);
        let fit = platform.upload("a", &fit_film(&films, "film.mp4")).await;
        let damaged = platform.upload("b", &damaged_film(&films)).await;
        let settings = PlanSettings { ladder: vec![360, 120].into(), ..PlanSettings::default() };
        let worker = platform.work_by(2, Neighbours::Possible, settings);
        let (_, plan) = platform.until_ready(fit).await;
        assert_eq!(carried(&plan), ["video-360", "audio"]);
        let (stored, plan) = platform.until_ready(damaged).await;
        assert_eq!(carried(&plan), Vec::<&str>::new());
        assert_eq!(plan.carrying[0].not_carried, Some(Unfit::Damaged));
        worker.stop().await;
        // What is known of it stays known.
        let again = platform.plan(damaged).await.unwrap();
        assert_eq!(again.0.hash, stored.hash);
    })
    .await;
}
