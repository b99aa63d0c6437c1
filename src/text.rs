//! What text may hold, and how handles, mentions and hashtags are read from it. Pure.
//!
//! Lengths are counted in Unicode scalar values. Folding (NFKC, then full case folding) is done
//! here, never by the database, so that both engines agree.

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;

use crate::error::{Error, Result};

/// Most distinct people that one text may mention.
pub const MAX_MENTIONS: usize = 50;
/// Most distinct hashtags that one text may carry.
pub const MAX_HASHTAGS: usize = 30;
const MAX_HASHTAG_LENGTH: usize = 100;

/// NFKC and case folding: texts that fold alike are the same name.
pub fn fold(text: &str) -> String {
    let nfkc = ComposingNormalizerBorrowed::new_nfkc();
    let folded = CaseMapper::new()
        .fold_string(&nfkc.normalize(text))
        .into_owned();
    // Folding can leave a sequence that composes again.
    nfkc.normalize(&folded).into_owned()
}

/// Checks that `text` has no control characters but newline and tab and, trimmed of white space at
/// both ends, `min` to `max` characters. Returns it trimmed.
///
/// # Errors
/// BAD_USER_INPUT at `path`.
pub fn check(path: &str, text: &str, min: usize, max: usize) -> Result<String> {
    if let Some(c) = text
        .chars()
        .find(|c| c.is_control() && !matches!(c, '\n' | '\t'))
    {
        let say = format!("Remove the control character U+{:04X}.", u32::from(c));
        return Err(Error::bad_input(path, say));
    }
    let text = text.trim();
    let length = text.chars().count();
    if length < min {
        return Err(Error::bad_input(
            path,
            format!("Write at least {min} character(s)."),
        ));
    }
    if length > max {
        let say = format!("Write at most {max} characters; these are {length}.");
        return Err(Error::bad_input(path, say));
    }
    Ok(text.to_owned())
}

/// Checks what somebody or something is called by, as [`check`] does, on one line. It has no
/// characters that turn or part the text around it, and something of it can be seen.
///
/// # Errors
/// BAD_USER_INPUT at `path`.
pub fn name(path: &str, text: &str, min: usize, max: usize) -> Result<String> {
    let text = check(path, text, min, max)?;
    if let Some(c) = text.chars().find(|c| is_no_part_of_a_name(*c)) {
        let say = format!("Remove the character U+{:04X}.", u32::from(c));
        return Err(Error::bad_input(path, say));
    }
    if !text.is_empty() && text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return Err(Error::bad_input(path, "Write something that can be seen."));
    }
    Ok(text)
}

/// Ends of lines, and what makes the text after it run the other way.
fn is_no_part_of_a_name(c: char) -> bool {
    matches!(c, '\n' | '\t' | '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// What takes no ink: joiners, fillers, variants, tags.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{2800}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Reads a handle: 3 to 30 of `a-z 0-9 _` after folding.
pub fn handle(text: &str) -> Option<String> {
    let folded = fold(text.trim());
    let fits = (3..=30).contains(&folded.len())
        && folded
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    fits.then_some(folded)
}

/// Reads a hashtag's name without its `#`: letters, digits and `_`, folded.
pub fn hashtag(text: &str) -> Option<String> {
    let folded = fold(text);
    let fits = !folded.is_empty()
        && folded.chars().count() <= MAX_HASHTAG_LENGTH
        && folded.chars().all(is_word);
    fits.then_some(folded)
}

/// The handles that `text` mentions, each once, in order of appearance.
///
/// `@` counts at the start of a word only, so `me@example.org` mentions nobody. The handle is
/// the whole run of letters, digits and `_` behind it.
///
/// # Errors
/// BAD_USER_INPUT at `path` for more than [`MAX_MENTIONS`].
pub fn mentions(path: &str, text: &str) -> Result<Vec<String>> {
    let found = marked(text, '@', handle);
    if found.len() > MAX_MENTIONS {
        return Err(Error::bad_input(
            path,
            format!("Mention at most {MAX_MENTIONS} people."),
        ));
    }
    Ok(found)
}

/// The hashtags of `text`, folded, each once, in order of appearance. `#` counts at the start of
/// a word only.
///
/// # Errors
/// BAD_USER_INPUT at `path` for more than [`MAX_HASHTAGS`].
pub fn hashtags(path: &str, text: &str) -> Result<Vec<String>> {
    let found = marked(text, '#', hashtag);
    if found.len() > MAX_HASHTAGS {
        return Err(Error::bad_input(
            path,
            format!("Use at most {MAX_HASHTAGS} hashtags."),
        ));
    }
    Ok(found)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn marked(text: &str, mark: char, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut before = None;
    for (at, c) in text.char_indices() {
        if c == mark && !before.is_some_and(|b| is_word(b) || b == mark) {
            let rest = &text[at + mark.len_utf8()..];
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            if let Some(name) = read(&rest[..end])
                && !found.contains(&name)
            {
                found.push(name);
            }
        }
        before = Some(c);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_and_hashtags_count_at_word_starts_only() {
        let text =
            "@mara_lind, mail me@example.org (@Tomas) @@ines #Bread#butter #Straße x#no @mara_lind";
        assert_eq!(mentions("body", text).unwrap(), ["mara_lind", "tomas"]);
        assert_eq!(hashtags("body", text).unwrap(), ["bread", "strasse"]);
    }

    #[test]
    fn handles_fold_and_refuse_everything_else() {
        assert_eq!(handle("Ｍａｒａ_1").as_deref(), Some("mara_1"));
        for wrong in ["ab", "mära", "a b c", "", &"a".repeat(31)] {
            assert_eq!(handle(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_name_is_one_line_that_can_be_seen_and_turns_nothing_around() {
        for fine in [
            "Mara Lind",
            "מרה\u{200f}!",
            "می\u{200c}خواهم",
            "👩‍👩‍👧",
            "O'Neil-Ω",
            "e\u{301}",
        ] {
            assert_eq!(name("displayName", fine, 1, 50).unwrap(), fine);
        }
        for wrong in [
            "a\u{202e}b",
            "\u{2066}a\u{2069}",
            "a\nb",
            "a\tb",
            "a\u{2028}b",
            "\u{200b}",
            "\u{feff} \u{3164}",
            "\u{2800}",
            "\u{ad}",
            "\u{e0041}",
            "a\u{0}",
            "",
            "  ",
        ] {
            assert!(name("displayName", wrong, 1, 50).is_err(), "{wrong:?}");
        }
        assert_eq!(name("bio", "", 0, 5).unwrap(), "");
    }

    #[test]
    fn text_is_trimmed_counted_in_characters_and_free_of_control_characters() {
        assert_eq!(check("body", " héllo\n", 1, 5).unwrap(), "héllo");
        for wrong in ["", "   ", "123456", "a\u{7}b", "a\u{0}", "a\r"] {
            assert!(check("body", wrong, 1, 5).is_err(), "{wrong:?}");
        }
    }
}
