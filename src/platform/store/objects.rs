//! Reads and writes objects.

use std::{sync::Arc, time::Duration};

use aws_sdk_s3::{
    Client, error::SdkError, operation::get_object::GetObjectOutput, primitives::ByteStream,
};

use super::{
    Answers, Place, Upload, client,
    error::{Error, Result},
    presign::Signer,
};
use crate::{
    clock::Timestamp,
    platform::{breaker::Breaker, health::Flag},
};

/// A bucket. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(super) client: Client,
    pub(super) breaker: Breaker,
    pub(super) place: Arc<Place>,
    signer: Arc<Signer>,
}

/// What a store says about an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    pub byte_size: u64,
    /// As it was written; nothing where the store does not know.
    pub content_type: Option<String>,
    /// Names these bytes; with the quotes that the store puts around it.
    pub etag: String,
}

impl Store {
    /// The store at `place`, which says by `flag` whether it works. Nothing is asked of it yet.
    pub fn new(place: Place, flag: Flag) -> Self {
        Self {
            client: client::client(&place),
            breaker: Breaker::new(flag),
            signer: Arc::new(Signer::new(&place)),
            place: Arc::new(place),
        }
    }

    /// Lets whoever holds the answer write `key` once, until it ends: exactly `byte_size` bytes of
    /// `content_type`. Where an object is already, the store answers 412; so it does to one that
    /// is sent again because the first answer was lost.
    pub fn presign_put(
        &self,
        key: &str,
        content_type: &str,
        byte_size: u64,
        now: Timestamp,
        valid_for: Duration,
    ) -> Result<Upload> {
        let object = (key, content_type);
        self.signer.put(object, byte_size, now, valid_for)
    }

    /// A URL that answers `key` as `answers` say, from `start` for as long as it is valid (at most
    /// 7 days). The same arguments give the same URL.
    pub fn presign_get(
        &self,
        key: &str,
        answers: &Answers<'_>,
        start: Timestamp,
        valid_for: Duration,
    ) -> Result<String> {
        self.signer.get(key, answers, start, valid_for)
    }

    /// Whether there is a host for public media.
    pub fn has_public_url(&self) -> bool {
        self.place.media_url.is_some()
    }

    /// The origins that a page has to let its browser speak to: `https://host:port`, no path.
    pub fn origins(&self) -> Vec<String> {
        self.place.origins()
    }

    /// The URL of `key` on the host for public media, if there is one.
    pub fn public_url(&self, key: &str) -> Option<String> {
        let base = self.place.media_url.as_ref()?;
        Some(format!("{base}{key}"))
    }

    /// What the store says about `key`, if it is there.
    pub async fn head(&self, key: &str) -> Result<Option<Object>> {
        let ask = self.client.head_object();
        let ask = ask.bucket(&self.place.bucket).key(key).send();
        let answer = self
            .breaker
            .call(async { Ok::<_, Error>(ask.await?) })
            .await;
        match answer {
            Ok(object) => Ok(Some(Object {
                byte_size: length(object.content_length()),
                content_type: object.content_type,
                etag: object.e_tag.unwrap_or_default(),
            })),
            Err(Error::Missing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The first `n` bytes of `key`, or as many as it has.
    ///
    /// # Errors
    /// [`Error::Missing`].
    pub async fn first_bytes(&self, key: &str, n: usize) -> Result<Vec<u8>> {
        if n == 0 {
            return Ok(Vec::new());
        }
        let ask = self.client.get_object().range(format!("bytes=0-{}", n - 1));
        let ask = ask.bucket(&self.place.bucket).key(key).send();
        let reading = async {
            let object = match ask.await {
                // 416: it is empty.
                Err(SdkError::ServiceError(e)) if e.raw().status().as_u16() == 416 => {
                    return Ok(Vec::new());
                }
                answer => answer?,
            };
            let mut bytes = Vec::with_capacity(n.min(64 * 1024));
            let mut body = object.body;
            while bytes.len() < n
                && let Some(chunk) = body.try_next().await.map_err(|_| CUT)?
            {
                // A store that knows no ranges sends all: the rest is not read.
                let wanted = chunk.len().min(n - bytes.len());
                bytes.extend_from_slice(&chunk[..wanted]);
            }
            Ok(bytes)
        };
        self.breaker.call(within(client::CALL, reading)).await
    }

    /// All bytes of `key`, which has not changed since `etag` was seen.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Changed`]; [`Error::TooLong`], before more than `max_bytes`
    /// are held.
    pub async fn read(&self, key: &str, max_bytes: u64, etag: &str) -> Result<Vec<u8>> {
        let reading = async {
            let object = self.get(key, max_bytes, Some(etag)).await?;
            let deadline = client::for_bytes(length(object.content_length()));
            within(deadline, collect(object.body, max_bytes)).await
        };
        self.breaker.call(reading).await
    }

    /// Writes `key`, in place of what is there.
    pub async fn write(&self, key: &str, answers: &Answers<'_>, bytes: &[u8]) -> Result<()> {
        let body = ByteStream::from(bytes.to_vec());
        self.put(key, answers, body, length_of(bytes)).await
    }

    /// Asks for `key`; its body is not read yet.
    pub(super) async fn get(
        &self,
        key: &str,
        max_bytes: u64,
        etag: Option<&str>,
    ) -> Result<GetObjectOutput> {
        let ask = self.client.get_object().bucket(&self.place.bucket).key(key);
        let ask = ask.set_if_match(etag.map(str::to_owned));
        let object = ask.send().await?;
        // Not every store knows the condition.
        if etag.is_some() && object.e_tag() != etag {
            return Err(Error::Changed);
        }
        match length(object.content_length()) > max_bytes {
            true => Err(Error::TooLong),
            false => Ok(object),
        }
    }

    pub(super) async fn put(
        &self,
        key: &str,
        answers: &Answers<'_>,
        body: ByteStream,
        byte_size: u64,
    ) -> Result<()> {
        let put = self.client.put_object().bucket(&self.place.bucket).key(key);
        let put = put
            .content_type(answers.content_type)
            .content_disposition(answers.disposition)
            .cache_control(answers.cache_control)
            .content_length(i64::try_from(byte_size).map_err(|_| Error::TooLong)?)
            .body(body)
            .customize()
            .config_override(client::sending(byte_size))
            .send();
        self.breaker
            .call(async { Ok::<_, Error>(put.await?) })
            .await?;
        Ok(())
    }
}

/// A body that ends before its length.
pub(super) const CUT: Error = Error::Unavailable("its answer was cut");

/// The result of `call`, or a failure of the store once `deadline` has passed.
pub(super) async fn within<T>(
    deadline: Duration,
    call: impl Future<Output = Result<T>>,
) -> Result<T> {
    let late = |_| Err(Error::Unavailable("it does not answer in time"));
    tokio::time::timeout(deadline, call)
        .await
        .unwrap_or_else(late)
}

async fn collect(mut body: ByteStream, max_bytes: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.try_next().await.map_err(|_| CUT)? {
        if length_of(&bytes).saturating_add(length_of(&chunk)) > max_bytes {
            return Err(Error::TooLong);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

pub(super) fn length(said: Option<i64>) -> u64 {
    said.and_then(|n| u64::try_from(n).ok()).unwrap_or_default()
}

fn length_of(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
