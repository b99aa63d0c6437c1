//! A query for every field that a query can reach, below as many parents as are asked for.

use std::collections::{HashMap, HashSet, VecDeque};

use async_graphql::parser::types::{BaseType, FieldDefinition, TypeKind};

use crate::fuzz::grammar::{TYPES, base, fields, is_composite, possible};

/// A query of one field, and the same without it.
#[derive(Clone, Debug)]
pub struct Probe {
    /// `Type.field`.
    pub name: String,
    pub with: String,
    pub without: String,
    /// What stands in [`Probe::with`], beginning with the field at the root.
    pub inner: String,
}

/// What is open while a query is written: the text before, and what closes it.
#[derive(Clone)]
struct Way {
    before: String,
    after: String,
}

impl Way {
    /// The way on through a field, or into a fragment.
    fn through(&self, field: &str) -> Self {
        Self {
            before: format!("{}{field}{{", self.before),
            after: format!("}}{}", self.after),
        }
    }

    fn inner(&self, selected: &str) -> String {
        format!("{}{selected}{}", self.before, self.after)
    }

    fn query(&self, own_cost: &str, selected: &str) -> String {
        let inner = format!("{{{own_cost} {}}}", self.inner(selected));
        match inner.contains("$n") {
            true => format!("query($n:Int){inner}"),
            false => inner,
        }
    }
}

/// Lists of strangers.
const EMPTY: [&str; 3] = [
    "Viewer.followRequests",
    "Viewer.blockedUsers",
    "Viewer.mutedUsers",
];

/// Values for arguments that have to be given, by field.
fn given(name: &str, ids: &[String]) -> String {
    match name {
        "Query.node" => format!("(id:\"{}\")", ids[0]),
        "Query.nodes" => format!("(ids:{ids:?})"),
        "Query.user" => "(handle:\"bob\")".to_owned(),
        "Query.hashtag" => "(name:\"tag_0\")".to_owned(),
        "Query.search" => "(query:\"bread\",type:POSTS,first:$n)".to_owned(),
        _ => String::new(),
    }
}

fn arguments(name: &str, field: &FieldDefinition, ids: &[String]) -> String {
    let given = given(name, ids);
    let is_page = field
        .arguments
        .iter()
        .any(|it| it.node.name.node == "first");
    match (given.is_empty(), is_page) {
        (true, true) => "(first:$n)".to_owned(),
        _ => given,
    }
}

/// A selection of a type that shows that it was loaded.
fn least(ty: &str) -> String {
    let has = |name: &str| fields(ty).iter().any(|field| field.name.node == name);
    match () {
        () if has("nodes") && has("pageInfo") => "{nodes{__typename}}".to_owned(),
        () => "{__typename}".to_owned(),
    }
}

/// The shortest way to every type, below a page where there is such a way.
fn ways(ids: &[String]) -> HashMap<String, Way> {
    let start = Way {
        before: String::new(),
        after: String::new(),
    };
    let mut found: HashMap<(String, bool), Way> = HashMap::new();
    let mut waiting = VecDeque::from([("Query".to_owned(), false, start)]);
    let mut seen = HashSet::new();
    while let Some((ty, is_below_page, way)) = waiting.pop_front() {
        if !seen.insert((ty.clone(), is_below_page)) {
            continue;
        }
        found.insert((ty.clone(), is_below_page), way.clone());
        for on in possible(&ty) {
            let fragment = way.through(&format!("...on {on}"));
            waiting.push_back((on.to_owned(), is_below_page, fragment));
        }
        for field in fields(&ty) {
            let name = format!("{ty}.{}", field.name.node);
            let to = base(&field.ty.node);
            // What is asked for by ids is anything, but nothing in particular.
            // Others lead to people who have nothing.
            let leads_nowhere = name.starts_with("Query.node") || EMPTY.contains(&name.as_str());
            if !is_composite(to) || leads_nowhere {
                continue;
            }
            let called = format!("{}{}", field.name.node, arguments(&name, field, ids));
            let is_below_page =
                is_below_page || ["nodes", "edges"].contains(&field.name.node.as_str());
            waiting.push_back((to.to_owned(), is_below_page, way.through(&called)));
        }
    }
    let types: HashSet<String> = found.keys().map(|(ty, _)| ty.clone()).collect();
    let best = |ty: String| {
        let below = found.get(&(ty.clone(), true));
        let way = below.or_else(|| found.get(&(ty.clone(), false)));
        (ty, way.expect("found").clone())
    };
    types.into_iter().map(best).collect()
}

impl Probe {
    fn of(way: &Way, own_cost: &str, name: String, selected: &str) -> Self {
        Self {
            name,
            with: way.query(own_cost, selected),
            without: way.query(own_cost, "__typename"),
            inner: way.inner(selected),
        }
    }
}

/// All that costs nothing of a type.
fn free(ty: &str) -> String {
    let free = fields(ty).into_iter().filter(|it| {
        let is_free = !is_composite(base(&it.ty.node)) && it.name.node != "totalCount";
        is_free
            && it
                .arguments
                .iter()
                .all(|it| it.node.ty.node.nullable || it.node.default_value.is_some())
    });
    let free: Vec<_> = free.map(|it| it.name.node.as_str()).collect();
    format!("__typename {}", free.join(" "))
}

/// A probe for every field of every type that a query can reach, one (`Type.*`) for all that
/// costs nothing of it, and one (`Type.**`) for that of its objects too. `ids` are some of everything.
pub fn probes(ids: &[String], own_cost: &str) -> Vec<Probe> {
    let ways = ways(ids);
    let mut probes = Vec::new();
    for (ty, definition) in TYPES.iter() {
        let is_read = matches!(
            definition.kind,
            TypeKind::Object(_) | TypeKind::Interface(_)
        );
        let Some(way) = ways.get(ty).filter(|_| is_read) else {
            continue;
        };
        for field in fields(ty) {
            let name = format!("{ty}.{}", field.name.node);
            let to = base(&field.ty.node);
            let below = match is_composite(to) {
                true => least(to),
                false => String::new(),
            };
            let called = format!("{}{}{below}", field.name.node, arguments(&name, field, ids));
            let selected = format!("__typename {called}");
            probes.push(Probe::of(way, own_cost, name, &selected));
        }
        let name = format!("{ty}.*");
        probes.push(Probe::of(way, own_cost, name, &free(ty)));
        let objects = fields(ty).into_iter().filter(|it| {
            let to = base(&it.ty.node);
            let is_list = matches!(it.ty.node.base, BaseType::List(_));
            it.arguments.is_empty() && is_composite(to) && !is_list && possible(to).is_empty()
        });
        let objects = objects.map(|it| format!("{}{{{}}}", it.name.node, free(base(&it.ty.node))));
        let selected = format!("{} {}", free(ty), objects.collect::<Vec<_>>().join(" "));
        probes.push(Probe::of(way, own_cost, format!("{ty}.**"), &selected));
    }
    probes
}
