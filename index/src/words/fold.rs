//! Folding: letters that readers take for the same become the same.

use unicode_normalization::UnicodeNormalization;

/// Compatibility forms resolved (NFKD), accents dropped, lower case, letters with strokes and ligatures spelled plainly;
/// composed again where marks carry meaning (Unicode Standard Annex 15).
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_accent(*c)) {
        for c in c.to_lowercase().filter(|c| !is_accent(*c)) {
            match plain(c) {
                Some(letters) => folded.push_str(letters),
                None => folded.push(c),
            }
        }
    }
    folded.nfc().collect()
}

/// Marks that may be left out of a word without making it another: Latin, Greek and Cyrillic accents, Hebrew points,
/// Arabic vowel signs, variation selectors. Not those of Indic scripts, nor the voicing of kana.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}' // combining diacritical marks and their extensions
        | '\u{0591}'..='\u{05bd}' | '\u{05bf}' | '\u{05c1}' | '\u{05c2}' | '\u{05c4}' | '\u{05c5}' | '\u{05c7}'
        | '\u{0610}'..='\u{061a}' | '\u{0640}' | '\u{064b}'..='\u{065f}' | '\u{0670}' | '\u{06d6}'..='\u{06dc}'
        | '\u{200c}' | '\u{200d}' | '\u{00ad}' | '\u{2060}' | '\u{feff}' // joiners and soft hyphens
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Letters that no decomposition resolves, as people type them on a plain keyboard.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' | 'ƚ' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ŧ' => "t",
        'ŋ' => "n",
        'ƶ' => "z",
        'ĸ' => "k",
        'ς' => "σ",
        'ə' => "e",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["Ærøskøbing", "ガギグ", "Ｗｉ－Ｆｉ", "İ", "ﬀ", "Ǆ", "각"] {
            assert_eq!(fold(&fold(text)), fold(text), "{text}");
        }
    }
}
