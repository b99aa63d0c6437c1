//! The sizes that one request may have.
//!
//! They live in one structure, so that the configuration can change each of them and print all of
//! them, and so that the tests can shrink one at a time.

/// Upper bounds for one request. A value equal to its limit is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of query text: 16 KiB. A feed with authors, media, polls and comments takes half of one.
    pub query_bytes: usize,
    /// Lexical tokens, commas and comments aside: 2,000. Judging that many takes about 2 ms.
    pub tokens: usize,
    /// Brackets of any kind open at once in the text: 64. A few hundred can end the stack of the
    /// recursive parser in a debug build.
    pub nesting: usize,
    /// Arrays and objects open at once in the JSON body: 64, which leaves variables as much room as
    /// literals have.
    pub json_nesting: usize,
    /// Selection sets inside one another once fragments stand in their places: 32. Validation
    /// recurses once for each, inline fragments and spreads included, and async-graphql itself
    /// refuses more than 32.
    pub expanded_nesting: usize,
    /// Fields inside one another: 15. Introspection has its own limit.
    pub depth: usize,
    /// Fields inside one another from `__schema` or `__type` down: 20. The common introspection
    /// query has 15.
    pub introspection_depth: usize,
    /// Lists that lead from types back to types (`fields`, `possibleTypes`, …) inside one another
    /// below `__schema` or `__type`: 2. The common introspection query has 2; each more multiplies
    /// the answer by the size of a type.
    pub introspection_lists: usize,
    /// Aliases written in the document: 30. Aliases repeated through fragments count among the
    /// selections.
    pub aliases: usize,
    /// Directives written in the document, wherever the grammar allows them: 50.
    pub directives: usize,
    /// Root fields of a query, once fragments stand in their places: 20.
    pub query_root_fields: usize,
    /// Root fields of a mutation: 5. They run one after the other, each in its own transaction.
    pub mutation_root_fields: usize,
    /// Root fields of a subscription: 1, as the GraphQL specification has it.
    pub subscription_root_fields: usize,
    /// Operations in a document: 5. Only one runs; the others cost parsing and validation.
    pub operations: usize,
    /// Fragment definitions in a document: 50.
    pub fragments: usize,
    /// Fields, inline fragments and spreads of all operations, once fragments stand in their
    /// places: 5,000.
    pub selections: usize,
    /// Items in one list, literal or variable: 100, the largest page.
    pub list_items: usize,
    /// Cost of the chosen operation, in objects loaded: 5,000. `cost.rs` has the rules.
    pub cost: u32,
    /// Items that a page is priced at without `first` and `last`: 20, the default of every
    /// connection.
    pub default_page: u32,
    /// Items that a page is priced at most: 100. The field itself refuses more.
    pub max_page: u32,
    /// Items that a list without paging is priced at: 5. Such lists are short by design (media,
    /// reaction groups).
    pub plain_list: u32,
    /// Price of `totalCount`: 50 objects. It counts up to 1,000 rows.
    pub total_count: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            query_bytes: 16 * 1024,
            tokens: 2_000,
            nesting: 64,
            json_nesting: 64,
            expanded_nesting: 32,
            depth: 15,
            introspection_depth: 20,
            introspection_lists: 2,
            aliases: 30,
            directives: 50,
            query_root_fields: 20,
            mutation_root_fields: 5,
            subscription_root_fields: 1,
            operations: 5,
            fragments: 50,
            selections: 5_000,
            list_items: 100,
            cost: 5_000,
            default_page: 20,
            max_page: 100,
            plain_list: 5,
            total_count: 50,
        }
    }
}
