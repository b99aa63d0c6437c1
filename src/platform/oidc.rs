//! A provider of identities, spoken to by OpenID Connect: the authorization code flow with PKCE.
//!
//! What the provider says of itself is read when it is first needed, kept for an hour, and read
//! again for a key that is not known. No redirect is followed, and nothing but https is spoken,
//! except with a provider on this machine.

use std::{
    fmt,
    pin::Pin,
    time::{Duration, UNIX_EPOCH},
};

use openidconnect::{
    AsyncHttpClient, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    SignatureVerificationError, TokenResponse,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenClaims, CoreProviderMetadata,
        CoreTokenResponse, CoreUserInfoClaims,
    },
    http, reqwest,
    url::{Host, Url},
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::{
    breaker::{Breaker, Outage},
    config::{OidcConfig, Secret},
    health::Flag,
};
use crate::{
    clock::{Clock, Timestamp},
    error::Code,
};

/// How long one call may take, to connect and in all.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long what the provider says of itself is believed.
const KEPT: Duration = Duration::from_secs(60 * 60);

/// No answer is longer.
const MAX_BODY: usize = 1 << 20;

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider as it is configured.
pub struct Provider {
    name: String,
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: Option<Secret>,
    redirect_uris: Vec<String>,
    outbound: Outbound,
    clock: Clock,
    known: Mutex<Option<(Timestamp, CoreProviderMetadata)>>,
}

/// Where to send somebody, and what has to be kept until they come back.
pub struct Authorization {
    pub url: String,
    /// Comes back with them.
    pub state: String,
    /// Comes back inside the identity token.
    pub nonce: String,
    /// Proves that whoever exchanges the code is who began.
    pub verifier: String,
}

/// Whom the provider says that somebody is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub issuer: String,
    /// Who they are at the issuer, for good. Nothing else of an identity stays the same.
    pub subject: String,
    pub email: Option<String>,
    /// Whether the provider has seen that the address is theirs.
    pub is_email_verified: bool,
    pub preferred_username: Option<String>,
}

/// Why the provider did not say who somebody is. No text here holds a code or a token.
#[derive(Clone, Debug)]
pub enum Error {
    /// It is down or slow: the same may succeed in a while.
    Unavailable(String),
    /// It refuses, or what it says cannot be believed.
    Refused(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) => write!(f, "the identity provider is unavailable: {why}"),
            Self::Refused(why) => write!(f, "the identity provider: {why}"),
        }
    }
}

impl std::error::Error for Error {}

impl Outage for Error {
    fn known() -> Self {
        Self::Unavailable("it failed several times in a row".to_owned())
    }

    fn is_outage(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// What its caller is told; the log is told why.
impl From<Error> for crate::error::Error {
    fn from(error: Error) -> Self {
        tracing::warn!(%error, "Somebody did not sign in by the identity provider.");
        match error {
            Error::Unavailable(_) => {
                let say = "The provider cannot be reached right now. Begin again in a moment.";
                Self::refused(Code::Unavailable, say)
            }
            Error::Refused(_) => {
                let say = "The provider did not say who you are. Begin again.";
                Self::refused(Code::TokenInvalid, say)
            }
        }
    }
}

impl Provider {
    /// The configured provider, if there is one. Nothing is asked of it yet.
    ///
    /// # Errors
    /// Says what does not fit together, naming the variable to change.
    pub fn configured(
        config: &OidcConfig,
        clock: Clock,
        flag: Flag,
    ) -> Result<Option<Self>, String> {
        let Some(issuer) = &config.oidc_issuer else {
            return Ok(None);
        };
        let url = secure(issuer).ok_or(
            "ROOKERY_OIDC_ISSUER must begin with https://; http:// is for loopback addresses",
        )?;
        let Some(client_id) = config.oidc_client_id.clone() else {
            return Err("ROOKERY_OIDC_ISSUER needs ROOKERY_OIDC_CLIENT_ID".to_owned());
        };
        if config.oidc_redirect_uris.is_empty() {
            return Err("ROOKERY_OIDC_ISSUER needs ROOKERY_OIDC_REDIRECT_URIS".to_owned());
        }
        if let Some(wrong) = config
            .oidc_redirect_uris
            .iter()
            .find(|uri| secure(uri).is_none())
        {
            return Err(format!(
                "ROOKERY_OIDC_REDIRECT_URIS: {wrong} must begin with https://; http:// is for \
                 loopback addresses"
            ));
        }
        Ok(Some(Self {
            name: config.oidc_name.clone(),
            issuer: IssuerUrl::new(issuer.clone()).map_err(|error| error.to_string())?,
            client_id: ClientId::new(client_id),
            client_secret: config.oidc_client_secret.clone(),
            redirect_uris: config.oidc_redirect_uris.clone(),
            outbound: Outbound::new(url.scheme() == "https", flag)?,
            clock,
            known: Mutex::default(),
        }))
    }

    /// What clients call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who it is, to itself and to others.
    pub fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    /// Whether people may be sent back to this page.
    pub fn knows_redirect(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|known| known == uri)
    }

    /// Where to send somebody who is to come back to `redirect_uri`.
    pub async fn authorize(&self, redirect_uri: &str) -> Result<Authorization, Error> {
        let client = self.client(redirect_uri, false).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new_random_len(32),
                || Nonce::new_random_len(32),
            )
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Authorization {
            url: url.into(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }

    /// Exchanges the code that somebody came back with for who they are.
    pub async fn redeem(
        &self,
        code: &str,
        redirect_uri: &str,
        nonce: &str,
        verifier: &str,
    ) -> Result<Identity, Error> {
        let client = self.client(redirect_uri, false).await?;
        let tokens = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(refused)?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()))
            .request_async(&self.outbound)
            .await
            .map_err(|error| match error {
                openidconnect::RequestTokenError::Request(cause) => cause,
                other => refused(other),
            })?;
        let token = tokens.id_token();
        let token = token.ok_or_else(|| Error::Refused("it gave no identity token".to_owned()))?;
        let nonce = Nonce::new(nonce.to_owned());
        let claims = match self.believe(&client, token, &nonce) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                // It may have new keys.
                let client = self.client(redirect_uri, true).await?;
                self.believe(&client, token, &nonce).map_err(unbelievable)?
            }
            believed => believed.map_err(unbelievable)?,
        };
        let mut identity = identity(&claims);
        if identity.email.is_none() && client.user_info_url().is_some() {
            self.ask_more(&client, &tokens, &claims, &mut identity)
                .await?;
        }
        Ok(identity)
    }

    /// What an identity token says, if it is this provider's, for us and in time.
    fn believe(
        &self,
        client: &Client,
        token: &CoreIdToken,
        nonce: &Nonce,
    ) -> Result<CoreIdTokenClaims, ClaimsVerificationError> {
        let now = u64::try_from(self.clock.now().0).unwrap_or(0);
        let verifier = client
            .id_token_verifier()
            .set_time_fn(move || (UNIX_EPOCH + Duration::from_micros(now)).into());
        token.claims(&verifier, nonce).cloned()
    }

    /// Many providers tell the address only to whoever asks for it with the access token.
    async fn ask_more(
        &self,
        client: &Client,
        tokens: &CoreTokenResponse,
        claims: &CoreIdTokenClaims,
        identity: &mut Identity,
    ) -> Result<(), Error> {
        let subject = claims.subject().clone();
        let more: CoreUserInfoClaims = client
            .user_info(tokens.access_token().clone(), Some(subject))
            .map_err(refused)?
            .request_async(&self.outbound)
            .await
            .map_err(|error| match error {
                openidconnect::UserInfoError::Request(cause) => cause,
                other => refused(other),
            })?;
        identity.email = more.email().map(|email| email.to_string());
        identity.is_email_verified = more.email_verified() == Some(true);
        if identity.preferred_username.is_none() {
            identity.preferred_username = more.preferred_username().map(|name| name.to_string());
        }
        Ok(())
    }

    async fn client(&self, redirect_uri: &str, anew: bool) -> Result<Client, Error> {
        let redirect = RedirectUrl::new(redirect_uri.to_owned()).map_err(refused)?;
        let metadata = self.metadata(anew).await?;
        let secret = self.client_secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose().to_owned()));
        let client = CoreClient::from_provider_metadata(metadata, self.client_id.clone(), secret);
        Ok(client.set_redirect_uri(redirect))
    }

    /// What the provider says of itself, with its keys. Whoever comes while it is read waits.
    async fn metadata(&self, anew: bool) -> Result<CoreProviderMetadata, Error> {
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        if let Some((read_at, metadata)) = &*known
            && !anew
            && now < read_at.plus(KEPT)
        {
            return Ok(metadata.clone());
        }
        let read = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.outbound).await;
        let metadata = read.map_err(|error| match error {
            openidconnect::DiscoveryError::Request(cause) => cause,
            other => refused(other),
        })?;
        *known = Some((now, metadata.clone()));
        Ok(metadata)
    }
}

fn identity(claims: &CoreIdTokenClaims) -> Identity {
    Identity {
        issuer: claims.issuer().to_string(),
        subject: claims.subject().to_string(),
        email: claims.email().map(|email| email.to_string()),
        is_email_verified: claims.email_verified() == Some(true),
        preferred_username: claims.preferred_username().map(|name| name.to_string()),
    }
}

fn refused(error: impl fmt::Display) -> Error {
    Error::Refused(error.to_string())
}

fn unbelievable(error: ClaimsVerificationError) -> Error {
    refused(format!("its identity token is not good: {error}"))
}

/// An address that nobody on the way can read or change.
fn secure(url: &str) -> Option<Url> {
    let url = Url::parse(url).ok()?;
    let is_here = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    (url.scheme() == "https" || (url.scheme() == "http" && is_here)).then_some(url)
}

/// The way out to the provider.
struct Outbound {
    client: reqwest::Client,
    breaker: Breaker,
}

impl Outbound {
    fn new(is_https: bool, flag: Flag) -> Result<Self, String> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(PATIENCE)
            .timeout(PATIENCE)
            .https_only(is_https);
        // A provider on this machine is not behind a proxy.
        let client = if is_https { client } else { client.no_proxy() };
        Ok(Self {
            client: client.build().map_err(|error| error.to_string())?,
            breaker: Breaker::new(flag),
        })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Error> {
        let request = reqwest::Request::try_from(request).map_err(unreachable)?;
        let mut answer = self.client.execute(request).await.map_err(unreachable)?;
        if answer.status().is_server_error() {
            let why = format!("it answers {}", answer.status().as_u16());
            return Err(Error::Unavailable(why));
        }
        let mut built = http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            built = built.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(unreachable)? {
            body.extend_from_slice(&part);
            if body.len() > MAX_BODY {
                return Err(Error::Refused("its answer is too long".to_owned()));
            }
        }
        built.body(body).map_err(refused)
    }
}

/// Without the address, which may hold a secret.
fn unreachable(error: reqwest::Error) -> Error {
    Error::Unavailable(error.without_url().to_string())
}

impl<'c> AsyncHttpClient<'c> for Outbound {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.breaker.call(self.send(request)))
    }
}
