//! Media as rows.

use rookery::ids::{NodeId, NodeKind};
use uuid::Uuid;

use super::{Media, Parent};
use crate::{
    support::Caller,
    visibility::{
        graph::Graph,
        rows::{insert, uuid},
    },
};

const COLUMNS: &str = "id, uploader_id, purpose, status, failure_reason, raw_name, private_name, \
                       public_name, format, byte_size, alt_text, created_at, upload_until, \
                       loose_since, deleted_at, hidden_at";

impl Graph {
    fn media_row(&self, n: usize) -> String {
        let Media {
            id,
            uploader,
            purpose,
            status,
            hangs_on,
            ..
        } = &self.media[n];
        let or_null = |is_so: bool, text: String| match is_so {
            true => format!("'{text}'"),
            false => "NULL".to_owned(),
        };
        format!(
            "{}, {}, '{purpose}', '{status}', {}, 'raw-{n}', 'private-{n}', {}, 'PNG', 100, \
             'picture {n}', {at}, {at}, {}, {}, {}",
            uuid(*id),
            self.person_row(*uploader),
            or_null(*status == "FAILED", "UNREADABLE".to_owned()),
            or_null(*purpose != "MESSAGE", format!("public-{n}")),
            self.when(hangs_on.is_empty()),
            self.when(self.media[n].is_deleted),
            self.when(self.media[n].is_hidden),
            at = self.at(n),
        )
    }

    pub fn write_media(&self, sql: &mut String) {
        let rows: Vec<_> = (0..self.media.len()).map(|n| self.media_row(n)).collect();
        insert(sql, "media", COLUMNS, &rows);
        let mut hangs = Vec::new();
        for media in &self.media {
            for (parent, place) in &media.hangs_on {
                let (kind, parent) = match *parent {
                    Parent::Post(n) => ("POST", self.posts[n].id),
                    Parent::Message(n) => ("MESSAGE", self.messages[n].id),
                    Parent::Draft(n) => ("DRAFT", self.drafts[n].id),
                    Parent::Avatar(n) => ("AVATAR", self.people[n].id),
                    Parent::Banner(n) => ("BANNER", self.people[n].id),
                };
                let (parent, media) = (uuid(parent), uuid(media.id));
                hangs.push(format!("{parent}, '{kind}', {media}, {place}"));
            }
        }
        let columns = "parent_id, parent_kind, media_id, position";
        insert(sql, "media_attachment", columns, &hangs);
    }
}

/// Something that `caller` uploaded for a post, and that hangs on nothing yet: its id.
pub async fn uploaded(caller: &Caller) -> String {
    let (id, uploader) = (Uuid::from_u128(15), NodeId::parse(&caller.id));
    let row = format!(
        "{}, {}, 'POST', 'READY', NULL, 'raw', 'private', NULL, 'PNG', 100, NULL, 0, 0, 0, NULL, NULL",
        uuid(id),
        uuid(uploader.expect("an id").id)
    );
    let mut sql = String::new();
    insert(&mut sql, "media", COLUMNS, &[row]);
    caller.app.sql(&sql).await;
    NodeId::new(NodeKind::Media, id).to_string()
}
