// The statements of the Mercurius peer, each prepared once a connection and run with `= ANY($1)` or
// LATERAL for all objects of a level at once. "The database alone" runs the very same.

const person = 'id, handle, display_name AS "displayName", bio, created_at AS "createdAt", follower_count AS "followerCount"';
const post =
  'p.id, p.author_id, p.body, p.created_at AS "createdAt", p.comment_count AS "commentCount", p.reaction_count AS "reactionCount"';
const comment = 'c.id, c.post_id, c.author_id, c.body, c.created_at AS "createdAt"';
const message = 'm.id, m.conversation_id, m.sender_id, m.body, m.created_at AS "createdAt"';

export const statements = {
  newest: `SELECT ${post} FROM peer.post p ORDER BY p.created_at DESC, p.id DESC LIMIT $1`,
  newestAfter: `SELECT ${post} FROM peer.post p WHERE (p.created_at, p.id) < ($2, $3)
    ORDER BY p.created_at DESC, p.id DESC LIMIT $1`,
  byHandle: `SELECT ${person} FROM peer.person WHERE handle = $1`,
  people: `SELECT ${person} FROM peer.person WHERE id = ANY($1)`,
  postsOf: `SELECT p.* FROM unnest($1::uuid[]) AS author(id) CROSS JOIN LATERAL (
      SELECT ${post} FROM peer.post p WHERE p.author_id = author.id ORDER BY p.created_at DESC, p.id DESC LIMIT $2) p`,
  commentsOf: `SELECT c.* FROM unnest($1::uuid[]) AS post(id) CROSS JOIN LATERAL (
      SELECT ${comment} FROM peer.comment c WHERE c.post_id = post.id ORDER BY c.created_at, c.id LIMIT $2) c`,
  conversationsOf: `SELECT c.id, c.title, c.last_message_id FROM peer.member m JOIN peer.conversation c ON c.id = m.conversation_id
    WHERE m.person_id = $1 ORDER BY c.updated_at DESC, c.id DESC LIMIT 20`,
  membersOf: `SELECT m.conversation_id, m.person_id FROM unnest($1::uuid[]) AS talk(id) CROSS JOIN LATERAL (
      SELECT * FROM peer.member m WHERE m.conversation_id = talk.id ORDER BY m.place LIMIT $2) m`,
  messages: `SELECT ${message} FROM peer.message m WHERE m.id = ANY($1)`,
  messagesOf: `SELECT ${message} FROM peer.message m WHERE m.conversation_id = $1 ORDER BY m.sequence DESC LIMIT $2`,
  feedOfMany: `SELECT ${post} FROM peer.post p
    WHERE EXISTS (SELECT FROM peer.follow f WHERE f.person_id = $1 AND f.followed_id = p.author_id OFFSET 0)
    ORDER BY p.created_at DESC, p.id DESC LIMIT 20`,
  feedOfFew: `SELECT ${post} FROM (
      SELECT n.id FROM peer.follow f CROSS JOIN LATERAL (
        SELECT created_at, id FROM peer.post WHERE author_id = f.followed_id ORDER BY created_at DESC, id DESC LIMIT 20
      ) n WHERE f.person_id = $1 ORDER BY n.created_at DESC, n.id DESC LIMIT 20
    ) newest JOIN peer.post p USING (id) ORDER BY p.created_at DESC, p.id DESC`,
  addComment: `WITH counted AS (UPDATE peer.post SET comment_count = comment_count + 1 WHERE id = $1)
    INSERT INTO peer.comment AS c (post_id, author_id, body, created_at)
    VALUES ($1, $2, $3, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) RETURNING ${comment}`,
};
