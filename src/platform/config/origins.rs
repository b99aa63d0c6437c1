//! From which web pages browsers may call.

use std::{str::FromStr, sync::Arc};

/// Origins of web pages, compared character by character. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origins {
    Any,
    /// These; none of another host where it is empty.
    Listed(Arc<[String]>),
}

impl Origins {
    /// Whether pages of this origin may call.
    pub fn allows(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(listed) => listed.iter().any(|known| known == origin),
        }
    }
}

impl FromStr for Origins {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let entries = text.split(',').map(str::trim);
        let listed: Vec<_> = entries.filter(|entry| !entry.is_empty()).collect();
        if listed == ["*"] {
            return Ok(Self::Any);
        }
        let mut origins = Vec::new();
        for entry in listed {
            check(entry).map_err(|why| format!("`{entry}` is no origin: {why}"))?;
            origins.push(entry.to_owned());
        }
        Ok(Self::Listed(origins.into()))
    }
}

/// Whether an entry is written as browsers write origins: anything else would never match.
fn check(entry: &str) -> Result<(), &'static str> {
    if entry == "*" {
        return Err("`*` stands for all of them, so it stands alone");
    }
    let (scheme, rest) = entry
        .split_once("://")
        .ok_or("write scheme://host, or scheme://host:port")?;
    let is_scheme_char = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '+' | '-' | '.');
    if !scheme.starts_with(|c: char| c.is_ascii_lowercase()) || !scheme.chars().all(is_scheme_char)
    {
        return Err("its scheme is not one in lower case");
    }
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !rest.ends_with(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let is_name = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '.' | '-' | '_');
    let v6 = host.strip_prefix('[').and_then(|v6| v6.strip_suffix(']'));
    let is_host = match v6 {
        Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok() && v6 == v6.to_ascii_lowercase(),
        None => !host.is_empty() && host.chars().all(is_name),
    };
    if !is_host {
        return Err(
            "its host is not one as browsers send it: lower case, Punycode, without a path",
        );
    }
    match (scheme, port) {
        (_, None) => Ok(()),
        ("https", Some("443")) | ("http", Some("80")) => {
            Err("browsers leave out a scheme's own port")
        }
        (_, Some(port)) => match port.parse::<u16>() {
            Ok(number) if number.to_string() == port => Ok(()),
            _ => Err("its port is not a number up to 65535"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_taken_as_browsers_write_it_and_no_other_way() {
        for fine in [
            "https://app.example",
            "http://localhost:5173",
            "https://xn--mnchen-3ya.example",
            "http://[::1]:8080",
            "http://[::1]",
            "capacitor://localhost",
        ] {
            let origins: Origins = fine.parse().unwrap();
            assert!(origins.allows(fine), "{fine}");
            assert!(!origins.allows("https://evil.example"), "{fine}");
            assert!(!origins.allows(&format!("{fine}.evil.example")), "{fine}");
        }
        for wrong in [
            "app.example",
            "https://",
            "https://app.example/",
            "https://app.example/path",
            "https://App.example",
            "HTTPS://app.example",
            "https://*.example",
            "https://ann@app.example",
            "https://app.example:443",
            "http://app.example:80",
            "https://app.example:0443",
            "https://app.example:99999",
            "https://app.example:",
            "https://münchen.example",
            "https://[::g]",
            "null",
            "*,https://app.example",
        ] {
            assert!(wrong.parse::<Origins>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_list_is_split_at_commas_and_an_empty_one_allows_none() {
        let origins: Origins = "https://a.example, https://b.example".parse().unwrap();
        assert!(origins.allows("https://a.example") && origins.allows("https://b.example"));
        let none: Origins = "".parse().unwrap();
        assert!(!none.allows("https://a.example") && !none.allows(""));
        assert_eq!("*".parse(), Ok(Origins::Any));
    }
}
