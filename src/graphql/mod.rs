//! The schema and the one executor that runs it.
//!
//! Data flows one way: a request enters [`executor::GuardedExecutor`], is judged by [`guard`],
//! resolved by the `graphql.rs` files of the domains (which only translate), loaded through
//! [`loaders`], and leaves with its errors coded and masked by [`errors`].

pub mod audit;
pub mod budget;
pub mod connection;
pub mod context;
mod course;
pub mod documents;
pub mod errors;
pub mod executor;
pub mod guard;
pub mod lanes;
pub mod level;
pub mod live;
pub mod loaders;
mod measure;
pub mod node;
pub mod refused;
pub mod roots;
pub mod rounds;
pub mod scalars;
pub mod schema;
pub mod subscription;
