//! Instants as whole milliseconds since the Unix epoch, and the RFC 3339 text that clients see.

use std::{fmt, time::Duration};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// An instant: milliseconds since 1970-01-01T00:00:00Z. In JSON an RFC 3339 text in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct UnixMs(pub i64);

impl UnixMs {
    /// The clock of this machine, now.
    pub fn now() -> Self {
        Self(Utc::now().timestamp_millis())
    }

    /// This instant moved into the future.
    pub fn plus(self, length: Duration) -> Self {
        Self(self.0.saturating_add(duration_ms(length)))
    }

    /// This instant moved into the past.
    pub fn minus(self, length: Duration) -> Self {
        Self(self.0.saturating_sub(duration_ms(length)))
    }

    /// How long after `earlier` this instant is; zero where it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The day in UTC, counted from the epoch.
    pub fn day(self) -> i64 {
        self.0.div_euclid(86_400_000)
    }
}

impl fmt::Display for UnixMs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::<Utc>::from_timestamp_millis(self.0) {
            Some(at) => f.write_str(&at.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => write!(f, "{} ms", self.0),
        }
    }
}

impl Serialize for UnixMs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UnixMs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let at = DateTime::parse_from_rfc3339(&text).map_err(D::Error::custom)?;
        Ok(Self(at.timestamp_millis()))
    }
}

fn duration_ms(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_survives_the_trip_through_json() {
        let at = UnixMs(1_700_000_000_123);
        let json = serde_json::to_string(&at).unwrap();
        assert_eq!(json, "\"2023-11-14T22:13:20.123Z\"");
        assert_eq!(serde_json::from_str::<UnixMs>(&json).unwrap(), at);
    }

    #[test]
    fn days_are_counted_in_utc() {
        assert_eq!(UnixMs(86_399_999).day(), 0);
        assert_eq!(UnixMs(86_400_000).day(), 1);
        assert_eq!(UnixMs(-1).day(), -1);
    }
}
