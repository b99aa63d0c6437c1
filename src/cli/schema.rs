//! `rookery schema`.

use clap::Args;

use crate::{
    app::StartResult,
    graphql::{
        guard::{Guard, Limits, SchemaTypes},
        schema::{Schema, build, sdl},
    },
    platform::config::Switch,
};

#[derive(Args)]
pub(super) struct SchemaArgs {
    /// Print docs/cost.md instead: what every field costs.
    #[arg(long)]
    cost: bool,
}

/// Prints the schema, or what its fields cost.
pub(super) fn run(args: &SchemaArgs) -> StartResult<()> {
    let schema = build(Switch::On);
    match args.cost {
        true => print!("{}", cost(&schema)?),
        false => print!("{}", sdl(&schema)),
    }
    Ok(())
}

const INTRO: &str = "\
# Cost

Made by `rookery schema --cost > docs/cost.md` from the rules that charge. Tests say when it is out \
of date, that queries are charged what stands here, and that this is true of the database.

An operation costs the sum of its fields, with fragments in their places and whatever `@skip` and \
`@include` say. `rateLimit { cost remaining limit resetAt }` tells what one has cost. More than \
ROOKERY_MAX_COST points are refused (`QUERY_TOO_COMPLEX`), and so is what a caller's budget of the \
minute does not hold (`RATE_LIMITED`).

- **base** is paid once for a field.
- **selected** is the cost of what is selected below a field; of an interface or a union what is \
selected for all, and the dearest of its types.
- **item** is what `nodes` and `edges` of a page cost for each item, and at least 1: a page reads \
its rows, whatever is selected of them.
- **n** is how many items are asked for. A list without pages is taken to have five.
- A mutation and each event of a subscription cost what is selected of them.

`{ explore(first: 10) { nodes { author { handle } } pageInfo { hasNextPage } } }` costs 1 for the \
page, 1 for `pageInfo`, and 10 × (1 for a post + 1 for its author): 22.

## What it promises

Tests hold these against both databases, for every field and for random queries.

- **Statements**: one to find out who asks, and one for each field that is selected, however many \
parents it has and whatever `first` is. These need more: `Post.mentions`, `Comment.mentions`, \
`Query.trendingHashtags`, `Viewer.isTotpEnabled` and `Viewer.recoveryCodesLeft` 2; the fields of \
`Notification` 3, as the `totalCount` of its actors; those of `Report` 3 or 4; `Query.nodes` one for each type of what it finds.
- **Rows**: the database returns at most 16 for each point. An object comes with what its free \
fields are read from: numbers, marks of the viewer, the options of a poll. Lists without pages may \
hold more than the five that are paid for, within limits of their own: 10 pictures, 10 options, \
20 emojis, 30 hashtags, 50 mentions.
- **Rows looked at**: to fill a page of n with what the viewer may see, the database looks at no \
more than 10 × n + 200 rows; for `totalCount`, at 10,200.
";

/// What every field costs, with the rules before it.
fn cost(schema: &Schema) -> StartResult<String> {
    let types = SchemaTypes::from_sdl(&schema.sdl()).map_err(|error| error.to_string())?;
    Ok(format!(
        "{INTRO}{}",
        Guard::new(types, Limits::default()).sheet()
    ))
}
