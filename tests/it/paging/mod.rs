//! Pages of every list there is, against lists that are kept beside them in plain Rust.

mod cursors;
mod hidden;
mod listing;
mod lists;
mod masks;
mod nested;
mod random;
mod sizes;
mod threads;
mod walks;
