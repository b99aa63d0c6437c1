//! Screens that a frontend sends: the same number of statements for few rows and for many.

use serde_json::json;

use super::town::{AUTHORS, Town, leaves};

/// A session costs one statement, a guest none.
const SESSION: usize = 1;

#[tokio::test]
async fn a_profile_with_threads_and_the_commenters_own_posts() {
    let town = Town::build().await;
    let query = "query($n: Int) { user(handle: \"author_1\") { handle posts(first: $n) { nodes { \
                 body comments(first: $n) { nodes { body author { handle followerCount \
                 following(first: $n) { nodes { handle } } \
                 posts(first: $n) { nodes { body author { handle } } } } } } } } } }";
    // The critics wrote nothing: give each a post, and somebody to follow.
    for n in 0..AUTHORS {
        let sql = format!(
            "UPDATE post SET author_id = (SELECT id FROM person WHERE handle = 'critic_{n}') \
             WHERE body LIKE 'Post 2{n} %'"
        );
        town.app.sql(&sql).await;
    }
    town.app
        .sql(
            "INSERT INTO following (person_id, followed_id, id, created_at) \
             SELECT c.id, r.id, r.id, 0 FROM person c, person r \
             WHERE c.handle LIKE 'critic%' AND r.handle LIKE 'reader%'",
        )
        .await;
    // user, posts, comments, people, posts of people with their counters and follows; the
    // authors of the last posts are loaded again by nobody: they are the commenters.
    assert_eq!(town.constant(&town.app.guest(), query).await, 7);
    assert_eq!(town.constant(&town.eve, query).await, 7 + SESSION);
}

#[tokio::test]
async fn a_hashtag_with_threads_two_levels_deep() {
    let town = Town::build().await;
    let query = "query($n: Int) { hashtag(name: \"sun\") { name postCount posts(first: $n) { nodes { \
                 body author { handle } comments(first: $n) { nodes { body author { handle } \
                 replies(first: $n) { nodes { body author { handle } } } } } } } } }";
    // hashtag, posts, comments, replies, then its counter and the authors of all.
    assert_eq!(town.constant(&town.app.guest(), query).await, 6);
    assert_eq!(town.constant(&town.eve, query).await, 6 + SESSION);
}

#[tokio::test]
async fn the_home_feed_with_everything_a_card_shows() {
    let town = Town::build().await;
    let query = "query($n: Int) { viewer { email homeFeed(first: $n) { nodes { id body createdAt \
                 visibility viewerCanEdit commentCount reactionCount reactionGroups { emoji count \
                 viewerHasReacted } hashtags { name } mentions { handle } author { handle \
                 followerCount followingCount postCount viewerRelationship { following requested followedBy blocking muting mutedUntil } \
                 } } pageInfo { hasNextPage endCursor } } } }";
    // session, account, feed, groups, hashtags, mentions, then people (authors and mentioned) and
    // counters of posts, then counters of people and relationships.
    assert_eq!(town.constant(&town.eve, query).await, 10);
}

#[tokio::test]
async fn fifty_nodes_of_all_types_cost_as_much_as_ten() {
    let town = Town::build().await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on User { handle followerCount } \
                 ... on Post { body author { handle } } ... on Comment { body author { handle } \
                 post { body } } ... on Hashtag { name } ... on PostEdit { body } \
                 ... on Reaction { emoji user { handle } } } }";
    let data = town
        .eve
        .query(
            "{ explore(first: 50) { nodes { id author { id } edits { nodes { id } } \
             reactions { nodes { id } } hashtags { id } comments(first: 1) { nodes { id } } } } }",
            json!({}),
        )
        .await;
    let posts = data["explore"]["nodes"].as_array().unwrap();
    let ids = |count: usize| {
        let kinds = posts
            .iter()
            .cycle()
            .take(count)
            .enumerate()
            .map(|(n, post)| {
                let nodes = |list: &str| post[list]["nodes"][0]["id"].clone();
                match n % 6 {
                    0 => post["id"].clone(),
                    1 => post["author"]["id"].clone(),
                    2 => nodes("edits"),
                    3 => nodes("reactions"),
                    4 => nodes("comments"),
                    _ => post["hashtags"][1]["id"].clone(),
                }
            });
        kinds.collect::<Vec<_>>()
    };
    let mut counts = Vec::new();
    for count in [10, 50] {
        let (cost, data) = town
            .cost(&town.eve, query, json!({ "ids": ids(count) }))
            .await;
        let nodes = data["nodes"].as_array().unwrap();
        assert!(nodes.iter().all(|node| node["id"].is_string()), "{data:#}");
        let given: Vec<_> = nodes.iter().map(|node| node["id"].clone()).collect();
        assert_eq!(given, ids(count));
        counts.push(cost);
    }
    // session, then users, posts, edits, reactions, comments, hashtags; then the posts of edits,
    // reactions and comments, the people of reactions, and the counters; then authors.
    // Among many ids are the authors already, which saves a statement.
    assert!(counts[1] <= counts[0], "{counts:?}");
    assert!(counts[0] <= 13, "{counts:?}");
}

#[tokio::test]
async fn the_same_field_under_many_aliases_costs_what_one_costs() {
    let town = Town::build().await;
    let field = "explore(first: 5) { nodes { author { handle } comments(first: 2) { nodes { id } } \
                 commentCount } }";
    let many = |count: usize| {
        let fields: String = (0..count).map(|n| format!("a{n}: {field} ")).collect();
        format!("{{ {fields} }}")
    };
    let guest = town.app.guest();
    let (one, single) = town.cost(&guest, &many(1), json!({})).await;
    let (ten, tenfold) = town.cost(&guest, &many(10), json!({})).await;
    assert_eq!((one, ten), (4, 4));
    assert_eq!(leaves(&tenfold), 10 * leaves(&single));
}

#[tokio::test]
async fn many_people_and_hashtags_by_name_cost_what_one_of_each_costs() {
    let town = Town::build().await;
    let many = |count: usize| {
        let fields: String = (0..count)
            .map(|n| {
                format!(
                    "u{n}: user(handle: \"author_{n}\") {{ followerCount posts(first: 2) {{ nodes \
                     {{ id author {{ handle }} }} }} }} h{n}: hashtag(name: \"tag_{n}\") {{ \
                     posts(first: 2) {{ nodes {{ id author {{ handle }} }} }} }} "
                )
            })
            .collect();
        format!("{{ {fields} }}")
    };
    let guest = town.app.guest();
    let (one, _) = town.cost(&guest, &many(1), json!({})).await;
    let (all, data) = town.cost(&guest, &many(AUTHORS), json!({})).await;
    assert_eq!(data["u4"]["posts"]["nodes"].as_array().unwrap().len(), 2);
    assert_eq!(
        data["h4"]["posts"]["nodes"][0]["author"]["handle"],
        "author_4"
    );
    // people, hashtags; posts of both, counters; authors.
    assert_eq!((one, all), (6, 6));
}

#[tokio::test]
async fn fragments_and_repeated_fields_load_nothing_twice() {
    let town = Town::build().await;
    let query = "query($n: Int) { explore(first: $n) { nodes { ...a ...b author { ...u } } edges { \
                 node { ...a author { handle } } } } } \
                 fragment a on Post { commentCount comments(first: 2) { nodes { author { ...u } } } } \
                 fragment b on Post { reactionCount commentCount author { followerCount } \
                 comments(first: 2) { nodes { body } } } \
                 fragment u on User { handle displayName viewerRelationship { following } }";
    // posts, comments, counters of posts, authors of both, their counters.
    assert_eq!(town.constant(&town.app.guest(), query).await, 5);
}

#[tokio::test]
async fn a_new_comment_reads_of_its_place_what_is_asked_for() {
    let town = Town::build().await;
    let data = town
        .eve
        .query(
            "{ explore(first: 1) { nodes { id comments(first: 1) { nodes { id } } } } }",
            json!({}),
        )
        .await;
    let post = &data["explore"]["nodes"][0];
    let input = json!({
        "postId": post["id"], "parentId": post["comments"]["nodes"][0]["id"], "body": "Me too",
    });
    let mut counts = Vec::new();
    for place in [
        "",
        "post { id }",
        "parent { id }",
        "post { id } parent { id }",
    ] {
        let query = format!(
            "mutation($input: CreateCommentInput!) {{ createComment(input: $input) \
             {{ commentEdge {{ node {{ id }} }} {place} userErrors {{ code }} }} }}"
        );
        let variables = json!({ "input": input });
        let (cost, data) = town.cost(&town.eve, &query, variables).await;
        let answer = &data["createComment"];
        assert!(answer["commentEdge"]["node"]["id"].is_string(), "{data}");
        for (name, asked) in ["post", "parent"].map(|name| (name, place.contains(name))) {
            assert_eq!(answer[name]["id"].is_string(), asked, "{data}");
        }
        counts.push(cost);
    }
    let least = counts[0];
    assert_eq!(counts, [least, least + 1, least + 1, least + 2]);
}
