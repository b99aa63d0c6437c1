//! A list under test: how to ask for it, and what it must hold.

use proptest::{prelude::*, test_runner::TestCaseError};
use serde_json::{Value, json};

use crate::support::Caller;

/// What a test asks of a page; cursors are places in the list.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub first: Option<usize>,
    pub after: Option<usize>,
    pub last: Option<usize>,
    pub before: Option<usize>,
}

impl Wanted {
    /// Any page of a list of `length` rows.
    pub fn any(length: usize) -> impl Strategy<Value = Self> {
        let size = prop_oneof![Just(None), (1..length + 3).prop_map(Some)];
        let place = || prop::option::of(0..length);
        (size, any::<bool>(), place(), place()).prop_map(|(size, from_end, after, before)| Self {
            first: size.filter(|_| !from_end),
            last: size.filter(|_| from_end),
            after,
            before,
        })
    }

    /// The places of the page, as slicing a list gives them.
    pub fn places(&self, length: usize) -> std::ops::Range<usize> {
        let start = self.after.map_or(0, |after| after + 1);
        let end = self.before.unwrap_or(length).max(start);
        match (self.first, self.last) {
            (_, Some(last)) => start.max(end.saturating_sub(last))..end,
            (first, None) => start..end.min(start + first.unwrap_or(20)),
        }
    }
}

/// A list, whoever asks for it, and its rows as they must come.
pub struct Listing {
    pub caller: Caller,
    /// The query around the list, `{page}` where arguments and selection stand.
    pub around: String,
    /// The `order` to ask for, where the list has several.
    pub order: Option<String>,
    /// Where the connection stands in `data`.
    pub at: &'static str,
    /// The selection in a node that tells rows apart, and where its value stands.
    pub label: (&'static str, &'static str),
    /// Whether the connection has a `totalCount`.
    pub is_counted: bool,
    /// The labels in the list's order.
    pub rows: Vec<String>,
}

const ARGUMENTS: &str = "first: $first, after: $after, last: $last, before: $before";

impl Listing {
    /// Asks for a page.
    pub async fn ask(&self, variables: Value) -> Value {
        let label = self.label.0;
        let count = if self.is_counted { "totalCount" } else { "" };
        let order = self.order.as_ref().map(|order| format!("order: {order}, "));
        let order = order.unwrap_or_default();
        let page = format!(
            "({order}{ARGUMENTS}) {{ edges {{ cursor node {{ {label} }} }} nodes {{ {label} }} {count} \
             pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }}"
        );
        let query = format!(
            "query($first: Int, $after: String, $last: Int, $before: String) {}",
            self.around.replace("{page}", &page)
        );
        let data = self.caller.query(&query, variables).await;
        data.pointer(self.at)
            .unwrap_or_else(|| panic!("{data}"))
            .clone()
    }

    /// The labels of a page's nodes.
    pub fn labels(&self, page: &Value) -> Vec<String> {
        let nodes = page["nodes"].as_array().expect("nodes").iter();
        nodes.map(|node| self.read(node)).collect()
    }

    fn read(&self, node: &Value) -> String {
        let label = node.pointer(self.label.1).and_then(Value::as_str);
        label.unwrap_or_else(|| panic!("{node}")).to_owned()
    }

    /// The cursor of every row, after checking that the whole list is as expected.
    pub async fn cursors(&self) -> Vec<String> {
        let all = self.ask(json!({ "first": 100 })).await;
        assert_eq!(self.labels(&all), self.rows);
        let edges = all["edges"].as_array().expect("edges").iter();
        edges.map(|edge| cursor(&edge["cursor"])).collect()
    }

    /// Asks for `wanted` and compares everything the page says with the list.
    pub async fn check(&self, cursors: &[String], wanted: &Wanted) -> Result<(), TestCaseError> {
        let at = |place: Option<usize>| place.map(|place| cursors[place].as_str());
        let mut variables = json!({ "after": at(wanted.after), "before": at(wanted.before) });
        for (name, size) in [("first", wanted.first), ("last", wanted.last)] {
            if let Some(size) = size {
                variables[name] = json!(size);
            }
        }
        let page = self.ask(variables).await;
        let places = wanted.places(self.rows.len());
        let rows = &self.rows[places.clone()];
        prop_assert_eq!(&self.labels(&page), rows);
        let edges = page["edges"].as_array().expect("edges");
        let labels: Vec<_> = edges.iter().map(|edge| self.read(&edge["node"])).collect();
        prop_assert_eq!(&labels, rows);
        let given: Vec<_> = edges.iter().map(|edge| cursor(&edge["cursor"])).collect();
        prop_assert_eq!(&given, &cursors[places.clone()]);
        // An empty page lies between its cursors, whose rows are all there.
        let (before, after) = match places.is_empty() {
            true => (wanted.after.is_some(), wanted.before.is_some()),
            false => (places.start > 0, places.end < self.rows.len()),
        };
        let info = json!({
            "hasPreviousPage": before, "hasNextPage": after,
            "startCursor": given.first(), "endCursor": given.last(),
        });
        prop_assert_eq!(&page["pageInfo"], &info);
        if self.is_counted {
            prop_assert_eq!(&page["totalCount"], &json!(self.rows.len()));
        }
        Ok(())
    }
}

pub fn cursor(value: &Value) -> String {
    value.as_str().expect("a cursor").to_owned()
}
