//! Settings of uploads: sizes and quotas.

use std::time::Duration;

use super::reader::Reader;

/// Limits of uploads.
#[derive(Debug, Clone)]
pub struct UploadSettings {
    /// The largest file, in bytes.
    pub max_bytes: u64,
    /// What one user may keep, in bytes, unless an administrator set another quota for them.
    pub quota_bytes: u64,
    /// How long a link to a part is good.
    pub link_lifetime: Duration,
    /// An upload with no new part for so long is abandoned.
    pub abandoned_after: Duration,
}

impl Default for UploadSettings {
    fn default() -> Self {
        Self {
            max_bytes: 10 << 30,
            quota_bytes: 100 << 30,
            link_lifetime: Duration::from_secs(15 * 60),
            abandoned_after: Duration::from_secs(24 * 3600),
        }
    }
}

impl UploadSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let default = Self::default();
        let abandoned_after_s = reader.number("uploads.abandoned_after_s", 60..=30 * 24 * 3600);
        Self {
            max_bytes: reader.bytes("uploads.max_bytes").unwrap_or(default.max_bytes),
            quota_bytes: reader.bytes("uploads.quota_bytes").unwrap_or(default.quota_bytes),
            abandoned_after: abandoned_after_s.map_or(default.abandoned_after, Duration::from_secs),
            ..default
        }
    }
}
