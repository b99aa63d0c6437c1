//! What an operation costs, in objects that it may load.
//!
//! An object costs 1. A page costs 1 and n times what it selects for one item, where n is `first`
//! or `last`, clamped to what the field accepts, and an item at least 1. A list without paging is taken to have five items,
//! or as many as it is asked for by `ids`. `totalCount` has a fixed price. Scalars are free. Root
//! fields and introspection follow the same rules.
//!
//! The price is an upper bound. What repeats under one response key is paid twice; `@skip` and
//! `@include` change nothing; for an interface or union the dearest member counts on top of what is
//! selected for all. All sums saturate, and unknown names are free, as validation refuses them. A
//! fragment is priced once, for the type that it is on.

use std::collections::HashMap;

use async_graphql::Variables;
use async_graphql::parser::types::{Field, OperationDefinition, Selection, SelectionSet};

use super::Limits;
use super::expansion::Fragment;
use super::schema_types::{CompositeType, FieldType, SchemaTypes, Shape};
use super::sizes::Sizes;

/// How a field is paid for. What stands below it is what is selected of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// A scalar: it comes with its object.
    Free,
    /// `totalCount`.
    Count,
    /// One object, and what stands below it.
    Object,
    /// A list without paging: one for itself, and for each item an object.
    List,
    /// A page: one for itself, and for each item what [`Rule::Nodes`] or [`Rule::Edges`] say, but
    /// at least one: also a page of bare cursors, or of nothing but `pageInfo`, reads its rows.
    Page,
    /// For each item an object.
    Nodes,
    /// For each item what stands below: an edge is no object of its own.
    Edges,
}

impl Rule {
    /// The rule for a field of `parent`.
    pub(super) fn of(parent: &CompositeType, name: &str, field: &FieldType) -> Self {
        match (field.shape, name) {
            (Shape::Leaf, "totalCount") if parent.is_connection => Self::Count,
            (Shape::Leaf, _) => Self::Free,
            (Shape::List, "edges") if parent.is_connection => Self::Edges,
            (Shape::List, "nodes") if parent.is_connection => Self::Nodes,
            (Shape::List, _) => Self::List,
            (Shape::Connection, _) => Self::Page,
            (Shape::Object, _) => Self::Object,
        }
    }
}

/// The price of a selection set.
#[derive(Debug, Clone, Copy, Default)]
struct Price {
    /// Paid once.
    once: u64,
    /// Paid for every item of a page; only the selection set of a connection has such a part.
    per_item: u64,
}

impl Price {
    fn once(once: u64) -> Self {
        Self { once, per_item: 0 }
    }

    fn per_item(per_item: u64) -> Self {
        Self { once: 0, per_item }
    }

    fn add(&mut self, other: Self) {
        self.once = self.once.saturating_add(other.once);
        self.per_item = self.per_item.saturating_add(other.per_item);
    }
}

/// The parts of a selection set on a type: for every object, and for each member type of an
/// interface or union.
#[derive(Default)]
struct Parts<'d> {
    common: Price,
    members: HashMap<&'d str, Price>,
}

impl Parts<'_> {
    /// What is common, and the dearest of the rest.
    fn total(&self) -> Price {
        let members = self.members.values();
        let dearest = members.fold(Price::default(), |dearest, member| Price {
            once: dearest.once.max(member.once),
            per_item: dearest.per_item.max(member.per_item),
        });
        let mut total = self.common;
        total.add(dearest);
        total
    }
}

/// Prices the selections of one operation.
pub(super) struct Pricing<'d> {
    types: &'d SchemaTypes,
    limits: &'d Limits,
    sizes: Sizes<'d>,
    fragments: HashMap<&'d str, (&'d str, Price)>,
    /// Selections visited.
    pub(super) steps: usize,
}

impl<'d> Pricing<'d> {
    /// Prepares for an operation: its variables have the values sent, or else their defaults.
    pub(super) fn new(
        types: &'d SchemaTypes,
        limits: &'d Limits,
        operation: &'d OperationDefinition,
        sent: &'d Variables,
    ) -> Self {
        let sizes = Sizes::new(limits, operation, sent);
        Self {
            types,
            limits,
            sizes,
            fragments: HashMap::new(),
            steps: 0,
        }
    }

    /// The cost of an operation, given its document's fragments, each after those that it spreads.
    pub(super) fn operation(
        &mut self,
        operation: &'d OperationDefinition,
        fragments: &[Fragment<'d>],
    ) -> u32 {
        for (name, fragment) in fragments {
            let on = fragment.node.type_condition.node.on.node.as_str();
            let price = self.selection_set(&fragment.node.selection_set.node, on);
            self.fragments.insert(name, (on, price));
        }
        let price =
            self.selection_set(&operation.selection_set.node, self.types.root(operation.ty));
        u32::try_from(price.once).unwrap_or(u32::MAX)
    }

    fn selection_set(&mut self, set: &'d SelectionSet, on: &str) -> Price {
        let mut parts = Parts::default();
        self.collect(set, on, &mut parts);
        parts.total()
    }

    fn collect(&mut self, set: &'d SelectionSet, on: &str, parts: &mut Parts<'d>) {
        let parent = self.types.get(on);
        for selection in &set.items {
            self.steps += 1;
            match &selection.node {
                Selection::Field(field) => {
                    let price = parent.map(|parent| self.field(&field.node, parent));
                    parts.common.add(price.unwrap_or_default());
                }
                Selection::InlineFragment(inline) => {
                    let inner = &inline.node.selection_set.node;
                    let condition = inline.node.type_condition.as_ref();
                    match condition.map(|condition| condition.node.on.node.as_str()) {
                        Some(condition) if condition != on => {
                            let price = self.selection_set(inner, condition);
                            self.fragment(condition, price, parent, parts);
                        }
                        _ => self.collect(inner, on, parts),
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    let (condition, price) = self.fragments.get(name).copied().unwrap_or_default();
                    self.fragment(condition, price, parent, parts);
                }
            }
        }
    }

    /// Adds a fragment. Only one member type can apply to an object, so members compete; anything
    /// else may apply to all.
    fn fragment(
        &self,
        condition: &'d str,
        price: Price,
        parent: Option<&CompositeType>,
        parts: &mut Parts<'d>,
    ) {
        let is_abstract = |ty: &CompositeType| ty.is_abstract;
        if parent.is_some_and(is_abstract) && !self.types.get(condition).is_none_or(is_abstract) {
            parts.members.entry(condition).or_default().add(price);
        } else {
            parts.common.add(price);
        }
    }

    fn field(&mut self, field: &'d Field, parent: &CompositeType) -> Price {
        let name = field.name.node.as_str();
        let Some(ty) = parent.fields.get(name) else {
            return Price::default();
        };
        let rule = Rule::of(parent, name, ty);
        match rule {
            Rule::Free => return Price::default(),
            Rule::Count => return Price::once(u64::from(self.limits.total_count)),
            _ => {}
        }
        let below = self.selection_set(&field.selection_set.node, &ty.type_name);
        let object = below.once.saturating_add(1);
        let items = |length: u64, item: u64| length.saturating_mul(item);
        match rule {
            Rule::Edges => Price::per_item(below.once),
            Rule::Nodes => Price::per_item(object),
            Rule::List => {
                Price::once(items(self.sizes.list_length(field), object).saturating_add(1))
            }
            Rule::Page => {
                let item = below.per_item.max(1);
                let items = items(self.sizes.page_length(field), item);
                Price::once(items.saturating_add(object))
            }
            Rule::Free | Rule::Count | Rule::Object => Price::once(object),
        }
    }
}
