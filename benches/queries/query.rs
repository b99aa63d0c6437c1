//! The six queries.

use clap::ValueEnum;

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub enum Query {
    /// A page of 20 posts with author, counts and 5 comments with their authors.
    #[value(name = "Q1")]
    Explore,
    /// A person, 10 posts, 10 comments of each, their authors, 3 posts of each, their author.
    #[value(name = "Q2")]
    Deep,
    /// A person by handle, with the count of followers.
    #[value(name = "Q3")]
    Person,
    /// 20 conversations with their members and last message, and 20 messages of one.
    #[value(name = "Q4")]
    Talks,
    /// The home timeline of somebody who follows about 2,000.
    #[value(name = "Q5")]
    FeedOfMany,
    /// The home timeline of somebody who follows about 40.
    #[value(name = "Q5-40")]
    FeedOfFew,
    /// A comment is created and returned with its author.
    #[value(name = "M1")]
    Comment,
}

impl Query {
    pub const ALL: [Self; 7] = [
        Self::Explore,
        Self::Deep,
        Self::Person,
        Self::Talks,
        Self::FeedOfMany,
        Self::FeedOfFew,
        Self::Comment,
    ];

    /// Its name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Explore => "Q1",
            Self::Deep => "Q2",
            Self::Person => "Q3",
            Self::Talks => "Q4",
            Self::FeedOfMany => "Q5",
            Self::FeedOfFew => "Q5-40",
            Self::Comment => "M1",
        }
    }
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Rookery,
    Mercurius,
    Postgraphile,
    /// PostgreSQL by pgbench: the statements of Mercurius and nothing else.
    Alone,
}

impl Kind {
    /// Its name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rookery => "rookery",
            Self::Mercurius => "Mercurius",
            Self::Postgraphile => "PostGraphile",
            Self::Alone => "database alone",
        }
    }

    /// What its connections to PostgreSQL call themselves.
    pub fn application(self) -> &'static str {
        match self {
            Self::Rookery => "rookery",
            Self::Mercurius => "mercurius",
            Self::Postgraphile => "postgraphile",
            Self::Alone => "pgbench",
        }
    }
}
