//! Settings of the log.

use super::reader::Reader;

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines, one object a line.
    Json,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// A filter of `tracing`: `info`, or `warn,mutoscope_server=debug`.
    pub level: String,
    /// How.
    pub format: LogFormat,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { level: "info".to_owned(), format: LogFormat::Text }
    }
}

impl LogSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let default = Self::default();
        let level = reader.take_one("log.level", |text| {
            tracing_subscriber::EnvFilter::builder()
                .parse(text)
                .map(|_| text.to_owned())
                .map_err(|_| "write error, warn, info, debug or trace, or target=level pairs".to_owned())
        });
        let format = reader.take_one("log.format", |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("write text or json".to_owned()),
        });
        Self { level: level.unwrap_or(default.level), format: format.unwrap_or(default.format) }
    }
}
