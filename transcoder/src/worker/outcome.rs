//! What follows from how a job ended: done, handed back, tried again, or given up.

use std::time::Duration;

use mutoscope_core::{
    db::{
        Db, DbError,
        jobs::{self, Claim, Ending, Work},
    },
    job::LEASE,
    video::Beside,
};
use tokio::time::Instant;

use super::{Performed, error::JobError, lay::owner_warning};
use crate::{
    error::{MediaError, MediaErrorCode, MediaErrorKind, MediaWarning},
    publish::PublishError,
};

/// How often a job is tried before it is given up.
pub(super) const MOST_ATTEMPTS: i64 = 5;
/// How often it is begun by workers that then were heard of no more, and got nowhere: most often they were killed for
/// reasons of their own, and the film is not to suffer for it.
pub(super) const MOST_BEGINNINGS: i64 = 20;
/// A fault of ours is the same the next time, and so is a file that ends its reader before anything is known of it: one
/// more try tells it from bad luck.
const MOST_ATTEMPTS_OF_A_FAULT: i64 = 2;
/// While a service is away.
const SERVICE_PAUSE: Duration = Duration::from_secs(5);
/// Between tries to write down how a job ended.
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// What is done about a job that is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing may be written.
    Leave,
    /// Handed back, not counted as an attempt.
    HandBack(Duration),
    /// Tried again after the pause.
    Again(MediaError, Duration),
    /// The plan can't be carried out: the film is planned anew, knowing that.
    PlanAgain(MediaError),
    /// The video failed.
    GiveUp(MediaError),
}

/// Writes down how the job ended. What can't be written is found again when the lease ends.
pub(super) async fn settle(db: &Db, claim: &Claim, result: Result<Performed, JobError>) {
    let verdict = result.map_err(|error| {
        let verdict = verdict(&error, &claim.work, claim.attempts);
        tell(claim, &error, &verdict);
        verdict
    });
    let began = Instant::now();
    let written = loop {
        let written = match &verdict {
            Ok(Performed::Whole) => jobs::finish(db, claim).await,
            Ok(Performed::InPart) => jobs::hand_on(db, claim).await,
            Err(verdict) => act(db, claim, verdict.clone()).await,
        };
        match written {
            // A database that is away for a moment: without this nobody could go on before the lease ends.
            Err(error) if error.kind().is_retryable() && began.elapsed() < LEASE => {
                tracing::debug!(job.id = %claim.id, error = &error as &dyn std::error::Error, "how a job ended is written later");
                tokio::time::sleep(WRITE_AGAIN).await;
            }
            written => break written,
        }
    };
    match written {
        Ok(()) | Err(DbError::LeaseLost) => {}
        Err(error) => {
            tracing::warn!(
                job.id = %claim.id,
                error = &error as &dyn std::error::Error,
                "how a job ended could not be written; it is begun again when its lease ends"
            );
        }
    }
}

/// Judges a failure by its kind, the work it was, and the number of attempts.
pub(super) fn verdict(error: &JobError, work: &Work, attempts: i64) -> Verdict {
    let ours = MediaError::from(MediaErrorCode::Internal);
    match error {
        JobError::Lost => Verdict::Leave,
        JobError::Stopped => Verdict::HandBack(Duration::ZERO),
        JobError::Exhausted => Verdict::GiveUp(MediaErrorCode::MediaProcessCrashed.into()),
        JobError::Media(media) if media.code == MediaErrorCode::CarryRefused => Verdict::PlanAgain(media.clone()),
        JobError::Media(media) => match media.kind() {
            MediaErrorKind::InputRefused => Verdict::GiveUp(media.clone()),
            MediaErrorKind::Retryable if matches!(work, Work::Plan) => {
                again(media.clone(), attempts, MOST_ATTEMPTS_OF_A_FAULT)
            }
            MediaErrorKind::Retryable | MediaErrorKind::Cancelled => again(media.clone(), attempts, MOST_ATTEMPTS),
            MediaErrorKind::Internal => again(media.clone(), attempts, MOST_ATTEMPTS_OF_A_FAULT),
        },
        JobError::Source(store) | JobError::Publish(PublishError::Store(store)) => match store.kind() {
            kind if kind.is_retryable() => Verdict::HandBack(SERVICE_PAUSE),
            _ => again(MediaErrorCode::SourceUnreadable.into(), attempts, MOST_ATTEMPTS),
        },
        JobError::Db(db) if db.kind().is_retryable() => Verdict::HandBack(SERVICE_PAUSE),
        JobError::Db(_) | JobError::Publish(_) | JobError::PlanBody(_) | JobError::Incomplete(_) => {
            again(ours, attempts, MOST_ATTEMPTS_OF_A_FAULT)
        }
    }
}

fn again(error: MediaError, attempts: i64, most: i64) -> Verdict {
    if attempts >= most {
        return Verdict::GiveUp(error);
    }
    // 2 s, 8 s, 32 s, 128 s.
    let doublings = u32::try_from(attempts.clamp(1, 4)).unwrap_or(1) * 2 - 1;
    Verdict::Again(error, Duration::from_secs(1 << doublings))
}

fn tell(claim: &Claim, error: &JobError, verdict: &Verdict) {
    let error = error as &dyn std::error::Error;
    let (job, video, attempts) = (claim.id, claim.video_id, claim.attempts);
    match verdict {
        Verdict::Leave => tracing::debug!(job.id = %job, video.id = %video, "a job was taken away"),
        Verdict::HandBack(_) => tracing::info!(job.id = %job, video.id = %video, error, "a job is handed back"),
        Verdict::Again(..) => tracing::warn!(job.id = %job, video.id = %video, attempts, error, "a job is tried again"),
        Verdict::PlanAgain(_) => tracing::info!(job.id = %job, video.id = %video, error, "a film is planned again"),
        Verdict::GiveUp(_) => tracing::warn!(job.id = %job, video.id = %video, attempts, error, "a job is given up"),
    }
}

async fn act(db: &Db, claim: &Claim, verdict: Verdict) -> Result<(), DbError> {
    match verdict {
        Verdict::Leave => Ok(()),
        Verdict::HandBack(pause) => jobs::release(db, claim, pause).await,
        Verdict::PlanAgain(error) => jobs::replan(db, claim, error.code.as_str(), &error.message).await,
        Verdict::Again(error, pause) => {
            jobs::fail(db, claim, error.code.as_str(), &error.message, Ending::Later(pause)).await
        }
        Verdict::GiveUp(error) => {
            let ending = match beside(&claim.work) {
                None => Ending::ForGood,
                Some(beside) => Ending::Alone(owner_warning(missing(beside))),
            };
            jobs::fail(db, claim, error.code.as_str(), &error.message, ending).await
        }
    }
}

/// What the film plays without where this work is given up; `None` for what it does not.
fn beside(work: &Work) -> Option<Beside> {
    match work {
        Work::Plan | Work::Span { .. } => None,
        Work::Poster { .. } => Some(Beside::Poster),
        Work::Captions { .. } => Some(Beside::Captions),
        Work::Sidecars { .. } => Some(Beside::Sidecars),
    }
}

/// What an owner is told of it.
pub(super) fn missing(beside: Beside) -> MediaWarning {
    match beside {
        Beside::Captions => MediaWarning::new(
            "captions_missing",
            "The subtitles in the file could not be made into captions. The film plays without them; trying again may help.",
        ),
        Beside::Sidecars => MediaWarning::new(
            "sidecars_missing",
            "The thumbnails of the seek bar and the loudness could not be made. The film plays without them; trying again \
             may help.",
        ),
        Beside::Poster => MediaWarning::new(
            "poster_missing",
            "A poster could not be taken from the film; trying again, or choosing another instant, may help.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use mutoscope_core::id::PlanId;

    use super::*;

    fn span() -> Work {
        Work::Span { plan_id: PlanId::new(), segments: 0..1 }
    }

    fn media(code: MediaErrorCode) -> JobError {
        JobError::Media(code.into())
    }

    #[test]
    fn a_film_that_is_refused_is_given_up_at_once_with_its_own_code() {
        let verdict = verdict(&media(MediaErrorCode::NotMedia), &Work::Plan, 1);
        assert_eq!(verdict, Verdict::GiveUp(MediaErrorCode::NotMedia.into()));
    }

    #[test]
    fn a_warning_of_what_is_missing_has_the_code_by_which_it_is_asked_for_again() {
        for beside in Beside::ALL {
            assert_eq!(owner_warning(missing(beside)).missing(), Some(beside));
        }
    }

    #[test]
    fn a_crash_is_tried_again_with_growing_pauses_until_the_attempts_are_used_up() {
        let crash = media(MediaErrorCode::MediaProcessCrashed);
        let pauses: Vec<_> = (1..=5).map(|attempt| verdict(&crash, &span(), attempt)).collect();
        let again = |secs| Verdict::Again(MediaErrorCode::MediaProcessCrashed.into(), Duration::from_secs(secs));
        let up = Verdict::GiveUp(MediaErrorCode::MediaProcessCrashed.into());
        assert_eq!(pauses, [again(2), again(8), again(32), again(128), up.clone()]);
        // A film that nothing is known of yet is not begged.
        let probes: Vec<_> = (1..=2).map(|attempt| verdict(&crash, &Work::Plan, attempt)).collect();
        assert_eq!(probes, [again(2), up]);
    }

    #[test]
    fn a_stream_that_is_not_fit_to_be_carried_over_has_the_film_planned_again() {
        let verdict = verdict(&media(MediaErrorCode::CarryRefused), &span(), 1);
        assert_eq!(verdict, Verdict::PlanAgain(MediaErrorCode::CarryRefused.into()));
    }

    #[test]
    fn a_stop_and_an_outage_are_no_attempts_and_a_lost_lease_writes_nothing() {
        assert_eq!(verdict(&JobError::Stopped, &span(), 5), Verdict::HandBack(Duration::ZERO));
        let away = mutoscope_core::store::StoreError::OutOfRange;
        assert!(matches!(verdict(&JobError::Source(away), &span(), 1), Verdict::Again(..)));
        assert_eq!(verdict(&JobError::Lost, &span(), 1), Verdict::Leave);
    }
}
