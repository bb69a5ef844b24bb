//! WebVTT (W3C WebVTT: The Web Video Text Tracks Format): written clean, and read back by rules narrower than its own.
//!
//! Only what is written here ever reaches a viewer: cues in the order of their start, each with its own instants and text
//! in which only `b`, `i` and `u` are marked. No settings, regions, styles, comments or identifiers.

use std::fmt::Write as _;

/// How captions begin. Their time 0 is the film's, also for players that think in MPEG-2 clocks (RFC 8216, 3.5).
const CAPTIONS_HEADER: &str = "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n";
const CHAPTERS_HEADER: &str = "WEBVTT\n";

/// Cues of a track.
pub const MOST_CUES: usize = 20_000;
/// Characters of a cue before they are escaped, and lines.
pub const LONGEST_CUE: usize = 1_000;
const MOST_LINES: usize = 12;
/// Bytes of a track.
pub const MOST_BYTES: usize = 4 << 20;

/// How a run of text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    pub bold: bool,
    pub italic: bool,
    pub underlined: bool,
}

/// Text in one style. May hold anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub style: Style,
    pub text: String,
}

/// A cue: shown from its start until before its end, in milliseconds of the film.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    pub start_ms: u64,
    pub end_ms: u64,
    pub text: CueText,
}

/// The text of a cue as it stands in the file: escaped, at least one line, no empty one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CueText(String);

/// What is not as it would be written here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("captions are not clean WebVTT: {0}")]
pub struct NotClean(&'static str);

impl CueText {
    /// Cleans text: control characters go, lines are trimmed, empty ones left out, what is too long is cut. `None` where
    /// nothing is left.
    pub fn new(runs: &[Run]) -> Option<Self> {
        let mut text = String::new();
        let mut open: Vec<&str> = Vec::new();
        let mut line = Vec::new();
        let (mut lines, mut left) = (0, LONGEST_CUE);
        let each = runs.iter().flat_map(|run| run.text.chars().map(move |character| (run.style, character)));
        for (style, character) in each.chain([(Style::default(), '\n')]) {
            match character {
                '\n' => {
                    let shown = trimmed(&line);
                    if !shown.is_empty() && lines < MOST_LINES && left > 0 {
                        if lines > 0 {
                            text.push('\n');
                        }
                        lines += 1;
                        let kept = &shown[..shown.len().min(left)];
                        left -= kept.len();
                        for (style, character) in kept {
                            mark(&mut text, &mut open, *style);
                            push_escaped(&mut text, *character);
                        }
                    }
                    line.clear();
                }
                '\t' => line.push((style, ' ')),
                character if character.is_control() || is_invisible(character) => {}
                character => line.push((style, character)),
            }
        }
        mark(&mut text, &mut open, Style::default());
        (lines > 0).then_some(Self(text))
    }

    /// As it stands in the file.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One line of plain text: control characters go, blanks at its ends, too.
pub fn plain_line(text: &str) -> String {
    let shown = text.chars().map(|character| if character.is_whitespace() { ' ' } else { character });
    let shown: String = shown.filter(|character| !character.is_control() && !is_invisible(*character)).collect();
    shown.trim().to_owned()
}

/// Captions of a film of this length: cues are put in order, cut off where the film ends, and left out where nothing of
/// them is shown, where they are doubled, and where they are too many. With it, whether any were too many.
pub fn captions(mut cues: Vec<Cue>, length_ms: u64) -> (String, bool) {
    for cue in &mut cues {
        cue.end_ms = cue.end_ms.min(length_ms);
    }
    cues.retain(|cue| cue.start_ms < cue.end_ms);
    cues.sort_by_key(|cue| cue.start_ms);
    let mut text = String::from(CAPTIONS_HEADER);
    let (mut written, mut is_cut) = (0, false);
    // Layers of one sign that differ in nothing but their colour say the same at the same time.
    let mut at_start: Vec<&Cue> = Vec::new();
    for cue in &cues {
        at_start.retain(|other| other.start_ms == cue.start_ms);
        if at_start.contains(&cue) {
            continue;
        }
        if written == MOST_CUES || text.len() + cue.text.0.len() + 40 > MOST_BYTES {
            is_cut = true;
            break;
        }
        push_cue(&mut text, cue);
        written += 1;
        at_start.push(cue);
    }
    (text, is_cut)
}

/// Chapters of a film; they are in order and inside of it.
pub fn chapters<'a>(each: impl Iterator<Item = (u64, u64, &'a str)>) -> String {
    let mut text = String::from(CHAPTERS_HEADER);
    for (start_ms, end_ms, title) in each {
        let run = Run { style: Style::default(), text: plain_line(title) };
        if let Some(title) = CueText::new(&[run]) {
            push_cue(&mut text, &Cue { start_ms, end_ms, text: title });
        }
    }
    text
}

/// Reads captions back and holds them against what [`captions`] writes for a film of this length; the number of cues.
///
/// # Errors
/// Where anything else is in them.
pub fn check(bytes: &[u8], length_ms: u64) -> Result<usize, NotClean> {
    if bytes.len() > MOST_BYTES {
        return Err(NotClean("they are too long"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| NotClean("they are no UTF-8"))?;
    let text = text.strip_prefix(CAPTIONS_HEADER).ok_or(NotClean("they begin with something else"))?;
    let mut lines = text.split('\n');
    let (mut count, mut last_start_ms) = (0, 0);
    loop {
        match (lines.next(), lines.clone().next()) {
            // What follows the last line's end.
            (Some(""), None) => return Ok(count),
            (Some(""), Some(_)) => {}
            _ => return Err(NotClean("a line is where none should be")),
        }
        let (start_ms, end_ms) = lines.next().and_then(parse_times).ok_or(NotClean("a cue has no instants"))?;
        if start_ms < last_start_ms || end_ms <= start_ms || end_ms > length_ms {
            return Err(NotClean("a cue lies outside of the film or out of order"));
        }
        last_start_ms = start_ms;
        let mut shown = 0;
        while let Some(line) = lines.clone().next().filter(|line| !line.is_empty()) {
            if !is_clean(line) {
                return Err(NotClean("a line holds what is not escaped"));
            }
            shown += 1;
            lines.next();
        }
        count += 1;
        if shown == 0 || shown > MOST_LINES || count > MOST_CUES {
            return Err(NotClean("there are too many lines or none"));
        }
    }
}

/// Whether a line of text holds nothing but characters that are shown, the marks and the three escapes.
fn is_clean(line: &str) -> bool {
    if line.chars().any(char::is_control) {
        return false;
    }
    let mut rest = line;
    while let Some(at) = rest.find(['<', '>', '&']) {
        let (_, special) = rest.split_at(at);
        let known = ["<b>", "</b>", "<i>", "</i>", "<u>", "</u>", "&amp;", "&lt;", "&gt;"];
        let Some(found) = known.iter().find_map(|known| special.strip_prefix(known)) else { return false };
        rest = found;
    }
    true
}

/// The line without blanks at its ends.
fn trimmed(line: &[(Style, char)]) -> &[(Style, char)] {
    let is_blank = |(_, character): &(Style, char)| character.is_whitespace();
    let Some(first) = line.iter().position(|shown| !is_blank(shown)) else { return &[] };
    let last = line.iter().rposition(|shown| !is_blank(shown)).unwrap_or(first);
    &line[first..=last]
}

/// Closes and opens marks so that what follows is in this style. Marks nest.
fn mark(text: &mut String, open: &mut Vec<&'static str>, style: Style) {
    let wanted = [(style.bold, "b"), (style.italic, "i"), (style.underlined, "u")];
    let is_wanted = |name: &str| wanted.iter().any(|(on, wanted)| *on && *wanted == name);
    if let Some(first) = open.iter().position(|name| !is_wanted(name)) {
        for name in open.drain(first..).rev() {
            text.push_str("</");
            text.push_str(name);
            text.push('>');
        }
    }
    for (_, name) in wanted.into_iter().filter(|(on, _)| *on) {
        if !open.contains(&name) {
            text.push('<');
            text.push_str(name);
            text.push('>');
            open.push(name);
        }
    }
}

/// `>` is escaped with the two that must be, so that no text holds `-->`.
fn push_escaped(text: &mut String, character: char) {
    match character {
        '&' => text.push_str("&amp;"),
        '<' => text.push_str("&lt;"),
        '>' => text.push_str("&gt;"),
        character => text.push(character),
    }
}

/// Characters that say nothing and hide things: byte order marks, what is left of broken text, line ends of other kinds.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{2028}' | '\u{2029}')
}

fn push_cue(text: &mut String, cue: &Cue) {
    let (start, end) = (Instant(cue.start_ms), Instant(cue.end_ms));
    // Writing to a text does not fail.
    let _ = write!(text, "\n{start} --> {end}\n{}\n", cue.text.0);
}

struct Instant(u64);

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (seconds, ms) = (self.0 / 1_000, self.0 % 1_000);
        write!(f, "{:02}:{:02}:{:02}.{ms:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
    }
}

/// The instants of a cue in milliseconds, as [`push_cue`] writes them and in no other form.
fn parse_times(line: &str) -> Option<(u64, u64)> {
    let (start, end) = line.split_once(" --> ")?;
    let parse = |text: &str| {
        let mut numbers = text.split([':', '.']).map(|digits| digits.parse::<u32>().ok().map(u64::from));
        let (hours, minutes) = (numbers.next()??, numbers.next()??);
        let (seconds, ms) = (numbers.next()??, numbers.next()??);
        let all_ms = ((hours * 60 + minutes) * 60 + seconds) * 1_000 + ms;
        (Instant(all_ms).to_string() == text).then_some(all_ms)
    };
    Some((parse(start)?, parse(end)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOLD: Style = Style { bold: true, italic: false, underlined: false };
    const BOTH: Style = Style { bold: true, italic: true, underlined: false };
    const ITALIC: Style = Style { bold: false, italic: true, underlined: false };

    fn run(style: Style, text: &str) -> Run {
        Run { style, text: text.to_owned() }
    }

    fn plain(text: &str) -> Option<CueText> {
        CueText::new(&[run(Style::default(), text)])
    }

    fn cue(start_ms: u64, end_ms: u64, text: &str) -> Cue {
        Cue { start_ms, end_ms, text: plain(text).unwrap() }
    }

    #[test]
    fn text_of_any_kind_becomes_lines_that_hold_no_markup_of_their_own() {
        let text = plain("a <script>&amp; --> b\u{0}\u{1b}[31m\n\n  \n\tc\u{2028}\u{feff}  ").unwrap();
        assert_eq!(text.as_str(), "a &lt;script&gt;&amp;amp; --&gt; b[31m\nc");
        assert_eq!(plain(" \n\u{7}\n"), None);
        let long = plain(&"<".repeat(LONGEST_CUE * 2)).unwrap();
        assert_eq!(long.as_str().len(), LONGEST_CUE * "&lt;".len());
        assert_eq!(plain(&"a\n".repeat(100)).unwrap().as_str().lines().count(), MOST_LINES);
    }

    #[test]
    fn marks_nest_and_are_closed() {
        let runs = [run(BOLD, "b"), run(BOTH, "bi"), run(ITALIC, "i\nj"), run(Style::default(), "n")];
        let text = CueText::new(&runs).unwrap();
        assert_eq!(text.as_str(), "<b>b<i>bi</i></b><i>i\nj</i>n");
        assert_eq!(CueText::new(&[run(BOTH, "x")]).unwrap().as_str(), "<b><i>x</i></b>");
    }

    #[test]
    fn captions_are_in_order_inside_the_film_and_none_is_doubled() {
        let cues = vec![
            cue(5_000, 99_000_000, "last"),
            cue(1_000, 2_000, "one"),
            cue(1_000, 2_000, "two"),
            cue(1_000, 2_000, "one"),
            cue(7_000, 8_000, "after"),
            cue(3_000, 3_000, "never"),
        ];
        let (text, is_cut) = captions(cues, 6_500);
        assert_eq!(
            text,
            "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n00:00:01.000 --> 00:00:02.000\none\n\n\
             00:00:01.000 --> 00:00:02.000\ntwo\n\n00:00:05.000 --> 00:00:06.500\nlast\n"
        );
        assert!(!is_cut);
        assert_eq!(check(text.as_bytes(), 6_500), Ok(3));
        assert!(check(text.as_bytes(), 6_499).is_err(), "it goes on after the film");
    }

    #[test]
    fn what_is_too_much_is_left_out_and_what_is_written_passes_its_own_check() {
        let many: Vec<Cue> = (0..25_000).map(|n| cue(n * 10, n * 10 + 9, "x")).collect();
        let (text, is_cut) = captions(many, 1_000_000);
        assert!(is_cut);
        assert_eq!(check(text.as_bytes(), 1_000_000), Ok(MOST_CUES));
        let long: Vec<Cue> = (0..20_000).map(|n| cue(n * 10, n * 10 + 9, &"&".repeat(900))).collect();
        let (text, is_cut) = captions(long, 1_000_000);
        assert!(is_cut && text.len() <= MOST_BYTES);
        assert!(check(text.as_bytes(), 1_000_000).is_ok());
        let (none, _) = captions(Vec::new(), 10);
        assert_eq!(check(none.as_bytes(), 10), Ok(0));
    }

    #[test]
    fn captions_that_hold_anything_else_are_not_clean() {
        let (good, _) = captions(vec![cue(0, 1_000, "a & b")], 2_000);
        assert_eq!(check(good.as_bytes(), 2_000), Ok(1));
        let times = "00:00:00.000 --> 00:00:01.000";
        for (from, to) in [
            ("WEBVTT", "webvtt"),
            ("a &amp; b", "a & b"),
            ("a &amp; b", "<script>"),
            ("a &amp; b", "<v Bob>a"),
            ("a &amp; b", "a --> b"),
            ("a &amp; b", "a\u{0} b"),
            ("a &amp; b", ""),
            ("a &amp; b", "a\n\nNOTE b"),
            (times, "00:00:00.000 --> 00:00:01.000 line:0"),
            (times, "00:00:01.000 --> 00:00:01.000"),
            (times, "0:00:00.000 --> 00:00:01.000"),
            (times, "STYLE"),
            ("\n\n", "\n\n\n"),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good);
            assert!(check(bad.as_bytes(), 2_000).is_err(), "{bad:?}");
        }
        assert!(check(&[good.as_bytes(), &[0xff]].concat(), 2_000).is_err());
        assert!(check(good.trim_end().as_bytes(), 2_000).is_err());
    }
}
