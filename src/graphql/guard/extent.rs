//! The size of a selection set with its fragments expanded, put together from the sizes of its
//! parts.
//!
//! Counts add up and may be astronomic, so they saturate. Depths take the largest part.

use super::{Limits, Refusal};

/// Lists of the introspection schema that lead from types back to types. Nested, each multiplies
/// the answer by the number of types, or by the size of a type.
const TYPE_LISTS: [&str; 5] = [
    "types",
    "fields",
    "interfaces",
    "possibleTypes",
    "inputFields",
];

/// The size of a selection set, relative to itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// Fields, inline fragments and spreads.
    pub(super) selections: usize,
    /// Fields of the set itself.
    pub(super) fields: usize,
    /// Selections inside one another, spreads and inline fragments included.
    nesting: usize,
    /// Fields inside one another, introspection left out.
    depth: usize,
    /// Fields inside one another, introspection included.
    full_depth: usize,
    /// Fields inside one another from an introspection field down.
    introspection_depth: usize,
    /// Fields called like a list of types inside one another, whatever they belong to.
    type_lists: usize,
    /// The same from an introspection field down.
    introspection_lists: usize,
}

impl Extent {
    /// Two sets side by side.
    pub(super) fn beside(self, other: Self) -> Self {
        Self {
            selections: self.selections.saturating_add(other.selections),
            fields: self.fields.saturating_add(other.fields),
            nesting: self.nesting.max(other.nesting),
            depth: self.depth.max(other.depth),
            full_depth: self.full_depth.max(other.full_depth),
            introspection_depth: self.introspection_depth.max(other.introspection_depth),
            type_lists: self.type_lists.max(other.type_lists),
            introspection_lists: self.introspection_lists.max(other.introspection_lists),
        }
    }

    /// The set in an inline fragment or at a spread.
    pub(super) fn in_fragment(self) -> Self {
        Self {
            selections: self.selections.saturating_add(1),
            nesting: self.nesting + 1,
            ..self
        }
    }

    /// The set below a field.
    pub(super) fn in_field(self, name: &str) -> Self {
        let full_depth = self.full_depth + 1;
        let type_lists = self.type_lists + usize::from(TYPE_LISTS.contains(&name));
        let below = Self {
            fields: 1,
            full_depth,
            type_lists,
            ..self.in_fragment()
        };
        if matches!(name, "__schema" | "__type") {
            return Self {
                depth: 1,
                introspection_depth: full_depth,
                introspection_lists: type_lists,
                ..below
            };
        }
        Self {
            depth: self.depth + 1,
            ..below
        }
    }

    /// Judges what a whole operation must keep to.
    pub(super) fn check(self, limits: &Limits) -> Result<(), Refusal> {
        let deep = [
            (self.depth, limits.depth, "The operation nests fields"),
            (
                self.introspection_depth,
                limits.introspection_depth,
                "The introspection nests fields",
            ),
            (
                self.introspection_lists,
                limits.introspection_lists,
                "The introspection nests lists of types",
            ),
        ];
        for (found, limit, what) in deep {
            if found > limit {
                let what = format!("{what} {found} levels deep, fragments expanded");
                return Err(Refusal::too_complex(
                    &what,
                    limit,
                    "Fetch the inner levels in a second request.",
                ));
            }
        }
        self.check_nesting(limits)
    }

    /// Judges what even a fragment that no operation spreads must keep to, since validation
    /// descends into it.
    pub(super) fn check_nesting(self, limits: &Limits) -> Result<(), Refusal> {
        if self.nesting <= limits.expanded_nesting {
            return Ok(());
        }
        let what = format!(
            "Selections are nested {} levels deep, fragments expanded",
            self.nesting
        );
        Err(Refusal::too_complex(
            &what,
            limits.expanded_nesting,
            "Put fewer fragments inside one another.",
        ))
    }
}
