//! The settings as given, the strongest source of each, taken out one by one; faults are gathered on the way.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    str::FromStr,
};

use super::{
    Sources, absolute,
    fault::{Fault, Faults, Origin},
    file,
    key::KEYS,
    secret::Secret,
    value,
};

/// A secret in a file of its own is short.
const MAX_SECRET_BYTES: u64 = 64 * 1024;

/// A value as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Text {
    /// One.
    One(String),
    /// A list of the file.
    Many(Vec<String>),
}

/// A value and where it is from.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub text: Text,
    pub origin: Origin,
    /// What a relative path in it is relative to; `None`: the working folder.
    pub base: Option<PathBuf>,
}

/// Takes settings out of what was given.
#[derive(Debug)]
pub(super) struct Reader {
    given: BTreeMap<String, Given>,
    faults: Vec<Fault>,
}

impl Reader {
    pub(super) fn gather(sources: &Sources) -> Self {
        let mut reader = Self { given: BTreeMap::new(), faults: Vec::new() };
        if let Some(path) = &sources.file {
            let found = file::read(path, &mut reader.faults);
            for (key, given) in found {
                reader.put(key, given);
            }
        }
        for (variable, text) in &sources.environment {
            if let Some(key) = reader.key_of(variable) {
                reader.put(key, single(text, Origin::Variable(variable.clone())));
            }
        }
        for (key, flag, text) in &sources.flags {
            reader.put((*key).to_owned(), single(text, Origin::Flag(flag)));
        }
        reader.open_secret_files();
        reader
    }

    /// Reads a value by `read`, whose error is a sentence without the value.
    pub(super) fn take_one<T>(&mut self, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let given = self.given.get(key)?.clone();
        let Text::One(text) = &given.text else {
            self.fault_at(given.origin, "one value is expected here, not a list");
            return None;
        };
        match read(text.trim()) {
            Ok(value) => Some(value),
            Err(message) => {
                self.fault_at(given.origin, message);
                None
            }
        }
    }

    /// Reads a list: of the file, or a text with commas. Every item that is wrong is a fault of its own.
    pub(super) fn list<T>(&mut self, key: &str) -> Option<Vec<T>>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        let given = self.given.get(key)?.clone();
        let items = match given.text {
            Text::One(text) => text.split(',').map(|item| item.trim().to_owned()).collect(),
            Text::Many(items) => items,
        };
        let faults_before = self.faults.len();
        let mut values = Vec::new();
        for item in items.iter().filter(|item| !item.is_empty()) {
            match item.parse() {
                Ok(value) => values.push(value),
                Err(error) => self.fault_at(given.origin.clone(), format!("{item:?}: {error}")),
            }
        }
        (self.faults.len() == faults_before).then_some(values)
    }

    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        self.take_one(key, |text| {
            if text.is_empty() || text.chars().any(char::is_control) {
                return Err("this is empty, or holds control characters".to_owned());
            }
            Ok(text.to_owned())
        })
    }

    pub(super) fn secret(&mut self, key: &str) -> Option<Secret> {
        self.text(key).map(Secret::new)
    }

    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        self.take_one(key, value::flag)
    }

    /// A size, as `10GiB` or a number of bytes.
    pub(super) fn bytes(&mut self, key: &str) -> Option<u64> {
        self.take_one(key, value::bytes)
    }

    /// A number in `range`.
    pub(super) fn number(&mut self, key: &str, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
        self.take_one(key, |text| value::number(text, &range))
    }

    /// A path; a relative one in the file is relative to the file's folder, others to the working folder.
    pub(super) fn path(&mut self, key: &str) -> Option<PathBuf> {
        let base = self.given.get(key).and_then(|given| given.base.clone());
        let path = self.text(key)?;
        Some(absolute(&base.unwrap_or_default().join(path)))
    }

    /// Where the setting was given, for faults that show later.
    pub(super) fn origin(&self, key: &str) -> Option<Origin> {
        self.given.get(key).map(|given| given.origin.clone())
    }

    /// Adds a fault of the setting `key`.
    pub(super) fn fault(&mut self, key: &str, message: impl Into<String>) {
        let origin = self.origin(key).unwrap_or(Origin::Together);
        self.fault_at(origin, message);
    }

    /// The value where nothing is at fault; else the faults in the order of their places.
    pub(super) fn finish<T>(mut self, value: T) -> Result<T, Faults> {
        if self.faults.is_empty() {
            return Ok(value);
        }
        self.faults.sort_by_key(|fault| fault.origin.order());
        // A line that can't be read needs no second fault for what was made of it.
        self.faults.dedup_by(|later, earlier| later.origin.is_on_broken_line(&earlier.origin));
        Err(Faults(self.faults))
    }

    fn fault_at(&mut self, origin: Origin, message: impl Into<String>) {
        self.faults.push(Fault { origin, message: message.into() });
    }

    /// A secret's value and its file are two ways to say one thing: the stronger source wins, whichever it is.
    fn put(&mut self, key: String, given: Given) {
        let twin = match key.strip_suffix("_file") {
            Some(value) => value.to_owned(),
            None => format!("{key}_file"),
        };
        self.given.remove(&twin);
        self.given.insert(key, given);
    }

    /// The key that a variable sets; a slip of the pen is a fault, other variables with our prefix are not ours.
    fn key_of(&mut self, variable: &str) -> Option<String> {
        if !variable.starts_with("MUTOSCOPE_") || variable == "MUTOSCOPE_CONFIG" {
            return None;
        }
        for key in KEYS {
            if key.variable() == variable {
                return Some(key.name.to_owned());
            }
            if key.secret && key.file_variable() == variable {
                return Some(format!("{}_file", key.name));
            }
        }
        let near = KEYS
            .iter()
            .map(super::key::Key::variable)
            .find(|known| strsim::damerau_levenshtein(known, variable) == 1)?;
        self.fault_at(Origin::Variable(variable.to_owned()), format!("there is no such setting; did you mean {near}?"));
        None
    }

    fn open_secret_files(&mut self) {
        for key in KEYS.iter().filter(|key| key.secret) {
            let of_file = format!("{}_file", key.name);
            let Some(given) = self.given.get(&of_file).cloned() else {
                continue;
            };
            let Some(path) = self.path(&of_file) else {
                continue;
            };
            match read_secret(&path) {
                Ok(text) => {
                    let text = Text::One(text);
                    self.given.insert(key.name.to_owned(), Given { text, ..given });
                }
                Err(message) => self.fault_at(given.origin, message),
            }
        }
    }
}

fn single(text: &str, origin: Origin) -> Given {
    Given { text: Text::One(text.to_owned()), origin, base: None }
}

fn read_secret(path: &Path) -> Result<String, String> {
    let unread = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => "the file it names is not there".to_owned(),
        kind => format!("the file it names can't be read: {kind}"),
    };
    if std::fs::metadata(path).map_err(unread)?.len() > MAX_SECRET_BYTES {
        return Err("the file it names is too large for a secret".to_owned());
    }
    let text = std::fs::read_to_string(path).map_err(unread)?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}
