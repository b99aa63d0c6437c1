//! Lists and removes objects.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use super::{
    Store,
    error::{Error, Result},
};
use crate::clock::Timestamp;

/// Most keys that the protocol removes at once.
const BATCH: usize = 1_000;

/// An object of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub key: String,
    pub last_modified: Timestamp,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Ascending by key.
    pub objects: Vec<Listed>,
    /// Whether there are more after the last one.
    pub has_more: bool,
}

impl Store {
    /// Removes objects. One that is not there counts as removed.
    ///
    /// # Errors
    /// The first failure; those before it are removed.
    pub async fn delete(&self, keys: &[String]) -> Result<()> {
        for batch in keys.chunks(BATCH) {
            self.breaker.call(self.delete_batch(batch)).await?;
        }
        Ok(())
    }

    /// Objects whose keys begin with `prefix` and come after `after`.
    pub async fn list(&self, prefix: &str, after: Option<&str>) -> Result<Page> {
        let ask = self.client.list_objects_v2().prefix(prefix);
        let ask = ask.bucket(&self.place.bucket);
        let ask = ask.set_start_after(after.map(str::to_owned)).send();
        let page = self
            .breaker
            .call(async { Ok::<_, Error>(ask.await?) })
            .await?;
        let has_more = page.is_truncated.unwrap_or_default();
        let objects = page.contents.unwrap_or_default().into_iter();
        let objects = objects.filter_map(|object| {
            let at = object.last_modified?.as_nanos() / 1_000;
            Some(Listed {
                key: object.key?,
                last_modified: Timestamp(i64::try_from(at).ok()?),
            })
        });
        Ok(Page {
            objects: objects.collect(),
            has_more,
        })
    }

    async fn delete_batch(&self, keys: &[String]) -> Result<()> {
        let broken = |_| Error::Other("a key is missing".to_owned());
        let ids = keys
            .iter()
            .map(|key| ObjectIdentifier::builder().key(key).build());
        let ids = ids.collect::<Result<Vec<_>, _>>().map_err(broken)?;
        let delete = Delete::builder().set_objects(Some(ids)).quiet(true).build();
        let ask = self.client.delete_objects().bucket(&self.place.bucket);
        let answer = ask.delete(delete.map_err(broken)?).send().await?;
        let failures = answer.errors().iter();
        let mut failures = failures.filter(|e| e.code() != Some("NoSuchKey"));
        match failures.next() {
            None => Ok(()),
            Some(error) if error.code() == Some("InternalError") => {
                Err(Error::Unavailable("it fails"))
            }
            Some(_) => Err(Error::Other("it does not remove an object".to_owned())),
        }
    }
}
