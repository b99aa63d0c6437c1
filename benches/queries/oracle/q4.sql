SELECT json_build_array(
    (SELECT json_agg(json_build_object('id', c.id, 'title', c.title,
        'members', json_build_object('nodes', (
            SELECT json_agg(json_build_object('user',
                (SELECT json_build_object('id', id, 'handle', handle, 'displayName', display_name) FROM listed_person WHERE id = m.person_id)
            ) ORDER BY m.place)
            FROM seen_member m WHERE m.conversation_id = c.id AND m.place <= 10)),
        'lastMessage', (
            SELECT json_build_object('id', m.id, 'body', m.body,
                'sender', (SELECT json_build_object('id', id, 'handle', handle, 'displayName', display_name) FROM listed_person WHERE id = m.sender_id))
            FROM seen_message m WHERE m.conversation_id = c.id ORDER BY m.sequence DESC LIMIT 1)
        ) ORDER BY c.updated_at DESC, c.id DESC)
    FROM (SELECT * FROM seen_conversation ORDER BY updated_at DESC, id DESC LIMIT 20) c),
    asked.about,
    (SELECT json_agg(json_build_object('id', m.id, 'body', m.body,
        'sender', (SELECT json_build_object('id', id, 'handle', handle, 'displayName', display_name) FROM listed_person WHERE id = m.sender_id)
        ) ORDER BY m.sequence)
    FROM (SELECT * FROM seen_message WHERE conversation_id = asked.about::uuid ORDER BY sequence DESC LIMIT 20) m)
)::text AS it
FROM asked
