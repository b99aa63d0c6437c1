//! Privacy: a copy of what is held about oneself, and the map of what is held about anybody.
//!
//! Owns `data_export`. Whoever asks gets one archive, at most once a day: every row of theirs that
//! the domains name to [`personal`](crate::personal), and the files that they uploaded. A worker
//! writes it ([`writing`]) through a file, a page at a time, and puts it into the object store
//! under a random name. Its address is for its person alone, signed and short-lived; after a week
//! the object goes, and the row says that it has been there.
//!
//! And the end of an account ([`erasure`]): when its time of grace is over, every domain takes the
//! person out of its tables, the log forgets them, and the person is gone.

mod archive;
pub mod commands;
pub mod entity;
pub mod erasure;
pub mod graphql;
pub mod lists;
pub mod loaders;
pub mod objects;
pub mod personal;
pub mod policy;
pub mod words;
pub mod writing;
