//! What the cost of a field depends on, and which values it takes, read from the schema's own text.
//!
//! The schema in the server is generated from code and its registry is not public; its SDL is.
//! Reading that once at start-up keeps the guard true to the schema, with no second list of fields
//! to maintain.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{OperationType, Type};

/// The SDL cannot serve as a source of prices.
#[derive(Debug, thiserror::Error)]
pub enum SchemaTypesError {
    /// It does not parse.
    #[error("the schema text does not parse: {0}")]
    Parse(#[from] async_graphql::parser::Error),
    /// It has no query root.
    #[error("the schema text has no type `{0}` to start queries from")]
    MissingQueryRoot(String),
}

/// How the items behind a field are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A scalar or an enum.
    Leaf,
    /// One object.
    Object,
    /// A list of objects without paging.
    List,
    /// A page of a connection.
    Connection,
}

/// A field of an object or interface.
#[derive(Debug)]
pub(super) struct FieldType {
    /// The type behind all list and non-null markers.
    pub(super) type_name: String,
    /// How its items are counted.
    pub(super) shape: Shape,
    /// What it takes.
    pub(super) arguments: Places,
}

/// Where a value may stand: an argument, or a field of an input object.
#[derive(Debug)]
pub(super) struct Place {
    /// The type expected there.
    pub(super) ty: Type,
    /// Whether it does without a value.
    pub(super) has_default: bool,
}

/// Places by their names.
pub(super) type Places = HashMap<String, Place>;

/// An input object.
#[derive(Debug, Default)]
pub(super) struct InputObject {
    /// Its fields.
    pub(super) fields: Places,
    /// Those that it cannot do without, in the order of the schema.
    pub(super) required: Vec<String>,
}

/// An object, interface or union.
#[derive(Debug, Default)]
pub(super) struct CompositeType {
    /// Its fields; none for a union.
    pub(super) fields: HashMap<String, FieldType>,
    /// Whether it is an interface or a union, so that an object has only one of its member types.
    pub(super) is_abstract: bool,
    /// Whether it is a page of `edges` and `nodes`.
    pub(super) is_connection: bool,
}

/// The types of a schema that have parts, and its directives.
#[derive(Debug)]
pub struct SchemaTypes {
    /// Objects, interfaces and unions.
    pub(super) types: HashMap<String, CompositeType>,
    /// Input objects.
    pub(super) inputs: HashMap<String, InputObject>,
    /// Values of enums.
    pub(super) enums: HashMap<String, HashSet<String>>,
    /// Arguments of directives.
    pub(super) directives: HashMap<String, Places>,
    pub(super) query: String,
    pub(super) mutation: String,
    pub(super) subscription: String,
}

impl SchemaTypes {
    /// The type of that name, if it has fields or members.
    pub(super) fn get(&self, name: &str) -> Option<&CompositeType> {
        self.types.get(name)
    }

    /// The name of the type that such an operation starts from.
    pub(super) fn root(&self, operation: OperationType) -> &str {
        match operation {
            OperationType::Query => &self.query,
            OperationType::Mutation => &self.mutation,
            OperationType::Subscription => &self.subscription,
        }
    }
}
