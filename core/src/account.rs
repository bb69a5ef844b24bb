//! Words of an account: user names, e-mail addresses and passwords as people may write them, and the keys they fold to.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

const USERNAME_CHARS: std::ops::RangeInclusive<usize> = 3..=30;
const EMAIL_MAX_BYTES: usize = 254;
const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 8..=256;
/// What a person may do on the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Role {
    /// Upload and watch.
    Member,
    /// Everything.
    Admin,
}

/// A user name. Its key is unique on the platform, and is the channel's handle.
#[derive(Clone, PartialEq, Eq)]
pub struct Username {
    shown: String,
    key: String,
}

/// An e-mail address, by its shape: whether mail arrives there is not known.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    shown: String,
    key: String,
}

/// A password as it is hashed: NFC, so that it does not depend on how a keyboard composes letters (RFC 8265).
#[derive(Clone)]
pub struct Password(String);

/// The text is not acceptable; the message tells a person what is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAccountText {
    /// Of a user name.
    #[error("a user name has 3 to 30 characters: letters a to z, digits, and . _ - between them")]
    Username,
    /// Of an e-mail address.
    #[error("this is not an e-mail address")]
    Email,
    /// Of a password.
    #[error("a password has 8 to 256 characters")]
    Password,
}

impl Username {
    /// Checks `text` and folds it (NFKC, lower case), so that no two names look alike by case or width.
    ///
    /// # Errors
    /// Where the key is not `[a-z0-9._-]{3,30}` beginning and ending with a letter or digit.
    pub fn parse(text: &str) -> Result<Self, InvalidAccountText> {
        let key = fold(text);
        let fits = USERNAME_CHARS.contains(&key.len())
            && key.bytes().all(|b| is_word(b) || matches!(b, b'.' | b'_' | b'-'))
            && key.bytes().next().is_some_and(is_word)
            && key.bytes().last().is_some_and(is_word);
        if !fits {
            return Err(InvalidAccountText::Username);
        }
        // The shown form differs from the key in case alone.
        Ok(Self { shown: text.nfkc().collect(), key })
    }

    /// As its owner writes it.
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// The unique form, and the channel's handle.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl EmailAddress {
    /// Checks the shape: one `@`, something before it, a dotted or local host after it, no white space or control.
    ///
    /// # Errors
    /// [`InvalidAccountText::Email`] otherwise.
    pub fn parse(text: &str) -> Result<Self, InvalidAccountText> {
        let shown: String = text.nfc().collect();
        let fits = shown.len() <= EMAIL_MAX_BYTES
            && !shown.chars().any(|c| c.is_whitespace() || c.is_control() || is_invisible(c))
            && shown
                .split_once('@')
                .is_some_and(|(local, host)| !local.is_empty() && local.len() <= 64 && is_host(host));
        if !fits {
            return Err(InvalidAccountText::Email);
        }
        let key = fold(&shown);
        Ok(Self { shown, key })
    }

    /// As its owner writes it.
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// The unique form.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl Password {
    /// Checks the length, in characters.
    ///
    /// # Errors
    /// [`InvalidAccountText::Password`] where there are fewer than 8 or more than 256.
    pub fn parse(text: &str) -> Result<Self, InvalidAccountText> {
        let password = Self::to_compare(text).ok_or(InvalidAccountText::Password)?;
        if !PASSWORD_CHARS.contains(&password.0.chars().count()) {
            return Err(InvalidAccountText::Password);
        }
        Ok(password)
    }

    /// A password that someone claims to know; `None` where it is longer than any can be.
    pub fn to_compare(text: &str) -> Option<Self> {
        // NFC may lengthen a text, but not without end: a bound on the input bounds the work.
        let password: String = text.chars().take(4 * PASSWORD_CHARS.end()).nfc().collect();
        (password.chars().count() <= *PASSWORD_CHARS.end()).then_some(Self(password))
    }

    /// The bytes that are hashed.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The key that a login text (user name or e-mail address) folds to. Control characters stand in no key, and a NUL in
/// no text of PostgreSQL: they become a sign that is in no key either.
pub fn login_key(text: &str) -> String {
    fold(text.trim()).replace(char::is_control, "\u{fffd}")
}

impl fmt::Debug for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Username({})", self.key)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress([redacted])")
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password([redacted])")
    }
}

fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

fn is_word(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit()
}

fn is_host(host: &str) -> bool {
    !host.is_empty()
        && !host.contains('@')
        && !host.starts_with(['.', '-'])
        && !host.ends_with(['.', '-'])
        && !host.contains("..")
        && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
}

/// Format characters that no one sees: zero-width spaces and joiners, directional marks, tags.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_have_one_key() {
        for text in ["Ada", "ADA", "ada", "\u{ff21}da"] {
            assert_eq!(Username::parse(text).unwrap().key(), "ada", "{text:?}");
        }
        assert_eq!(Username::parse("Ada.L_2-x").unwrap().as_str(), "Ada.L_2-x");
    }

    #[test]
    fn white_space_and_signs_are_no_part_of_a_name() {
        for text in [
            "",
            "ab",
            "a b c",
            " ada",
            "ada ",
            "ada\u{200b}x",
            "ada\u{a0}x",
            "ada\u{3164}",
            "-ada",
            "ada.",
            "...",
            "ad/a",
            "ада",
            "jörg",
            "ada\0",
            "ada@host",
        ] {
            assert_eq!(Username::parse(text).err(), Some(InvalidAccountText::Username), "{text:?}");
        }
        assert_eq!(Username::parse(&"a".repeat(31)).err(), Some(InvalidAccountText::Username));
    }

    #[test]
    fn an_address_is_judged_by_its_shape() {
        for text in ["ada@example.org", "a+b.c@sub.example", "josé@exämple.org", "root@localhost"] {
            assert!(EmailAddress::parse(text).is_ok(), "{text:?}");
        }
        for text in
            ["", "ada", "@x.org", "ada@", "a b@x.org", "a@b@c.org", "a@.org", "a@x..org", "a\u{200b}@x.org", "a@x/y"]
        {
            assert!(EmailAddress::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(EmailAddress::parse("Ada@Example.ORG").unwrap().key(), "ada@example.org");
    }

    #[test]
    fn a_password_is_counted_in_characters_and_composed() {
        assert!(Password::parse("1234567").is_err());
        assert!(Password::parse(&"ü".repeat(8)).is_ok());
        assert!(Password::parse(&"x".repeat(257)).is_err());
        assert!(Password::to_compare(&"x".repeat(100_000)).is_none());
        let (composed, apart) =
            (Password::parse("p\u{e9}nelope").unwrap(), Password::parse("pe\u{301}nelope").unwrap());
        assert_eq!(composed.as_bytes(), apart.as_bytes());
        assert_eq!(format!("{composed:?}"), "Password([redacted])");
    }
}
