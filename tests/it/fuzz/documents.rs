//! Documents: the guard lets nothing through that is larger than it says, and what it lets through
//! is answered.

use async_graphql::{Variables, parser::types::OperationType};
use proptest::{prelude::*, test_runner::TestCaseResult};
use rookery::graphql::guard::{
    Checked, Guard, Judged, Limits, SchemaTypes, check_json_nesting, scan,
};
use serde_json::Value;

use super::{
    Tally, campaign,
    choices::{changed_text, changes, choices, text},
    grammar::{Grown, SDL, grow},
    recount,
    stage::{STACK, Stage, check},
};

/// A document that is grown, then changed; or any text.
fn requests(ids: Vec<String>) -> impl Strategy<Value = Grown> {
    let grown = (choices(500), changes(4), changes(3), any::<u8>());
    let grown = grown.prop_map(move |(made, in_query, in_variables, which)| {
        let mut grown = grow(&made, &ids);
        // Most noise in the text is refused at the door, so most of it stays as it grew.
        if which < 80 {
            grown.query = changed_text(&grown.query, &in_query);
        }
        if (60..120).contains(&which) {
            grown.variables = changed_text(&grown.variables, &in_variables);
        }
        grown
    });
    let any_text = (text(), text()).prop_map(|(query, variables)| Grown {
        query,
        variables,
        subscribes: false,
    });
    prop_oneof![12 => grown, 1 => any_text]
}

/// What passes is within every limit, and judging it took steps by its length.
fn within(
    grown: &Grown,
    (checked, judged): (&Checked, &Judged),
    limits: &Limits,
) -> TestCaseResult {
    let Grown {
        query, variables, ..
    } = grown;
    prop_assert!(query.len() <= limits.query_bytes);
    let scanned = scan(query, limits).map_err(|refusal| TestCaseError::fail(refusal.message))?;
    prop_assert!(scanned.tokens <= limits.tokens && scanned.depth <= limits.nesting);
    let count = recount::count(checked.document(), limits.selections);
    let bounds = [
        (count.operations, limits.operations, "operations"),
        (count.fragments, limits.fragments, "fragments"),
        (count.aliases, limits.aliases, "aliases"),
        (count.directives, limits.directives, "directives"),
        (count.selections, limits.selections, "selections"),
        (count.depth, limits.depth, "levels"),
        (count.root_fields, limits.query_root_fields, "root fields"),
        (
            judged.root_fields.len(),
            count.root_fields.max(1),
            "names of root fields",
        ),
    ];
    for (found, most, what) in bounds {
        prop_assert!(
            found <= most,
            "{found} {what}, and {most} are allowed: {count:?}"
        );
    }
    if count.operations == 1 {
        let most = match judged.operation {
            OperationType::Query => limits.query_root_fields,
            OperationType::Mutation => limits.mutation_root_fields,
            OperationType::Subscription => limits.subscription_root_fields,
        };
        prop_assert!(
            count.root_fields <= most,
            "{} root fields",
            count.root_fields
        );
    }
    prop_assert!(judged.cost <= limits.cost);
    let length = scanned.tokens + variables.len();
    prop_assert!(
        judged.steps <= 10 * length,
        "{} steps for {length}",
        judged.steps
    );
    Ok(())
}

fn judge(guard: &Guard, grown: &Grown, passed: &Tally) -> TestCaseResult {
    let limits = guard.limits();
    let (query, variables) = (&grown.query, &grown.variables);
    if check_json_nesting(variables.as_bytes(), limits).is_err() {
        return Ok(());
    }
    let json: Value = serde_json::from_str(variables).unwrap_or_default();
    let judged = guard.read(query).and_then(|checked| {
        let judged = guard.judge(&checked, None, &Variables::from_json(json))?;
        Ok((checked, judged))
    });
    match judged {
        Ok((checked, judged)) => {
            passed.add(&judged.operation.to_string());
            within(grown, (&checked, &judged), limits)
        }
        Err(refusal) => {
            passed.add(&format!("{:?}", refusal.code));
            prop_assert!(!refusal.message.is_empty());
            prop_assert!(
                refusal.message.len() < 1_000,
                "{} bytes",
                refusal.message.len()
            );
            let lines = query.split('\n').count();
            prop_assert!(refusal.locations.iter().all(|pos| pos.line <= lines));
            Ok(())
        }
    }
}

#[test]
fn what_the_guard_lets_through_is_within_every_limit() {
    let ids = vec!["User_AAAAAAAAAAAAAAAAAAAAAA".to_owned()];
    let fuzzing = move || {
        let types = SchemaTypes::from_sdl(SDL).unwrap();
        let guard = Guard::new(types, Limits::default());
        let tally = Tally::default();
        campaign("guard", 400, &requests(ids), |grown| {
            judge(&guard, &grown, &tally)
        });
        tally.has(&[
            "query",
            "mutation",
            "ParseFailed",
            "ValidationFailed",
            "TooComplex",
        ]);
    };
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread.spawn(fuzzing).unwrap().join().unwrap();
}

#[test]
fn what_the_guard_lets_through_is_answered_and_nothing_breaks() {
    let (stage, tally) = (Stage::begin(), Tally::default());
    campaign("documents", 100, &requests(stage.ids.clone()), |grown| {
        let variables = serde_json::from_str(&grown.variables).unwrap_or_default();
        let answer = stage.ask(None, &grown.query, &variables);
        check(&answer)?;
        tally.add(answer.outcome());
        if answer.status == 401 {
            stage.replace_ada();
        }
        let ran = answer.status == 200 && answer.body["data"].is_object();
        prop_assert!(ran || answer.body["errors"].is_array(), "{answer:?}");
        prop_assert!(
            !ran || !grown.subscribes
                || grown.query.contains("mutation")
                || grown.query.contains("query")
        );
        Ok(())
    });
    tally.has(&["data", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"]);
}
