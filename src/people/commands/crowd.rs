//! The people of a crowd.

use serde_json::{Value, json};

use crate::{
    accounts,
    crowd::{Crowd, Numbers, is_private},
    error::Result,
    platform::db::Txn,
};

/// Those after whom people of a crowd are named and who speak for them: handle, name and bio.
pub type Namesake<'a> = (&'a str, &'a str, &'a str);

/// Adds these people of a crowd with their handles and accounts, and says how many: everybody is
/// named after one of `namesakes`, by the number of their town.
pub async fn add_crowd(
    txn: &Txn,
    crowd: &Crowd,
    numbers: &Numbers,
    namesakes: &[Namesake<'_>],
    password_hash: &str,
) -> Result<u64> {
    let many = namesakes.len();
    let added = format!(
        "INSERT INTO person (id, handle, display_name, bio, created_at, is_private) \
         SELECT {}, substr(handle, 1, 22) || '_' || (n / {many} + 1), name, bio, {}, {} \
         FROM {} JOIN {} ON listed.place = n % {many} ORDER BY n",
        crowd.person("n"),
        crowd.joined("n"),
        is_private("n"),
        crowd.numbers(numbers),
        crowd.listed(&["#place", "handle", "name", "bio"])
    );
    let named = |(place, (handle, name, bio))| json!([place, handle, name, bio]);
    let namesakes = (0..)
        .zip(namesakes)
        .map(|(n, namesake): (i64, _)| named((n, *namesake)));
    let rows = Value::from_iter(namesakes);
    let done = crowd.write(txn, &added, Some(rows)).await?;
    let people = format!(
        "(SELECT n, id, handle, created_at FROM {} JOIN person ON person.id = {}) AS people",
        crowd.numbers(numbers),
        crowd.person("n")
    );
    let handles = format!("INSERT INTO handle (key, person_id) SELECT handle, id FROM {people}");
    crowd.write(txn, &handles, None).await?;
    accounts::commands::add_crowd(txn, crowd, &people, password_hash).await?;
    Ok(done)
}
