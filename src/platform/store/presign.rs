//! Signed URLs: who holds one may do one thing with one object for a while. Made without asking
//! the store. The SDK's own `presigned` costs several times as much and has to be awaited.

use std::{
    borrow::Cow,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_sdk_s3::config::Credentials;
use aws_sigv4::{
    http_request::{
        PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    Answers, client,
    error::{Error, Result},
    place::Place,
};
use crate::clock::Timestamp;

/// What stays as it is in a signed query, by RFC 3986.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

const PATH: &AsciiSet = &QUERY.remove(b'/');

/// How to upload one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    pub url: String,
    pub method: &'static str,
    /// What has to be sent besides the body, word for word. The length of the body is signed too,
    /// but its header is the browser's to send: a script may not set it.
    pub headers: Vec<(String, String)>,
    pub expires_at: Timestamp,
}

/// Signs URLs as browsers reach the store.
pub(super) struct Signer {
    /// URL of the bucket; ends with a slash.
    bucket: String,
    region: String,
    credentials: Credentials,
}

impl Signer {
    pub(super) fn new(place: &Place) -> Self {
        Self {
            bucket: place.public_bucket(),
            region: place.region.clone(),
            credentials: client::credentials(place),
        }
    }

    /// Lets its holder write `key` once: exactly `byte_size` bytes of `content_type`, where there
    /// is no object yet.
    pub(super) fn put(
        &self,
        (key, content_type): (&str, &str),
        byte_size: u64,
        start: Timestamp,
        valid_for: Duration,
    ) -> Result<Upload> {
        let length = byte_size.to_string();
        let headers = [
            ("content-length", length.as_str()),
            ("content-type", content_type),
            ("if-none-match", "*"),
        ];
        let url = format!("{}{}", self.bucket, utf8_percent_encode(key, PATH));
        let url = self.sign("PUT", url, &headers, (start, valid_for))?;
        let [_, sent @ ..] = headers;
        let sent = sent.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(Upload {
            url,
            method: "PUT",
            headers: sent.into(),
            expires_at: start.plus(valid_for),
        })
    }

    /// Lets its holder read `key`, answered as `answers` say. The same `start` gives the same URL.
    pub(super) fn get(
        &self,
        key: &str,
        answers: &Answers<'_>,
        start: Timestamp,
        valid_for: Duration,
    ) -> Result<String> {
        let url = format!(
            "{}{}?response-cache-control={}&response-content-disposition={}\
             &response-content-type={}",
            self.bucket,
            utf8_percent_encode(key, PATH),
            utf8_percent_encode(answers.cache_control, QUERY),
            utf8_percent_encode(answers.disposition, QUERY),
            utf8_percent_encode(answers.content_type, QUERY),
        );
        self.sign("GET", url, &[], (start, valid_for))
    }

    fn sign(
        &self,
        method: &str,
        mut url: String,
        headers: &[(&str, &str)],
        (start, valid_for): (Timestamp, Duration),
    ) -> Result<String> {
        let broken = |_| Error::Other("a URL cannot be signed".to_owned());
        let identity = self.credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("s3")
            .time(system_time(start))
            .settings(settings(valid_for))
            .build()
            .map_err(|_| Error::Other("a URL cannot be signed".to_owned()))?
            .into();
        let headers = headers.iter().copied();
        let body = SignableBody::UnsignedPayload;
        let request = SignableRequest::new(method, Cow::Borrowed(url.as_str()), headers, body);
        let signed = sign(request.map_err(broken)?, &params).map_err(broken)?;
        let (_, query) = signed.into_parts().0.into_parts();
        let mut separator = if url.contains('?') { '&' } else { '?' };
        for (name, value) in query {
            url.push(separator);
            url.push_str(name);
            url.push('=');
            url.extend(utf8_percent_encode(&value, QUERY));
            separator = '&';
        }
        Ok(url)
    }
}

/// As S3 wants it: the path is signed as it is sent, and the signature travels in the query.
fn settings(valid_for: Duration) -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.signature_location = SignatureLocation::QueryParams;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.expires_in = Some(valid_for);
    settings
}

fn system_time(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(u64::try_from(at.seconds()).unwrap_or_default())
}
