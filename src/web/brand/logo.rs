//! The operator's logo: what kind of image it is, by its content.

use crate::web::brand::BrandError;

/// More than a logo needs; every visitor loads it.
pub const LARGEST: usize = 64 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Svg,
    Png,
}

impl Kind {
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
        }
    }

    pub const fn extension(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }

    pub fn of(image: &[u8]) -> Result<Self, BrandError> {
        if image.len() > LARGEST {
            return Err(BrandError::LogoTooLarge);
        }
        if image.starts_with(b"\x89PNG\r\n\x1a\n") {
            let begins = image.get(12..16) == Some(b"IHDR");
            let ends = image.iter().rev().skip(4).take(4).rev().eq(b"IEND");
            return if begins && ends { Ok(Self::Png) } else { Err(BrandError::LogoDamaged) };
        }
        let text = std::str::from_utf8(image).map_err(|_| BrandError::LogoOfOtherKind)?;
        let root = root(text).ok_or(BrandError::LogoOfOtherKind)?;
        let head = root.split('>').next().unwrap_or_default();
        if !head.contains("http://www.w3.org/2000/svg") {
            return Err(BrandError::LogoWithoutNamespace);
        }
        if root.contains("</svg>") { Ok(Self::Svg) } else { Err(BrandError::LogoDamaged) }
    }
}

/// From the element `svg` on, if that is what the document is.
fn root(text: &str) -> Option<&str> {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<!DOCTYPE") {
            // Its own declarations stand in brackets, and have a `>` each.
            let declares = rest.find('[') < rest.find('>') && rest.contains('[');
            if declares { "]>" } else { ">" }
        } else {
            break;
        };
        rest = rest.split_once(end)?.1.trim_start();
    }
    let after = rest.strip_prefix("<svg")?;
    after.starts_with([' ', '\t', '\r', '\n', '>']).then_some(rest)
}
