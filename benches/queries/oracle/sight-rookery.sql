-- What the viewer of `asked` may see, written anew from the rules, for the eye and not for speed.
heard AS NOT MATERIALIZED (
    SELECT person.* FROM person, asked
    WHERE person.deleted_at IS NULL AND person.suspended_until <= asked.now
      AND NOT EXISTS (SELECT FROM blocking b WHERE (b.person_id, b.blocked_id) = (asked.viewer, person.id))
      AND NOT EXISTS (SELECT FROM blocking b WHERE (b.person_id, b.blocked_id) = (person.id, asked.viewer))
),
-- Whom the viewer meets in lists: nobody beyond a block, whoever made it (R17, R23).
listed_person AS NOT MATERIALIZED (
    SELECT person.* FROM person, asked
    WHERE person.deleted_at IS NULL
      AND NOT EXISTS (SELECT FROM blocking b WHERE (b.person_id, b.blocked_id) IN ((asked.viewer, person.id), (person.id, asked.viewer)))
),
-- Whom the viewer may name: everybody but those who block them.
seen_person AS NOT MATERIALIZED (
    SELECT person.*, coalesce((SELECT value FROM counter WHERE subject_id = person.id AND kind = 'FOLLOWERS'), 0) AS follower_count
    FROM person, asked
    WHERE person.deleted_at IS NULL
      AND NOT EXISTS (SELECT FROM blocking b WHERE (b.person_id, b.blocked_id) = (person.id, asked.viewer))
),
open_post AS NOT MATERIALIZED (
    SELECT post.* FROM post JOIN heard ON heard.id = post.author_id, asked
    WHERE post.deleted_at IS NULL AND (post.hidden_at IS NULL OR post.author_id = asked.viewer)
      AND (post.author_id = asked.viewer
        OR post.visibility IN ('PUBLIC', 'UNLISTED') AND NOT heard.is_private
        OR post.visibility <> 'MENTIONED'
           AND EXISTS (SELECT FROM following f WHERE (f.person_id, f.followed_id) = (asked.viewer, post.author_id))
        OR EXISTS (SELECT FROM post_mention m WHERE (m.post_id, m.person_id) = (post.id, asked.viewer)))
),
seen_post AS NOT MATERIALIZED (
    SELECT p.id, p.author_id, CASE WHEN p.repost_of_id IS NULL THEN p.body END AS body, p.created_at,
        CASE WHEN p.repost_of_id IS NULL THEN
            coalesce((SELECT value FROM counter WHERE subject_id = p.id AND kind = 'COMMENTS'), 0) END AS comment_count,
        CASE WHEN p.repost_of_id IS NULL THEN
            coalesce((SELECT value FROM counter WHERE subject_id = p.id AND kind = 'REACTIONS'), 0) END AS reaction_count,
        p.visibility = 'PUBLIC' AND p.hidden_at IS NULL AND p.repost_of_id IS NULL AS is_listed,
        p.visibility <> 'MENTIONED' AS is_for_many,
        EXISTS (SELECT FROM mute m WHERE m.person_id = asked.viewer AND (m.until IS NULL OR m.until > asked.now)
                AND m.muted_id IN (p.author_id, o.author_id)) AS is_muted
    FROM open_post p LEFT JOIN open_post o ON o.id = p.repost_of_id, asked
    WHERE p.repost_of_id IS NULL OR o.id IS NOT NULL
),
whole_comment AS NOT MATERIALIZED (
    SELECT comment.* FROM comment JOIN heard ON heard.id = comment.author_id JOIN post ON post.id = comment.post_id, asked
    WHERE comment.deleted_at IS NULL AND (comment.hidden_at IS NULL OR comment.author_id = asked.viewer)
      AND (comment.hidden_by_author_at IS NULL OR asked.viewer IN (comment.author_id, post.author_id))
),
-- Of the top level. Of others a tombstone stands where a reply to it, or to a reply, is seen whole.
seen_comment AS NOT MATERIALIZED (
    SELECT c.id, c.post_id, w.author_id, w.body, c.created_at FROM comment c LEFT JOIN whole_comment w ON w.id = c.id
    WHERE c.parent_id IS NULL AND NOT c.is_gone AND (w.id IS NOT NULL OR EXISTS (
        WITH RECURSIVE below(id) AS (
            SELECT r.id FROM comment r WHERE r.parent_id = c.id AND NOT r.is_gone
            UNION ALL SELECT r.id FROM comment r JOIN below ON r.parent_id = below.id WHERE NOT r.is_gone)
        SELECT FROM below JOIN whole_comment USING (id)))
),
anchor AS NOT MATERIALIZED (
    SELECT post.created_at, post.id FROM post, asked WHERE post.id = asked.about::uuid
),
-- Whose posts stand in the viewer's feed: their own too.
followed AS NOT MATERIALIZED (
    SELECT f.followed_id AS id FROM following f, asked WHERE f.person_id = asked.viewer UNION ALL SELECT viewer FROM asked
),
seen_conversation AS NOT MATERIALIZED (
    SELECT c.id, c.title, greatest(c.updated_at, m.joined_at) AS updated_at
    FROM conversation_member m JOIN conversation c ON c.id = m.conversation_id, asked
    WHERE m.person_id = asked.viewer AND m.standing = 'ACTIVE'
),
seen_member AS NOT MATERIALIZED (
    SELECT m.conversation_id, m.person_id, row_number() OVER (PARTITION BY m.conversation_id ORDER BY m.joined_at, m.id) AS place
    FROM conversation_member m JOIN seen_conversation s ON s.id = m.conversation_id
),
-- In groups tombstones stand for those on the other side of a block.
seen_message AS NOT MATERIALIZED (
    SELECT m.id, m.conversation_id, m.sequence, w.sender_id, w.body
    FROM message m JOIN asked ON true
    JOIN conversation_member own ON (own.conversation_id, own.person_id) = (m.conversation_id, asked.viewer) AND own.reads_after < m.sequence
    LEFT JOIN LATERAL (SELECT m.sender_id, nullif(m.body, '') AS body FROM conversation c
        WHERE c.id = m.conversation_id AND m.deleted_at IS NULL AND (m.hidden_at IS NULL OR m.sender_id = asked.viewer)
          AND (c.kind = 'DIRECT' OR NOT EXISTS (SELECT FROM blocking b
            WHERE (b.person_id, b.blocked_id) IN ((asked.viewer, m.sender_id), (m.sender_id, asked.viewer))))) w ON true
)
