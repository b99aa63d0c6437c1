//! The guard against hostile and ordinary documents.

mod bounds;
mod coercion;
mod cost;
mod hostile;
mod lexers;
mod positions;
mod scan;

use async_graphql::Variables;
use serde_json::Value;

use super::{Code, Guard, Judged, Limits, Refusal, SchemaTypes};

/// A schema with every shape that has a price of its own.
const SDL: &str = r#"
    interface Node { id: ID! }
    interface Reactable implements Node { id: ID! reactions(first: Int, last: Int): ReactionConnection }
    type Query {
      node(id: ID!): Node
      nodes(ids: [ID!]!): [Node]
      viewer: User
      search(query: String!, first: Int): SearchConnection
      explore(first: Int, last: Int): PostConnection
      schemaVersion: String
    }
    type Mutation { createPost(input: CreatePostInput!): CreatePostPayload }
    type Subscription { postAdded: Post }
    input CreatePostInput { body: String! tags: [String!] }
    type CreatePostPayload { post: Post userErrors: [UserError!]! }
    type UserError { message: String! }
    type User implements Node { id: ID! handle: String! posts(first: Int, last: Int): PostConnection }
    type Post implements Node & Reactable {
      id: ID! body: String author: User mentions: [User!] tags: [String!] quoteOf: PostReference
      reactions(first: Int, last: Int): ReactionConnection
      comments(first: Int, last: Int): PostConnection
    }
    type PostTombstone { reason: String! }
    union PostReference = Post | PostTombstone
    union SearchHit = Post | User
    type SearchConnection { nodes: [SearchHit!]! pageInfo: PageInfo! }
    type PostConnection { edges: [PostEdge!]! nodes: [Post!]! pageInfo: PageInfo! }
    type PostEdge { cursor: String! node: Post }
    type Reaction { emoji: String! user: User }
    type ReactionConnection { nodes: [Reaction!]! pageInfo: PageInfo! totalCount: Int }
    type PageInfo { hasNextPage: Boolean! }
"#;

/// The introspection query of common clients, without its scalar fields.
const INTROSPECTION_QUERY: &str = "
    query IntrospectionQuery { __schema { queryType { name } mutationType { name } subscriptionType { name }
      types { ...FullType } directives { name locations args { ...InputValue } } } }
    fragment FullType on __Type { kind name fields(includeDeprecated: true) { name args { ...InputValue }
      type { ...TypeRef } } inputFields { ...InputValue } interfaces { ...TypeRef }
      enumValues(includeDeprecated: true) { name } possibleTypes { ...TypeRef } }
    fragment InputValue on __InputValue { name type { ...TypeRef } defaultValue }
    fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
      ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    } } } } } } } } } }
";

fn guard(limits: Limits) -> Guard {
    match SchemaTypes::from_sdl(SDL) {
        Ok(types) => Guard::new(types, limits),
        Err(error) => panic!("{error}"),
    }
}

impl Guard {
    /// Reads a document and judges a request for it.
    fn check(
        &self,
        query: &str,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Result<Judged, Refusal> {
        self.judge(&self.read(query)?, operation_name, variables)
    }
}

fn check(query: &str) -> Result<Judged, Refusal> {
    guard(Limits::default()).check(query, None, &Variables::default())
}

fn accepted(query: &str) -> Judged {
    check(query).unwrap_or_else(|refusal| panic!("refused: {refusal}\n{query}"))
}

fn refused(query: &str) -> Refusal {
    match check(query) {
        Ok(judged) => panic!("accepted at cost {}: {query}", judged.cost),
        Err(refusal) => refusal,
    }
}

#[track_caller]
fn assert_refused(query: &str, code: Code, message: &str) {
    let refusal = refused(query);
    assert_eq!(
        (refusal.code, refusal.message.contains(message)),
        (code, true),
        "{refusal}"
    );
}

fn variables(json: Value) -> Variables {
    Variables::from_json(json)
}

/// Runs in a thread with a small stack; an overflow ends the whole test process.
fn on_stack<T: Send>(bytes: usize, work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(bytes)
            .spawn_scoped(scope, work);
        match thread.map(|thread| thread.join()) {
            Ok(Ok(result)) => result,
            other => panic!("the thread did not finish: {:?}", other.map(|_| ())),
        }
    })
}
