//! Everything that media hang on: the domains above, which media themselves do not know.

use crate::{
    media::Parents,
    messaging::parent::MessageParent,
    people::parent::{AvatarParent, BannerParent},
    posts::parent::{DraftParent, PostParent},
};

/// Every kind of thing that media hang on.
pub static PARENTS: Parents = &[
    &PostParent,
    &DraftParent,
    &MessageParent,
    &AvatarParent,
    &BannerParent,
];
