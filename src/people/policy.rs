//! Rules of people that need no database.

use super::entity::person;
use crate::platform::db::Viewer;

/// Whether what a visible person does reaches `viewer`: not while they are suspended, staff apart
/// (R33).
pub fn is_heard(viewer: Viewer, person: &person::Model) -> bool {
    viewer.is_staff() || person.suspended_until <= viewer.now()
}
