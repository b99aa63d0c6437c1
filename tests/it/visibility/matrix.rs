//! The leak matrix: what each role gets from each field of the schema that holds a post, a comment,
//! a person, something of a conversation or media, on a scene with four subjects. The oracle fills
//! every cell; `matrix.txt` shows it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use async_graphql::parser::{
    parse_schema,
    types::{FieldDefinition, TypeKind, TypeSystemDefinition},
};
use rookery::{
    graphql::schema::{build, sdl},
    platform::config::Switch,
};
use serde_json::{Value, json};

use super::{
    cast::Cast,
    graph::Graph,
    matrix_rows::{Look, Read, Told, Write, reads, told, writes},
    matrix_told::{expected, hear},
    oracle::Viewer,
    scene::{HANDLES, ROLES, STRANGER, SUBJECTS, Scene, viewer},
};

/// Tested elsewhere: what cannot be announced alone, and what cannot be put back.
const ELSEWHERE: &str =
    "Subscription.messageAdded TypingEvent.user AuditEntry.actor SuspendUserPayload.user";

const TABLE: &str = "tests/it/visibility/matrix.txt";

const LEGEND: &str = "\
Who gets what from each field that holds a post, a comment, a person, something of a conversation or
media; filled by the oracle, and compared with what the schema answers. To refresh it:
MATRIX=write cargo test --test it matrix

S seen   R reduced   M marked as hidden, and read   T tombstone   B tombstone: blocked by the viewer
- nothing   X refused: no session, or not any more

Roles are towards each subject; `owner` is the subject, `muted` and `blocked` are so by the subject.
In a cell, for each of the public, the private, the suspended and the deleted subject where they
apply, and there: posts PUBLIC, FOLLOWERS, MENTIONED (the muted one is), hidden by staff; comments
with a reply, without, hidden by the post's author, hidden by staff, deleted; messages in a group,
between two with the blocked one, and with the blocker: as sent, with the FOLLOWERS post, hidden by
staff, deleted. In the group are the owner, the blocked, the blocker and the member. Media on each
of the posts, in each message of the group and the first between two; the avatar, the banner, one
that hangs on nothing, and a deleted one.
";

/// What is asked of a thing of this type.
fn selection(ty: &str) -> &'static str {
    match ty {
        "User" => "__typename id bio",
        "Post" => "__typename id",
        "Comment" | "Message" => "__typename id tombstone body",
        "Conversation" | "ConversationMember" | "Media" | "Poll" | "PollOption" | "Draft" => {
            "__typename id"
        }
        "Upload" => "media { __typename id }",
        "Search" => "__typename ... on User { id bio } ... on Post { id }",
        "Reactable" => {
            "__typename id ... on Comment { tombstone body } ... on Message { tombstone body }"
        }
        "Node" => {
            "__typename id ... on User { bio } ... on Comment { tombstone body } \
             ... on Message { tombstone body }"
        }
        "ReportSubject" => {
            "__typename ... on User { id bio } ... on Post { id } ... on Media { id } \
             ... on Comment { id tombstone body } ... on Message { id tombstone body }"
        }
        "NotificationSubject" => "__typename ... on Post { id }",
        "PostReference" => "__typename ... on Post { id } ... on PostTombstone { reason }",
        other => panic!("say what to ask of a {other}"),
    }
}

/// The selection of a field of this type.
fn ask(ty: &str) -> String {
    if let Some(node) = ty.strip_suffix("Connection") {
        let node = selection(node);
        return format!("{{ nodes {{ {node} }} edges {{ node {{ {node} }} }} }}");
    }
    match ty.strip_suffix("Edge") {
        Some(node) => format!("{{ node {{ {} }} }}", selection(node)),
        None => format!("{{ {} }}", selection(ty)),
    }
}

/// Fields by `Type.field`, with the type of what they hold.
type Fields = BTreeMap<String, String>;

type Table = BTreeMap<String, BTreeMap<&'static str, String>>;

/// One thing as a letter.
pub fn letter(value: &Value) -> char {
    match value["__typename"].as_str() {
        Some("PostTombstone") if value["reason"] == "BLOCKED_BY_VIEWER" => 'B',
        Some("PostTombstone") => 'T',
        _ if value.is_null() => '-',
        _ if value["bio"] == "" => 'R',
        _ if value["tombstone"].is_null() => 'S',
        _ if !value["body"].is_null() => 'M',
        _ if value["tombstone"] == "BLOCKED_BY_VIEWER" => 'B',
        _ => 'T',
    }
}

/// Whatever stands there.
const ANY: &str = "";

/// The thing with this id in what a field holds: itself, or a list of nodes.
fn find(field: &Value, id: &str) -> char {
    let nodes = field["nodes"].as_array().or(field.as_array());
    match nodes {
        Some(nodes) => {
            let found = nodes.iter().find(|node| node["id"] == id);
            letter(found.unwrap_or(&Value::Null))
        }
        None if id == ANY || field["id"].is_null() || field["id"] == id => letter(field),
        None => '?',
    }
}

impl Read {
    fn parts(&self) -> (&'static str, &'static str) {
        self.field.split_once('.').expect("Type.field")
    }

    /// The question, as the field `n…` of a query.
    fn question(&self, n: usize, look: &Look, graph: &Graph, fields: &Fields) -> String {
        let (ty, field) = self.parts();
        let target = match ty == "Query" && ["user", "search"].contains(&field) {
            true => HANDLES[look.subject].to_owned(),
            false => graph.id(look.target),
        };
        let arguments = self.arguments.replace('$', &target);
        let ask = format!("{field}{arguments} {}", ask(&fields[self.field]));
        match ty {
            "Query" => format!("n{n}: {ask}"),
            "Viewer" => format!("n{n}: viewer {{ {ask} }}"),
            _ => {
                let from = graph.id(look.from.expect("a node"));
                format!("n{n}: node(id: \"{from}\") {{ ... on {ty} {{ {ask} }} }}")
            }
        }
    }

    /// The id of what is looked for. One's own User is the viewer, whoever that is.
    fn id(&self, graph: &Graph, look: &Look) -> String {
        match self.field {
            "Viewer.user" => ANY.to_owned(),
            _ => graph.id(look.target),
        }
    }

    fn got(&self, answer: &Value, id: &str) -> char {
        let (ty, field) = self.parts();
        let value = if ty == "Query" {
            answer
        } else {
            &answer[field]
        };
        if let (Some(nodes), Some(edges)) = (value["nodes"].as_array(), value["edges"].as_array()) {
            let edges: Vec<_> = edges.iter().map(|edge| &edge["node"]).collect();
            assert_eq!(nodes.iter().collect::<Vec<_>>(), edges, "{}", self.field);
        }
        find(value, id)
    }

    fn expected(&self, graph: &Graph, viewer: Option<usize>, look: &Look) -> char {
        let (ty, field) = self.parts();
        let id = self.id(graph, look);
        let value = match (ty, field) {
            ("Query", "explore") => graph.answer(viewer, &[])["explore"].clone(),
            ("Query", "search") => graph.found(viewer, look.target),
            ("Query", _) => graph.node(viewer, look.target),
            ("Viewer", _) => graph.answer(viewer, &[])["viewer"][field].clone(),
            _ => graph.node(viewer, look.from.expect("a node"))[field].clone(),
        };
        find(&value, &id)
    }
}

struct Matrix {
    cast: Cast,
    scene: Scene,
    fields: Fields,
    table: Table,
    wrong: Vec<String>,
}

impl Matrix {
    async fn new() -> Self {
        let cast = Cast::of(HANDLES).await;
        let now = cast.app.platform().now().0;
        let scene = Scene::new(cast.people(), now);
        scene.graph.write(&cast.app).await;
        crate::notifications::anew::rebuild(&cast.app).await;
        // The rows of the scene are written whole, with those that consumers would make of them.
        cast.app.settle().await;
        cast.app.hold();
        Self {
            cast,
            scene,
            fields: carriers(),
            table: Table::new(),
            wrong: Vec::new(),
        }
    }

    fn put(&mut self, field: &str, role: &'static str, cell: (char, char)) {
        let row = self.table.entry(field.to_owned()).or_default();
        let (expected, got) = cell;
        row.entry(role).or_default().push(expected);
        if expected != got {
            let at = row[role].len();
            self.wrong.push(format!(
                "{field} for {role}, thing {at}: {expected} expected, got {got}"
            ));
        }
    }

    /// One question for all looks of one person at one field.
    async fn read(&mut self, row: &Read, role: &'static str) {
        for subject in SUBJECTS {
            let looks: Vec<_> = row
                .looks
                .iter()
                .filter(|look| look.subject == subject)
                .collect();
            let viewer = viewer(role, subject);
            let graph = &self.scene.graph;
            let asked = looks.iter().enumerate();
            let asked: String = asked
                .map(|(n, look)| row.question(n, look, graph, &self.fields) + " ")
                .collect();
            let reply = self
                .cast
                .caller(viewer)
                .send(&format!("{{ {asked} }}"), json!({}))
                .await;
            let is_refused = reply.code() == "UNAUTHENTICATED";
            let errors = &reply.body["errors"];
            assert!(
                is_refused || errors.is_null(),
                "{} for {role}: {errors}",
                row.field
            );
            let mut cells = Vec::new();
            for (n, look) in looks.iter().enumerate() {
                let id = row.id(&self.scene.graph, look);
                cells.push(match (self.scene.graph.may_act(viewer), is_refused) {
                    (false, true) => ('X', 'X'),
                    (false, false) => ('X', '?'),
                    _ => {
                        let expected = row.expected(&self.scene.graph, viewer, look);
                        (expected, row.got(&reply.body["data"][format!("n{n}")], &id))
                    }
                });
            }
            for cell in cells {
                self.put(row.field, role, cell);
            }
        }
    }

    /// One subscription, to which everything is announced that there is of each subject.
    async fn listen(&mut self, row: &Told, role: &'static str) {
        let field = format!("Subscription.{}", row.field);
        let ask = ask(&self.fields[&field]);
        for subject in SUBJECTS {
            let viewer = viewer(role, subject);
            let graph = &self.scene.graph;
            let things = row.things.iter().filter(|(of, _)| *of == subject);
            let things: Vec<_> = things.map(|(_, thing)| *thing).collect();
            let ids: Vec<_> = things.iter().map(|thing| graph.id(*thing)).collect();
            let heard = hear(&self.cast.caller(viewer), row.field, &ask, &ids).await;
            let cells = things.iter().zip(&ids).map(|(thing, id)| {
                let expected = expected(graph, viewer, row.field, *thing);
                (expected, heard.letter(id))
            });
            for cell in cells.collect::<Vec<_>>() {
                self.put(&field, role, cell);
            }
        }
    }

    /// One mutation on the scene, which is put back where it changed.
    async fn write(&mut self, row: &Write, role: &'static str, me: usize) {
        let name = format!(
            "{}{}Payload",
            row.mutation[..1].to_uppercase(),
            &row.mutation[1..]
        );
        let asked = |(field, _): &(&str, _)| {
            format!("{field} {} ", ask(&self.fields[&format!("{name}.{field}")]))
        };
        let payload: String = row.fields.iter().map(asked).collect();
        let done = self.cast.callers[me]
            .mutate(row.mutation, row.input.clone(), &payload)
            .await;
        let mut after = self.scene.graph.clone();
        if let Some(act) = row.act.as_ref().filter(|_| row.is_allowed) {
            after.apply(act, uuid::Uuid::from_u128(u128::MAX));
        }
        for (field, thing) in &row.fields {
            let expected = match thing {
                _ if !row.is_allowed => '-',
                None => 'S',
                Some(thing) => letter(&after.node(Some(me), *thing)),
            };
            let value = match *field {
                "upload" => &done[field]["media"],
                field if field.ends_with("Edge") => &done[field]["node"],
                field => &done[field],
            };
            self.put(&format!("{name}.{field}"), role, (expected, letter(value)));
        }
        if row.is_allowed {
            self.scene.graph.write(&self.cast.app).await;
        }
    }

    /// A mutation by a guest or by whose session is refused.
    async fn refuse(&mut self, row: &Write, role: &'static str, viewer: Viewer) {
        let name = format!("{}{}", row.mutation[..1].to_uppercase(), &row.mutation[1..]);
        let query = format!(
            "mutation($input: {name}Input!) {{ {}(input: $input) {{ userErrors {{ code }} }} }}",
            row.mutation
        );
        let caller = self.cast.caller(viewer);
        let reply = caller.send(&query, json!({ "input": row.input })).await;
        let got = if reply.code() == "UNAUTHENTICATED" {
            'X'
        } else {
            '?'
        };
        for (field, _) in &row.fields {
            self.put(&format!("{name}Payload.{field}"), role, ('X', got));
        }
    }

    fn text(&self) -> String {
        let mut text = LEGEND.to_owned();
        let rows = || self.table.iter();
        let width = |role: &str| {
            let cells = rows().filter_map(|(_, row)| row.get(role));
            cells
                .map(String::len)
                .chain([role.len()])
                .max()
                .unwrap_or_default()
        };
        let first = rows()
            .map(|(field, _)| field.len())
            .max()
            .unwrap_or_default();
        write!(text, "\n{:first$}", "").unwrap();
        for role in ROLES {
            write!(text, "  {role:w$}", w = width(role)).unwrap();
        }
        for (field, row) in rows() {
            write!(text, "\n{field:first$}").unwrap();
            for role in ROLES {
                let cell = row.get(role).map_or("", String::as_str);
                write!(text, "  {cell:w$}", w = width(role)).unwrap();
            }
        }
        let lines = text.lines().map(str::trim_end);
        lines.map(|line| format!("{line}\n")).collect()
    }
}

const CARRIED: [&str; 10] = [
    "Poll",
    "PollOption",
    "Draft",
    "Post",
    "Comment",
    "User",
    "Conversation",
    "ConversationMember",
    "Message",
    "Media",
];

/// The fields that hold a post, a comment, a person, something of a conversation or media, found in
/// the schema itself. A connection's edges and nodes belong to the field that gives the connection,
/// and what an upload is of to the field that gives the upload.
fn carriers() -> Fields {
    let document = parse_schema(sdl(&build(Switch::On))).expect("a schema");
    let types: Vec<_> = document
        .definitions
        .into_iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(ty) => Some(ty.node),
            _ => None,
        })
        .collect();
    let bare = |ty: String| ty.replace(['[', ']', '!'], "");
    let mut held: BTreeSet<String> = CARRIED.map(str::to_owned).into();
    let mut found = Fields::new();
    // Until no more types turn out to hold one.
    for _ in 0..types.len() {
        for ty in &types {
            let name = ty.name.node.to_string();
            let is_plumbing = ["Connection", "Edge", "Upload"];
            let is_plumbing = is_plumbing.iter().any(|end| name.ends_with(end));
            match &ty.kind {
                TypeKind::Union(union) => {
                    let members = union.members.iter();
                    let holds = members.into_iter().any(|m| held.contains(m.node.as_str()));
                    held.extend(holds.then_some(name));
                }
                TypeKind::Object(object) => {
                    let inner = |held: &BTreeSet<String>| {
                        let fields = object.fields.iter().map(|field| &field.node);
                        let holds = fields.filter(|f| held.contains(&bare(f.ty.node.to_string())));
                        let typed = |f: &FieldDefinition| {
                            let ty = bare(f.ty.node.to_string());
                            (format!("{name}.{}", f.name.node), ty)
                        };
                        holds.map(typed).collect::<Vec<_>>()
                    };
                    if held.contains(&name) {
                        let faces = object.implements.iter().map(|face| face.node.to_string());
                        held.extend(faces.collect::<Vec<_>>());
                    }
                    match is_plumbing {
                        true if !inner(&held).is_empty() => {
                            held.insert(name);
                        }
                        true => {}
                        false => found.extend(inner(&held)),
                    }
                }
                _ => {}
            }
        }
    }
    found.retain(|field, _| ELSEWHERE.split(' ').all(|known| known != field));
    found
}

async fn fill() -> Matrix {
    let mut matrix = Matrix::new().await;
    for row in reads(&matrix.scene) {
        for role in ROLES {
            matrix.read(&row, role).await;
        }
    }
    for row in told(&matrix.scene) {
        for role in ROLES {
            matrix.listen(&row, role).await;
        }
    }
    for role in ROLES {
        // Of the others nothing is left to aim at.
        for subject in [0, 1] {
            let viewer = viewer(role, subject);
            for row in writes(&matrix.scene, viewer.unwrap_or(STRANGER), subject) {
                match viewer.filter(|n| matrix.scene.graph.may_act(Some(*n))) {
                    Some(me) => matrix.write(&row, role, me).await,
                    None => matrix.refuse(&row, role, viewer).await,
                }
            }
        }
    }
    matrix
}

#[tokio::test]
async fn every_role_gets_from_every_field_what_the_rules_say() {
    let matrix = fill().await;
    assert!(matrix.wrong.is_empty(), "{}", matrix.wrong.join("\n"));
    let rows: BTreeSet<_> = matrix.table.keys().cloned().collect();
    let fields: BTreeSet<_> = matrix.fields.keys().cloned().collect();
    let missing: Vec<_> = fields.difference(&rows).collect();
    assert!(
        missing.is_empty(),
        "{missing:?} hold such things: add a row for each to reads() or writes() in \
         matrix_rows.rs, with the things to look for in it"
    );
    let stale: Vec<_> = rows.difference(&fields).collect();
    assert!(stale.is_empty(), "no such fields: {stale:?}");
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE);
    if std::env::var("MATRIX").is_ok_and(|what| what == "write") {
        std::fs::write(&file, matrix.text()).expect("written");
    }
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        committed == matrix.text(),
        "{TABLE} is out of date; look at the difference after MATRIX=write cargo test --test it matrix"
    );
}
