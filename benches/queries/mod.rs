//! The parts of the bench of queries.
//!
//! [`sample`] draws variables out of the database, [`people`] makes viewers who are signed in,
//! [`targets`] starts the servers and builds what each is asked, [`oracle`] says what the first
//! answers must be, [`cell`] measures one query at one target, and [`table`] prints it.

pub mod alone;
pub mod answers;
pub mod arguments;
pub mod asks;
pub mod cell;
pub mod children;
pub mod clients;
pub mod cpu;
pub mod database;
pub mod later;
pub mod oracle;
pub mod peers;
pub mod people;
pub mod query;
pub mod sample;
pub mod table;
pub mod targets;
pub mod wire;

/// Why the bench cannot go on: for people to read.
pub type Result<T, E = String> = std::result::Result<T, E>;
