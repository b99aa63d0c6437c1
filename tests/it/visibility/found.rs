//! What a search finds: the rules again, and the rows that its consumer would have left.

use rookery::search::tokens;
use serde_json::{Value, json};

use super::{
    answers::Thing,
    graph::Graph,
    oracle::Viewer,
    rows::{insert, uuid},
};

impl Graph {
    /// R12, R16, R17, R32, R33: every level but UNLISTED, no reposts; whom the viewer mutes is found.
    /// All posts with a text hold its first word.
    pub fn posts_found(&self, viewer: Viewer) -> Vec<usize> {
        let is_found = |n: &usize| {
            let post = &self.posts[*n];
            post.level != "UNLISTED" && post.repost_of.is_none() && self.sees(viewer, *n)
        };
        (0..self.posts.len()).rev().filter(is_found).collect()
    }

    /// R17: whom the viewer finds in lists; whom they follow first.
    pub fn people_found(&self, viewer: Viewer) -> Vec<usize> {
        let all = 0..self.people.len();
        let mut found: Vec<_> = all.filter(|n| self.lists_person(viewer, *n)).collect();
        found.sort_by_key(|n| !viewer.is_some_and(|v| self.follows(v, *n)));
        found
    }

    /// What the searches of the query answer.
    pub fn add_found(&self, viewer: Viewer, answer: &mut Value) {
        let posts = self.posts_found(viewer);
        let tagged = posts.iter().copied();
        let tagged: Vec<_> = tagged.filter(|n| self.posts[*n].text.is_tagged).collect();
        let people = self.people_found(viewer).into_iter();
        let people: Vec<_> = people.map(|n| json!({ "id": self.user_id(n) })).collect();
        let tags: Vec<_> = match self.finds_tag(viewer) {
            true => vec![json!({ "id": self.tag_id() })],
            false => Vec::new(),
        };
        answer["words"] = self.post_list(posts.clone());
        answer["wordsStart"] = self.page(&posts, 2);
        answer["twoWords"] = self.post_list(tagged);
        answer["people"] = json!({ "nodes": people });
        answer["tags"] = json!({ "nodes": tags });
    }

    /// What a search for it answers, of a post or a person.
    pub fn found(&self, viewer: Viewer, thing: Thing) -> Value {
        let is_found = match thing {
            Thing::Post(n) => self.posts_found(viewer).contains(&n),
            Thing::User(n) => self.people_found(viewer).contains(&n),
            _ => false,
        };
        match is_found {
            true => self.node(viewer, thing),
            false => Value::Null,
        }
    }

    /// Those of people were left by the consumer when they joined.
    pub fn write_found(&self, sql: &mut String) {
        let mut rows = Vec::new();
        for (n, post) in self.posts.iter().enumerate() {
            if post.level == "UNLISTED" || post.repost_of.is_some() || post.is_deleted {
                continue;
            }
            let (id, at) = (uuid(post.id), self.at(n));
            for word in tokens::of_text(&post.text.body) {
                rows.push(format!("'{}', '{word}', {at}, {id}", post.level));
            }
        }
        let columns = "kind, term, place, subject_id";
        insert(sql, "search_word", columns, &rows);
        let tag = uuid(super::rows::TAG);
        let starts = tokens::beginnings(&["tag".to_owned()]).into_iter();
        let starts: Vec<_> = starts
            .map(|(start, left)| format!("'HASHTAG', '{start}', {left}, {tag}"))
            .collect();
        *sql += "DELETE FROM search_prefix WHERE kind = 'HASHTAG';\n";
        insert(sql, "search_prefix", columns, &starts);
    }
}
