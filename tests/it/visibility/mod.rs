//! Who sees what: the rules of the design, as far as built, against an oracle.

mod abilities;
mod acts;
mod answers;
mod cast;
mod causes;
mod compare;
mod dice;
mod found;
mod graph;
mod grown;
mod lists;
mod living;
mod matrix;
mod matrix_rows;
mod matrix_told;
mod media;
mod nodes;
mod oracle;
mod property;
mod reports;
mod rows;
mod scene;
mod talks;
mod targets;
mod told;
mod world;
