//! The languages that an end user may be spoken to in.

/// To add one: a variant here, its file in `locales/`, its guide in `templates/guide/`; tests name what lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    #[default]
    En,
    De,
    Fr,
    Es,
    Ja,
    Pt,
}

impl Language {
    pub const ALL: [Self; 6] = [Self::En, Self::De, Self::Fr, Self::Es, Self::Ja, Self::Pt];

    /// The code of ISO 639, as in `<html lang>` and `?lang=`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
            Self::Ja => "ja",
            Self::Pt => "pt",
        }
    }

    /// What it calls itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Fr => "Français",
            Self::Es => "Español",
            Self::Ja => "日本語",
            Self::Pt => "Português",
        }
    }

    /// Reads a language tag by its first part, in any case: `de`, `de-AT`, `pt_BR`.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.as_str().eq_ignore_ascii_case(primary))
    }

    /// The best of ours by an `Accept-Language` header. `None` if it asks for none of them.
    pub fn negotiate(accept_language: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for item in accept_language.split(',') {
            let mut parts = item.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default();
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1000, thousandths);
            let language = if tag == "*" { Some(Self::default()) } else { Self::parse(tag) };
            if let Some(language) = language
                && weight > best.map_or(0, |(heaviest, _)| heaviest)
            {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

/// A weight of at most three decimals (RFC 9110 §12.4.2); what is no weight counts as none.
fn thousandths(weight: &str) -> u16 {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    match (whole, format!("{decimals:0<3}").parse::<u16>()) {
        ("0", Ok(thousandths @ ..1000)) => thousandths,
        ("1", Ok(0)) => 1000,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_by_its_first_part() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.as_str()), Some(language));
        }
        for (tag, language) in [
            ("de-AT", Language::De),
            ("PT_br", Language::Pt),
            (" ja ", Language::Ja),
            ("fr-Latn-CA", Language::Fr),
        ] {
            assert_eq!(Language::parse(tag), Some(language), "{tag}");
        }
        for tag in ["", "-", "nl", "den", "d", "e n", "*"] {
            assert_eq!(Language::parse(tag), None, "{tag}");
        }
    }

    #[test]
    fn the_heaviest_language_that_we_speak_is_chosen() {
        for (header, language) in [
            ("de", Some(Language::De)),
            ("de-CH, fr;q=0.9", Some(Language::De)),
            ("nl, fr;q=0.9, en;q=0.8", Some(Language::Fr)),
            ("en;q=0.7, ja;q=0.701", Some(Language::Ja)),
            ("en;q=0.5, es;q=0.5", Some(Language::En)),
            ("fr;q=0, pt;q=0.001", Some(Language::Pt)),
            ("nl, *;q=0.5", Some(Language::En)),
            ("es ; q=1.000", Some(Language::Es)),
            ("de;q=7, es;q=0.1", Some(Language::Es)),
            ("de;q=nonsense, , ;;q=1, es;q=0.", None),
            ("nl, sv", None),
            ("", None),
        ] {
            assert_eq!(Language::negotiate(header), language, "{header}");
        }
    }
}
