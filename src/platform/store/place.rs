//! Where a store is and with which keys it is used.

use std::net::SocketAddr;

use crate::platform::config::{Checksums, Secret, StoreConfig};

/// A bucket of a store, and the keys to it.
#[derive(Clone, Debug)]
pub struct Place {
    /// Scheme, host and port, without a slash at the end.
    pub(super) endpoint: String,
    /// The same as browsers reach it.
    pub(super) public_endpoint: String,
    pub(super) bucket: String,
    pub(super) region: String,
    pub(super) keys: Keys,
    pub(super) is_path_style: bool,
    pub(super) checksums: Checksums,
    /// What URLs of public objects begin with; ends with a slash.
    pub(super) media_url: Option<String>,
    pub(super) is_embedded: bool,
}

/// The keys of a store.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    pub(super) id: String,
    pub(super) secret: Secret,
    pub(super) token: Option<Secret>,
}

impl Place {
    /// The store that is configured, if one is.
    ///
    /// # Errors
    /// The configuration does not fit together; in words that name the variable.
    pub fn configured(config: &StoreConfig) -> Result<Option<Self>, String> {
        config.check()?;
        let keys = (&config.aws_access_key_id, &config.aws_secret_access_key);
        let (Some(endpoint), (Some(id), Some(secret))) = (&config.s3_endpoint, keys) else {
            return Ok(None);
        };
        let keys = Keys {
            id: id.clone(),
            secret: secret.clone(),
            token: config.aws_session_token.clone(),
        };
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        Ok(Some(Self::new(config, endpoint, keys)))
    }

    /// The embedded store at `address`. Keys and endpoint of the configuration are not for it.
    pub(super) fn embedded(config: &StoreConfig, address: SocketAddr, keys: Keys) -> Self {
        Self {
            is_path_style: true,
            is_embedded: true,
            ..Self::new(config, format!("http://{address}"), keys)
        }
    }

    fn new(config: &StoreConfig, endpoint: String, keys: Keys) -> Self {
        let public = config.s3_public_endpoint.as_deref().unwrap_or(&endpoint);
        let media_url = config.media_url.as_deref();
        Self {
            public_endpoint: public.trim_end_matches('/').to_owned(),
            endpoint,
            bucket: config.s3_bucket.clone(),
            region: config.s3_region.clone(),
            keys,
            is_path_style: config.s3_force_path_style,
            checksums: config.s3_checksums,
            media_url: media_url.map(|url| format!("{}/", url.trim_end_matches('/'))),
            is_embedded: false,
        }
    }

    /// Where it is, as its clients see it.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The bucket.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The id and the secret of its keys, for the person who runs it.
    pub fn keys(&self) -> (&str, &str) {
        (&self.keys.id, self.keys.secret.expose())
    }

    /// The origins that browsers send objects to and load them from.
    pub(super) fn origins(&self) -> Vec<String> {
        let mut origins = vec![origin(&self.public_bucket())];
        origins.extend(self.media_url.as_deref().map(origin));
        origins.dedup();
        origins
    }

    /// The URL of the bucket, as browsers reach it; ends with a slash.
    pub(super) fn public_bucket(&self) -> String {
        let (endpoint, bucket) = (&self.public_endpoint, &self.bucket);
        match endpoint.split_once("://") {
            Some((scheme, host)) if !self.is_path_style => format!("{scheme}://{bucket}.{host}/"),
            _ => format!("{endpoint}/{bucket}/"),
        }
    }
}

/// Scheme, host and port of a URL.
fn origin(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let host = rest.split('/').next().unwrap_or_default();
    format!("{scheme}://{host}")
}
