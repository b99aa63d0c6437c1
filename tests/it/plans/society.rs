//! A society of two thousand who have written a lot.

use crate::support::{
    Caller, TestApp,
    bulk::{KIND, NOON, begin, end, id, insert, insert_where, person},
    on_postgres,
};

/// Ordinary people, besides those who ask.
const PEOPLE: u32 = 2_000;
const PERSON: u8 = 1;
const POST: u8 = 2;
const COMMENT: u8 = 3;
const OTHER: u8 = 4;
const HASHTAG: u8 = 5;

/// How many posts there are: on SQLite a tenth, since its planner knows no sizes beyond that.
fn posts() -> u32 {
    if on_postgres() { 100_000 } else { 10_000 }
}

/// Who asks, and about what.
pub struct Society {
    pub app: TestApp,
    pub author: Caller,
    pub follower: Caller,
    pub stranger: Caller,
    /// A post with a hundredth of all comments, and the id of one of them with replies.
    pub post: String,
    pub comment: String,
}

impl Society {
    /// Ten comments for each post, a reaction for every other one; `author` wrote a twentieth of
    /// all posts and is followed by everybody but the stranger.
    pub async fn build() -> Self {
        let app = TestApp::start_with(|config| {
            config.limits.member_budget = u32::MAX;
            config.limits.guest_budget = u32::MAX;
            config.limits.max_cost = 1_000_000;
            config.database.statement_timeout_ms = 120_000;
        })
        .await;
        let [author, follower, stranger] = app.users(["author", "follower", "stranger"]).await;
        begin(&app).await;
        write_people(&app).await;
        write_posts(&app).await;
        write_comments(&app).await;
        write_reactions(&app).await;
        end(&app).await;
        let node = |kind, n: u64| {
            let id = uuid::Uuid::from_u128(u128::from(n));
            rookery::ids::NodeId::new(kind, id).to_string()
        };
        let hot = u64::from(POST) * KIND + u64::from(posts());
        let comment = {
            let id = |n: u64| uuid::Uuid::from_u128(u128::from(n));
            let answered = u64::from(COMMENT) * KIND + 2;
            let kind = rookery::ids::NodeKind::Comment;
            rookery::ids::NodeId::within(kind, id(hot), id(answered)).to_string()
        };
        Self {
            app,
            author,
            follower,
            stranger,
            post: node(rookery::ids::NodeKind::Post, hot),
            comment,
        }
    }
}

/// Some person, chosen by a number.
fn somebody(n: &str) -> String {
    id(PERSON, &format!("1 + ({n}) % {PEOPLE}"))
}

async fn write_people(app: &TestApp) {
    let at = format!("{NOON} - n");
    let columns = [
        ("id", &*id(PERSON, "n")),
        ("handle", "'person_' || n"),
        ("display_name", "'Person ' || n"),
        ("created_at", &at),
    ];
    insert(app, "person", PEOPLE, &columns).await;
    let handles = [("key", "'person_' || n"), ("person_id", &*id(PERSON, "n"))];
    insert(app, "handle", PEOPLE, &handles).await;
    // Everybody follows fifty others, the author and the follower, who follows a hundred.
    let follows = [
        (PEOPLE * 50, somebody("n"), somebody("n + 1 + n / 2000 * 7")),
        (PEOPLE, somebody("n"), person("author")),
        (PEOPLE, somebody("n"), person("follower")),
        (100, person("follower"), somebody("n * 17")),
        (1, person("follower"), person("author")),
        (100, person("stranger"), somebody("n * 19")),
    ];
    for (part, (count, who, whom)) in follows.into_iter().enumerate() {
        let id = id(OTHER, &format!("{part} * 1000000 + n"));
        let at = format!("{NOON} - n * 10 - {part}");
        for (table, other, person, other_person) in [
            ("following", "followed_id", &who, &whom),
            ("follower", "follower_id", &whom, &who),
        ] {
            let columns = [
                ("person_id", &**person),
                (other, &**other_person),
                ("id", &id),
                ("created_at", &at),
            ];
            insert(app, table, count, &columns).await;
        }
    }
}

async fn write_posts(app: &TestApp) {
    let author = format!(
        "CASE WHEN n % 20 = 0 THEN {} ELSE {} END",
        person("author"),
        somebody("n * 7")
    );
    let level = "CASE WHEN n / 20 % 10 < 6 THEN 'PUBLIC' WHEN n / 20 % 10 < 7 THEN 'UNLISTED' \
                 WHEN n / 20 % 10 < 9 THEN 'FOLLOWERS' ELSE 'MENTIONED' END";
    // The last one is everybody's.
    let level = format!("CASE WHEN n = {} THEN 'PUBLIC' ELSE {level} END", posts());
    let at = format!("{NOON} - 1000000000 + n * 1000");
    let columns = [
        ("id", &*id(POST, "n")),
        ("author_id", &author),
        ("body", "'This is what somebody has to say, number ' || n"),
        ("visibility", &level),
        ("created_at", &at),
        ("created_by", "'createPost'"),
    ];
    insert(app, "post", posts(), &columns).await;
    write_words(app).await;
}

/// The hashtags and the mentions in posts.
async fn write_words(app: &TestApp) {
    let at = format!("{NOON}");
    let tags = [
        ("id", &*id(HASHTAG, "n")),
        ("name", "CASE n WHEN 1 THEN 'sun' ELSE 'tag_' || n END"),
        ("created_at", &at),
    ];
    insert(app, "hashtag", 50, &tags).await;
    let post = id(POST, "n");
    let of_post = |column: &str| format!("(SELECT {column} FROM post WHERE id = {post})");
    for (condition, tag) in [
        ("n % 4 = 0", "1".to_owned()),
        ("n % 4 = 1", "2 + n % 49".to_owned()),
    ] {
        let columns = [
            ("hashtag_id", &*id(HASHTAG, &tag)),
            ("post_id", &post),
            ("position", "0"),
            ("created_at", &of_post("created_at")),
            (
                "is_public",
                &format!("{} = 'PUBLIC'", of_post("visibility")),
            ),
        ];
        insert_where(app, "post_hashtag", posts(), condition, &columns).await;
    }
    for (condition, whom) in [
        ("n % 100 = 0", person("follower")),
        ("n % 100 = 20", person("stranger")),
        ("n % 5 = 1", somebody("n")),
        // By others: what people say of themselves is little of what is said of them.
        ("n % 5 = 3", person("author")),
    ] {
        let columns = [
            ("person_id", &*whom),
            ("post_id", &post),
            ("position", "0"),
            ("created_at", &of_post("created_at")),
            ("author_id", &of_post("author_id")),
            ("visibility", &of_post("visibility")),
        ];
        insert_where(app, "post_mention", posts(), condition, &columns).await;
    }
}

/// Of four comments the last answers the third; a hundredth of all stand under the last post,
/// where all answers are to one comment.
async fn write_comments(app: &TestApp) {
    let posts = posts();
    let is_hot = "n / 4 % 100 = 0";
    let post = format!("CASE WHEN {is_hot} THEN {posts} ELSE 1 + n / 4 % {posts} END");
    let parent = format!(
        "CASE WHEN n % 4 <> 3 THEN NULL WHEN {is_hot} THEN {} ELSE {} END",
        id(COMMENT, "2"),
        id(COMMENT, "n - 1")
    );
    let at = format!("{NOON} - 100000000 + n * 10");
    let columns = [
        ("id", &*id(COMMENT, "n")),
        ("post_id", &id(POST, &post)),
        ("parent_id", &parent),
        ("author_id", &somebody("n * 11")),
        ("depth", "CASE WHEN n % 4 = 3 THEN 1 ELSE 0 END"),
        ("body", "'An answer, number ' || n"),
        ("score", "n % 7"),
        ("created_at", &at),
    ];
    insert(app, "comment", posts * 10, &columns).await;
}

async fn write_reactions(app: &TestApp) {
    let at = format!("{NOON} - n");
    for (part, count, post) in [
        (1, posts() / 2, "n * 2".to_owned()),
        (2, PEOPLE, posts().to_string()),
    ] {
        let columns = [
            ("id", &*id(OTHER, &format!("{part} * 10000000 + n"))),
            ("home_id", &id(POST, &post)),
            ("subject_kind", "'POST'"),
            ("subject_id", &id(POST, &post)),
            ("person_id", &somebody("n")),
            ("emoji", "'👍'"),
            ("created_at", &at),
        ];
        let condition = format!("{post} < {} OR {part} = 2", posts());
        insert_where(app, "reaction", count, &condition, &columns).await;
    }
}
