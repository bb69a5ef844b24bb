//! The TOML file: every value with its line, every fault of its form.

use std::path::Path;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    fault::{Fault, Origin},
    key::KEYS,
    reader::{Given, Text},
};

/// A larger file is not a configuration.
const MAX_BYTES: u64 = 1024 * 1024;

/// What the file says; faults are added to `faults`.
pub(super) fn read(path: &Path, faults: &mut Vec<Fault>) -> Vec<(String, Given)> {
    let text = match read_text(path) {
        Ok(text) => text,
        Err(message) => {
            faults.push(Fault { origin: Origin::WholeFile(path.to_owned()), message });
            return Vec::new();
        }
    };
    let (table, errors) = DeTable::parse_recoverable(&text);
    let mut file = File { path, text: &text, given: Vec::new(), faults };
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        file.fault(at, "", error.message().to_owned());
    }
    for (key, value) in table.get_ref() {
        match value.get_ref() {
            DeValue::Table(section) => {
                for (name, value) in section {
                    let full = format!("{}.{}", key.get_ref(), name.get_ref());
                    file.take(full, name.span().start, value);
                }
            }
            _ => file.take(key.get_ref().to_string(), key.span().start, value),
        }
    }
    file.given
}

struct File<'a> {
    path: &'a Path,
    text: &'a str,
    given: Vec<(String, Given)>,
    faults: &'a mut Vec<Fault>,
}

impl File<'_> {
    fn take(&mut self, key: String, at: usize, value: &Spanned<DeValue<'_>>) {
        let is_known =
            KEYS.iter().any(|known| known.name == key || known.secret && key == format!("{}_file", known.name));
        if !is_known {
            let message = match nearest(&key) {
                Some(near) => format!("there is no such setting; did you mean {near}?"),
                None => "there is no such setting".to_owned(),
            };
            return self.fault(at, &key, message);
        }
        match text_of(value.get_ref()) {
            Ok(text) => {
                let origin = self.origin(at, &key);
                let base = self.path.parent().map(Path::to_owned);
                self.given.push((key, Given { text, origin, base }));
            }
            Err(message) => self.fault(at, &key, message.to_owned()),
        }
    }

    fn fault(&mut self, at: usize, key: &str, message: String) {
        let origin = self.origin(at, key);
        self.faults.push(Fault { origin, message });
    }

    fn origin(&self, at: usize, key: &str) -> Origin {
        let before = self.text.get(..at).unwrap_or(self.text);
        Origin::File { path: self.path.to_owned(), line: before.matches('\n').count() + 1, key: key.to_owned() }
    }
}

/// The setting whose name is a slip of the pen away from `key`, in its own section or in another.
pub(super) fn nearest(key: &str) -> Option<&'static str> {
    let own_name = |key: &str| key.rsplit('.').next().unwrap_or("").to_owned();
    KEYS.iter()
        .map(|known| {
            let whole = strsim::damerau_levenshtein(key, known.name);
            let moved = own_name(key) == own_name(known.name);
            (if moved { 1 } else { whole }, known.name)
        })
        .filter(|(distance, _)| *distance <= 2)
        .min()
        .map(|(_, name)| name)
}

fn read_text(path: &Path) -> Result<String, String> {
    let size = std::fs::metadata(path).map_err(|error| unread(&error))?.len();
    if size > MAX_BYTES {
        return Err("this is too large for a configuration file".to_owned());
    }
    std::fs::read_to_string(path).map_err(|error| unread(&error))
}

fn unread(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::InvalidData => "this is not text".to_owned(),
        _ => format!("this can't be read: {error}"),
    }
}

fn text_of(value: &DeValue<'_>) -> Result<Text, &'static str> {
    match value {
        DeValue::Array(items) => items
            .iter()
            .map(|item| match text_of(item.get_ref())? {
                Text::One(text) => Ok(text),
                Text::Many(_) => Err("a list within a list is not a setting"),
            })
            .collect::<Result<_, _>>()
            .map(Text::Many),
        DeValue::String(text) => Ok(Text::One(text.to_string())),
        DeValue::Integer(number) if number.radix() == 10 => Ok(Text::One(number.as_str().to_owned())),
        DeValue::Boolean(yes) => Ok(Text::One(yes.to_string())),
        DeValue::Integer(_) => Err("write the number in decimal"),
        DeValue::Float(_) => Err("a number with a point is not expected here"),
        DeValue::Datetime(_) => Err("a date is not expected here"),
        DeValue::Table(_) => Err("a table is not expected here"),
    }
}
