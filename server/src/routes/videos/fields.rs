//! What people write about a video, held against its limits: plain text without control characters.

use crate::error::{ApiError, ApiResult};

const MAX_TITLE_CHARS: usize = 200;
const MAX_DESCRIPTION_CHARS: usize = 5000;
const MAX_TAGS: usize = 20;
const MAX_TAG_CHARS: usize = 40;
const MAX_FILE_NAME_CHARS: usize = 255;

/// A title: 1 to 200 characters on one line, trimmed.
pub fn title(text: &str) -> ApiResult<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_TITLE_CHARS {
        return Err(ApiError::invalid("title", format!("a title has 1 to {MAX_TITLE_CHARS} characters")));
    }
    one_line("title", text)
}

/// A description: at most 5000 characters; line breaks and tabs may stand in it.
pub fn description(text: &str) -> ApiResult<String> {
    let text = text.replace("\r\n", "\n");
    if text.chars().count() > MAX_DESCRIPTION_CHARS {
        let detail = format!("a description has at most {MAX_DESCRIPTION_CHARS} characters");
        return Err(ApiError::invalid("description", detail));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(ApiError::invalid("description", "a description holds no control characters"));
    }
    Ok(text)
}

/// At most 20 tags of 1 to 40 characters, trimmed; what is written twice, in whatever case, counts once.
pub fn tags(tags: &[String]) -> ApiResult<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    let mut seen = Vec::new();
    for (i, tag) in tags.iter().enumerate() {
        let field = format!("tags[{i}]");
        let tag = tag.trim();
        if tag.is_empty() || tag.chars().count() > MAX_TAG_CHARS {
            return Err(ApiError::invalid(field, format!("a tag has 1 to {MAX_TAG_CHARS} characters")));
        }
        let tag = one_line(field, tag)?;
        let folded = tag.to_lowercase();
        if seen.contains(&folded) {
            continue;
        }
        if kept.len() == MAX_TAGS {
            return Err(ApiError::invalid("tags", format!("a video has at most {MAX_TAGS} tags")));
        }
        seen.push(folded);
        kept.push(tag);
    }
    Ok(kept)
}

/// A file's name, for people only: without folders, at most 255 characters.
pub fn file_name(text: &str) -> ApiResult<String> {
    let name = text.rsplit(['/', '\\']).next().unwrap_or("").trim();
    if name.is_empty() || name.chars().count() > MAX_FILE_NAME_CHARS {
        let detail = format!("a file name has 1 to {MAX_FILE_NAME_CHARS} characters");
        return Err(ApiError::invalid("file_name", detail));
    }
    one_line("file_name", name)
}

fn one_line(field: impl Into<std::borrow::Cow<'static, str>>, text: &str) -> ApiResult<String> {
    if text.chars().any(char::is_control) {
        return Err(ApiError::invalid(field, "line breaks and control characters can't stand here"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert!(title(&"ü".repeat(200)).is_ok());
        assert!(title(&"u".repeat(201)).is_err());
        assert!(description(&"語".repeat(5000)).is_ok());
        assert!(description(&"x".repeat(5001)).is_err());
        assert!(tags(&["ß".repeat(40)]).is_ok());
        assert!(tags(&["s".repeat(41)]).is_err());
    }

    #[test]
    fn text_is_trimmed_and_never_holds_control_characters() {
        assert_eq!(title("  A film ").unwrap(), "A film");
        assert!(title(" \n ").is_err());
        assert!(title("a\u{0}b").is_err());
        assert!(description("a\u{0}b").is_err());
        assert_eq!(description("a\r\nb\tc").unwrap(), "a\nb\tc");
    }

    #[test]
    fn tags_that_differ_in_case_alone_are_one() {
        let many: Vec<String> = (0..20).map(|n| format!("t{n}")).collect();
        assert_eq!(tags(&many).unwrap().len(), 20);
        let twice: Vec<String> = many.iter().cloned().chain(["T0".to_owned()]).collect();
        assert_eq!(tags(&twice).unwrap().len(), 20);
        let more: Vec<String> = many.into_iter().chain(["t20".to_owned()]).collect();
        assert!(tags(&more).is_err());
    }

    #[test]
    fn a_file_name_names_no_folder() {
        assert_eq!(file_name("C:\\films\\a.mp4").unwrap(), "a.mp4");
        assert_eq!(file_name("../../etc/passwd").unwrap(), "passwd");
        assert!(file_name("folder/").is_err());
    }
}
