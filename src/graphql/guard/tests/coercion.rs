//! Which values fit which types, in the text and in what is sent for variables.

use async_graphql::Variables;
use serde_json::{Value, json};

use super::super::{Code, Guard, Judged, Limits, Refusal, SchemaTypes};
use super::{on_stack, variables};

const SDL: &str = r#"
    type Query {
      id: ID
      int(a: Int): Query float(a: Float): Query string(a: String): Query boolean(a: Boolean): Query
      anyId(a: ID): Query color(a: Color): Query moment(a: Moment): Query never(a: String!): Query
      default(a: String! = "x"): Query ints(a: [Int!]): Query grid(a: [[Int]]): Query
      input(a: Input): Query inputs(a: [Input!]!): Query
    }
    type Mutation { input(a: Input): Query }
    enum Color { RED }
    extend enum Color { BLUE }
    scalar Moment
    input Input { need: String! text: String color: Color default: Int! = 1 more: Input list: [Input!] }
    extend input Input { later: Int }
"#;

fn judge(query: &str, sent: &Variables) -> Result<Judged, Refusal> {
    let Ok(types) = SchemaTypes::from_sdl(SDL) else {
        panic!("the schema must be read")
    };
    Guard::new(types, Limits::default()).check(query, None, sent)
}

fn literal(argument: &str) -> Result<Judged, Refusal> {
    judge(&format!("{{ {argument} {{ id }} }}"), &Variables::default())
}

fn sent(declared: &str, value: &Value) -> Result<Judged, Refusal> {
    let query = format!("query($a: {declared}) {{ id }}");
    judge(&query, &variables(json!({ "a": value })))
}

#[track_caller]
fn refused(judged: Result<Judged, Refusal>, code: Code, message: &str) {
    match judged {
        Ok(_) => panic!("accepted, and not: {message}"),
        Err(refusal) => {
            assert_eq!((refusal.code, refusal.message.as_str()), (code, message));
            assert_eq!(refusal.locations.len(), 1, "{refusal}");
        }
    }
}

/// What fits and what does not, as a literal, as a default and as sent.
#[track_caller]
fn assert_scalar(field: &str, ty: &str, fit: &[&str], unfit: &[(&str, &str)]) {
    let json = |text: &str| serde_json::from_str::<Value>(text).ok();
    let default = |value: &str| {
        let query = format!("query($a: {ty} = {value}) {{ id }}");
        judge(&query, &Variables::default())
    };
    for value in fit {
        assert!(literal(&format!("{field}(a: {value})")).is_ok(), "{value}");
        assert!(default(value).is_ok(), "{value}");
        assert!(
            json(value).is_some_and(|value| sent(ty, &value).is_ok()),
            "{value}"
        );
    }
    for (value, found) in unfit {
        let says = |what: &str| format!("The {what} must be of type `{ty}`, not {found}.");
        let written = literal(&format!("{field}(a: {value})"));
        refused(written, Code::ValidationFailed, &says("argument `a`"));
        let says_default = says("default of `$a`");
        refused(default(value), Code::ValidationFailed, &says_default);
        // Objects and bare names are written differently in JSON.
        if let Some(value) = json(value) {
            refused(sent(ty, &value), Code::BadUserInput, &says("variable `$a`"));
        }
    }
}

#[test]
fn an_int_is_a_whole_number_of_32_bits() {
    let fit = ["0", "-2147483648", "2147483647", "null"];
    let unfit = [
        ("2147483648", "a number beyond 32 bits"),
        ("-2147483649", "a number beyond 32 bits"),
        ("99999999999999999999", "a number beyond 32 bits"),
        ("1.5", "a number with a fraction"),
        ("\"7\"", "a string"),
        ("true", "a boolean"),
        ("[1]", "a list"),
        ("{}", "an object"),
        ("RED", "a bare name"),
    ];
    assert_scalar("int", "Int", &fit, &unfit);
}

#[test]
fn the_other_scalars_take_their_own_kind() {
    let list = ("[]", "a list");
    let unfit = [("\"1.5\"", "a string"), ("true", "a boolean"), list];
    assert_scalar("float", "Float", &["1.5", "7", "-1e3"], &unfit);
    let unfit = [("7", "a number"), ("true", "a boolean"), list];
    assert_scalar("string", "String", &["\"\"", "\"7\""], &unfit);
    let unfit = [("0", "a number"), ("\"true\"", "a string"), list];
    assert_scalar("boolean", "Boolean", &["true", "false"], &unfit);
    let unfit = [
        ("1.5", "a number with a fraction"),
        ("18446744073709551615", "a number beyond 64 bits"),
        ("true", "a boolean"),
        list,
    ];
    assert_scalar("anyId", "ID", &["\"x\"", "7", "9007199254740993"], &unfit);
}

#[test]
fn custom_scalars_and_unknown_names_are_left_to_the_engine() {
    let fit = ["7", "\"x\"", "[true]", "null"];
    assert_scalar("moment", "Moment", &fit, &[]);
    assert!(literal("moment(a: {a: [7]})").is_ok());
    assert!(sent("Nothing", &json!({ "a": [7] })).is_ok());
    assert!(sent("Query", &json!(7)).is_ok());
    for unknown in ["nothing(a: 7)", "string(b: 7)", "id @nothing(a: 7)"] {
        assert!(
            judge(&format!("{{ {unknown} }}"), &Variables::default()).is_ok(),
            "{unknown}"
        );
    }
}

#[test]
fn an_enum_is_a_bare_name_in_the_text_and_a_string_in_json() {
    for color in ["RED", "BLUE"] {
        assert!(literal(&format!("color(a: {color})")).is_ok());
        assert!(sent("Color", &json!(color)).is_ok());
    }
    let code = Code::ValidationFailed;
    let says = |what: &str, end: &str| format!("The {what} must be {end}.");
    let none = "a value of `Color`, which has no `GREEN`";
    let text = "of type `Color`, not a string";
    let number = "of type `Color`, not a number";
    for (value, end) in [("GREEN", none), ("\"RED\"", text), ("7", number)] {
        let judged = literal(&format!("color(a: {value})"));
        refused(judged, code, &says("argument `a`", end));
        let default = format!("query($a: Color = {value}) {{ id }}");
        let judged = judge(&default, &Variables::default());
        refused(judged, code, &says("default of `$a`", end));
    }
    for (value, end) in [(json!("GREEN"), none), (json!(7), number)] {
        let message = says("variable `$a`", end);
        refused(sent("Color", &value), Code::BadUserInput, &message);
    }
}

#[test]
fn one_item_stands_for_a_list_and_each_item_is_judged() {
    for (ty, field) in [("[Int!]", "ints"), ("[[Int]]", "grid")] {
        assert_scalar(field, ty, &["7", "[]", "[7, 8]", "null"], &[]);
    }
    assert_scalar("grid", "[[Int]]", &["[[1, null], null, 7]"], &[]);
    for (ty, value, says) in [
        (
            "[Int!]",
            "\"x\"",
            "`$a` must be of type `Int`, not a string.",
        ),
        (
            "[Int!]",
            "[1, null]",
            "`$a[1]` must be of type `Int!`, not null.",
        ),
        (
            "[Int!]",
            "[[1]]",
            "`$a[0]` must be of type `Int`, not a list.",
        ),
        (
            "[[Int]]",
            "[1, [2, true]]",
            "`$a[1][1]` must be of type `Int`, not a boolean.",
        ),
    ] {
        let Ok(json) = serde_json::from_str::<Value>(value) else {
            panic!("{value}")
        };
        let message = format!("The variable {says}");
        refused(sent(ty, &json), Code::BadUserInput, &message);
        let query = format!("query($a: {ty} = {value}) {{ id }}");
        let message = format!("The default of {says}");
        refused(
            judge(&query, &Variables::default()),
            Code::ValidationFailed,
            &message,
        );
    }
}

#[test]
fn an_input_has_what_it_requires_and_nothing_unknown_at_every_depth() {
    let fine = json!({ "need": "x", "color": "RED", "later": null, "text": null,
        "more": { "need": "y", "default": 2 }, "list": { "need": "z" } });
    assert!(sent("Input", &fine).is_ok());
    assert!(sent("[Input!]!", &fine).is_ok());
    for (value, says) in [
        (
            json!({}),
            "` lacks the field `need`, which `Input` requires.",
        ),
        (json!("x"), "` must be of type `Input`, not a string."),
        (json!([]), "` must be of type `Input`, not a list."),
        (
            json!({ "need": null }),
            ".need` must be of type `String!`, not null.",
        ),
        (
            json!({ "need": "x", "default": null }),
            ".default` must be of type `Int!`, not null.",
        ),
        (
            json!({ "need": "x", "neeed": 1 }),
            "` has the field `neeed`, which `Input` does not know.",
        ),
        (
            json!({ "need": "x", "later": "1" }),
            ".later` must be of type `Int`, not a string.",
        ),
        (
            json!({ "need": "x", "more": { "need": 7 } }),
            ".more.need` must be of type `String`, not a number.",
        ),
        (
            json!({ "need": "x", "list": [{ "need": "y" }, {}] }),
            ".list[1]` lacks the field `need`, which `Input` requires.",
        ),
    ] {
        let message = format!("The variable `$a{says}");
        refused(sent("Input", &value), Code::BadUserInput, &message);
    }
    let Err(refusal) =
        literal("id inputs(a: [{need: \"x\"},\n {need: \"y\", more: {color: RED}}])")
    else {
        panic!("accepted")
    };
    assert_eq!(
        refusal.message,
        "The argument `a[1].more` lacks the field `need`, which `Input` requires."
    );
    assert_eq!(
        (refusal.locations[0].line, refusal.locations[0].column),
        (1, 16)
    );
}

#[test]
fn null_never_stands_where_null_may_not() {
    for argument in ["never(a: null)", "default(a: null)"] {
        let says = "The argument `a` must be of type `String!`, not null.";
        refused(literal(argument), Code::ValidationFailed, says);
    }
    let judged = judge("query($a: Int! = null) { id }", &Variables::default());
    let says = "The default of `$a` must be of type `Int!`, not null.";
    refused(judged, Code::ValidationFailed, says);
    let judged = sent("Int!", &json!(null));
    refused(
        judged,
        Code::BadUserInput,
        "The variable `a` of type Int! has no value.",
    );
}

#[test]
fn an_omitted_variable_hides_nothing_beside_it() {
    for (wrong, says) in [
        (
            "later: \"x\"",
            "`a.later` must be of type `Int`, not a string.",
        ),
        (
            "nothing: 1",
            "`a` has the field `nothing`, which `Input` does not know.",
        ),
        (
            "list: [{need: $b}, {need: 7}]",
            "`a.list[1].need` must be of type `String`, not a number.",
        ),
    ] {
        let input = format!("input(a: {{need: \"x\", text: $a, {wrong}}}) {{ id }}");
        for query in [
            format!("mutation($a: String, $b: String = \"x\") {{ {input} }}"),
            format!(
                "query($a: String, $b: String = \"x\") {{ ...f }} fragment f on Query {{ {input} }}"
            ),
            format!(
                "query($a: String, $b: String = \"x\") {{ id ... @skip(if: true) {{ {input} }} }}"
            ),
        ] {
            let message = format!("The argument {says}");
            refused(
                judge(&query, &Variables::default()),
                Code::ValidationFailed,
                &message,
            );
        }
    }
    let judged = judge("{ id @skip(if: 1) }", &Variables::default());
    let says = "The argument `if` must be of type `Boolean`, not a number.";
    refused(judged, Code::ValidationFailed, says);
}

#[test]
fn only_the_variables_of_the_operation_are_judged_and_each_once() {
    let query = "query($a: Int, $a: String) { id }";
    assert!(judge(query, &variables(json!({ "a": 7, "b": [{}] }))).is_ok());
    let long = "x".repeat(5_000);
    let query = format!("query(${long}: Int) {{ id }}");
    let judged = judge(&query, &variables(json!({ long: "x" })));
    assert!(judged.is_err_and(|refusal| refusal.message.len() < 250));
}

#[test]
fn deep_and_wide_values_need_little_stack_and_work() {
    let deep = "{need: \"x\", more: ".repeat(60) + "{need: \"x\"}" + &"}".repeat(60);
    let wide = format!("[{}]", "{need: \"x\"} ".repeat(90));
    on_stack(2 * 1024 * 1024, || {
        for (field, value) in [("input", &deep), ("inputs", &wide)] {
            let Ok(judged) = literal(&format!("{field}(a: {value})")) else {
                panic!("refused: {value}")
            };
            let words = value.split([' ', ':', '{', '}']).count();
            assert!(
                judged.steps <= 10 * words,
                "{} steps for {words}",
                judged.steps
            );
        }
    });
}
