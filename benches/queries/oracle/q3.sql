SELECT json_build_array(json_build_object('id', id, 'handle', handle, 'displayName', display_name, 'bio', bio,
    'followerCount', follower_count))::text AS it
FROM seen_person, asked WHERE handle = asked.about
