//! How far two words are apart: edits are a letter more, less, another, or two neighbours swapped.

/// The least edits between `word` and `other`, or a beginning of `other` where `is_prefix`; `None` above `max`.
///
/// Optimal string alignment distance (a swap counts once, and no letter is edited twice), as Tantivy's automata have it.
pub fn edits(word: &str, other: &str, max: u8, is_prefix: bool) -> Option<u8> {
    let word: Vec<char> = word.chars().collect();
    let max = usize::from(max);
    let mut two_back: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=word.len()).collect();
    let mut best = if is_prefix { last[word.len()] } else { usize::MAX };
    let mut before: Option<char> = None;
    for (row, letter) in other.chars().enumerate() {
        let mut next = Vec::with_capacity(word.len() + 1);
        next.push(row + 1);
        for (column, own) in word.iter().enumerate() {
            let changed = last[column] + usize::from(*own != letter);
            let mut least = changed.min(last[column + 1] + 1).min(next[column] + 1);
            let is_swap = column > 0 && before == Some(*own) && word[column - 1] == letter;
            if is_swap && row > 0 {
                least = least.min(two_back[column - 1] + 1);
            }
            next.push(least);
        }
        if is_prefix {
            best = best.min(next[word.len()]);
        }
        // No later row can be nearer than the nearest of this one.
        if next.iter().min().is_some_and(|least| *least > max) && last.iter().min() > Some(&max) {
            last = next;
            break;
        }
        two_back = std::mem::replace(&mut last, next);
        before = Some(letter);
    }
    if !is_prefix {
        best = last[word.len()];
    }
    u8::try_from(best).ok().filter(|found| usize::from(*found) <= max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_counts_once() {
        assert_eq!(edits("panda", "pnada", 2, false), Some(1));
        assert_eq!(edits("panda", "pandas", 2, false), Some(1));
        assert_eq!(edits("panda", "bambi", 2, false), None);
        assert_eq!(edits("elephant", "elehpant", 2, false), Some(1));
        assert_eq!(edits("elephant", "elefant", 2, false), Some(2));
        assert_eq!(edits("same", "same", 0, false), Some(0));
        assert_eq!(edits("a", "abcdefgh", 2, false), None);
    }

    #[test]
    fn a_beginning_is_enough_for_a_prefix() {
        assert_eq!(edits("elep", "elephant", 1, true), Some(0));
        assert_eq!(edits("eelp", "elephant", 1, true), Some(1));
        assert_eq!(edits("xxxx", "elephant", 1, true), None);
        assert_eq!(edits("über", "überall", 1, true), Some(0));
    }
}
