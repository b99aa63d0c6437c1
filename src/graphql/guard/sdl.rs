//! Reads the types out of a schema's text.
//!
//! Two passes: whether a field leads to a scalar, an object or a connection depends on types that
//! may be declared after it.

use std::collections::HashMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, SchemaDefinition, Type, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};
use async_graphql::{Name, Positioned};

use super::schema_types::{FieldType, SchemaTypes, SchemaTypesError, Shape};

/// The introspection schema, which the SDL of a schema leaves out. Its fields are priced by the
/// same rules.
const INTROSPECTION: &str = "
    type __Schema { types: [__Type!]! queryType: __Type! mutationType: __Type subscriptionType: __Type
        directives: [__Directive!]! }
    type __Type { fields: [__Field!] interfaces: [__Type!] possibleTypes: [__Type!] enumValues: [__EnumValue!]
        inputFields: [__InputValue!] ofType: __Type }
    type __Field { args: [__InputValue!]! type: __Type! }
    type __InputValue { type: __Type! }
    type __EnumValue { name: String! }
    type __Directive { args: [__InputValue!]! }
";

impl SchemaTypes {
    /// Reads the SDL of a schema. `extend type` adds to the type.
    pub fn from_sdl(sdl: &str) -> Result<Self, SchemaTypesError> {
        let mut definitions = parse_schema(sdl)?.definitions;
        definitions.extend(parse_schema(INTROSPECTION)?.definitions);
        let mut types = Self {
            types: HashMap::new(),
            query: "Query".to_owned(),
            mutation: "Mutation".to_owned(),
            subscription: "Subscription".to_owned(),
        };
        for definition in &definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => types.set_roots(&schema.node),
                TypeSystemDefinition::Type(definition) => types.declare(&definition.node),
                TypeSystemDefinition::Directive(_) => {}
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
    /// all of them.
    fn declare(&mut self, definition: &TypeDefinition) {
        let is_abstract = match &definition.kind {
            TypeKind::Object(_) => false,
            TypeKind::Interface(_) | TypeKind::Union(_) => true,
            TypeKind::Scalar | TypeKind::Enum(_) | TypeKind::InputObject(_) => return,
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
                    self.field_type(&field.node.ty.node),
                )
            })
            .collect();
        if let Some(declared) = self.types.get_mut(definition.name.node.as_str()) {
            declared.fields.extend(read);
        }
    }

    fn field_type(&self, ty: &Type) -> FieldType {
        let (mut base, mut is_list) = (&ty.base, false);
        while let BaseType::List(item) = base {
            (base, is_list) = (&item.base, true);
        }
        let BaseType::Named(name) = base else {
            return FieldType {
                type_name: String::new(),
                shape: Shape::Leaf,
            };
        };
        let shape = match self.types.get(name.as_str()) {
            None => Shape::Leaf,
            Some(_) if is_list => Shape::List,
            Some(composite) if composite.is_connection => Shape::Connection,
            Some(_) => Shape::Object,
        };
        FieldType {
            type_name: name.to_string(),
            shape,
        }
    }

    /// Every query root has these two, though no SDL shows them.
    fn add_introspection_fields(&mut self) -> Result<(), SchemaTypesError> {
        let Some(query) = self.types.get_mut(&self.query) else {
            return Err(SchemaTypesError::MissingQueryRoot(self.query.clone()));
        };
        for (field, type_name) in [("__schema", "__Schema"), ("__type", "__Type")] {
            let ty = FieldType {
                type_name: type_name.to_owned(),
                shape: Shape::Object,
            };
            query.fields.insert(field.to_owned(), ty);
        }
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
