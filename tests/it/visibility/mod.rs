//! Who sees what: the rules R1, R2, R6, R9, R10, R12, R14 and R32 of the design, as far as built.

mod nodes;
mod oracle;
mod paths;
mod property;
mod targets;
mod world;
