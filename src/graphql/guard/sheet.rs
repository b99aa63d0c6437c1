//! What every field costs, as a sheet for people: made from the rules that charge.

use super::cost::Rule;
use super::schema_types::FieldType;
use super::{Guard, Limits};

const HEAD: &str = "| field | base | multiplied | sized by |\n|---|---|---|---|\n";

impl Guard {
    /// The cost of every field that can be asked for, in tables: one for each type, by name.
    pub fn sheet(&self) -> String {
        let mut names: Vec<_> = self.types.types.keys().collect();
        names.sort();
        let mut sheet = String::new();
        for name in names {
            let Some(ty) = self.types.get(name).filter(|ty| !ty.fields.is_empty()) else {
                continue;
            };
            let mut fields: Vec<_> = ty.fields.iter().collect();
            fields.sort_by_key(|(name, _)| name.as_str());
            sheet += &format!("\n## {name}\n\n{HEAD}");
            for (field_name, field) in fields {
                let [base, multiplied, sized] =
                    columns(Rule::of(ty, field_name, field), field, &self.limits);
                sheet += &format!("| {name}.{field_name} | {base} | {multiplied} | {sized} |\n");
            }
        }
        sheet
    }
}

/// What is paid once, what is paid for each item, and what says how many there are.
fn columns(rule: Rule, field: &FieldType, limits: &Limits) -> [String; 3] {
    let row = |base: u32, multiplied: &str, sized: &str| {
        [base.to_string(), multiplied.to_owned(), sized.to_owned()]
    };
    let (largest, usual) = (limits.max_page, limits.default_page);
    match rule {
        Rule::Free => row(0, "", ""),
        Rule::Count => row(limits.total_count, "", ""),
        Rule::Object => row(1, "+ selected", ""),
        Rule::Nodes => row(0, "1 + selected, for each item", "the page"),
        Rule::Edges => row(0, "selected, for each item", "the page"),
        Rule::List if field.arguments.contains_key("ids") => row(
            1,
            "+ n × (1 + selected)",
            &format!("n: `ids`, at most {largest}"),
        ),
        Rule::List => {
            let items = limits.plain_list;
            row(1, &format!("+ {items} × (1 + selected)"), "")
        }
        Rule::Page => {
            let sizes = ["first", "last"]
                .into_iter()
                .filter(|name| field.arguments.contains_key(*name));
            let sizes: Vec<_> = sizes.map(|name| format!("`{name}`")).collect();
            let sizes = sizes.join(" or ");
            row(
                1,
                "+ selected + n × item",
                &format!("n: {sizes}, 1 to {largest}; {usual} without"),
            )
        }
    }
}
