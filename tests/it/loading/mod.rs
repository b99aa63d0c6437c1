//! How much it costs to answer, and what is left when a part cannot be answered.

mod failing;
mod levels;
mod load;
mod options;
mod screens;
mod town;
mod vanishing;
