//! Rules of the schema that a reader of `schema.graphql` relies on.

use async_graphql::parser::{
    parse_schema,
    types::{FieldDefinition, TypeDefinition, TypeKind, TypeSystemDefinition},
};
use rookery::{
    graphql::schema::{build, sdl},
    platform::config::Switch,
};

const FILE: &str = "schema.graphql";

fn types() -> Vec<TypeDefinition> {
    let document = parse_schema(sdl(&build(Switch::On))).unwrap();
    let types: Vec<_> = document
        .definitions
        .into_iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(ty) => Some(ty.node),
            _ => None,
        })
        .collect();
    assert!(types.len() > 40);
    types
}

fn fields(ty: &TypeDefinition) -> Vec<FieldDefinition> {
    match &ty.kind {
        TypeKind::Object(object) => object.fields.iter().map(|f| f.node.clone()).collect(),
        TypeKind::Interface(object) => object.fields.iter().map(|f| f.node.clone()).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn the_committed_schema_is_the_one_that_the_code_makes() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let committed = std::fs::read_to_string(file).unwrap();
    let say = "refresh it: cargo run -- schema > schema.graphql";
    assert!(
        committed == sdl(&build(Switch::On)),
        "{FILE} is out of date; {say}"
    );
}

#[test]
fn everything_is_described_and_no_description_only_repeats_the_name() {
    let mut silent = Vec::new();
    let mut check = |name: String, description: Option<&str>| {
        let said: String = description.unwrap_or_default().to_lowercase();
        let bare = |text: &str| {
            text.chars()
                .filter(|c| c.is_alphanumeric())
                .collect::<String>()
        };
        let last = name.rsplit('.').next().unwrap().to_lowercase();
        if said.len() < 10 || bare(&said) == bare(&last) {
            silent.push(name);
        }
    };
    for ty in types() {
        let name = ty.name.node.to_string();
        check(
            name.clone(),
            ty.description.as_ref().map(|d| d.node.as_str()),
        );
        for field in fields(&ty) {
            let at = format!("{name}.{}", field.name.node);
            check(
                at.clone(),
                field.description.as_ref().map(|d| d.node.as_str()),
            );
            for argument in field.arguments {
                let said = argument.node.description.as_ref().map(|d| d.node.as_str());
                check(format!("{at}.{}", argument.node.name.node), said);
            }
        }
        match &ty.kind {
            TypeKind::Enum(values) => {
                for value in &values.values {
                    let said = value.node.description.as_ref().map(|d| d.node.as_str());
                    check(format!("{name}.{}", value.node.value.node), said);
                }
            }
            TypeKind::InputObject(input) => {
                for field in &input.fields {
                    let said = field.node.description.as_ref().map(|d| d.node.as_str());
                    check(format!("{name}.{}", field.node.name.node), said);
                }
            }
            _ => {}
        }
    }
    assert!(silent.is_empty(), "describe these: {silent:#?}");
}

#[test]
fn facts_of_the_owner_are_on_viewer_only() {
    let private = [
        "email",
        "isEmailVerified",
        "role",
        "homeFeed",
        "settings",
        "sessions",
        "drafts",
        "followRequests",
        "blockedUsers",
        "mutedUsers",
        "conversations",
        "unreadMessageCount",
        "notifications",
        "unreadNotificationCount",
        "notificationPreferences",
        "isTotpEnabled",
        "recoveryCodesLeft",
        "dataExports",
    ];
    // What somebody may do in a conversation is known to those in it.
    let shared = [
        ("ConversationMember", "role"),
        ("Settings", "notificationPreferences"),
    ];
    for ty in types() {
        let name = ty.name.node.as_str();
        for field in fields(&ty) {
            let field = field.name.node.as_str();
            assert!(
                name == "Viewer" || shared.contains(&(name, field)) || !private.contains(&field),
                "{name}.{field}"
            );
        }
    }
}

#[test]
fn a_field_that_can_fail_is_nullable() {
    // Non-null is what the parent's own row holds (house rule 3); these are that or cannot fail.
    let types_that_fail = [
        "User",
        "Post",
        "Comment",
        "Hashtag",
        "Conversation",
        "ConversationMember",
        "Message",
        "Media",
        "Query",
        "Mutation",
    ];
    let own = ["pageInfo", "edges", "nodes", "userErrors", "cursor"];
    for ty in types() {
        let name = ty.name.node.as_str();
        if !types_that_fail.contains(&name) {
            continue;
        }
        for field in fields(&ty) {
            let (field_name, kind) = (field.name.node.as_str(), field.ty.node.to_string());
            let is_relation = !field.arguments.is_empty()
                || kind
                    .trim_end_matches('!')
                    .chars()
                    .next()
                    .is_some_and(char::is_uppercase)
                    && types().iter().any(|ty| {
                        ty.name.node.as_str() == kind.trim_end_matches('!')
                            && matches!(ty.kind, TypeKind::Object(_) | TypeKind::Interface(_))
                    });
            if is_relation && !own.contains(&field_name) {
                assert!(!kind.ends_with('!'), "{name}.{field_name}: {kind} can fail");
            }
        }
    }
}

#[test]
fn mutations_take_one_input_and_answer_a_nullable_payload_with_user_errors() {
    let types = types();
    let mutation = types.iter().find(|ty| ty.name.node == "Mutation").unwrap();
    for field in fields(mutation) {
        let name = field.name.node.to_string();
        let upper = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        let [argument] = field.arguments.as_slice() else {
            panic!("{name} takes one input")
        };
        assert_eq!(argument.node.name.node, "input");
        assert_eq!(argument.node.ty.node.to_string(), format!("{upper}Input!"));
        assert_eq!(field.ty.node.to_string(), format!("{upper}Payload"));
        let payload = types
            .iter()
            .find(|ty| ty.name.node == format!("{upper}Payload"))
            .unwrap();
        for field in fields(payload) {
            let is_errors = field.name.node == "userErrors";
            assert_eq!(
                field.ty.node.to_string().ends_with('!'),
                is_errors,
                "{name}"
            );
        }
    }
}
