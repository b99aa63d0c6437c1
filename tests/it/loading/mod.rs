//! How much it costs to answer, and what is left when a part cannot be answered.
