//! Reads the probe report, inside the media process.

use std::sync::Arc;

use super::ProbeReport;
use crate::{
    error::{MediaError, MediaErrorCode},
    jail::Channel,
    limits::Limits,
};

pub fn inspect(
    _channel: &Arc<Channel>,
    _source_bytes: u64,
    _limits: &Limits,
    _fingerprint: &str,
) -> Result<ProbeReport, MediaError> {
    Err(MediaErrorCode::Internal.into())
}
