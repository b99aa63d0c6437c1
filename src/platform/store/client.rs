//! The client of a store, and how long it waits.

use std::time::Duration;

use aws_sdk_s3::{
    Client, Config,
    config::{
        BehaviorVersion, Builder, Credentials, Region, RequestChecksumCalculation,
        ResponseChecksumValidation, StalledStreamProtectionConfig, retry::RetryConfig,
        timeout::TimeoutConfig,
    },
};
use aws_smithy_http_client::{
    Builder as HttpClient,
    tls::{Provider, rustls_provider::CryptoMode},
};

use super::place::Place;
use crate::platform::config::Checksums;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(2);

/// How long one try of a call without a long body may take.
const TRY: Duration = Duration::from_secs(3);

/// How long such a call may take, with all that is tried again.
pub(super) const CALL: Duration = Duration::from_secs(7);

/// Most tries of one call.
const TRIES: u32 = 3;

/// The slowest transfer that is waited for, in bytes a second.
const SLOWEST: u64 = 1024 * 1024;

/// A client for `place`. It looks for keys, regions and proxies nowhere else.
pub(super) fn client(place: &Place) -> Client {
    let (requests, answers) = match place.checksums {
        Checksums::WhenRequired => (
            RequestChecksumCalculation::WhenRequired,
            ResponseChecksumValidation::WhenRequired,
        ),
        Checksums::WhenSupported => (
            RequestChecksumCalculation::WhenSupported,
            ResponseChecksumValidation::WhenSupported,
        ),
    };
    let retry = RetryConfig::standard()
        .with_max_attempts(TRIES)
        .with_initial_backoff(Duration::from_millis(100))
        .with_max_backoff(Duration::from_secs(1));
    let config = Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(http_client(place))
        .credentials_provider(credentials(place))
        .endpoint_url(&place.endpoint)
        .region(Region::new(place.region.clone()))
        .force_path_style(place.is_path_style)
        .request_checksum_calculation(requests)
        .response_checksum_validation(answers)
        .retry_config(retry)
        .timeout_config(timeouts(TRY, CALL))
        // Every transfer has a deadline of its own.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    Client::from_conf(config.build())
}

/// The deadlines of a call that sends `bytes`.
pub(super) fn sending(bytes: u64) -> Builder {
    let deadline = for_bytes(bytes);
    Config::builder().timeout_config(timeouts(deadline, deadline))
}

/// How long a transfer of `bytes` may take.
pub(super) fn for_bytes(bytes: u64) -> Duration {
    CALL + Duration::from_secs(bytes / SLOWEST)
}

/// The keys, for the client and for signed URLs.
pub(super) fn credentials(place: &Place) -> Credentials {
    let keys = &place.keys;
    let token = keys.token.as_ref().map(|token| token.expose().to_owned());
    Credentials::new(&keys.id, keys.secret.expose(), token, None, "configuration")
}

fn timeouts(attempt: Duration, operation: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(attempt)
        .operation_timeout(operation)
        .build()
}

/// Root certificates are read only where TLS is spoken.
fn http_client(place: &Place) -> aws_sdk_s3::config::SharedHttpClient {
    let client = HttpClient::new();
    match place.endpoint.starts_with("https://") {
        true => client
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https(),
        false => client.build_http(),
    }
}
