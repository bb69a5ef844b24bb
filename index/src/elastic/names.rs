//! The names under which our things lie in the service.
//!
//! ```text
//! mutoscope                 an alias: the generation that answers
//! mutoscope-g-0193c0de..    a generation: one index
//! mutoscope-w-0193c0de..    an alias of that generation, through which it is written: a write that comes after the
//!                           generation was removed finds nothing, where the service would make an index for it
//! mutoscope-rebuild         an index that holds the lock of whoever makes a generation
//! ```

use uuid::Uuid;

use super::settings::ElasticSettingsError;

const MAX_NAME_BYTES: usize = 64;

/// All names that begin with one.
#[derive(Debug, Clone)]
pub struct Names {
    alias: String,
}

/// An index of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    alias: String,
    id: Uuid,
}

impl Names {
    /// The names for the index `alias`.
    pub fn of(alias: &str) -> Result<Self, ElasticSettingsError> {
        let fits = alias.len() <= MAX_NAME_BYTES
            && alias.starts_with(|c: char| c.is_ascii_lowercase())
            && alias.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self { alias: alias.to_owned() }) } else { Err(ElasticSettingsError::Index) }
    }

    /// What is searched.
    pub fn alias(&self) -> &str {
        &self.alias
    }

    /// Where the lock lies.
    pub fn lock(&self) -> String {
        format!("{}-rebuild", self.alias)
    }

    /// Matches every generation.
    pub fn generations(&self) -> String {
        format!("{}-g-*", self.alias)
    }

    /// A generation that is not there yet.
    pub fn new_generation(&self) -> Generation {
        Generation { alias: self.alias.clone(), id: Uuid::now_v7() }
    }

    /// The generation that lies under `index`; `None` where it is not one of ours.
    pub fn generation(&self, index: &str) -> Option<Generation> {
        let id = index.strip_prefix(&self.alias)?.strip_prefix("-g-")?;
        let is_plain = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase());
        let id = Uuid::try_parse(id).ok().filter(|_| is_plain)?;
        Some(Generation { alias: self.alias.clone(), id })
    }
}

impl Generation {
    /// The index itself.
    pub fn index(&self) -> String {
        format!("{}-g-{}", self.alias, self.id.simple())
    }

    /// The alias through which it is written.
    pub fn writing(&self) -> String {
        format!("{}-w-{}", self.alias, self.id.simple())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_we_made_is_a_generation() {
        let names = Names::of("mutoscope").unwrap();
        let made = names.new_generation();
        assert_eq!(names.generation(&made.index()), Some(made.clone()));
        assert_eq!(Names::of("muto").unwrap().generation(&made.index()), None);
        for other in ["mutoscope", "mutoscope-g-", "mutoscope-g-*", "mutoscope-g-../x", "other", &made.writing()] {
            assert_eq!(names.generation(other), None, "{other}");
        }
    }

    #[test]
    fn a_name_that_means_more_than_one_index_is_refused() {
        for name in ["", "*", "a,b", "-a", "_all", "A", "a/b", "a*", "..", &"a".repeat(65)] {
            assert!(Names::of(name).is_err(), "{name}");
        }
        assert!(Names::of("mutoscope-2").is_ok());
    }
}
