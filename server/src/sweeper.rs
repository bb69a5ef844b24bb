//! Deletes what nothing names any more: abandoned uploads, garbage, ended sessions.
