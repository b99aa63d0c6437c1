//! A graph as rows: what the commands would have left in every table.

use std::fmt::Write;

use uuid::Uuid;

use super::graph::{Graph, Post, Subject, Tie};
use crate::support::{TestApp, bulk, on_postgres};

/// Emptied between graphs, leaves first. People and their sessions stay and change their state.
const TABLES: [&str; 35] = [
    "report",
    "trend_place",
    "trend_list",
    "draft",
    "pinned_post",
    "poll_vote",
    "poll_option",
    "poll",
    "search_word",
    "notification",
    "notification_marker",
    "thread_mute",
    "media_attachment",
    "media",
    "counter",
    "reaction_group",
    "reaction",
    "comment_mention",
    "comment_edit",
    "bookmark",
    "post_mention",
    "post_hashtag",
    "hashtag",
    "post_edit",
    "message",
    "conversation_member",
    "conversation",
    "mute",
    "blocked_by",
    "blocking",
    "follow_request",
    "follower",
    "following",
    "comment",
    "post",
];

pub const TAG: Uuid = Uuid::from_u128(7);

pub fn uuid(id: Uuid) -> String {
    match on_postgres() {
        true => format!("'{id}'"),
        false => format!("x'{}'", id.simple()),
    }
}

pub fn id(id: Option<Uuid>) -> String {
    id.map_or_else(|| "NULL".to_owned(), uuid)
}

/// Words, or none.
fn text(text: Option<String>) -> String {
    text.map_or_else(|| "NULL".to_owned(), |text| format!("'{text}'"))
}

/// One statement for all rows of a table.
pub fn insert(sql: &mut String, table: &str, columns: &str, rows: &[String]) {
    if !rows.is_empty() {
        let rows = rows.join("), (");
        writeln!(sql, "INSERT INTO {table} ({columns}) VALUES ({rows});").unwrap();
    }
}

/// A public number of a thing: any number will do, if everybody is told the same.
pub fn number(n: usize, kind: usize) -> usize {
    1 + n * 10 + kind
}

pub const NUMBERS_OF_PERSON: [&str; 3] = ["FOLLOWERS", "FOLLOWING", "POSTS"];

impl Graph {
    /// Moments in the order of making; some things are made at the same one.
    pub fn at(&self, n: usize) -> i64 {
        self.now - 1_000_000_000 + i64::try_from(n / 2).unwrap()
    }

    pub fn when(&self, is_so: bool) -> String {
        match is_so {
            true => self.now.to_string(),
            false => "NULL".to_owned(),
        }
    }

    pub fn person_row(&self, n: usize) -> String {
        uuid(self.people[n].id)
    }

    fn post_row(&self, n: usize) -> String {
        uuid(self.posts[n].id)
    }

    /// Replaces what the app's database holds by this graph.
    pub async fn write(&self, app: &TestApp) {
        let mut sql = "BEGIN;\n".to_owned();
        for table in TABLES {
            writeln!(sql, "DELETE FROM {table};").unwrap();
        }
        self.write_people(&mut sql);
        self.write_ties(&mut sql);
        self.write_old_mutes(&mut sql);
        self.write_posts(&mut sql);
        self.write_comments(&mut sql);
        self.write_talks(&mut sql);
        self.write_marks(&mut sql);
        self.write_living(&mut sql);
        self.write_media(&mut sql);
        self.write_reports(&mut sql);
        self.write_trends(&mut sql);
        self.write_found(&mut sql);
        app.sql(&(sql + "COMMIT;")).await;
    }

    /// In one graph of three, everybody has muted so many, long ago, that ties are asked for one by
    /// one.
    fn write_old_mutes(&self, sql: &mut String) {
        if !self.seed.is_multiple_of(3) {
            return;
        }
        let id = bulk::id(9, "n");
        writeln!(
            sql,
            "INSERT INTO mute (person_id, muted_id, id, created_at, until) \
             SELECT person.id, {id}, {id}, n, 1 FROM person, {};",
            bulk::numbers(501)
        )
        .unwrap();
    }

    fn write_people(&self, sql: &mut String) {
        let mut numbers = Vec::new();
        for (n, person) in self.people.iter().enumerate() {
            let (id, left) = (uuid(person.id), self.when(person.is_deleted));
            let role = if person.is_staff {
                "MODERATOR"
            } else {
                "MEMBER"
            };
            let (is_private, until) = (person.is_private, person.suspended_until);
            let shares = person.shares_receipts;
            writeln!(
                sql,
                "UPDATE person SET bio = 'bio {n}', is_private = {is_private}, \
                 suspended_until = {until}, deleted_at = {left} WHERE id = {id}; \
                 UPDATE account SET role = '{role}', share_read_receipts = {shares} WHERE person_id = {id};"
            )
            .unwrap();
            for (kind, name) in NUMBERS_OF_PERSON.iter().enumerate() {
                numbers.push(format!("{id}, '{name}', {}", number(n, kind)));
            }
        }
        insert(sql, "counter", "subject_id, kind, value", &numbers);
    }

    fn write_ties(&self, sql: &mut String) {
        let tables: [(&str, &str, &[Tie], bool); 5] = [
            ("following", "person_id, followed_id", &self.follows, false),
            ("follower", "follower_id, person_id", &self.follows, false),
            (
                "follow_request",
                "requester_id, person_id",
                &self.requests,
                false,
            ),
            ("blocking", "person_id, blocked_id", &self.blocks, false),
            ("mute", "person_id, muted_id", &self.mutes, true),
        ];
        for (table, ends, ties, has_end) in tables {
            let row = |(n, tie): (usize, &Tie)| {
                let [from, to] = [tie.from, tie.to].map(|end| self.person_row(end));
                let row = format!("{from}, {to}, {}, {}", uuid(tie.id), self.at(n));
                let until = tie
                    .until
                    .map_or("NULL".to_owned(), |until| until.to_string());
                if has_end {
                    format!("{row}, {until}")
                } else {
                    row
                }
            };
            let rows: Vec<_> = ties.iter().enumerate().map(row).collect();
            let end = if has_end { ", until" } else { "" };
            insert(sql, table, &format!("{ends}, id, created_at{end}"), &rows);
        }
        let row = |tie: &Tie| format!("{}, {}", self.person_row(tie.to), self.person_row(tie.from));
        let rows: Vec<_> = self.blocks.iter().map(row).collect();
        insert(sql, "blocked_by", "person_id, blocker_id", &rows);
    }

    fn write_posts(&self, sql: &mut String) {
        let row = |(n, post): (usize, &Post)| {
            let [quote, repost] =
                [post.quote_of, post.repost_of].map(|other| id(other.map(|n| self.posts[n].id)));
            let made_by = if post.repost_of.is_some() {
                "repost"
            } else {
                "createPost"
            };
            format!(
                "{}, {}, '{}', '{}', {}, {}, {}, '{made_by}', '{}', {}, {}, {quote}, {repost}, {}, {}",
                uuid(post.id),
                self.person_row(post.author),
                post.text.body,
                post.level,
                self.at(n),
                self.when(!post.edits.is_empty()),
                self.when(post.is_deleted),
                post.policy,
                post.is_locked,
                self.when(post.is_hidden),
                text(self.warning(n)),
                text(self.warning(n).map(|_| "en".to_owned())),
            )
        };
        let rows: Vec<_> = self.posts.iter().enumerate().map(row).collect();
        let columns = "id, author_id, body, visibility, created_at, edited_at, deleted_at, \
                       created_by, reply_policy, is_locked, hidden_at, quote_of_id, repost_of_id, \
                       content_warning, language";
        insert(sql, "post", columns, &rows);
        let (mut mentions, mut tags, mut edits) = (Vec::new(), Vec::new(), Vec::new());
        for (n, post) in self.posts.iter().enumerate() {
            let (id, at, level) = (uuid(post.id), self.at(n), post.level);
            for (position, person) in post.text.mentions.iter().enumerate() {
                let [person, author] = [*person, post.author].map(|n| self.person_row(n));
                mentions.push(format!(
                    "{person}, {id}, {position}, {at}, {author}, '{level}'"
                ));
            }
            if post.text.is_tagged {
                tags.push(format!(
                    "{}, {id}, 0, {at}, {}",
                    uuid(self.tag),
                    level == "PUBLIC"
                ));
            }
            for (m, (edit, body)) in post.edits.iter().enumerate() {
                let (edit, at) = (uuid(*edit), self.at(m));
                edits.push(format!("{edit}, {id}, '{body}', {at}, 'earlier {m}'"));
            }
        }
        let tag = format!("{}, 'tag', {}", uuid(self.tag), self.at(0));
        insert(sql, "hashtag", "id, name, created_at", &[tag]);
        let columns = "hashtag_id, post_id, position, created_at, is_public";
        insert(sql, "post_hashtag", columns, &tags);
        let columns = "person_id, post_id, position, created_at, author_id, visibility";
        insert(sql, "post_mention", columns, &mentions);
        let columns = "id, post_id, body, edited_at, content_warning";
        insert(sql, "post_edit", columns, &edits);
    }

    fn write_comments(&self, sql: &mut String) {
        let (mut rows, mut mentions) = (Vec::new(), Vec::new());
        for (n, comment) in self.comments.iter().enumerate() {
            rows.push(format!(
                "{}, {}, {}, {}, {}, '{}', {}, {}, {}, {}, {}",
                uuid(comment.id),
                self.post_row(comment.post),
                id(comment.parent.map(|parent| self.comments[parent].id)),
                self.person_row(comment.author),
                comment.depth,
                comment.text.body,
                self.at(n),
                self.when(comment.is_deleted),
                !self.remains(n),
                self.when(comment.is_hidden),
                self.when(comment.is_concealed),
            ));
            for (position, person) in comment.text.mentions.iter().enumerate() {
                let person = self.person_row(*person);
                mentions.push(format!("{person}, {}, {position}", uuid(comment.id)));
            }
        }
        let columns = "id, post_id, parent_id, author_id, depth, body, created_at, deleted_at, \
                       is_gone, hidden_at, hidden_by_author_at";
        insert(sql, "comment", columns, &rows);
        insert(
            sql,
            "comment_mention",
            "person_id, comment_id, position",
            &mentions,
        );
    }

    /// Lists in which every PUBLIC post stands, and the hashtag.
    pub fn write_trends(&self, sql: &mut String) {
        insert(
            sql,
            "trend_list",
            "kind, as_of",
            &["'POST', 0".to_owned(), "'HASHTAG', 0".to_owned()],
        );
        let posts = self.posts.iter().enumerate();
        let posts = posts.filter(|(_, post)| post.level == "PUBLIC" && post.repost_of.is_none());
        let place = |(n, post): (usize, &Post)| format!("'POST', {n}, {}", uuid(post.id));
        let mut places: Vec<_> = posts.map(place).collect();
        places.push(format!("'HASHTAG', 0, {}", uuid(self.tag)));
        insert(sql, "trend_place", "kind, place, subject_id", &places);
    }

    fn write_marks(&self, sql: &mut String) {
        let mut rows = Vec::new();
        for (n, reaction) in self.reactions.iter().enumerate() {
            let (kind, home, subject) = match reaction.subject {
                Subject::Post(n) => ("POST", self.posts[n].id, self.posts[n].id),
                Subject::Comment(n) => {
                    let comment = &self.comments[n];
                    ("COMMENT", self.posts[comment.post].id, comment.id)
                }
                Subject::Message(n) => {
                    let message = &self.messages[n];
                    ("MESSAGE", self.talks[message.talk].id, message.id)
                }
            };
            rows.push(format!(
                "{}, {}, '{kind}', {}, {}, '{}', {}",
                uuid(reaction.id),
                uuid(home),
                uuid(subject),
                self.person_row(reaction.person),
                reaction.emoji,
                self.at(n),
            ));
        }
        let columns = "id, home_id, subject_kind, subject_id, person_id, emoji, created_at";
        insert(sql, "reaction", columns, &rows);
        let kept = |(n, kept): (usize, &super::graph::Bookmark)| {
            let (person, post) = (self.person_row(kept.person), self.post_row(kept.post));
            format!("{person}, {post}, {}, {}", uuid(kept.id), self.at(n))
        };
        let rows: Vec<_> = self.bookmarks.iter().enumerate().map(kept).collect();
        insert(sql, "bookmark", "person_id, post_id, id, created_at", &rows);
    }
}
