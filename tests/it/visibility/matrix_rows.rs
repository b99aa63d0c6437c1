//! The rows of the leak matrix: every field of the schema whose type is or holds a post, a comment,
//! a person, something of a conversation or media, with the things that are looked for in it.

use serde_json::{Value, json};

use super::{
    acts::{Act, NewComment, NewPost},
    answers::Thing,
    graph::{Subject, Text},
    living::matrix as living,
    media::matrix as media,
    reports::matrix as reports,
    scene::{PENDING, SUBJECTS, Scene, WRITER},
    talks::matrix as talks,
};

/// One look: at which subject, from where (a node; `None`: a root), for what.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub subject: usize,
    pub from: Option<Thing>,
    pub target: Thing,
}

/// A field that is read.
pub struct Read {
    pub field: &'static str,
    /// Its arguments, with `$` for the target's id or handle.
    pub arguments: &'static str,
    pub looks: Vec<Look>,
}

pub fn looks(found: Vec<(usize, Thing)>, from: impl Fn(usize) -> Option<Thing>) -> Vec<Look> {
    let look = |(subject, target)| Look {
        subject,
        from: from(subject),
        target,
    };
    found.into_iter().map(look).collect()
}

pub const PAGE: &str = "(first: 50)";
/// The posts of the scene begin with this word.
const POSTS_FOUND: &str = "(query: \"post\", type: POSTS, first: 50)";
const PEOPLE_FOUND: &str = "(query: \"$\", type: USERS, first: 50)";

pub fn read(field: &'static str, arguments: &'static str, looks: Vec<Look>) -> Read {
    Read {
        field,
        arguments,
        looks,
    }
}

/// The fields of the roots and of types.
pub fn reads(scene: &Scene) -> Vec<Read> {
    let mut all = root_reads(scene);
    all.extend(viewer_reads(scene));
    all.extend(people_reads(scene));
    all.extend(post_reads(scene));
    all.extend(comment_reads(scene));
    all.extend(talks::reads(scene));
    all.extend(media::reads(scene));
    all.extend(living::reads(scene));
    all.extend(reports::reads(scene));
    all
}

fn root_reads(scene: &Scene) -> Vec<Read> {
    let users = scene.each(Thing::User);
    let posts = scene.subject_posts();
    let all = [
        users.clone(),
        posts.clone(),
        scene.subject_comments(),
        scene.subject_talks(),
        scene.subject_members(),
        talks::messages(scene),
        scene.subject_media(),
        living::things(scene),
        told_of_comments(scene),
        reports::things(scene),
    ]
    .concat();
    let root = |_: usize| None;
    vec![
        read("Query.node", "(id: \"$\")", looks(all.clone(), root)),
        read("Query.nodes", "(ids: [\"$\"])", looks(all, root)),
        read("Query.search", PEOPLE_FOUND, looks(users.clone(), root)),
        read("Query.search", POSTS_FOUND, looks(posts.clone(), root)),
        read("Query.user", "(handle: \"$\")", looks(users, root)),
        read("Query.explore", PAGE, looks(posts.clone(), root)),
        read("Hashtag.posts", PAGE, looks(posts, |_| Some(Thing::Tag))),
    ]
}

/// That somebody commented on each subject's first post, for them alone.
fn told_of_comments(scene: &Scene) -> Vec<(usize, Thing)> {
    scene.each(|n| Thing::Told(n, scene.posts[n][0]))
}

fn viewer_reads(scene: &Scene) -> Vec<Read> {
    let (users, posts) = (scene.each(Thing::User), scene.subject_posts());
    let asking = scene.each(|_| Thing::User(PENDING));
    let root = |_: usize| None;
    let told = |n: usize| Some(Thing::Told(n, scene.posts[n][0]));
    vec![
        read("Viewer.user", "", looks(users.clone(), root)),
        read("Viewer.homeFeed", PAGE, looks(posts.clone(), root)),
        read("Viewer.bookmarks", PAGE, looks(posts, root)),
        read("Viewer.followRequests", PAGE, looks(asking, root)),
        read("Viewer.blockedUsers", PAGE, looks(users.clone(), root)),
        read("Viewer.mutedUsers", PAGE, looks(users, root)),
        read(
            "Notification.actors",
            PAGE,
            looks(scene.each(|_| Thing::User(WRITER)), told),
        ),
        read(
            "Notification.subject",
            "",
            looks(scene.each(|n| Thing::Post(scene.posts[n][0])), told),
        ),
        read(
            "Viewer.conversations",
            PAGE,
            looks(scene.subject_talks(), root),
        ),
    ]
}

fn people_reads(scene: &Scene) -> Vec<Read> {
    let subject = |n: usize| Some(Thing::User(n));
    let writer = scene.each(|_| Thing::User(WRITER));
    vec![
        read("User.posts", PAGE, looks(scene.subject_posts(), subject)),
        read("User.followers", PAGE, looks(writer.clone(), subject)),
        read("User.following", PAGE, looks(writer, subject)),
        read(
            "Reaction.user",
            "",
            [
                looks(scene.each(Thing::User), |n| {
                    Some(Thing::Reaction(scene.reactions[n]))
                }),
                looks(scene.each(Thing::User), |n| {
                    Some(Thing::Reaction(scene.answered[n]))
                }),
            ]
            .concat(),
        ),
    ]
}

/// From each of the things its author.
fn authors(things: Vec<(usize, Thing)>) -> Vec<Look> {
    let look = |(subject, thing)| Look {
        subject,
        from: Some(thing),
        target: Thing::User(subject),
    };
    things.into_iter().map(look).collect()
}

fn post_reads(scene: &Scene) -> Vec<Read> {
    let first = |n: usize| Some(Thing::Post(scene.posts[n][0]));
    let thread = |_: usize| Some(Thing::Post(scene.thread));
    let repost = |n: usize| Some(Thing::Post(scene.reposts[n]));
    let firsts = scene.each(|n| Thing::Post(scene.posts[n][0]));
    let quotes = scene.each(|n| Thing::Post(scene.quotes[n][0]));
    let quoted = SUBJECTS.into_iter().flat_map(|subject| {
        let pairs = scene.quotes[subject].iter().zip(&scene.posts[subject]);
        pairs.map(move |(from, post)| Look {
            subject,
            from: Some(Thing::Post(*from)),
            target: Thing::Post(*post),
        })
    });
    vec![
        read("Post.author", "", authors(scene.subject_posts())),
        read("Post.mentions", "", looks(scene.each(Thing::User), thread)),
        read(
            "Post.comments",
            PAGE,
            looks(scene.subject_comments(), thread),
        ),
        read("Post.quotes", PAGE, looks(quotes, first)),
        read("Post.quoteOf", "", quoted.collect()),
        read("Post.repostOf", "", looks(firsts, repost)),
    ]
}

fn comment_reads(scene: &Scene) -> Vec<Read> {
    let under = |n: usize| Some(Thing::Comment(scene.under[n]));
    let reply = |n: usize| Some(Thing::Comment(scene.replies[n]));
    let first = |n: usize| Some(Thing::Comment(scene.comments[n][0]));
    let posts = scene.each(|n| Thing::Post(scene.posts[n][0]));
    let parents = scene.each(|n| Thing::Comment(scene.comments[n][0]));
    let replies = scene.each(|n| Thing::Comment(scene.replies[n]));
    vec![
        read("Comment.author", "", authors(scene.subject_comments())),
        read("Comment.post", "", looks(posts, under)),
        read("Comment.parent", "", looks(parents, reply)),
        read("Comment.replies", PAGE, looks(replies, first)),
        read(
            "Comment.mentions",
            "",
            looks(scene.each(Thing::User), under),
        ),
    ]
}

/// A subscription that tells of such things.
pub struct Told {
    pub field: &'static str,
    /// For each subject what is told, where the oracle finds it.
    pub things: Vec<(usize, Thing)>,
}

/// The fields of `Subscription`.
pub fn told(scene: &Scene) -> Vec<Told> {
    vec![
        Told {
            field: "commentAdded",
            things: scene.subject_comments(),
        },
        Told {
            field: "feedPostAdded",
            things: scene.subject_posts(),
        },
        Told {
            field: "messageUpdated",
            things: talks::messages(scene),
        },
        Told {
            field: "conversationUpdated",
            things: scene.subject_talks(),
        },
    ]
}

/// A mutation whose payload holds such things.
pub struct Write {
    pub mutation: &'static str,
    /// The payload's fields with what stands in each; `None`: what the mutation makes.
    pub fields: Vec<(&'static str, Option<Thing>)>,
    pub input: Value,
    /// The rules let the caller do it.
    pub is_allowed: bool,
    /// What it then does; `None`: nothing.
    pub act: Option<Act>,
}

/// Every mutation that `me` aims at a subject's things.
pub fn writes(scene: &Scene, me: usize, subject: usize) -> Vec<Write> {
    let mut all = people_writes(scene, me, subject);
    for n in [0, 1] {
        all.extend(post_writes(scene, me, scene.posts[subject][n]));
    }
    all.extend(talks::writes(scene, me, subject));
    all.extend(media::writes(scene, me, subject));
    all.extend(living::writes(scene, me, subject));
    all.extend(reports::writes(scene, me, subject));
    for comment in [scene.under[subject], scene.comments[subject][0]] {
        all.extend(comment_writes(scene, me, comment));
    }
    all
}

fn people_writes(scene: &Scene, me: usize, subject: usize) -> Vec<Write> {
    let graph = &scene.graph;
    let write = |mutation, whom: usize, is_allowed: bool, act| Write {
        mutation,
        fields: vec![("user", Some(Thing::User(whom)))],
        input: json!({ "userId": graph.user_id(whom) }),
        is_allowed: is_allowed && whom != me,
        act: Some(act),
    };
    let own = |mutation, input| Write {
        mutation,
        fields: vec![("user", Some(Thing::User(me)))],
        input,
        is_allowed: true,
        act: None,
    };
    // An owner answers those who ask them.
    let asks = if me == subject { PENDING } else { subject };
    let is_asked = graph.requests(asks, me);
    let [lists, names] = [
        graph.lists_person(Some(me), subject),
        graph.names_person(Some(me), subject),
    ];
    vec![
        own("updateProfile", json!({})),
        own("changeHandle", json!({ "handle": graph.people[me].handle })),
        write("followUser", subject, lists, Act::Follow(me, subject)),
        write("unfollowUser", subject, lists, Act::Unfollow(me, subject)),
        write("acceptFollowRequest", asks, is_asked, Act::Accept(me, asks)),
        write("rejectFollowRequest", asks, is_asked, Act::Reject(me, asks)),
        write(
            "removeFollower",
            subject,
            lists,
            Act::RemoveFollower(me, subject),
        ),
        write("blockUser", subject, names, Act::Block(me, subject)),
        write("unblockUser", subject, names, Act::Unblock(me, subject)),
        write("muteUser", subject, lists, Act::Mute(me, subject, None)),
        write("unmuteUser", subject, names, Act::Unmute(me, subject)),
    ]
}

fn text(body: &str) -> Text {
    Text {
        body: body.to_owned(),
        ..Text::default()
    }
}

fn reply(me: usize, post: usize, parent: Option<usize>) -> Act {
    Act::Comment(NewComment {
        author: me,
        post,
        parent,
        text: text("more"),
    })
}

fn post_writes(scene: &Scene, me: usize, post: usize) -> Vec<Write> {
    let graph = &scene.graph;
    let is_own = graph.sees(Some(me), post) && graph.posts[post].author == me;
    let on = |mutation, (name, value): (&str, Value), act| Write {
        mutation,
        fields: vec![("post", Some(Thing::Post(post)))],
        input: json!({ "postId": graph.post_id(post), name: value }),
        is_allowed: is_own,
        act: Some(act),
    };
    let changed = Act::Edit(post, text("changed"));
    let locked = Act::Lock(post, true);
    let mut all = vec![
        on("editPost", ("body", json!("changed")), changed),
        on("lockPost", ("isLocked", json!(true)), locked),
    ];
    all.extend(passing_on(scene, me, post));
    all.extend(answering(scene, me, post));
    all
}

/// Quotes, reposts and bookmarks.
fn passing_on(scene: &Scene, me: usize, post: usize) -> Vec<Write> {
    let (graph, this) = (&scene.graph, Some(Thing::Post(post)));
    let sees = graph.sees(Some(me), post);
    let on = |mutation, is_allowed, act| Write {
        mutation,
        fields: vec![("post", this)],
        input: json!({ "postId": graph.post_id(post) }),
        is_allowed,
        act,
    };
    let quote = Act::Post(NewPost {
        author: me,
        level: "PUBLIC",
        policy: "EVERYONE",
        text: text("more"),
        quote_of: Some(post),
    });
    let repost = Act::Repost(me, post, "PUBLIC");
    vec![
        Write {
            mutation: "createPost",
            fields: vec![("postEdge", None)],
            input: json!({ "body": "more", "quoteOfId": graph.post_id(post) }),
            is_allowed: graph.may_quote(me, post),
            act: Some(quote),
        },
        Write {
            fields: vec![("postEdge", None), ("post", this)],
            ..on("repost", graph.may_repost(me, post), Some(repost))
        },
        on("undoRepost", sees, None),
        Write {
            input: json!({ "postId": graph.post_id(post), "isMuted": true }),
            ..on("muteThread", sees, None)
        },
        on("bookmarkPost", sees, Some(Act::Bookmark(me, post))),
        // R22: what one keeps one may let go of, seen or not.
        on(
            "unbookmarkPost",
            sees || graph.keeps(me, post),
            Some(Act::Unbookmark(me, post)),
        ),
    ]
}

fn answering(scene: &Scene, me: usize, post: usize) -> Vec<Write> {
    let (graph, this) = (&scene.graph, Some(Thing::Post(post)));
    let id = graph.post_id(post);
    let react = |mutation, act| Write {
        mutation,
        fields: vec![("subject", this)],
        input: json!({ "subjectId": id, "emoji": "👍" }),
        is_allowed: graph.sees(Some(me), post),
        act,
    };
    let like = Act::React(me, Subject::Post(post), "👍");
    vec![
        Write {
            mutation: "createComment",
            fields: vec![("commentEdge", None), ("post", this)],
            input: json!({ "postId": id, "body": "more" }),
            is_allowed: graph.may_comment(me, post),
            act: Some(reply(me, post, None)),
        },
        react("addReaction", Some(like)),
        react("removeReaction", None),
    ]
}

fn comment_writes(scene: &Scene, me: usize, comment: usize) -> Vec<Write> {
    let (graph, this) = (&scene.graph, Some(Thing::Comment(comment)));
    let (id, post) = (graph.comment_id(comment), graph.comments[comment].post);
    let place = Some(Thing::Post(post));
    let subject = Subject::Comment(comment);
    let sees = graph.sees_subject(Some(me), subject);
    let is_own = graph.comments[comment].author == me;
    let at = |mutation, fields, input, is_allowed, act| Write {
        mutation,
        fields,
        input,
        is_allowed,
        act,
    };
    let alone = || vec![("comment", this)];
    let like = json!({ "subjectId": id, "emoji": "👍" });
    let is_host = sees && graph.is_host(Some(me), comment);
    let answer = json!({ "postId": graph.post_id(post), "parentId": id, "body": "more" });
    let answers = sees && graph.may_comment(me, post);
    let place_too = vec![("comment", this), ("post", place)];
    let made = vec![("commentEdge", None), ("post", place), ("parent", this)];
    vec![
        at(
            "createComment",
            made,
            answer,
            answers,
            Some(reply(me, post, Some(comment))),
        ),
        at(
            "editComment",
            alone(),
            json!({ "commentId": id, "body": "changed" }),
            sees && is_own,
            Some(Act::EditComment(comment, text("changed"))),
        ),
        at(
            "deleteComment",
            place_too,
            json!({ "commentId": id }),
            is_own && !graph.comments[comment].is_deleted,
            Some(Act::DeleteComment(comment)),
        ),
        at(
            "hideComment",
            alone(),
            json!({ "commentId": id, "isHidden": true }),
            is_host,
            Some(Act::Conceal(comment, true)),
        ),
        at(
            "addReaction",
            vec![("subject", this)],
            like.clone(),
            sees,
            Some(Act::React(me, subject, "👍")),
        ),
        at("removeReaction", vec![("subject", this)], like, sees, None),
    ]
}
