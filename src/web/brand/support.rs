//! Where people get help.

use percent_encoding::percent_decode_str;
use url::Url;

/// The link behind "Need help?": `templates/components/help.html`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support {
    pub href: String,
    /// The address as people write it, so that it can also be read out or copied.
    pub text: String,
    /// A page of its own, beside which what was typed here stays.
    pub is_page: bool,
}

impl Support {
    /// `https:` or `mailto:`, or a bare mail address. `None` if it is nothing of these.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bare = !text.contains([':', '/']);
        let url = if bare { format!("mailto:{text}") } else { text.to_owned() };
        let url = Url::parse(&url).ok()?;
        match url.scheme() {
            "https" if url.username().is_empty() && url.password().is_none() => {
                let shown = url.as_str().trim_start_matches("https://").trim_end_matches('/');
                Some(Self { text: shown.to_owned(), href: url.to_string(), is_page: true })
            }
            "mailto" => {
                let address = percent_decode_str(url.path()).decode_utf8().ok()?;
                is_address(&address).then(|| Self {
                    text: address.into_owned(),
                    href: url.to_string(),
                    is_page: false,
                })
            }
            _ => None,
        }
    }
}

fn is_address(text: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"(),:;@[]\\".contains(c);
    text.split_once('@').is_some_and(|(name, domain)| {
        [name, domain].iter().all(|part| !part.is_empty() && part.chars().all(plain))
            && domain.split('.').all(|label| !label.is_empty())
    })
}
