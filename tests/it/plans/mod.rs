//! What the database does for a request, in data sets large enough for it to matter.

mod adversaries;
mod conversations;
mod hot;
mod settings;
mod society;
