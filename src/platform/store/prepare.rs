//! Makes a store ready at start: the bucket, and rules that let browsers in.

use aws_sdk_s3::types::{
    BucketLocationConstraint, CorsConfiguration, CorsRule, CreateBucketConfiguration,
};

use super::{
    Store,
    error::{Error, Result},
};

/// What a script may send along with an upload.
pub(super) const SENT: [&str; 2] = ["content-type", "if-none-match"];

/// What a script may read of an answer.
pub(super) const SHOWN: [&str; 4] = ["etag", "content-length", "content-range", "accept-ranges"];

/// How long a browser remembers the rules, in seconds.
pub(super) const REMEMBERED: i32 = 600;

/// What has been done to make a store ready.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prepared {
    /// Whether the bucket is there.
    pub is_ready: bool,
    /// What was done, and what is left to the person who runs the store; a sentence or more each.
    pub said: Vec<String>,
}

impl Store {
    /// Makes the bucket and its rules for browsers of `origins` (all, if there are none), where
    /// they are missing. Rules that are there already stay.
    pub async fn prepare(&self, origins: &[String]) -> Prepared {
        let mut prepared = Prepared::default();
        let bucket = &self.place.bucket;
        match self.breaker.call(self.make_bucket()).await {
            Ok(is_new) => {
                prepared.is_ready = true;
                let made = || format!("The bucket {bucket} has been made.");
                prepared.said.extend(is_new.then(made));
            }
            Err(error) => {
                let say = format!("The bucket {bucket} cannot be used: {error}.");
                prepared.said.push(say);
                return prepared;
            }
        }
        // The embedded store answers browsers by itself.
        if !self.place.is_embedded {
            let made = self.breaker.call(self.make_rules(origins)).await;
            prepared.said.extend(made.err().map(|error| {
                let rules = rules_as_text(origins);
                format!(
                    "The bucket {bucket} takes no rules for browsers ({error}). \
                     Unless it has them otherwise, set these:\n{rules}"
                )
            }));
        }
        prepared
    }

    /// Whether the bucket was made just now.
    async fn make_bucket(&self) -> Result<bool> {
        let bucket = &self.place.bucket;
        let ask = self.client.head_bucket().bucket(bucket).send();
        match ask.await.map_err(Error::from) {
            Ok(_) => return Ok(false),
            Err(Error::Missing) => {}
            Err(error) => return Err(error),
        }
        // The first region is the one that must not be named.
        let region = self.place.region.as_str();
        let abroad = (region != "us-east-1").then(|| {
            let place = BucketLocationConstraint::from(region);
            let place = CreateBucketConfiguration::builder().location_constraint(place);
            place.build()
        });
        let ask = self.client.create_bucket().bucket(bucket);
        let made = ask.set_create_bucket_configuration(abroad).send().await;
        match made {
            Ok(_) => Ok(true),
            // Another server was faster.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|e| e.is_bucket_already_owned_by_you()) =>
            {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn make_rules(&self, origins: &[String]) -> Result<()> {
        let bucket = &self.place.bucket;
        let known = self.client.get_bucket_cors().bucket(bucket).send().await;
        if known.is_ok_and(|known| !known.cors_rules().is_empty()) {
            return Ok(());
        }
        let broken = |_| Error::Other("a rule is incomplete".to_owned());
        let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
        let rule = CorsRule::builder()
            .set_allowed_origins(Some(allowed(origins)))
            .set_allowed_methods(Some(words(&["PUT", "GET", "HEAD"])))
            .set_allowed_headers(Some(words(&SENT)))
            .set_expose_headers(Some(words(&SHOWN)))
            .max_age_seconds(REMEMBERED);
        let rule = rule.build().map_err(broken)?;
        let rules = CorsConfiguration::builder().cors_rules(rule).build();
        let ask = self.client.put_bucket_cors().bucket(bucket);
        let ask = ask.cors_configuration(rules.map_err(broken)?);
        ask.send().await?;
        Ok(())
    }
}

/// The origins that rules name.
fn allowed(origins: &[String]) -> Vec<String> {
    match origins.is_empty() {
        true => vec!["*".to_owned()],
        false => origins.to_vec(),
    }
}

/// In the form that command line tools take.
fn rules_as_text(origins: &[String]) -> String {
    let origins = allowed(origins);
    format!(
        "{{\"CORSRules\":[{{\"AllowedOrigins\":{origins:?},\
         \"AllowedMethods\":[\"PUT\",\"GET\",\"HEAD\"],\
         \"AllowedHeaders\":{SENT:?},\"ExposeHeaders\":{SHOWN:?},\
         \"MaxAgeSeconds\":{REMEMBERED}}}]}}"
    )
}
