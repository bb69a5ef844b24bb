//! The clock, against those of the services: leases, links and tokens rest on it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use mutoscope_core::{db::look, store::StoreSettings, time::UnixMs};

use super::{Finding, front};
use crate::config::Config;

/// Leases are counted in tens of seconds.
const DOUBTFUL: Duration = Duration::from_secs(2);
/// Here leases are taken for over that are not; S3 takes no links that are 15 minutes off.
const WRONG: Duration = Duration::from_secs(15);

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    let asked = UnixMs::now();
    if let Ok(seen) = look::look(&config.database).await
        && let Some(server) = seen.server
    {
        findings.push(judge("PostgreSQL", asked, server.now));
    }
    if let StoreSettings::S3(s3) = &config.storage
        && let Some(endpoint) = &s3.endpoint
        && let Some((asked, date)) = date_of(endpoint).await
    {
        findings.push(judge("the storage", asked, date));
    }
    if findings.is_empty() {
        findings.push(Finding::skipped("there is no other clock to compare this one with"));
    }
    findings
}

/// The Date of an answer, whatever the answer is; in whole seconds, of which the middle is taken.
async fn date_of(endpoint: &str) -> Option<(UnixMs, UnixMs)> {
    let client = front::client().ok()?;
    let asked = UnixMs::now();
    let answer = client.get(endpoint).send().await.ok()?;
    let date = DateTime::parse_from_rfc2822(answer.headers().get("date")?.to_str().ok()?).ok()?;
    Some((asked, UnixMs(date.with_timezone(&Utc).timestamp_millis() + 500)))
}

fn judge(whose: &str, asked: UnixMs, theirs: UnixMs) -> Finding {
    let now = UnixMs::now();
    // Their clock was read somewhere between the question and the answer.
    let off = if theirs.0 < asked.0 { asked.since(theirs) } else { theirs.since(now) };
    let found = format!("this clock and that of {whose} are {:.1} s apart", off.as_secs_f64());
    let advice = "let both machines take their time from NTP (timedatectl set-ntp true)";
    if off > WRONG {
        Finding::wrong(found, advice)
    } else if off > DOUBTFUL {
        Finding::doubtful(found, advice)
    } else {
        Finding::good(format!("this clock and that of {whose} agree"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    #[test]
    fn a_clock_that_is_off_either_way_is_told() {
        let now = UnixMs::now();
        let level = |theirs: UnixMs| judge("it", now, theirs).level;
        assert_eq!(level(now), Level::Good);
        assert_eq!(level(now.minus(Duration::from_secs(5))), Level::Doubtful);
        assert_eq!(level(now.plus(Duration::from_secs(60))), Level::Wrong);
        assert_eq!(level(now.minus(Duration::from_secs(60))), Level::Wrong);
    }
}
