//! Every code that a warning may carry, with what it means; `schema/errors.json` is made from this table, too.

/// A stable code of a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WarningKind {
    /// As it stands in a warning's `code`.
    pub code: &'static str,
    /// What it means, in words that fit every occurrence; a warning's own sentence may say more.
    pub sentence: &'static str,
}

/// All of them.
pub const WARNINGS: &[WarningKind] = &[
    WarningKind {
        code: "shorter_than_claimed",
        sentence: "The file claims to be longer than its data is. The film ends where its data ends.",
    },
    WarningKind {
        code: "tail_missing",
        sentence: "Nothing of the file after this instant can be read. The film ends there.",
    },
    WarningKind {
        code: "picture_damaged",
        sentence: "Some pictures around here are damaged in the file and may look broken.",
    },
    WarningKind { code: "audio_gap", sentence: "There is no sound here in the file." },
    WarningKind {
        code: "audio_not_read",
        sentence: "A sound track is in a format that this platform does not read; it is left out.",
    },
    WarningKind {
        code: "captions_not_read",
        sentence: "A track of subtitles is made of pictures, or in a format that this platform does not read; it is left out.",
    },
    WarningKind {
        code: "captions_cut",
        sentence: "A track of subtitles holds more than this platform keeps; the rest is left out.",
    },
    WarningKind { code: "captions_damaged", sentence: "Some of the subtitles can't be read; they are left out." },
    WarningKind {
        code: "captions_missing",
        sentence: "The subtitles in the file could not be made into captions. The film plays without them; trying again \
                   may help.",
    },
    WarningKind {
        code: "sidecars_missing",
        sentence: "The thumbnails of the seek bar and the loudness could not be made. The film plays without them; trying \
                   again may help.",
    },
    WarningKind {
        code: "poster_missing",
        sentence: "A poster could not be taken from the film; trying again, or choosing another instant, may help.",
    },
    WarningKind { code: "no_audio", sentence: "The film has no sound." },
    WarningKind { code: "hdr_mapped", sentence: "The film is HDR; its colours were fitted to ordinary screens." },
];

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    /// The codes that the sources below this folder give to warnings, but for this file, which names the calls.
    fn given(folder: &Path) -> BTreeSet<String> {
        let mut codes = BTreeSet::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                codes.append(&mut given(&path));
            } else if !path.ends_with("error/warnings.rs") {
                let text = fs::read_to_string(&path).unwrap();
                let calls = ["MediaWarning::new(", "MediaWarning::at("].into_iter();
                for rest in calls.flat_map(|call| text.split(call).skip(1)) {
                    let code = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
                    codes.insert(code.unwrap_or("not a literal").to_owned());
                }
            }
        }
        codes
    }

    #[test]
    fn every_code_that_is_given_to_a_warning_is_listed_once_and_no_other() {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let listed: BTreeSet<String> = WARNINGS.iter().map(|kind| kind.code.to_owned()).collect();
        assert_eq!(listed.len(), WARNINGS.len());
        assert_eq!(given(&sources), listed);
    }
}
