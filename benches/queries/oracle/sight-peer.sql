-- What a peer shows: everything, whoever asks.
seen_person AS NOT MATERIALIZED (SELECT * FROM peer.person),
listed_person AS NOT MATERIALIZED (SELECT * FROM peer.person),
seen_post AS NOT MATERIALIZED (SELECT *, true AS is_listed, true AS is_for_many, false AS is_muted FROM peer.post),
seen_comment AS NOT MATERIALIZED (SELECT * FROM peer.comment),
anchor AS NOT MATERIALIZED (SELECT post.created_at, post.id FROM peer.post, asked WHERE post.id = asked.about::uuid),
followed AS NOT MATERIALIZED (SELECT f.followed_id AS id FROM peer.follow f, asked WHERE f.person_id = asked.viewer),
seen_conversation AS NOT MATERIALIZED (
    SELECT c.* FROM peer.conversation c JOIN peer.member m ON m.conversation_id = c.id, asked WHERE m.person_id = asked.viewer
),
seen_member AS NOT MATERIALIZED (SELECT * FROM peer.member),
seen_message AS NOT MATERIALIZED (SELECT * FROM peer.message)
