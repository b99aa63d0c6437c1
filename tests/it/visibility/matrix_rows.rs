//! The rows of the leak matrix: every field of the schema whose type is or holds a post, a comment
//! or a person, with the things that are looked for in it.

use serde_json::{Value, json};

use super::{
    acts::{Act, NewComment, NewPost},
    answers::Thing,
    graph::{Subject, Text},
    scene::{PENDING, Scene},
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

fn looks(found: Vec<(usize, Thing)>, from: impl Fn(usize) -> Option<Thing>) -> Vec<Look> {
    let look = |(subject, target)| Look {
        subject,
        from: from(subject),
        target,
    };
    found.into_iter().map(look).collect()
}

const PAGE: &str = "(first: 50)";

/// The fields of the roots and of types.
pub fn reads(scene: &Scene) -> Vec<Read> {
    let users = || scene.each(Thing::User);
    let (posts, comments) = (|| scene.subject_posts(), || scene.subject_comments());
    let all = || {
        users()
            .into_iter()
            .chain(posts())
            .chain(comments())
            .collect::<Vec<_>>()
    };
    let user = |n: usize| Some(Thing::User(n));
    let first = |n: usize| Some(Thing::Post(scene.posts[n][0]));
    let thread = |_: usize| Some(Thing::Post(scene.thread));
    let reply = |n: usize| Some(Thing::Comment(scene.replies[n]));
    let under = |n: usize| Some(Thing::Comment(scene.under[n]));
    let writer = || vec![Thing::User(4)];
    let each_writer = || scene.each(|_| writer()[0]);
    let own_posts = |n: usize| scene.posts[n].iter().map(move |p| (n, *p));
    let by_posts = |target: &dyn Fn(usize) -> Thing| {
        let looks = (0..4).flat_map(own_posts);
        let look = |(subject, post)| Look {
            subject,
            from: Some(Thing::Post(post)),
            target: target(subject),
        };
        looks.map(look).collect::<Vec<_>>()
    };
    let by_comments = |target: &dyn Fn(usize) -> Thing| {
        let look = |(subject, from)| Look {
            subject,
            from: Some(from),
            target: target(subject),
        };
        comments().into_iter().map(look).collect::<Vec<_>>()
    };
    let quoted = |n: usize| {
        let pairs = scene.quotes[n].iter().zip(&scene.posts[n]);
        pairs.map(move |(from, post)| Look {
            subject: n,
            from: Some(Thing::Post(*from)),
            target: Thing::Post(*post),
        })
    };
    let mine = |n: usize| Some(Thing::User(n));
    let read = |field, arguments, looks| Read {
        field,
        arguments,
        looks,
    };
    let none = |_: usize| None;
    vec![
        read("Query.node", "(id: \"$\")", looks(all(), none)),
        read("Query.nodes", "(ids: [\"$\"])", looks(all(), none)),
        read("Query.user", "(handle: \"$\")", looks(users(), none)),
        read("Query.explore", PAGE, looks(posts(), none)),
        read("Hashtag.posts", PAGE, looks(posts(), |_| Some(Thing::Tag))),
        read("Viewer.user", "", looks(users(), mine)),
        read("Viewer.homeFeed", PAGE, looks(posts(), mine)),
        read("Viewer.bookmarks", PAGE, looks(posts(), mine)),
        read(
            "Viewer.followRequests",
            PAGE,
            looks(scene.each(|_| Thing::User(7)), mine),
        ),
        read("Viewer.blockedUsers", PAGE, looks(users(), mine)),
        read("Viewer.mutedUsers", PAGE, looks(users(), mine)),
        read("User.posts", PAGE, looks(posts(), user)),
        read("User.followers", PAGE, looks(each_writer(), user)),
        read("User.following", PAGE, looks(each_writer(), user)),
        read("Post.author", "", by_posts(&Thing::User)),
        read("Post.mentions", "", looks(users(), thread)),
        read("Post.comments", PAGE, looks(comments(), thread)),
        read(
            "Post.quotes",
            PAGE,
            looks(scene.each(|n| Thing::Post(scene.quotes[n][0])), first),
        ),
        read("Post.quoteOf", "", (0..4).flat_map(quoted).collect()),
        read(
            "Post.repostOf",
            "",
            looks(scene.each(|n| Thing::Post(scene.posts[n][0])), |n| {
                Some(Thing::Post(scene.reposts[n]))
            }),
        ),
        read("Comment.author", "", by_comments(&Thing::User)),
        read(
            "Comment.post",
            "",
            looks(scene.each(|n| Thing::Post(scene.posts[n][0])), under),
        ),
        read(
            "Comment.parent",
            "",
            looks(scene.each(|n| Thing::Comment(scene.comments[n][0])), reply),
        ),
        read(
            "Comment.replies",
            PAGE,
            looks(scene.each(|n| Thing::Comment(scene.replies[n])), |n| {
                Some(Thing::Comment(scene.comments[n][0]))
            }),
        ),
        read("Comment.mentions", "", looks(users(), under)),
        read(
            "Reaction.user",
            "",
            looks(users(), |n| Some(Thing::Reaction(scene.reactions[n]))),
        ),
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
    let (graph, this, id) = (
        &scene.graph,
        Some(Thing::Post(post)),
        scene.graph.post_id(post),
    );
    let sees = graph.sees(Some(me), post);
    let is_own = sees && graph.posts[post].author == me;
    let (quotes, reposts) = (graph.may_quote(me, post), graph.may_repost(me, post));
    let comments = graph.may_comment(me, post);
    let alone = || vec![("post", this)];
    let at = |mutation, fields, (name, value): (&str, Value), is_allowed, act| Write {
        mutation,
        fields,
        input: json!({ "postId": id, name: value }),
        is_allowed,
        act,
    };
    let on = |mutation, fields, is_allowed, act| Write {
        mutation,
        fields,
        input: json!({ "postId": id }),
        is_allowed,
        act,
    };
    let react = |mutation, act| Write {
        mutation,
        fields: vec![("subject", this)],
        input: json!({ "subjectId": id, "emoji": "👍" }),
        is_allowed: sees,
        act,
    };
    let quote = Write {
        mutation: "createPost",
        fields: vec![("postEdge", None)],
        input: json!({ "body": "more", "quoteOfId": id }),
        is_allowed: quotes,
        act: Some(Act::Post(NewPost {
            author: me,
            level: "PUBLIC",
            policy: "EVERYONE",
            text: text("more"),
            quote_of: Some(post),
        })),
    };
    let changed = Act::Edit(post, text("changed"));
    let repost = Act::Repost(me, post, "PUBLIC");
    let edge = || vec![("postEdge", None), ("post", this)];
    let comment = || vec![("commentEdge", None), ("post", this)];
    let like = Act::React(me, Subject::Post(post), "👍");
    vec![
        quote,
        at(
            "editPost",
            alone(),
            ("body", json!("changed")),
            is_own,
            Some(changed),
        ),
        at(
            "lockPost",
            alone(),
            ("isLocked", json!(true)),
            is_own,
            Some(Act::Lock(post, true)),
        ),
        on("repost", edge(), reposts, Some(repost)),
        on("undoRepost", alone(), sees, None),
        on("bookmarkPost", alone(), sees, Some(Act::Bookmark(me, post))),
        // R22: what one keeps one may let go of, seen or not.
        on(
            "unbookmarkPost",
            alone(),
            sees || graph.keeps(me, post),
            Some(Act::Unbookmark(me, post)),
        ),
        at(
            "createComment",
            comment(),
            ("body", json!("more")),
            comments,
            Some(reply(me, post, None)),
        ),
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
