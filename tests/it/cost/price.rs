//! The cost of a document by the sheet and by nothing else.

use std::collections::{BTreeMap, HashMap};

use async_graphql::{
    Value, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};

use crate::fuzz::grammar::{base, fields, is_composite, possible};

/// The text of the sheet.
pub fn committed() -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cost.md");
    std::fs::read_to_string(file).expect("docs/cost.md")
}

/// Rows of the sheet by their fields: base, what is multiplied, and what says how often.
pub struct Sheet {
    rows: BTreeMap<String, [String; 3]>,
    /// What lists without paging are taken to hold, where that is not what the sheet says.
    list: Option<u64>,
}

/// What is paid once, and for each item of a page.
#[derive(Clone, Copy, Default)]
struct Price {
    once: u64,
    item: u64,
}

impl Price {
    fn and(self, other: Self) -> Self {
        Self {
            once: self.once + other.once,
            item: self.item + other.item,
        }
    }
}

impl Sheet {
    pub fn read() -> Self {
        let text = committed();
        let rows = text.lines().filter_map(|line| {
            let cells: Vec<_> = line.strip_prefix('|')?.split('|').map(str::trim).collect();
            let [field, base, multiplied, sized, ""] = cells.as_slice() else {
                return None;
            };
            let rest = [base, multiplied, sized].map(|cell| (*cell).to_owned());
            field.contains('.').then(|| ((*field).to_owned(), rest))
        });
        Self {
            rows: rows.collect(),
            list: None,
        }
    }

    /// The sheet as if lists without paging held so many items.
    pub fn with_lists_of(mut self, items: u64) -> Self {
        self.list = Some(items);
        self
    }

    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().map(String::as_str)
    }

    /// The cost of an operation that is sent with these variables.
    pub fn price(
        &self,
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        sent: &Variables,
    ) -> u64 {
        let defaults = operation.variable_definitions.iter().filter_map(|it| {
            let default = it.node.default_value.as_ref()?;
            Some((it.node.name.node.to_string(), default.node.clone()))
        });
        let mut variables: HashMap<String, Value> = defaults.collect();
        variables.extend(
            sent.iter()
                .map(|(name, value)| (name.to_string(), value.clone())),
        );
        let pricing = Pricing {
            sheet: self,
            document,
            variables,
        };
        pricing.set(&operation.selection_set.node, "Query").once
    }
}

struct Pricing<'a> {
    sheet: &'a Sheet,
    document: &'a ExecutableDocument,
    variables: HashMap<String, Value>,
}

impl Pricing<'_> {
    fn set(&self, set: &SelectionSet, on: &str) -> Price {
        let mut members = BTreeMap::new();
        let common = self.collect(set, on, &mut members);
        let dearest = members
            .values()
            .fold(Price::default(), |most, it: &Price| Price {
                once: most.once.max(it.once),
                item: most.item.max(it.item),
            });
        common.and(dearest)
    }

    /// What is paid for every object; what is paid for some, by their types.
    fn collect(
        &self,
        set: &SelectionSet,
        on: &str,
        members: &mut BTreeMap<String, Price>,
    ) -> Price {
        let mut common = Price::default();
        let mut fragment = |condition: &str, price: Price| {
            let is_of_some = !possible(on).is_empty() && possible(condition).is_empty();
            match is_of_some {
                true => {
                    let member = members.entry(condition.to_owned()).or_default();
                    *member = member.and(price);
                    Price::default()
                }
                false => price,
            }
        };
        let mut within = Vec::new();
        for selection in &set.items {
            common = common.and(match &selection.node {
                Selection::Field(field) => self.field(&field.node, on),
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    let spread = &self.document.fragments[name].node;
                    let condition = spread.type_condition.node.on.node.as_str();
                    fragment(condition, self.set(&spread.selection_set.node, condition))
                }
                Selection::InlineFragment(inline) => {
                    let inner = &inline.node.selection_set.node;
                    let condition = inline.node.type_condition.as_ref();
                    match condition.map(|it| it.node.on.node.as_str()) {
                        Some(condition) if condition != on => {
                            fragment(condition, self.set(inner, condition))
                        }
                        _ => {
                            within.push(inner);
                            Price::default()
                        }
                    }
                }
            });
        }
        within.into_iter().fold(common, |common, inner| {
            common.and(self.collect(inner, on, members))
        })
    }

    fn field(&self, field: &Field, on: &str) -> Price {
        let name = field.name.node.as_str();
        let Some([base_cost, multiplied, sized]) = self.sheet.rows.get(&format!("{on}.{name}"))
        else {
            assert!(name.starts_with("__"), "{on}.{name} is not on the sheet");
            return Price::default();
        };
        let ty = fields(on).into_iter().find(|it| it.name.node == name);
        let ty = ty.map_or("", |it| base(&it.ty.node));
        let below = match is_composite(ty) {
            true => self.set(&field.selection_set.node, ty),
            false => Price::default(),
        };
        let of_items = |each: u64| Price {
            once: 0,
            item: each,
        };
        let base_cost: u64 = base_cost.parse().unwrap();
        let once = |more: u64| Price {
            once: base_cost + more,
            item: 0,
        };
        match multiplied.as_str() {
            "" => once(0),
            "+ selected" => once(below.once),
            "1 + selected, for each item" => of_items(1 + below.once),
            "selected, for each item" => of_items(below.once),
            "+ selected + n × item" => {
                once(below.once + self.length(field, sized) * below.item.max(1))
            }
            "+ n × (1 + selected)" => once(self.length(field, sized) * (1 + below.once)),
            fixed => {
                let number = fixed.strip_prefix("+ ").and_then(|it| it.split(' ').next());
                let items: u64 = number.and_then(|it| it.parse().ok()).expect(fixed);
                assert_eq!(fixed, format!("+ {items} × (1 + selected)"));
                once(self.sheet.list.unwrap_or(items) * (1 + below.once))
            }
        }
    }

    /// How many items a field asks for, by the arguments that the sheet names.
    fn length(&self, field: &Field, sized: &str) -> u64 {
        let numbers: Vec<u64> = sized
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|it| it.parse().ok())
            .collect();
        let names = sized.split('`').skip(1).step_by(2);
        let asked: Vec<u64> = names
            .filter_map(|name| match (name, self.argument(field, name)?) {
                (_, Value::List(items)) => Some(items.len() as u64),
                // One id stands for a list of itself.
                ("ids", _) => Some(1),
                (_, Value::Number(number)) => {
                    Some(number.as_i64().map_or(0, |n| n.max(0).unsigned_abs()))
                }
                _ => None,
            })
            .collect();
        let (largest, usual) = match numbers.as_slice() {
            [1, largest, usual] => (*largest, *usual),
            [largest] => (*largest, 1),
            _ => panic!("{sized}"),
        };
        asked.into_iter().max().unwrap_or(usual).clamp(1, largest)
    }

    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let given = field.get_argument(name)?.node.clone();
        let value = given.into_const_with(|variable| {
            Ok::<_, ()>(
                self.variables
                    .get(variable.as_str())
                    .cloned()
                    .unwrap_or_default(),
            )
        });
        value.ok()
    }
}

/// The sum over all fields that are selected, with fragments in their places, of what `each` says of
/// one: of `Type.field`.
pub fn sum(
    document: &ExecutableDocument,
    set: &SelectionSet,
    on: &str,
    each: &impl Fn(&str) -> usize,
) -> usize {
    let selections = set.items.iter().map(|selection| match &selection.node {
        Selection::Field(field) => {
            let (field, name) = (&field.node, field.node.name.node.as_str());
            let ty = fields(on).into_iter().find(|it| it.name.node == name);
            let below = ty.map_or("", |it| base(&it.ty.node));
            let own = if ty.is_some() {
                each(&format!("{on}.{name}"))
            } else {
                0
            };
            own + sum(document, &field.selection_set.node, below, each)
        }
        Selection::InlineFragment(inline) => {
            let condition = inline.node.type_condition.as_ref();
            let on = condition.map_or(on, |it| it.node.on.node.as_str());
            sum(document, &inline.node.selection_set.node, on, each)
        }
        Selection::FragmentSpread(spread) => {
            let spread = &document.fragments[&spread.node.fragment_name.node].node;
            let on = spread.type_condition.node.on.node.as_str();
            sum(document, &spread.selection_set.node, on, each)
        }
    });
    selections.sum()
}
