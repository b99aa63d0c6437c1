//! A town in which every list holds more than a page of [`PAGE`], and the rows that statements
//! return.

use rookery::{
    accounts::Role,
    platform::config::Config,
    trends::{commands, entity::Kind},
};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::{
    moderation::stage::{hiding, report, staff},
    support::{
        Caller, Template, TestApp,
        bulk::{id, insert, person},
        text_of,
    },
};

/// What lists hold at least, but for what can be only one.
pub const FULL: usize = 8;
/// Items of the larger of two pages that are compared.
pub const PAGE: usize = 6;

const EMOJIS: [&str; FULL] = ["👍", "🎉", "❤️", "😂", "🔥", "👀", "🙏", "🚀"];

/// An app with a town, and the admin whose lists are full.
pub struct Town {
    pub app: TestApp,
    pub ada: Caller,
}

fn endless(config: &mut Config) {
    config.limits.member_budget = u32::MAX;
    config.limits.guest_budget = u32::MAX;
    config.limits.max_cost = 1_000_000;
    config.http.access_token_seconds = 86_400;
}

impl Town {
    /// A copy of the town, which stands once for all tests.
    pub async fn build() -> Self {
        static TOWN: Template = Template::new();
        let (app, people) = TOWN.start(endless, found).await;
        let ada = people.into_iter().next().expect("ada");
        Self { app, ada }
    }

    /// How many rows these statements return: each is asked once more, for their number.
    pub async fn rows(&self, seen: &[Statement]) -> usize {
        let db = self.app.platform().db.background();
        let mut rows = 0;
        for statement in seen {
            let text = statement.sql.trim_start();
            if !text.starts_with("SELECT") && !text.starts_with("WITH") {
                continue;
            }
            let mut counting = statement.clone();
            counting.sql = format!("SELECT COUNT(*) AS n FROM ({text}) AS counted");
            let row = db.query_one_raw(counting).await.unwrap().unwrap();
            let found: i64 = row.try_get("", "n").unwrap();
            rows += usize::try_from(found).unwrap();
        }
        rows
    }
}

/// Somebody whom most things in town belong to, and those who answer them.
async fn found(app: &TestApp) -> Vec<Caller> {
    let ada = staff(app, "ada", Role::Admin).await;
    let bob = app.user("bob").await;
    let mut crowd = Vec::new();
    for n in 0..FULL {
        crowd.push(app.user(&format!("friend_{n}")).await);
    }
    for friend in &crowd {
        friend.follow(&bob).await;
        bob.follow(friend).await;
        friend.follow(&ada).await;
        ada.follow(friend).await;
    }
    ada.follow(&bob).await;
    let posts = write(&bob, &crowd).await;
    answer(&ada, &bob, &crowd, &posts).await;
    talk(&ada, &crowd, &posts[0]).await;
    own(app, &ada, &bob, &posts).await;
    judge(&ada, &crowd).await;
    please(&ada, &crowd).await;
    hang_pictures(app).await;
    // The post that is quoted is the newest of all, and quotes are the oldest.
    app.sql("UPDATE post SET created_at = created_at - 1000000 WHERE quote_of_id IS NOT NULL")
        .await;
    app.sql("UPDATE post SET created_at = created_at + 1000000 WHERE id IN (SELECT quote_of_id FROM post)").await;
    app.settle().await;
    for kind in [Kind::Post, Kind::Hashtag] {
        commands::list(app.platform(), kind).await.unwrap();
    }
    vec![ada]
}

async fn does(who: &Caller, field: &str, input: Value, payload: &str) -> Value {
    let done = who.act(field, input, payload).await;
    assert_eq!(done["userErrors"], json!([]), "{} {field}", who.handle);
    done
}

/// Posts with hashtags, mentions and earlier texts, and some with a poll.
async fn write(bob: &Caller, crowd: &[Caller]) -> Vec<String> {
    let mentions: String = crowd.iter().map(|it| format!(" @{}", it.handle)).collect();
    let tags: String = (0..FULL).map(|n| format!(" #tag_{n}")).collect();
    let mut posts = Vec::new();
    for (n, voter) in crowd.iter().enumerate().take(FULL) {
        let mut input = json!({ "body": format!("Bread {n}{tags}{mentions}") });
        let options: Vec<_> = (0..FULL).map(|n| format!("Option {n}")).collect();
        input["poll"] = json!({ "options": options, "closesAt": "2026-05-03T12:00:00Z" });
        let made = does(
            bob,
            "createPost",
            input,
            "postEdge { node { id poll { id options { id } } } }",
        )
        .await;
        let post = &made["postEdge"]["node"];
        let option = &post["poll"]["options"][0]["id"];
        let vote = json!({ "pollId": post["poll"]["id"], "optionIds": [option] });
        does(voter, "votePoll", vote, "").await;
        posts.push(text_of(&post["id"]));
    }
    for n in 0..FULL {
        for post in &posts {
            let body = format!("Bread again {n}{tags}{mentions}");
            does(bob, "editPost", json!({ "postId": post, "body": body }), "").await;
        }
    }
    does(bob, "pinPost", json!({ "postId": posts[0] }), "").await;
    posts
}

/// Comments, replies, reactions, quotes and reposts.
async fn answer(ada: &Caller, bob: &Caller, crowd: &[Caller], posts: &[String]) {
    let own = ada.post_to("A post of ada's about bread", "UNLISTED").await;
    for (n, post) in posts.iter().chain([&own]).enumerate() {
        let mut first = String::new();
        for (k, friend) in crowd.iter().enumerate() {
            let body = format!(
                "Comment {k} for @{} and @{}",
                crowd[(k + 1) % FULL].handle,
                ada.handle
            );
            let comment = friend.comment(post, &body).await;
            friend.react(post, EMOJIS[k]).await;
            if k == 0 {
                first = comment;
            }
        }
        for (k, friend) in crowd.iter().enumerate().filter(|_| n % 4 == 0) {
            bob.reply(post, &first, &format!("Reply {k}")).await;
            friend.react(&first, EMOJIS[k]).await;
        }
    }
    for friend in crowd {
        for n in 0..PAGE {
            friend.post_to(&format!("Number {n}"), "UNLISTED").await;
        }
    }
    for (n, friend) in crowd.iter().enumerate() {
        let quote = json!({ "body": format!("Look, bread {n}"), "quoteOfId": posts[0] });
        does(friend, "createPost", quote, "").await;
        does(friend, "repost", json!({ "postId": posts[n] }), "").await;
        does(ada, "bookmarkPost", json!({ "postId": posts[n] }), "").await;
    }
}

/// What ada is told of last, all of them did.
async fn please(ada: &Caller, crowd: &[Caller]) {
    ada.app.advance(60);
    for n in 0..PAGE {
        let own = ada
            .post_to(&format!("Of ada's, number {n}"), "UNLISTED")
            .await;
        for (friend, emoji) in crowd.iter().zip(EMOJIS) {
            friend.react(&own, emoji).await;
        }
    }
}

/// Conversations with ada: direct ones and groups of everybody, with messages of all sorts.
async fn talk(ada: &Caller, crowd: &[Caller], post: &str) {
    let others: Vec<_> = crowd.iter().collect();
    for friend in crowd {
        let direct = friend.talk_to(ada).await;
        friend.say(&direct, "Hello").await;
        let group = friend
            .gather(
                &[&[ada], &others[..]]
                    .concat()
                    .into_iter()
                    .filter(|it| it.id != friend.id)
                    .collect::<Vec<_>>(),
            )
            .await;
        let first = friend.say(&group, "Hello all").await;
        let mut last = String::new();
        for (k, other) in crowd.iter().enumerate() {
            let input = json!({ "conversationId": group, "body": format!("Message {k}"), "replyToId": first, "sharedPostId": post });
            last = other.say_with(input).await;
            friend.react(&last, EMOJIS[k]).await;
        }
        for (k, other) in crowd
            .iter()
            .enumerate()
            .filter(|(_, it)| it.id != friend.id)
        {
            other.react(&last, EMOJIS[k]).await;
        }
    }
}

/// What stands in lists of ada's alone.
async fn own(app: &TestApp, ada: &Caller, bob: &Caller, posts: &[String]) {
    for (n, post) in posts.iter().enumerate().take(FULL) {
        does(
            ada,
            "saveDraft",
            json!({ "body": format!("Draft {n}") }),
            "",
        )
        .await;
        for (kind, field) in ["blockUser", "muteUser"].iter().enumerate() {
            let stranger = app.user(&format!("stranger_{kind}_{n}")).await;
            does(ada, field, json!({ "userId": stranger.id }), "").await;
        }
        report(ada, post).await;
    }
    report(bob, &ada.id).await;
    let (person, full) = (person("ada"), u32::try_from(FULL).unwrap());
    let moment = "1777636800000000 + n";
    for (kind, table, rest) in [
        (31, "session", &[("last_used_at", moment)][..]),
        (
            32,
            "data_export",
            &[("status", "'QUEUED'"), ("object_name", "'export ' || n")],
        ),
    ] {
        let id = id(kind, "n");
        let columns = [
            &[
                ("id", &*id),
                ("person_id", &*person),
                ("created_at", moment),
            ],
            rest,
        ];
        insert(app, table, full, &columns.concat()).await;
    }
    let requester = "(SELECT id FROM person WHERE handle = 'asks_' || n)";
    for n in 1..=FULL {
        app.user(&format!("asks_{n}")).await;
    }
    let columns = [
        ("person_id", &*person),
        ("requester_id", requester),
        ("id", &*id(33, "n")),
        ("created_at", moment),
    ];
    insert(app, "follow_request", full, &columns).await;
}

/// Reports, and what staff did.
async fn judge(ada: &Caller, crowd: &[Caller]) {
    for (n, friend) in crowd.iter().enumerate() {
        let post = friend.post_to(&format!("Spam {n}"), "UNLISTED").await;
        report(&crowd[(n + 1) % FULL], &post).await;
        assert_eq!(hiding(ada, &post).await, "done");
    }
}

/// Pictures on posts, messages and people, without their bytes: nobody looks at them.
async fn hang_pictures(app: &TestApp) {
    let moment = "1777636800000000 + n";
    for (kind, table, parent) in [
        (34, "post", "POST"),
        (35, "message", "MESSAGE"),
        (36, "person", "AVATAR"),
        (37, "person", "BANNER"),
        (38, "draft", "DRAFT"),
    ] {
        let purpose = format!("'{}'", if parent == "DRAFT" { "POST" } else { parent });
        let many = if table == "person" { 1 } else { FULL };
        let sql = format!("SELECT COUNT(*) AS n FROM {table}");
        let parents = crate::support::number(app, &sql).await;
        let last = u32::try_from(parents).unwrap() * u32::try_from(many).unwrap();
        let uploader = person("bob");
        let name = |sort: &str| format!("'{parent} {sort} ' || n");
        let columns = [
            ("id", &*id(kind, "n")),
            ("uploader_id", &*uploader),
            ("purpose", &*purpose),
            ("status", "'READY'"),
            ("raw_name", &*name("raw")),
            ("private_name", &*name("private")),
            ("public_name", &*name("public")),
            ("format", "'PNG'"),
            ("byte_size", "100"),
            ("width", "10"),
            ("height", "10"),
            ("created_at", moment),
            ("upload_until", moment),
        ];
        insert(app, "media", last, &columns).await;
        let order = match table {
            "message" => "conversation_id, id",
            _ => "id",
        };
        app.sql(&format!(
            "INSERT INTO media_attachment (parent_id, parent_kind, media_id, position) \
             SELECT parent.id, '{parent}', {}, n % {many} FROM (SELECT id, ROW_NUMBER() OVER \
             (ORDER BY {order}) AS place FROM {table}) AS parent JOIN {} \
             ON (n - 1) / {many} + 1 = parent.place",
            id(kind, "n"),
            crate::support::bulk::numbers(last)
        ))
        .await;
    }
}
