//! Rules of posts that need no database.

use icu_locale_core::LanguageIdentifier;

use super::entity::post::{self, ReplyPolicy, Visibility};
use crate::{
    accounts::Me,
    activity,
    error::{Code, Error, Result},
    ids::PersonId,
    text,
};

/// Who could see a post, because of what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposure {
    pub level: Visibility,
    pub is_by_public_account: bool,
}

impl Exposure {
    /// What an event about the post, or about what hangs below it, says of who could know.
    pub fn visibility(self) -> activity::Visibility {
        match (self.level, self.is_by_public_account) {
            (Visibility::Public | Visibility::Unlisted, true) => activity::Visibility::Public,
            _ => activity::Visibility::Restricted,
        }
    }

    /// Only PUBLIC posts of public accounts count for a hashtag (R11).
    pub fn is_counted(self) -> bool {
        self.level == Visibility::Public && self.is_by_public_account
    }
}

/// Longest body, in characters.
const MAX_BODY: usize = 5_000;

/// A post's text with what is read from it.
#[derive(Clone, Debug)]
pub struct Text {
    pub body: String,
    /// Handles it mentions, folded, in order of appearance.
    pub mentions: Vec<String>,
    /// Hashtags it carries, folded, in order of appearance.
    pub hashtags: Vec<String>,
}

impl Text {
    /// Checks a body; empty only where the post `carries` something else.
    ///
    /// # Errors
    /// BAD_USER_INPUT at `body`.
    pub fn check(body: &str, carries: bool) -> Result<Self> {
        let body = text::check("body", body, usize::from(!carries), MAX_BODY)?;
        let mentions = text::mentions("body", &body)?;
        let hashtags = text::hashtags("body", &body)?;
        Ok(Self {
            body,
            mentions,
            hashtags,
        })
    }
}

/// A post has a text, or something hangs on it.
///
/// # Errors
/// BAD_USER_INPUT at `body`.
pub fn says_something(body: &str, attachments: u32) -> Result<()> {
    match body.is_empty() && attachments == 0 {
        false => Ok(()),
        true => {
            let say = "Nothing would be left of this post: write something, or attach something.";
            Err(Error::bad_input("body", say))
        }
    }
}

/// Longest warning, in characters.
const MAX_WARNING: usize = 200;

/// What readers are warned of: one text by the rules of all texts.
///
/// # Errors
/// BAD_USER_INPUT at `contentWarning`.
pub fn warning(typed: &str) -> Result<String> {
    text::check("contentWarning", typed, 1, MAX_WARNING)
}

/// The canonical form of a BCP 47 tag: a language with two or three letters, and a script and a
/// region where given. Nothing else of a tag is taken, so that it holds nobody's words.
///
/// # Errors
/// BAD_USER_INPUT at `language`.
pub fn language(typed: &str) -> Result<String> {
    let tag = LanguageIdentifier::try_from_str(typed.trim()).ok();
    let fits = |tag: &LanguageIdentifier| {
        let letters = tag.language.as_str().len();
        (2..=3).contains(&letters) && !tag.language.is_unknown() && tag.variants.is_empty()
    };
    let tag = tag.filter(fits).ok_or_else(|| {
        let say = "Give a BCP 47 tag of language, script and region, such as `en` or `pt-BR`.";
        Error::bad_input("language", say)
    })?;
    Ok(tag.to_string())
}

/// A tag as facts tell it: the language alone.
pub fn told_language(tag: Option<&str>) -> Option<String> {
    let primary = tag.and_then(|tag| tag.split('-').next());
    primary.map(str::to_owned)
}

fn forbidden(say: &str, path: &str) -> Error {
    Error::refused(Code::Forbidden, say).at(path)
}

/// Only the author changes a post. Whoever may not even see it was answered NOT_FOUND before.
///
/// # Errors
/// FORBIDDEN.
pub fn may_change(me: &Me, post: &post::Model) -> Result<()> {
    if post.author_id == me.id() {
        return Ok(());
    }
    let say = "Only its author may change or delete a post.";
    Err(forbidden(say, "postId"))
}

/// Only the author edits a post, and only one that has a text.
///
/// # Errors
/// FORBIDDEN.
pub fn may_edit(me: &Me, post: &post::Model) -> Result<()> {
    may_change(me, post)?;
    match post.repost_of_id {
        None => Ok(()),
        Some(_) => {
            let say = "A repost has nothing of its own to edit; take it back instead.";
            Err(forbidden(say, "postId"))
        }
    }
}

/// Only the author locks a post.
///
/// # Errors
/// FORBIDDEN.
pub fn may_lock(me: &Me, post: &post::Model) -> Result<()> {
    match post.author_id == me.id() {
        true => Ok(()),
        false => Err(forbidden("Only its author may lock a post.", "postId")),
    }
}

/// Only the author pins a post, and only one that others may read too: not one for the mentioned
/// alone, nor one that staff has hidden.
///
/// # Errors
/// FORBIDDEN.
pub fn may_pin(me: &Me, post: &post::Model) -> Result<()> {
    let say = match post {
        post if post.author_id != me.id() => "Only its author may pin a post.",
        post if post.visibility == Visibility::Mentioned => {
            "This post is for the people mentioned in it alone; it cannot be pinned."
        }
        post if post.hidden_at.is_some() => "Staff has hidden this post; it cannot be pinned.",
        _ => return Ok(()),
    };
    Err(forbidden(say, "postId"))
}

/// Whoever sees a post may quote it, unless staff has hidden it (R32).
///
/// # Errors
/// FORBIDDEN.
pub fn may_quote(post: &post::Model) -> Result<()> {
    match post.hidden_at {
        None => Ok(()),
        Some(_) => Err(forbidden(
            "Staff has hidden this post; it cannot be quoted.",
            "quoteOfId",
        )),
    }
}

/// Whether `person`, who sees a post, may repost it: its author always, others if it is for
/// everybody, nobody if staff has hidden it (R13, R32). `is_public`: the author's account is.
///
/// # Errors
/// FORBIDDEN.
pub fn may_repost(person: PersonId, post: &post::Model, is_public: bool) -> Result<()> {
    if post.hidden_at.is_some() {
        let say = "Staff has hidden this post; it cannot be reposted.";
        return Err(forbidden(say, "postId"));
    }
    let is_open = matches!(post.visibility, Visibility::Public | Visibility::Unlisted);
    if post.author_id == person || (is_open && is_public) {
        return Ok(());
    }
    let say = "This post is not for everybody: only its author may repost it.";
    Err(forbidden(say, "postId"))
}

/// Why the viewer may not do something. That somebody blocks them is never told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
pub enum CannotReason {
    /// Nobody is signed in.
    SignedOut,
    /// The author has locked the post: nobody comments any more, the author included.
    Locked,
    /// Only the author's followers and the people mentioned may, and the viewer is neither.
    NotFollower,
    /// Only the people mentioned may, and the viewer is not one of them.
    NotMentioned,
    /// Only the author may.
    NobodyMay,
    /// The viewer is suspended.
    Suspended,
    /// The viewer has not proven their e-mail address yet.
    EmailNotVerified,
    /// The viewer does not see what it would be done to.
    NotVisible,
}

impl CannotReason {
    /// The reason in words, for the person who tried.
    fn say(self) -> &'static str {
        match self {
            Self::SignedOut => "Sign in first.",
            Self::Locked => "The author has locked this post; nobody comments any more.",
            Self::NotFollower => "Only followers of the author and people mentioned may comment.",
            Self::NotMentioned => "Only people mentioned in this post may comment.",
            Self::NobodyMay => "Only the author of this post may comment.",
            Self::Suspended => "You are suspended.",
            Self::EmailNotVerified => "Prove your e-mail address first.",
            Self::NotVisible => "You do not see this post.",
        }
    }
}

/// What a post says about who comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    pub author: PersonId,
    pub reply_policy: ReplyPolicy,
    pub is_locked: bool,
}

impl From<&post::Model> for Terms {
    fn from(post: &post::Model) -> Self {
        Self {
            author: post.author_id,
            reply_policy: post.reply_policy,
            is_locked: post.is_locked,
        }
    }
}

/// What connects somebody with a post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    /// They follow its author.
    pub follows: bool,
    /// They are mentioned in it.
    pub is_mentioned: bool,
}

impl Terms {
    /// Whether [`Ties`] matter for `person`; otherwise any will do.
    pub fn ask_for_ties(&self, person: Option<PersonId>) -> bool {
        let asks = matches!(
            self.reply_policy,
            ReplyPolicy::Followers | ReplyPolicy::Mentioned
        );
        asks && person.is_some_and(|person| person != self.author)
    }

    /// All reasons why `person` (`None`: a guest), who sees the post, may not comment on it. Empty:
    /// they may.
    pub fn against(&self, person: Option<PersonId>, ties: Ties) -> Vec<CannotReason> {
        let mut reasons = Vec::new();
        if person.is_none() {
            reasons.push(CannotReason::SignedOut);
        }
        if self.is_locked {
            reasons.push(CannotReason::Locked);
        }
        if person == Some(self.author) {
            return reasons;
        }
        let is_close = ties.follows || ties.is_mentioned;
        reasons.extend(match self.reply_policy {
            ReplyPolicy::Followers if !is_close => Some(CannotReason::NotFollower),
            ReplyPolicy::Mentioned if !ties.is_mentioned => Some(CannotReason::NotMentioned),
            ReplyPolicy::Nobody => Some(CannotReason::NobodyMay),
            _ => None,
        });
        reasons
    }

    /// Lets `person` comment.
    ///
    /// # Errors
    /// FORBIDDEN at `postId`, with the first reason in words.
    pub fn may_comment(&self, person: PersonId, ties: Ties) -> Result<()> {
        match self.against(Some(person), ties).first() {
            None => Ok(()),
            Some(reason) => Err(forbidden(reason.say(), "postId")),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn reasons(policy: ReplyPolicy, is_locked: bool, person: Option<u128>) -> Vec<CannotReason> {
        let terms = Terms {
            author: PersonId(Uuid::from_u128(1)),
            reply_policy: policy,
            is_locked,
        };
        // 2 follows, 3 is mentioned, 4 neither.
        let ties = Ties {
            follows: person == Some(2),
            is_mentioned: person == Some(3),
        };
        terms.against(person.map(|n| PersonId(Uuid::from_u128(n))), ties)
    }

    #[test]
    fn a_policy_admits_the_author_and_those_it_names() {
        use CannotReason::{NobodyMay, NotFollower, NotMentioned};
        let cases: [(ReplyPolicy, [Option<CannotReason>; 4]); 4] = [
            (ReplyPolicy::Everyone, [None, None, None, None]),
            (
                ReplyPolicy::Followers,
                [None, None, None, Some(NotFollower)],
            ),
            (
                ReplyPolicy::Mentioned,
                [None, Some(NotMentioned), None, Some(NotMentioned)],
            ),
            (
                ReplyPolicy::Nobody,
                [None, Some(NobodyMay), Some(NobodyMay), Some(NobodyMay)],
            ),
        ];
        for (policy, expected) in cases {
            for (person, reason) in (1..).zip(expected) {
                let found = reasons(policy, false, Some(person));
                assert_eq!(found, Vec::from_iter(reason), "{policy:?} {person}");
            }
        }
    }

    #[test]
    fn a_language_is_a_tag_of_language_script_and_region_in_its_canonical_form() {
        let canonical = [
            ("en", "en"),
            (" PT-br ", "pt-BR"),
            ("zh-hant-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
        ];
        for (typed, tag) in canonical {
            assert_eq!(language(typed).unwrap(), tag);
        }
        let wrong = [
            "",
            "e",
            "english",
            "en_US",
            "en--US",
            "und",
            "x-own",
            "en-x-own",
            "ca-valencia",
            "en-US-u-ca-buddhist",
            "12",
            "de-DE-1996",
            "en\u{0}",
        ];
        for typed in wrong {
            assert!(language(typed).is_err(), "{typed}");
        }
        assert_eq!(told_language(Some("zh-Hant-TW")).as_deref(), Some("zh"));
        assert_eq!(told_language(None), None);
    }

    #[test]
    fn all_reasons_are_told_and_a_lock_holds_for_the_author_too() {
        use CannotReason::{Locked, NotFollower, SignedOut};
        let all = reasons(ReplyPolicy::Followers, true, None);
        assert_eq!(all, [SignedOut, Locked, NotFollower]);
        assert_eq!(reasons(ReplyPolicy::Everyone, true, Some(1)), [Locked]);
        assert_eq!(reasons(ReplyPolicy::Everyone, false, None), [SignedOut]);
    }
}
