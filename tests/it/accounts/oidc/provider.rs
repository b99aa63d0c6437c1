//! A real provider of identities beside the test, and a browser that goes to it.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use openidconnect::{reqwest, url::Url};
use rookery::platform::config::Config;
use serde_json::{Value, json};

use crate::{
    clients::scripts,
    support::{TestApp, outcome},
};

/// The page that people are sent back to.
pub(super) const REDIRECT: &str = "https://app.example.org/back";

/// Where the provider tells names and addresses.
pub(super) enum Where {
    Token,
    UserInfo,
}

/// A running provider, ended with the test.
pub(super) struct Provider {
    child: Child,
    pub(super) issuer: String,
}

impl Provider {
    /// Starts one on any port. `None` where npm did not install it: then the test is left out.
    pub(super) fn start(told: &Where) -> Option<Self> {
        Some(Self::start_at(&scripts()?, "0", told))
    }

    /// Ends it and starts one in its place, with other keys and without memory.
    pub(super) fn restart(mut self) -> Self {
        self.stop();
        let port = self.issuer.rsplit(':').next().unwrap();
        Self::start_at(&scripts().unwrap(), port, &Where::Token)
    }

    pub(super) fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn start_at(folder: &Path, port: &str, told: &Where) -> Self {
        let told = match told {
            Where::Token => "token",
            Where::UserInfo => "userinfo",
        };
        let mut child = Command::new("node")
            .args(["oidc.mjs", port, told, REDIRECT])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        out.read_line(&mut line).expect("a line");
        let issuer = line.trim().to_owned();
        assert!(issuer.starts_with("http://127.0.0.1:"), "{issuer:?}");
        Self { child, issuer }
    }

    /// Has an app use it.
    pub(super) fn configure(&self, config: &mut Config) {
        let oidc = &mut config.oidc;
        oidc.oidc_issuer = Some(self.issuer.clone());
        oidc.oidc_client_id = Some("rookery".to_owned());
        let secret = "the secret of rookery at the provider";
        oidc.oidc_client_secret = Some(secret.parse().unwrap());
        oidc.oidc_redirect_uris = vec![REDIRECT.to_owned()];
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What `beginOidcSignIn` answered.
pub(super) struct Begun {
    pub(super) url: Url,
    pub(super) secret: String,
}

/// Begins as anybody does.
pub(super) async fn begin(app: &TestApp) -> Begun {
    let input = json!({ "provider": "oidc", "redirectUri": REDIRECT });
    let done = app
        .guest()
        .mutate("beginOidcSignIn", input, "authorizationUrl secret")
        .await;
    assert_eq!(outcome(&done), "done");
    let word = |name: &str| done[name].as_str().unwrap();
    Begun {
        url: word("authorizationUrl").parse().unwrap(),
        secret: word("secret").to_owned(),
    }
}

/// Signs in at the provider as `name`, agrees, and is sent back: the input of
/// `completeOidcSignIn`.
pub(super) async fn visit(begun: &Begun, name: &str) -> Value {
    let back = Browser::new().walk(begun.url.clone(), name).await;
    let parameters: BTreeMap<_, _> = back.query_pairs().into_owned().collect();
    json!({ "state": parameters["state"], "code": parameters["code"], "secret": begun.secret })
}

/// Begins and visits.
pub(super) async fn returned(app: &TestApp, name: &str) -> Value {
    visit(&begin(app).await, name).await
}

/// A browser with one jar of cookies, which fills the forms that it is shown.
struct Browser {
    client: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn new() -> Self {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none());
        Self {
            client: client.build().unwrap(),
            cookies: BTreeMap::new(),
        }
    }

    async fn walk(&mut self, mut at: Url, name: &str) -> Url {
        let mut form = None;
        // Two forms, each with a few addresses before and behind it.
        for _ in 0..12 {
            let (next, page) = self.go(&at, form.take()).await;
            match next {
                Some(next) if next.as_str().starts_with(REDIRECT) => return next,
                Some(next) => at = next,
                None => {
                    let prompt = if page.contains("name=\"login\"") {
                        "login"
                    } else {
                        "consent"
                    };
                    form = Some(format!("prompt={prompt}&login={name}&password=anything"));
                }
            }
        }
        panic!("the provider does not send the browser back");
    }

    /// Where an address sends the browser on to, or the page that it shows.
    async fn go(&mut self, at: &Url, form: Option<String>) -> (Option<Url>, String) {
        let request = match form {
            None => self.client.get(at.clone()),
            Some(form) => self
                .client
                .post(at.clone())
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form),
        };
        let jar = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let request = request.header("cookie", jar.collect::<Vec<_>>().join("; "));
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = cookie.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let status = answer.status();
        if status.is_redirection() {
            let next = answer.headers()["location"].to_str().unwrap();
            return (Some(at.join(next).unwrap()), String::new());
        }
        let page = answer.text().await.unwrap();
        assert!(status.is_success(), "{at} answers {status}: {page}");
        (None, page)
    }
}
