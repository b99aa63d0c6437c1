//! Changes to a profile.

use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{display_name, lock, updated};
use crate::{
    accounts::Me,
    clock::Timestamp,
    error::Result,
    ids::MediaId,
    media::{self, ParentKind},
    people::{entity::person, events::ProfilePart},
    platform::{
        Platform,
        db::{Lane, Txn},
    },
    social::locks::{Hold, lock_pairs},
    text,
};

/// Changes to a profile: the outer `None` leaves a field as it is, the inner one clears it.
#[derive(Clone, Debug, Default)]
pub struct ProfileChanges {
    /// Cleared: the handle stands in.
    pub display_name: Option<Option<String>>,
    pub bio: Option<Option<String>>,
    pub is_private: Option<bool>,
    pub avatar: Option<Option<MediaId>>,
    pub banner: Option<Option<MediaId>>,
}

impl ProfileChanges {
    /// Checks every text and brings it to its stored form.
    ///
    /// # Errors
    /// BAD_USER_INPUT.
    fn check(self) -> Result<CheckedChanges> {
        let bio = self
            .bio
            .map(|bio| text::check("bio", &bio.unwrap_or_default(), 0, 500));
        let name = self.display_name.map(|name| display_name(name.as_deref()));
        Ok(CheckedChanges {
            bio: bio.transpose()?,
            display_name: name.transpose()?,
            is_private: self.is_private,
            pictures: [
                (
                    ParentKind::Avatar,
                    "avatarId",
                    ProfilePart::Avatar,
                    self.avatar,
                ),
                (
                    ParentKind::Banner,
                    "bannerId",
                    ProfilePart::Banner,
                    self.banner,
                ),
            ],
        })
    }
}

/// Changes to a profile that may be written.
#[derive(Clone, Debug)]
struct CheckedChanges {
    display_name: Option<String>,
    bio: Option<String>,
    is_private: Option<bool>,
    pictures: [Picture; 2],
}

/// A picture of a profile: where it hangs, where it stands in the input, what it is called in facts,
/// and what it is to be.
type Picture = (
    ParentKind,
    &'static str,
    ProfilePart,
    Option<Option<MediaId>>,
);

impl CheckedChanges {
    /// Hangs the pictures where they belong, and says which are others than before.
    async fn hang(&self, txn: &Txn, me: &Me, now: Timestamp) -> Result<Vec<ProfilePart>> {
        let mut changed = Vec::new();
        for (kind, path, part, picture) in self.pictures {
            let Some(picture) = picture else { continue };
            let ids: Vec<MediaId> = picture.into_iter().collect();
            let parent = (kind, me.id().0);
            if media::commands::hang(txn, me, parent, &ids, (path, now)).await? {
                changed.push(part);
            }
        }
        Ok(changed)
    }

    /// What is different from `person`, and the row that makes it so.
    fn to(&self, person: &person::Model) -> (Vec<ProfilePart>, person::ActiveModel) {
        let mut changed = Vec::new();
        let mut row = person::ActiveModel {
            id: Set(person.id),
            ..Default::default()
        };
        if let Some(name) = self
            .display_name
            .as_ref()
            .filter(|new| **new != person.display_name)
        {
            row.display_name = Set(name.clone());
            changed.push(ProfilePart::DisplayName);
        }
        if let Some(bio) = self.bio.as_ref().filter(|new| **new != person.bio) {
            row.bio = Set(bio.clone());
            changed.push(ProfilePart::Bio);
        }
        if let Some(is_private) = self.is_private.filter(|new| *new != person.is_private) {
            row.is_private = Set(is_private);
            changed.push(ProfilePart::Privacy);
        }
        (changed, row)
    }
}

/// Changes the caller's own profile. Requests to follow stay when an account becomes public again.
/// What follows from privacy for public numbers, consumers of the log do.
///
/// # Errors
/// BAD_USER_INPUT; NOT_FOUND and CONFLICT for pictures that are not the caller's, or not uploaded.
pub async fn update_profile(p: &Platform, me: &Me, changes: ProfileChanges) -> Result<()> {
    let changes = &changes.check()?;
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        if changes.is_private.is_some() {
            // Privacy is a state, which is locked before anything else.
            lock_pairs(&txn, Hold::Exclusive, me.id(), [me.id()]).await?;
        }
        let mut person = lock(&txn, me).await?;
        let (mut changed, row) = changes.to(&person);
        if !changed.is_empty() {
            person = person::Entity::update(row).exec(&*txn).await?;
        }
        changed.extend(changes.hang(&txn, me, now).await?);
        if changed.is_empty() {
            return Ok(());
        }
        updated(&txn, &person, changed, now)
    })
    .await
}
