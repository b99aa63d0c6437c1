//! The files behind the protocol: s3s-fs, for the few operations that are needed, on one bucket
//! and on keys that are safe as paths. A request gets here after its signature was checked.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use s3s::{S3, S3Request, S3Response, S3Result, dto, s3_error};
use s3s_fs::FileSystem;
use tokio::sync::Mutex;

/// How many keys can be written at once; keys of one hash wait for each other.
const LANES: usize = 64;

/// The longest name of a file, in bytes.
const MAX_NAME: usize = 255;

/// The objects of one bucket.
pub(super) struct Files {
    files: FileSystem,
    root: PathBuf,
    bucket: String,
    /// s3s-fs writes an object and what is known of it one after the other.
    lanes: [Mutex<()>; LANES],
}

impl Files {
    /// The objects in the folder `root`, which is made. What a crash left half-written is removed.
    pub(super) fn open(root: &Path, bucket: &str) -> io::Result<Self> {
        fs::create_dir_all(root.join(bucket))?;
        Ok(Self {
            files: FileSystem::new(root).map_err(|error| io::Error::other(format!("{error:?}")))?,
            root: root.to_owned(),
            bucket: bucket.to_owned(),
            lanes: [const { Mutex::const_new(()) }; LANES],
        })
    }

    fn check_bucket(&self, bucket: &str) -> S3Result<()> {
        match bucket == self.bucket {
            true => Ok(()),
            false => Err(s3_error!(NoSuchBucket)),
        }
    }

    /// Letters, digits, `-`, `_` and dots (none first in a segment), with slashes between.
    fn check(&self, bucket: &str, key: &str) -> S3Result<()> {
        self.check_bucket(bucket)?;
        let is_plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
        let is_segment = |s: &str| !s.is_empty() && !s.starts_with('.') && s.bytes().all(is_plain);
        if !key.split('/').all(is_segment) {
            return Err(s3_error!(InvalidArgument, "no such key is possible here"));
        }
        let longest = self.side_files(key).map(|name| name.len());
        match longest.iter().all(|length| *length <= MAX_NAME) {
            true => Ok(()),
            false => Err(s3_error!(KeyTooLongError)),
        }
    }

    /// The files in which s3s-fs keeps what is known of an object; it does not remove them.
    fn side_files(&self, key: &str) -> [String; 2] {
        let [bucket, key] = [self.bucket.as_str(), key].map(|name| URL_SAFE_NO_PAD.encode(name));
        ["metadata", "internal"].map(|kind| format!(".bucket-{bucket}.object-{key}.{kind}.json"))
    }

    fn lane(&self, key: &str) -> &Mutex<()> {
        &self.lanes[lane(key)]
    }

    /// Forgets what is known of an object that has been removed, and its folder with the last one.
    async fn forget(&self, key: &str) -> S3Result<()> {
        for name in self.side_files(key) {
            match tokio::fs::remove_file(self.root.join(name)).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(s3_error!(error, InternalError));
                }
                _ => {}
            }
        }
        if let Some((folder, _)) = key
            .rsplit_once('/')
            .filter(|(folder, _)| folder.contains('/'))
        {
            // It fails while anything is in it.
            drop(tokio::fs::remove_dir(self.root.join(&self.bucket).join(folder)).await);
        }
        Ok(())
    }
}

/// Which of the lanes a key takes.
fn lane(key: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    let lanes = u64::try_from(LANES).unwrap_or(u64::MAX);
    usize::try_from(hasher.finish() % lanes).unwrap_or_default()
}

/// What an operation of the protocol returns.
type Answer<T> = S3Result<S3Response<T>>;

#[async_trait]
impl S3 for Files {
    async fn head_bucket(
        &self,
        req: S3Request<dto::HeadBucketInput>,
    ) -> Answer<dto::HeadBucketOutput> {
        self.check_bucket(&req.input.bucket)?;
        self.files.head_bucket(req).await
    }

    async fn head_object(
        &self,
        req: S3Request<dto::HeadObjectInput>,
    ) -> Answer<dto::HeadObjectOutput> {
        self.check(&req.input.bucket, &req.input.key)?;
        self.files.head_object(req).await
    }

    async fn get_object(
        &self,
        req: S3Request<dto::GetObjectInput>,
    ) -> Answer<dto::GetObjectOutput> {
        self.check(&req.input.bucket, &req.input.key)?;
        self.files.get_object(req).await
    }

    async fn put_object(
        &self,
        req: S3Request<dto::PutObjectInput>,
    ) -> Answer<dto::PutObjectOutput> {
        self.check(&req.input.bucket, &req.input.key)?;
        let _lane = self.lane(&req.input.key).lock().await;
        self.files.put_object(req).await
    }

    async fn delete_object(
        &self,
        req: S3Request<dto::DeleteObjectInput>,
    ) -> Answer<dto::DeleteObjectOutput> {
        let key = req.input.key.clone();
        self.check(&req.input.bucket, &key)?;
        let _lane = self.lane(&key).lock().await;
        let answer = self.files.delete_object(req).await?;
        self.forget(&key).await?;
        Ok(answer)
    }

    async fn delete_objects(
        &self,
        req: S3Request<dto::DeleteObjectsInput>,
    ) -> Answer<dto::DeleteObjectsOutput> {
        let objects = req.input.delete.objects.iter();
        let keys: Vec<String> = objects.map(|object| object.key.clone()).collect();
        for key in &keys {
            self.check(&req.input.bucket, key)?;
        }
        let mut lanes: Vec<usize> = keys.iter().map(|key| lane(key)).collect();
        lanes.sort_unstable();
        lanes.dedup();
        // In one order, so that two who remove the same do not wait for each other.
        let mut held = Vec::new();
        for lane in lanes {
            held.push(self.lanes[lane].lock().await);
        }
        let answer = self.files.delete_objects(req).await?;
        for key in &keys {
            self.forget(key).await?;
        }
        Ok(answer)
    }

    async fn list_objects_v2(
        &self,
        req: S3Request<dto::ListObjectsV2Input>,
    ) -> Answer<dto::ListObjectsV2Output> {
        self.check_bucket(&req.input.bucket)?;
        self.files.list_objects_v2(req).await
    }
}
