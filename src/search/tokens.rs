//! The words of texts, of names and of what somebody asks for. Pure: both engines compare them byte
//! for byte, so that both find the same.
//!
//! - Texts are folded (NFKC, full case folding). Accents and vowel points are left out, the Turkish
//!   dotless i is an i: `Café`, `CAFE` and `cafe` are one word, `Straße` and `strasse` another.
//! - Words end where Unicode has them end (UAX #29), and at every punctuation mark but `_`, so that
//!   `don't`, `example.com`, `#bread` and `"bread` are made of plain words. There is no syntax.
//! - Scripts that are written without spaces have no such ends: of a text the pairs of neighbours
//!   and the single characters are kept, and asked for are the pairs, or one character that stands
//!   alone. Hangul is read so too, because particles cling to its words.
//! - An emoji is a word, without its skin tone.
//! - There are no stems and no stop words: a word is found as it was written.

use std::collections::BTreeMap;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use unicode_segmentation::UnicodeSegmentation;

use crate::text;

/// Words are compared in their first characters, as many as the longest handle has.
pub const LONGEST: usize = 30;
/// The most distinct words by which one post is found: more than 5,000 characters of a script with
/// spaces can hold. Of Chinese they are about the first 500 characters.
pub const MOST_WORDS: usize = 1_000;
/// The most distinct words of a question that count.
pub const MOST_ASKED: usize = 20;

/// The words by which a post is found, each once.
pub fn of_text(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Word(word) => words.push(word),
            Piece::Run(run) => {
                words.extend(run.iter().map(char::to_string));
                words.extend(run.windows(2).map(String::from_iter));
            }
        }
    }
    once(words, MOST_WORDS)
}

/// The words that a post must hold to be found by this question, each once. None: nothing is asked.
pub fn of_question(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Word(word) => words.push(word),
            Piece::Run(run) if run.len() == 1 => words.extend(run.iter().map(char::to_string)),
            Piece::Run(run) => words.extend(run.windows(2).map(String::from_iter)),
        }
    }
    once(words, MOST_ASKED)
}

/// The words of a person's name, or of a question for one. In scripts without spaces each character
/// is one, so that a given name is found behind a family name. Each once, the first `most`.
pub fn of_name(text: &str, most: usize) -> Vec<String> {
    let mut words = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Word(word) => words.push(word),
            Piece::Run(run) => words.extend(run.iter().map(char::to_string)),
        }
    }
    once(words, most)
}

/// A hashtag's name, or a question for one, as one word: what stands between its letters is left
/// out, as in hashtags themselves. Empty where there is no letter.
pub fn of_hashtag(text: &str) -> String {
    let is_kept = |c: &char| c.is_alphanumeric() || *c == '_';
    fold(text).chars().filter(is_kept).take(LONGEST).collect()
}

/// Every beginning of these words, with how many characters are left of the shortest word that
/// begins so.
pub fn beginnings(words: &[String]) -> BTreeMap<String, i64> {
    let mut found = BTreeMap::new();
    for word in words {
        let length = word.chars().count();
        for (n, (at, c)) in word.char_indices().enumerate() {
            let left = i64::try_from(length - n - 1).unwrap_or(i64::MAX);
            let start = word[..at + c.len_utf8()].to_owned();
            let known = found.entry(start).or_insert(left);
            *known = left.min(*known);
        }
    }
    found
}

/// Words in order, each once and cut, the first `most` of them.
fn once(words: Vec<String>, most: usize) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let cut = words
        .into_iter()
        .map(|word| word.chars().take(LONGEST).collect::<String>());
    cut.filter(|word| seen.insert(word.clone()))
        .take(most)
        .collect()
}

fn fold(text: &str) -> String {
    let folded = text::fold(text);
    let apart = DecomposingNormalizerBorrowed::new_nfd().normalize(&folded);
    let kept = apart.chars().filter(|c| !is_left_out(*c));
    let kept: String = kept.map(|c| if c == 'ı' { 'i' } else { c }).collect();
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(&kept)
        .into_owned()
}

/// Accents, vowel points and what changes how a character looks.
fn is_left_out(c: char) -> bool {
    matches!(c,
        // Accents of Latin, Greek and Cyrillic letters.
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{487}'
        // Hebrew points, and the marks of cantillation; Arabic vowels, and the stretched line.
        | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}'
        | '\u{5C7}' | '\u{610}'..='\u{61A}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}'
        // Soft hyphens, joiners, directions, variants, keycaps, skin tones and tags.
        | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}'
        | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}' | '\u{20D0}'..='\u{20FF}'
        | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0000}'..='\u{E01EF}')
}

/// What segmentation leaves inside words and is no part of them.
fn is_punctuation(c: char) -> bool {
    let is_ascii = c.is_ascii_punctuation() && c != '_';
    is_ascii || matches!(c, '‘' | '’' | '·' | '‧' | '׳' | '״')
}

/// Scripts that are written without spaces, and Hangul.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        // Thai, Lao, Burmese, Khmer.
        '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        // Signs of repetition, Kana, Bopomofo.
        | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{312F}' | '\u{31A0}'..='\u{31FF}'
        // Han.
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFD}'
        // Hangul.
        | '\u{1100}'..='\u{11FF}' | '\u{AC00}'..='\u{D7FF}')
}

enum Piece {
    Word(String),
    /// Neighbours in a script without spaces.
    Run(Vec<char>),
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut word, mut run) = (String::new(), Vec::new());
    for segment in fold(text).split_word_bounds() {
        if emojis::get(segment).is_some() {
            end_run(&mut pieces, &mut run);
            pieces.push(Piece::Word(segment.to_owned()));
            continue;
        }
        let is_wordy = segment.chars().any(char::is_alphanumeric);
        for c in segment.chars() {
            if is_wordy && is_unspaced(c) {
                end_word(&mut pieces, &mut word);
                run.push(c);
            } else {
                end_run(&mut pieces, &mut run);
                match is_wordy && !is_punctuation(c) {
                    true => word.push(c),
                    false => end_word(&mut pieces, &mut word),
                }
            }
        }
        end_word(&mut pieces, &mut word);
    }
    end_run(&mut pieces, &mut run);
    pieces
}

fn end_word(pieces: &mut Vec<Piece>, word: &mut String) {
    if !word.is_empty() {
        pieces.push(Piece::Word(std::mem::take(word)));
    }
}

fn end_run(pieces: &mut Vec<Piece>, run: &mut Vec<char>) {
    if !run.is_empty() {
        pieces.push(Piece::Run(std::mem::take(run)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(words: Vec<String>) -> String {
        words.join(" ")
    }

    #[test]
    fn punctuation_accents_and_case_make_no_difference() {
        for text in [
            "Café don't",
            "CAFÉ, don’t!",
            "\"cafe\" -don (t)",
            "#cafe\u{301} don:t",
        ] {
            assert_eq!(told(of_text(text)), "cafe don t", "{text}");
        }
        let text = "https://example.com/a_b?c=Straße İstanbul ısı 3.14 שָׁלוֹם צה״ל كِتَاب Ёж";
        let words = "https example com a_b c strasse istanbul isi 3 14 שלום צה ל كتاب еж";
        assert_eq!(told(of_text(text)), words);
    }

    #[test]
    fn scripts_without_spaces_are_read_in_pairs() {
        assert_eq!(
            told(of_text("猫が好き cat")),
            "猫 が 好 き 猫が が好 好き cat"
        );
        assert_eq!(told(of_question("猫が好き")), "猫が が好 好き");
        assert_eq!(told(of_question("猫 コーヒー")), "猫 コー ーヒ ヒー");
        assert_eq!(told(of_question("학교에서")), "학교 교에 에서");
        assert_eq!(told(of_name("山田 Taro", MOST_ASKED)), "山 田 taro");
        assert_eq!(told(of_question("สวัสดี")), "สว วั ัส สด ดี");
    }

    #[test]
    fn an_emoji_is_a_word_and_other_signs_are_none() {
        assert_eq!(told(of_text("so👍🏽good ❤️ 🇩🇪 1️⃣")), "so 👍 good ❤ 🇩🇪 1");
        for text in ["", " \n", "!?", "\"", "* (", "\u{0}", "%_\\", "___", "—"] {
            assert_eq!(of_text(text), [""; 0], "{text:?}");
            assert_eq!(of_question(text), [""; 0], "{text:?}");
        }
    }

    #[test]
    fn words_are_cut_and_counted() {
        let long = "x".repeat(5_000);
        assert_eq!(of_text(&long), ["x".repeat(LONGEST)]);
        let many: String = (0..2_000).map(|n| format!("{n} ")).collect();
        assert_eq!(of_text(&many).len(), MOST_WORDS);
        assert_eq!(of_question(&many).len(), MOST_ASKED);
    }

    #[test]
    fn names_are_found_by_the_beginnings_of_their_words() {
        assert_eq!(
            told(of_name("@Mara_Lind (Zoë)", MOST_WORDS)),
            "mara_lind zoe"
        );
        let starts = beginnings(&["ann".to_owned(), "anna".to_owned()]);
        let starts: Vec<_> = starts.iter().map(|(s, left)| (&**s, *left)).collect();
        assert_eq!(starts, [("a", 2), ("an", 1), ("ann", 0), ("anna", 0)]);
        assert_eq!(of_hashtag("#Straßen Fest!"), "strassenfest");
        assert_eq!(of_hashtag("東京タワー"), "東京タワー");
    }
}
