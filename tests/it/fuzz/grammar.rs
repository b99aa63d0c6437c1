//! Documents of our schema, grown from choices: valid but for a slip here and there.

use std::{collections::BTreeMap, fmt::Write, sync::LazyLock};

use async_graphql::parser::{
    parse_schema,
    types::{
        BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind,
        TypeSystemDefinition,
    },
};

use super::choices::{Choices, ODD};

pub const SDL: &str = include_str!("../../../schema.graphql");

pub static TYPES: LazyLock<BTreeMap<String, TypeDefinition>> = LazyLock::new(|| {
    let document = parse_schema(SDL).unwrap();
    let types = document.definitions.into_iter().filter_map(|it| match it {
        TypeSystemDefinition::Type(ty) => Some((ty.node.name.node.to_string(), ty.node)),
        _ => None,
    });
    types.collect()
});

/// Numbers at the ends of what numbers can be.
const NUMBERS: [&str; 14] = [
    "1",
    "2",
    "20",
    "100",
    "0",
    "-1",
    "101",
    "2147483647",
    "-2147483648",
    "2147483648",
    "9223372036854775808",
    "99999999999999999999999999",
    "1.5",
    "1e400",
];

/// Fields inside one another at most. A little more than is allowed.
const DEEPEST: usize = 17;

/// A request.
#[derive(Clone, Debug)]
pub struct Grown {
    pub query: String,
    /// The text of a JSON object.
    pub variables: String,
    /// Whether the operation subscribes.
    pub subscribes: bool,
}

/// Grows a request. `ids` are those that stand for something.
pub fn grow(made: &[u16], ids: &[String]) -> Grown {
    let mut grower = Grower {
        choices: Choices::new(made),
        ids,
        variables: Vec::new(),
        fragments: Vec::new(),
    };
    let mut query = String::new();
    let mut kind = grower.operation(&mut query, "");
    if grower.choices.one_in(12) {
        kind = grower.operation(&mut query, " Second");
    }
    let mut done = 0;
    while let Some(ty) = grower.fragments.get(done).cloned() {
        let _ = write!(query, " fragment F{done} on {ty}");
        grower.directives(&mut query);
        grower.selection_set(&ty, 1, &mut query);
        done += 1;
    }
    let sent = grower
        .variables
        .iter()
        .map(|(name, _, json)| format!("\"{name}\":{json}"));
    let variables = format!("{{{}}}", sent.collect::<Vec<_>>().join(","));
    // Fragments, which are grown last, hold variables too: they are declared where they are known.
    let declared = grower
        .variables
        .iter()
        .map(|(name, ty, _)| format!("${name}:{ty}"));
    let declared = match grower.variables.is_empty() {
        true => String::new(),
        false => format!("({})", declared.collect::<Vec<_>>().join(",")),
    };
    Grown {
        query: query.replace("(DECLARED)", &declared),
        variables,
        subscribes: kind == "subscription",
    }
}

struct Grower<'a> {
    choices: Choices<'a>,
    ids: &'a [String],
    /// Names, types and JSON.
    variables: Vec<(String, String, String)>,
    /// The types that they are on.
    fragments: Vec<String>,
}

impl Grower<'_> {
    fn operation(&mut self, out: &mut String, name: &str) -> &'static str {
        let kinds = [
            "query",
            "query",
            "query",
            "mutation",
            "mutation",
            "subscription",
        ];
        let kind = *self.choices.of(&kinds);
        let root = match kind {
            "query" => "Query",
            "mutation" => "Mutation",
            _ => "Subscription",
        };
        let name = if self.choices.one_in(4) {
            " First"
        } else {
            name
        };
        let _ = write!(out, "{kind}{name}(DECLARED)");
        self.directives(out);
        self.selection_set(root, 0, out);
        kind
    }

    fn selection_set(&mut self, ty: &str, depth: usize, out: &mut String) {
        // A subscription has one root field.
        out.push_str(if ty == "Subscription" {
            "{"
        } else {
            "{__typename "
        });
        let many = if depth == 0 { 1 } else { self.choices.below(5) };
        for _ in 0..many + usize::from(self.choices.one_in(5)) {
            if self.choices.are_spent() || depth > DEEPEST {
                break;
            }
            match self.choices.below(14) {
                0 => self.spread(ty, out),
                1 | 2 => self.inline(ty, depth, out),
                _ => self.field(ty, depth, out),
            }
        }
        out.push('}');
    }

    fn spread(&mut self, ty: &str, out: &mut String) {
        let known = self.fragments.iter().position(|of| of == ty);
        let number = match known {
            Some(known) if !self.choices.one_in(8) => known,
            _ => {
                self.fragments.push(ty.to_owned());
                self.fragments.len() - 1
            }
        };
        let _ = write!(out, "...F{number}");
        self.directives(out);
        out.push(' ');
    }

    fn inline(&mut self, ty: &str, depth: usize, out: &mut String) {
        out.push_str("...");
        let possible = possible(ty);
        let into = match possible.is_empty() || self.choices.one_in(5) {
            true => ty,
            false => *self.choices.of(&possible),
        };
        let _ = write!(out, " on {into}");
        self.directives(out);
        self.selection_set(into, depth, out);
    }

    fn field(&mut self, ty: &str, depth: usize, out: &mut String) {
        let fields = fields(ty);
        if fields.is_empty() {
            return;
        }
        let field = *self.choices.of(&fields);
        if self.choices.one_in(6) {
            let alias = self.choices.of(&["a", "b", "id", "__typename", "c"]);
            let _ = write!(out, "{alias}:");
        }
        out.push_str(&field.name.node);
        let arguments = field.arguments.iter().map(|argument| &argument.node);
        self.arguments(&arguments.collect::<Vec<_>>(), out);
        self.directives(out);
        let of = base(&field.ty.node);
        if is_composite(of) {
            self.selection_set(of, depth + 1, out);
        }
        out.push(' ');
    }

    fn arguments(&mut self, arguments: &[&InputValueDefinition], out: &mut String) {
        let mut given = Vec::new();
        for argument in arguments {
            let is_required = !argument.ty.node.nullable && argument.default_value.is_none();
            if (is_required && !self.choices.one_in(20)) || self.choices.one_in(3) {
                let value = match self.choices.one_in(4) {
                    true => self.variable(&argument.ty.node),
                    false => self.value(&argument.ty.node, false, 0),
                };
                given.push(format!("{}:{value}", argument.name.node));
            }
        }
        if !given.is_empty() {
            let _ = write!(out, "({})", given.join(","));
        }
    }

    fn variable(&mut self, ty: &Type) -> String {
        if self.variables.len() > 5 {
            return "$v0".to_owned();
        }
        let name = format!("v{}", self.variables.len());
        let json = self.value(ty, true, 0);
        self.variables.push((name.clone(), ty.to_string(), json));
        format!("${name}")
    }

    fn directives(&mut self, out: &mut String) {
        if self.choices.one_in(15) {
            let all: [&str; 5] = [
                "@skip(if:false)",
                "@include(if:true)",
                "@include(if:$v0)",
                "@x",
                "@skip",
            ];
            for _ in 0..=self.choices.below(3) {
                let directive: &&str = self.choices.of(&all);
                out.push_str(directive);
            }
        }
    }

    /// A literal, or JSON.
    fn value(&mut self, ty: &Type, is_json: bool, depth: usize) -> String {
        if self.choices.one_in(25) {
            let wrong = [
                "null",
                "[]",
                "{}",
                "\"\"",
                "7",
                "[[[[1]]]]",
                "[[1],2]",
                "$v0",
                "X",
            ];
            return self.choices.of(&wrong).to_string();
        }
        if depth > 5 {
            return "null".to_owned();
        }
        match &ty.base {
            BaseType::List(of) => {
                let many = *self.choices.of(&[1, 0, 2, 3, 9, 101]);
                let item = self.value(of, is_json, depth + 1);
                format!("[{}]", vec![item; many].join(","))
            }
            BaseType::Named(name) => self.named(name, is_json, depth),
        }
    }

    fn named(&mut self, name: &str, is_json: bool, depth: usize) -> String {
        let kind = TYPES.get(name).map(|ty| &ty.kind);
        match (name, kind) {
            ("Int" | "Float", _) => self.choices.of(&NUMBERS).to_string(),
            ("Boolean", _) => self.choices.of(&["true", "false"]).to_string(),
            ("ID", _) => quoted(&self.id()),
            (_, Some(TypeKind::Enum(ty))) => {
                let value = &self.choices.of(&ty.values).node.value.node;
                if is_json {
                    quoted(value)
                } else {
                    value.to_string()
                }
            }
            (_, Some(TypeKind::InputObject(ty))) => {
                let mut given = Vec::new();
                for field in ty.fields.iter().map(|field| &field.node) {
                    if !field.ty.node.nullable || self.choices.one_in(2) {
                        let value = self.value(&field.ty.node, is_json, depth + 1);
                        let name = &field.name.node;
                        let name = if is_json {
                            quoted(name)
                        } else {
                            name.to_string()
                        };
                        given.push(format!("{name}:{value}"));
                    }
                }
                if self.choices.one_in(20) {
                    let name = if is_json { "\"role\"" } else { "role" };
                    given.push(format!("{name}:\"ADMIN\""));
                }
                format!("{{{}}}", given.join(","))
            }
            _ => self.text(),
        }
    }

    fn id(&mut self) -> String {
        let id = self.choices.of(self.ids).clone();
        match self.choices.below(8) {
            0 => format!("{id}A"),
            1 => id.replace("User_", "Post_"),
            2 => self.choices.of(&ODD).to_string(),
            _ => id,
        }
    }

    fn text(&mut self) -> String {
        let words = [
            "bread",
            "ada_01",
            "👍",
            "a",
            "2026-06-01T00:00:00Z",
            "en",
            "ada@example.org",
            "correct horse",
            "2026-06-01",
            "sun",
        ];
        let odd = self.choices.one_in(3);
        let text = if odd {
            *self.choices.of(&ODD)
        } else {
            *self.choices.of(&words)
        };
        let times = *self.choices.of(&[1, 1, 1, 1, 2, 40, 6_000]);
        let long: String = text.repeat(times).chars().take(6_000).collect();
        quoted(&long)
    }
}

/// As JSON has it, which GraphQL reads alike.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

pub fn base(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(of) => base(of),
    }
}

pub fn is_composite(name: &str) -> bool {
    let kind = TYPES.get(name).map(|ty| &ty.kind);
    matches!(
        kind,
        Some(TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_))
    )
}

pub fn fields(name: &str) -> Vec<&'static FieldDefinition> {
    match TYPES.get(name).map(|ty| &ty.kind) {
        Some(TypeKind::Object(ty)) => ty.fields.iter().map(|field| &field.node).collect(),
        Some(TypeKind::Interface(ty)) => ty.fields.iter().map(|field| &field.node).collect(),
        _ => Vec::new(),
    }
}

/// The types that something of an abstract type may have.
pub fn possible(name: &str) -> Vec<&'static str> {
    match TYPES.get(name).map(|ty| &ty.kind) {
        Some(TypeKind::Union(ty)) => ty
            .members
            .iter()
            .map(|member| member.node.as_str())
            .collect(),
        Some(TypeKind::Interface(_)) => {
            let implements = |ty: &&'static TypeDefinition| match &ty.kind {
                TypeKind::Object(object) => object.implements.iter().any(|it| it.node == name),
                _ => false,
            };
            let all = TYPES.values().filter(implements);
            all.map(|ty| ty.name.node.as_str()).collect()
        }
        _ => Vec::new(),
    }
}
