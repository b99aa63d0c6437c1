//! Whoever is not signed in can do nothing but come in: every mutation of the schema is tried.

use async_graphql::parser::{
    parse_schema,
    types::{
        BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind,
        TypeSystemDefinition,
    },
};
use rookery::{
    graphql::schema::{build, sdl},
    platform::config::Switch,
};
use serde_json::json;

use crate::support::TestApp;

/// What guests may call: the ways into an account.
const PUBLIC: [&str; 8] = [
    "signUp",
    "signIn",
    "refreshSession",
    "verifyEmail",
    "requestPasswordReset",
    "resetPassword",
    "beginOidcSignIn",
    "completeOidcSignIn",
];

/// The types of the schema as it is now.
struct Schema(Vec<TypeDefinition>);

impl Schema {
    fn now() -> Self {
        let document = parse_schema(sdl(&build(Switch::On))).unwrap();
        let types = document.definitions.into_iter();
        Self(
            types
                .filter_map(|definition| match definition {
                    TypeSystemDefinition::Type(ty) => Some(ty.node),
                    _ => None,
                })
                .collect(),
        )
    }

    fn mutations(&self) -> Vec<FieldDefinition> {
        let mutation = self.0.iter().find(|ty| ty.name.node == "Mutation").unwrap();
        let TypeKind::Object(object) = &mutation.kind else {
            panic!("Mutation is an object")
        };
        object
            .fields
            .iter()
            .map(|field| field.node.clone())
            .collect()
    }

    /// A value that the type admits and no command would take.
    fn nonsense(&self, ty: &Type) -> String {
        match &ty.base {
            BaseType::List(_) => "[]".to_owned(),
            BaseType::Named(name) => self.nonsense_of(name.as_str()),
        }
    }

    fn nonsense_of(&self, name: &str) -> String {
        let kind = self.0.iter().find(|ty| ty.name.node == name);
        match (name, kind.map(|ty| &ty.kind)) {
            ("ID", _) => "\"nonsense\"".to_owned(),
            ("String", _) => "\"\"".to_owned(),
            ("Boolean", _) => "false".to_owned(),
            ("Int" | "Float", _) => "0".to_owned(),
            ("DateTime", _) => "\"1970-01-01T00:00:00Z\"".to_owned(),
            (_, Some(TypeKind::Enum(values))) => values.values[0].node.value.to_string(),
            (_, Some(TypeKind::InputObject(input))) => {
                let all = input.fields.iter().map(|field| self.given(&field.node));
                format!("{{ {} }}", all.collect::<Vec<_>>().join(", "))
            }
            _ => panic!("say here what a nonsensical {name} is"),
        }
    }

    /// An argument or input field with a value, optional ones too.
    fn given(&self, value: &InputValueDefinition) -> String {
        format!("{}: {}", value.name.node, self.nonsense(&value.ty.node))
    }
}

#[tokio::test]
async fn a_guest_is_refused_by_every_mutation_before_its_input_is_judged() {
    let app = TestApp::start_with(|config| config.limits.guest_budget = u32::MAX).await;
    let (guest, schema) = (app.guest(), Schema::now());
    let (mut refused, mut open) = (0, Vec::new());
    for field in schema.mutations() {
        let name = field.name.node.as_str();
        let arguments = field
            .arguments
            .iter()
            .map(|given| schema.given(&given.node));
        let arguments = arguments.collect::<Vec<_>>().join(", ");
        let call = format!("mutation {{ {name}({arguments}) {{ userErrors {{ code }} }} }}");
        let reply = guest.send(&call, json!({})).await;
        assert_ne!(
            reply.code(),
            "GRAPHQL_VALIDATION_FAILED",
            "{call}: {}",
            reply.body
        );
        if reply.code() == "UNAUTHENTICATED" {
            assert_eq!(reply.body["data"], json!({ name: null }), "{call}");
            assert_eq!(
                reply.body["errors"].as_array().map(Vec::len),
                Some(1),
                "{call}"
            );
            refused += 1;
        } else {
            let told = &reply.body["data"][name]["userErrors"][0]["code"];
            assert!(told.is_string(), "{call}: {}", reply.body);
            open.push(name.to_owned());
        }
    }
    assert_eq!(open, PUBLIC, "open to guests");
    assert!(refused >= 15, "only {refused} were refused");
}
