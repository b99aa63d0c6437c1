//! Reads the types out of a schema's text.
//!
//! Two passes: whether a field leads to a scalar, an object or a connection depends on types that
//! may be declared after it.

use std::collections::HashMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, SchemaDefinition, Type, TypeDefinition,
    TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Positioned};

use super::schema_types::{FieldType, Place, Places, SchemaTypes, SchemaTypesError, Shape};

/// What every schema has and its SDL may leave out: the introspection schema, priced by the same
/// rules, and the two directives of operations.
const BUILT_IN: &str = "
    directive @skip(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
    directive @include(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
    type __Root { __schema: __Schema! __type(name: String!): __Type }
    type __Schema { types: [__Type!]! queryType: __Type! mutationType: __Type subscriptionType: __Type
        directives: [__Directive!]! }
    type __Type { fields(includeDeprecated: Boolean = false): [__Field!] interfaces: [__Type!]
        possibleTypes: [__Type!] enumValues(includeDeprecated: Boolean = false): [__EnumValue!]
        inputFields(includeDeprecated: Boolean = false): [__InputValue!] ofType: __Type }
    type __Field { args(includeDeprecated: Boolean = false): [__InputValue!]! type: __Type! }
    type __InputValue { type: __Type! }
    type __EnumValue { name: String! }
    type __Directive { args(includeDeprecated: Boolean = false): [__InputValue!]! }
";

/// The type in [`BUILT_IN`] whose fields every query root has.
const ROOT: &str = "__Root";

impl SchemaTypes {
    /// Reads the SDL of a schema. `extend type` adds to the type.
    pub fn from_sdl(sdl: &str) -> Result<Self, SchemaTypesError> {
        let mut definitions = parse_schema(sdl)?.definitions;
        definitions.extend(parse_schema(BUILT_IN)?.definitions);
        let mut types = Self {
            types: HashMap::new(),
            inputs: HashMap::new(),
            enums: HashMap::new(),
            directives: HashMap::new(),
            query: "Query".to_owned(),
            mutation: "Mutation".to_owned(),
            subscription: "Subscription".to_owned(),
        };
        for definition in &definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => types.set_roots(&schema.node),
                TypeSystemDefinition::Type(definition) => types.declare(&definition.node),
                TypeSystemDefinition::Directive(directive) => {
                    let (name, arguments) = (&directive.node.name, &directive.node.arguments);
                    types
                        .directives
                        .insert(name.node.to_string(), places(arguments));
                }
            }
        }
        for definition in &definitions {
            if let TypeSystemDefinition::Type(definition) = definition {
                types.add_fields(&definition.node);
            }
        }
        types.add_introspection_fields()?;
        Ok(types)
    }

    fn set_roots(&mut self, schema: &SchemaDefinition) {
        let named =
            |name: &Option<Positioned<Name>>| name.as_ref().map(|name| name.node.to_string());
        self.query = named(&schema.query).unwrap_or_else(|| std::mem::take(&mut self.query));
        self.mutation =
            named(&schema.mutation).unwrap_or_else(|| std::mem::take(&mut self.mutation));
        self.subscription =
            named(&schema.subscription).unwrap_or_else(|| std::mem::take(&mut self.subscription));
    }

    /// First pass: which names are composite, and of which sort. The shape of a field depends on
    /// all of them. Input objects and enums are read at once.
    fn declare(&mut self, definition: &TypeDefinition) {
        let is_abstract = match &definition.kind {
            TypeKind::Object(_) => false,
            TypeKind::Interface(_) | TypeKind::Union(_) => true,
            TypeKind::Scalar => return,
            TypeKind::Enum(listed) => {
                let values = listed.values.iter();
                let name = definition.name.node.to_string();
                let declared = self.enums.entry(name).or_default();
                declared.extend(values.map(|value| value.node.value.node.to_string()));
                return;
            }
            TypeKind::InputObject(input) => {
                let name = definition.name.node.to_string();
                let declared = self.inputs.entry(name).or_default();
                let fields = input.fields.iter().map(|field| &field.node);
                let required = fields
                    .filter(|field| !field.ty.node.nullable && field.default_value.is_none())
                    .map(|field| field.name.node.to_string());
                declared.required.extend(required);
                declared.fields.extend(places(&input.fields));
                return;
            }
        };
        let has = |name: &str| {
            fields(&definition.kind)
                .iter()
                .any(|field| field.node.name.node == name)
        };
        let is_connection = definition.name.node.ends_with("Connection")
            && (has("edges") || has("nodes"))
            && has("pageInfo");
        let declared = self
            .types
            .entry(definition.name.node.to_string())
            .or_default();
        declared.is_abstract |= is_abstract;
        declared.is_connection |= is_connection;
    }

    /// Second pass: the fields.
    fn add_fields(&mut self, definition: &TypeDefinition) {
        let read: Vec<(String, FieldType)> = fields(&definition.kind)
            .iter()
            .map(|field| {
                (
                    field.node.name.node.to_string(),
                    self.field_type(&field.node),
                )
            })
            .collect();
        if let Some(declared) = self.types.get_mut(definition.name.node.as_str()) {
            declared.fields.extend(read);
        }
    }

    fn field_type(&self, field: &FieldDefinition) -> FieldType {
        let ty = &field.ty.node;
        let (name, is_list) = (type_name(ty), matches!(ty.base, BaseType::List(_)));
        let shape = match self.types.get(name) {
            None => Shape::Leaf,
            Some(_) if is_list => Shape::List,
            Some(composite) if composite.is_connection => Shape::Connection,
            Some(_) => Shape::Object,
        };
        FieldType {
            type_name: name.to_owned(),
            shape,
            arguments: places(&field.arguments),
        }
    }

    /// Every query root has these two, though no SDL shows them.
    fn add_introspection_fields(&mut self) -> Result<(), SchemaTypesError> {
        let built_in = self.types.remove(ROOT).unwrap_or_default();
        let Some(query) = self.types.get_mut(&self.query) else {
            return Err(SchemaTypesError::MissingQueryRoot(self.query.clone()));
        };
        query.fields.extend(built_in.fields);
        Ok(())
    }
}

fn fields(kind: &TypeKind) -> &[Positioned<FieldDefinition>] {
    match kind {
        TypeKind::Object(object) => &object.fields,
        TypeKind::Interface(interface) => &interface.fields,
        _ => &[],
    }
}

fn places(definitions: &[Positioned<InputValueDefinition>]) -> Places {
    definitions
        .iter()
        .map(|definition| {
            let definition = &definition.node;
            let place = Place {
                ty: definition.ty.node.clone(),
                has_default: definition.default_value.is_some(),
            };
            (definition.name.node.to_string(), place)
        })
        .collect()
}

/// The name behind all list and non-null markers of a type.
pub(super) fn type_name(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => type_name(item),
    }
}
