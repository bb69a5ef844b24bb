//! Languages as players want them: RFC 5646 asks for the shortest code, containers hold ISO 639-2.

/// The tag of a language that a container names with two or three letters; `None` where it names none.
pub fn tag(letters: &str) -> Option<String> {
    let letters = letters.trim().to_ascii_lowercase();
    let fits = (2..=3).contains(&letters.len()) && letters.bytes().all(|byte| byte.is_ascii_lowercase());
    if !fits || letters == "und" {
        return None;
    }
    let short = SHORT.iter().find(|(long, _)| *long == letters).map(|(_, short)| (*short).to_owned());
    Some(short.unwrap_or(letters))
}

/// ISO 639-2 (both of its forms) to ISO 639-1, for the languages that films are most often in.
const SHORT: [(&str, &str); 62] = [
    ("ara", "ar"),
    ("ben", "bn"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("chi", "zh"),
    ("cze", "cs"),
    ("dan", "da"),
    ("deu", "de"),
    ("dut", "nl"),
    ("ell", "el"),
    ("eng", "en"),
    ("est", "et"),
    ("eus", "eu"),
    ("fas", "fa"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("fre", "fr"),
    ("ger", "de"),
    ("gle", "ga"),
    ("glg", "gl"),
    ("gre", "el"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("hye", "hy"),
    ("ice", "is"),
    ("ind", "id"),
    ("isl", "is"),
    ("ita", "it"),
    ("jpn", "ja"),
    ("kat", "ka"),
    ("kor", "ko"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("may", "ms"),
    ("mkd", "mk"),
    ("msa", "ms"),
    ("nld", "nl"),
    ("nor", "no"),
    ("per", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rum", "ro"),
    ("rus", "ru"),
    ("slk", "sk"),
    ("slo", "sk"),
    ("slv", "sl"),
    ("spa", "es"),
    ("sqi", "sq"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tha", "th"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("vie", "vi"),
    ("zho", "zh"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_gets_its_shortest_code_and_what_is_none_gets_nothing() {
        assert_eq!(tag("ENG").as_deref(), Some("en"));
        assert_eq!(tag("ger").as_deref(), Some("de"));
        assert_eq!(tag("gsw").as_deref(), Some("gsw"));
        for text in ["und", "", "english", "e\"", "日本"] {
            assert_eq!(tag(text), None, "{text}");
        }
    }
}
