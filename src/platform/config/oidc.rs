//! The provider by which people may sign in instead of a password.

use clap::Args;

use super::Secret;

/// A provider of identities by OpenID Connect.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "OpenID Connect")]
pub struct OidcConfig {
    /// The provider's issuer, e.g. https://accounts.example.org; below it lies
    /// .well-known/openid-configuration. Without it nobody signs in by a provider.
    #[arg(long, env = "ROOKERY_OIDC_ISSUER", value_name = "URL")]
    pub oidc_issuer: Option<String>,

    /// What clients call the provider, in the input of `beginOidcSignIn`.
    #[arg(
        long,
        env = "ROOKERY_OIDC_NAME",
        default_value = "oidc",
        value_name = "NAME"
    )]
    pub oidc_name: String,

    /// How the provider knows this installation.
    #[arg(long, env = "ROOKERY_OIDC_CLIENT_ID", value_name = "ID")]
    pub oidc_client_id: Option<String>,

    /// What this installation proves itself to the provider with.
    #[arg(
        long,
        env = "ROOKERY_OIDC_CLIENT_SECRET",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    pub oidc_client_secret: Option<Secret>,

    /// Pages of the app that the provider may send people back to, parted by commas; compared
    /// letter by letter. The provider has to know them too.
    #[arg(
        long,
        env = "ROOKERY_OIDC_REDIRECT_URIS",
        value_delimiter = ',',
        value_name = "URLS"
    )]
    pub oidc_redirect_uris: Vec<String>,
}
