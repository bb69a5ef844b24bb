//! Event lines of ASS, which libav makes of every kind of subtitles, as runs of text: override codes are read where they
//! say bold, italic or underlined, and left out otherwise.

use crate::package::webvtt::{Run, Style};

/// Fields before the text: ReadOrder, Layer, Style, Name, MarginL, MarginR, MarginV, Effect.
const FIELDS: usize = 8;

/// What a brace means that begins no override code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Braces {
    /// A comment, in ASS itself.
    Comment,
    /// Text, in everything else.
    Text,
}

impl Braces {
    /// By libav's name of the codec.
    pub fn of(codec: &str) -> Self {
        if codec == "ass" { Self::Comment } else { Self::Text }
    }
}

/// The text of an event line.
pub fn runs_of(event: &str, braces: Braces) -> Vec<Run> {
    let text = event.splitn(FIELDS + 1, ',').nth(FIELDS).unwrap_or_default();
    let mut reader = Reader { style: Style::default(), is_drawing: false, runs: Vec::new() };
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let after = &rest[character.len_utf8()..];
        rest = match character {
            '{' if braces == Braces::Comment || after.starts_with('\\') => match after.split_once('}') {
                Some((codes, after)) => {
                    reader.follow(codes);
                    after
                }
                None => {
                    reader.push('{');
                    after
                }
            },
            '\\' => {
                let mut following = after.chars();
                match following.next() {
                    Some('N') => reader.push('\n'),
                    Some('n') => reader.push(' '),
                    Some('h') => reader.push('\u{a0}'),
                    Some(escaped @ ('{' | '}' | '\\')) => reader.push(escaped),
                    _ => {
                        reader.push('\\');
                        following = after.chars();
                    }
                }
                following.as_str()
            }
            '\r' => after,
            other => {
                reader.push(other);
                after
            }
        };
    }
    reader.runs
}

struct Reader {
    style: Style,
    /// What follows are strokes of a drawing, not words.
    is_drawing: bool,
    runs: Vec<Run>,
}

impl Reader {
    fn push(&mut self, character: char) {
        if self.is_drawing {
            return;
        }
        match self.runs.last_mut() {
            Some(run) if run.style == self.style => run.text.push(character),
            _ => self.runs.push(Run { style: self.style, text: character.into() }),
        }
    }

    fn follow(&mut self, codes: &str) {
        for code in codes.split('\\').skip(1).map(str::trim) {
            let Some(name) = code.chars().next() else { continue };
            let argument = &code[name.len_utf8()..];
            let number = argument.parse::<u32>();
            match (name, number) {
                ('b', _) if argument.is_empty() => self.style.bold = false,
                // 1, or a weight.
                ('b', Ok(weight)) => self.style.bold = weight == 1 || weight > 400,
                ('i', _) if argument.is_empty() => self.style.italic = false,
                ('i', Ok(on)) => self.style.italic = on != 0,
                ('u', _) if argument.is_empty() => self.style.underlined = false,
                ('u', Ok(on)) => self.style.underlined = on != 0,
                ('p', Ok(scale)) => self.is_drawing = scale != 0,
                ('r', _) => self.style = Style::default(),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::webvtt::CueText;

    fn shown(text: &str, braces: Braces) -> String {
        let runs = runs_of(&format!("0,0,Default,,0,0,0,,{text}"), braces);
        CueText::new(&runs).map_or_else(String::new, |text| text.as_str().to_owned())
    }

    #[test]
    fn codes_mark_words_and_never_show() {
        let cases = [
            (r"a {\b1}b{\b0} {\i1\u1}c{\r} d", "a <b>b</b> <i><u>c</u></i> d"),
            (r"{\an8\pos(10,20)\fad(1,2)\c&HFF&}top{\blur3\bord2\be1\iclip(0,0,1,1)}", "top"),
            (r"{\b700}heavy{\b400}light{\b}", "<b>heavy</b>light"),
            (r"one\Ntwo\nthree\hfour", "one\ntwo three\u{a0}four"),
            (r"{\p1}m 0 0 l 100 0 100 100{\p0}words", "words"),
            (r"{\k20}ka{\k30}ra", "kara"),
            (r"commas, too, stay", "commas, too, stay"),
            (r"{never closed \b1", r"{never closed \b1"),
            (r"\{kept\} \\ \x", r"{kept} \ \x"),
        ];
        for (event, expected) in cases {
            assert_eq!(shown(event, Braces::Comment), expected, "{event}");
        }
    }

    #[test]
    fn braces_are_comments_in_ass_alone() {
        assert_eq!(shown("a {note} b", Braces::Comment), "a  b");
        assert_eq!(shown("a {note} b", Braces::Text), "a {note} b");
        assert_eq!(shown(r"a {\i1}b", Braces::Text), "a <i>b</i>");
        assert_eq!(Braces::of("subrip"), Braces::Text);
    }

    #[test]
    fn an_event_without_its_fields_has_no_text() {
        for event in ["", "a", "0,0,Default,,0,0,0", ",,,,,,,,"] {
            assert!(runs_of(event, Braces::Text).is_empty(), "{event}");
        }
    }
}
