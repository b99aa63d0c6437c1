//! What holds whenever nobody is writing.

use rookery::{app, counters::recount};

use crate::support::{TestApp, number};

/// Rows that there must never be.
const NEVER: [(&str, &str); 21] = [
    (
        "words of what a deleted post asked, or of a draft that is gone",
        "SELECT (SELECT COUNT(*) FROM poll_option o JOIN post p ON p.id = o.post_id \
         WHERE p.deleted_at IS NOT NULL AND o.body <> '') + (SELECT COUNT(*) FROM draft \
         WHERE deleted_at IS NOT NULL AND (body <> '' OR publish_at IS NOT NULL)) + (SELECT \
         COUNT(*) FROM post WHERE deleted_at IS NOT NULL AND content_warning IS NOT NULL) AS n",
    ),
    (
        "a vote by who asks, or for what is not offered",
        "SELECT COUNT(*) AS n FROM poll_vote v JOIN post p ON p.id = v.post_id \
         WHERE v.person_id = p.author_id OR v.choices >> (SELECT CAST(COUNT(*) AS integer) \
         FROM poll_option o WHERE o.post_id = v.post_id) <> 0",
    ),
    (
        "a pinned post that is gone, or somebody else's",
        "SELECT COUNT(*) AS n FROM pinned_post i JOIN post p ON p.id = i.post_id \
         WHERE p.author_id <> i.person_id OR p.deleted_at IS NOT NULL",
    ),
    (
        "a reply under a gone comment",
        "SELECT COUNT(*) AS n FROM comment c JOIN comment p ON p.id = c.parent_id \
         WHERE p.is_gone AND NOT c.is_gone",
    ),
    (
        "a gone comment that lives",
        "SELECT COUNT(*) AS n FROM comment WHERE is_gone AND deleted_at IS NULL",
    ),
    (
        "a tombstone that holds nothing",
        "SELECT COUNT(*) AS n FROM comment p WHERE p.deleted_at IS NOT NULL AND NOT p.is_gone \
         AND NOT EXISTS (SELECT 1 FROM comment c WHERE c.parent_id = p.id AND NOT c.is_gone)",
    ),
    (
        "text of something deleted",
        "SELECT (SELECT COUNT(*) FROM post WHERE deleted_at IS NOT NULL AND body <> '') \
         + (SELECT COUNT(*) FROM comment WHERE deleted_at IS NOT NULL AND body <> '') \
         + (SELECT COUNT(*) FROM message WHERE deleted_at IS NOT NULL AND (body <> '' \
         OR reply_to_id IS NOT NULL OR shared_post_id IS NOT NULL)) AS n",
    ),
    (
        "a conversation whose messages are not numbered without gaps",
        "SELECT COUNT(*) AS n FROM conversation c WHERE c.last_sequence <> (SELECT COUNT(*) \
         FROM message m WHERE m.conversation_id = c.id AND m.sequence BETWEEN 1 AND \
         c.last_sequence)",
    ),
    (
        "a direct conversation of other than two, or one with a title",
        "SELECT COUNT(*) AS n FROM conversation c WHERE c.kind = 'DIRECT' AND (c.title IS NOT NULL \
         OR 2 <> (SELECT COUNT(*) FROM conversation_member m WHERE m.conversation_id = c.id \
         AND m.role = 'MEMBER'))",
    ),
    (
        "a group without exactly one owner, who has accepted it",
        "SELECT COUNT(*) AS n FROM conversation c WHERE c.kind = 'GROUP' AND EXISTS \
         (SELECT 1 FROM conversation_member m WHERE m.conversation_id = c.id) AND 1 <> \
         (SELECT COUNT(*) FROM conversation_member m WHERE m.conversation_id = c.id \
         AND m.role = 'OWNER' AND m.standing = 'ACTIVE')",
    ),
    (
        "a read marker outside what its person may read",
        "SELECT COUNT(*) AS n FROM conversation_member m JOIN conversation c \
         ON c.id = m.conversation_id WHERE m.read_up_to < m.reads_after \
         OR m.read_up_to > c.last_sequence",
    ),
    (
        "a message that answers one of another conversation or a later one",
        "SELECT COUNT(*) AS n FROM message a JOIN message b ON b.id = a.reply_to_id \
         WHERE a.conversation_id <> b.conversation_id OR a.sequence <= b.sequence",
    ),
    (
        "a follow that stands on one side alone",
        "SELECT (SELECT COUNT(*) FROM following a WHERE NOT EXISTS (SELECT 1 FROM follower b \
         WHERE b.follower_id = a.person_id AND b.person_id = a.followed_id AND b.id = a.id)) \
         + (SELECT COUNT(*) FROM follower b WHERE NOT EXISTS (SELECT 1 FROM following a \
         WHERE b.follower_id = a.person_id AND b.person_id = a.followed_id AND b.id = a.id)) AS n",
    ),
    (
        "a follow or request beyond a block",
        "SELECT (SELECT COUNT(*) FROM blocking b JOIN following f ON (f.person_id = b.person_id \
         AND f.followed_id = b.blocked_id) OR (f.person_id = b.blocked_id AND f.followed_id = \
         b.person_id)) + (SELECT COUNT(*) FROM blocking b JOIN follow_request r \
         ON (r.person_id = b.person_id AND r.requester_id = b.blocked_id) \
         OR (r.person_id = b.blocked_id AND r.requester_id = b.person_id)) AS n",
    ),
    (
        "a block that stands on one side alone, or on both",
        "SELECT (SELECT COUNT(*) FROM blocking a WHERE NOT EXISTS (SELECT 1 FROM blocked_by b \
         WHERE b.blocker_id = a.person_id AND b.person_id = a.blocked_id)) \
         + (SELECT COUNT(*) FROM blocked_by b WHERE NOT EXISTS (SELECT 1 FROM blocking a \
         WHERE b.blocker_id = a.person_id AND b.person_id = a.blocked_id)) \
         + (SELECT COUNT(*) FROM blocking a JOIN blocking b ON a.person_id = b.blocked_id \
         AND a.blocked_id = b.person_id) AS n",
    ),
    (
        "a request beside the follow that it asks for",
        "SELECT COUNT(*) AS n FROM follow_request r JOIN following f \
         ON f.person_id = r.requester_id AND f.followed_id = r.person_id",
    ),
    (
        "a person without exactly one handle in use",
        "SELECT COUNT(*) AS n FROM person p WHERE p.handle <> '' AND (1 <> (SELECT COUNT(*) \
         FROM handle h WHERE h.person_id = p.id AND h.released_at IS NULL AND h.key = p.handle) \
         OR 1 <> (SELECT COUNT(*) FROM handle h WHERE h.person_id = p.id AND h.released_at IS NULL))",
    ),
    (
        "a hashtag or mention of a deleted post",
        "SELECT (SELECT COUNT(*) FROM post_hashtag h JOIN post p ON p.id = h.post_id \
         WHERE p.deleted_at IS NOT NULL) + (SELECT COUNT(*) FROM post_mention m \
         JOIN post p ON p.id = m.post_id WHERE p.deleted_at IS NOT NULL) AS n",
    ),
    (
        "a group of reactions with another number than its rows",
        "SELECT COUNT(*) AS n FROM (SELECT subject_id, emoji, COUNT(*) AS k FROM reaction \
         GROUP BY subject_id, emoji) t LEFT JOIN reaction_group g \
         ON g.subject_id = t.subject_id AND g.emoji = t.emoji WHERE COALESCE(g.count, 0) <> t.k",
    ),
    (
        "something that hangs on a plain repost, or its text",
        "SELECT COUNT(*) AS n FROM post w WHERE w.repost_of_id IS NOT NULL AND (w.body <> '' \
         OR w.quote_of_id IS NOT NULL OR EXISTS (SELECT 1 FROM comment c WHERE c.post_id = w.id) \
         OR EXISTS (SELECT 1 FROM reaction r WHERE r.subject_id = w.id) \
         OR EXISTS (SELECT 1 FROM bookmark b WHERE b.post_id = w.id) \
         OR EXISTS (SELECT 1 FROM post q WHERE w.id IN (q.quote_of_id, q.repost_of_id)))",
    ),
    (
        "more than twenty kinds of emoji on one thing",
        "SELECT COUNT(*) AS n FROM (SELECT subject_id FROM reaction GROUP BY subject_id \
         HAVING COUNT(DISTINCT emoji) > 20) t",
    ),
];

/// Proves every counter, and returns how many numbers were wrong (and have been mended).
pub async fn mended(app: &TestApp) -> Vec<(&'static str, u64)> {
    app.settle().await;
    let db = &app.platform().db;
    let proven = recount::prove(db, &app::counters(), &app::truths()).await;
    let mut wrong = proven.unwrap();
    wrong.retain(|(_, n)| *n > 0);
    wrong
}

/// Asserts everything that must hold.
pub async fn hold(app: &TestApp) {
    app.settle().await;
    for (what, sql) in NEVER {
        assert_eq!(number(app, sql).await, 0, "{what}");
    }
    assert_eq!(mended(app).await, [], "counters");
    assert_eq!(app.platform().db.deadlocks(), 0);
}
