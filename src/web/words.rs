//! What a failure is called to the person who meets it: what is wrong, why, and what to do next. The
//! words are in `locales/`, as `failure-CODE`; a test walks every code in every language.

use std::borrow::Cow;

use crate::model::failure::{Failure, FailureCode, Step};
use crate::model::language::Language;
use crate::web::texts::{self, times};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    pub title: String,
    pub reason: String,
    pub next_step: String,
}

/// `host` is the address that was tried (`my-company.us.qlikcloud.com`), empty if there was none.
pub fn of(failure: &Failure, host: &str, language: Language) -> Words {
    let host = if host.is_empty() { "none" } else { host };
    let wait = times::wait(language, failure.retry_after);
    let text = |part: &str| {
        let key = format!("failure-{}{part}", failure.code.as_str());
        texts::with(language, &key, &[("host", host), ("wait", &wait)]).into_owned()
    };
    Words { title: text(""), reason: text(".reason"), next_step: text(".next") }
}

/// The words of a stored code, for an admin; `None` if there is no such code.
pub fn by_code(code: &str, host: &str) -> Option<Words> {
    let code = FailureCode::ALL.iter().find(|known| known.as_str() == code)?;
    Some(of(&Failure::new(*code), host, Language::En))
}

/// The title of a stored code, or the code itself if it is not known here.
pub fn title_of(code: &str, host: &str) -> String {
    by_code(code, host).map_or_else(|| code.to_owned(), |words| words.title)
}

/// What a step is called in the list that shows the progress.
pub fn step(step: Step, language: Language) -> Cow<'static, str> {
    texts::get(language, &format!("step-{}", step.as_str()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_failure_has_a_title_a_reason_and_a_next_step_in_every_language() {
        for language in Language::ALL {
            let end = if language == Language::Ja { '。' } else { '.' };
            for code in FailureCode::ALL {
                for host in ["", "my-company.us.qlikcloud.com"] {
                    let words = of(&Failure::new(*code), host, language);
                    for text in [&words.title, &words.reason, &words.next_step] {
                        assert!(text.len() > 6, "{language:?} {code:?}: {text}");
                        assert!(!text.contains(['{', '}']), "{language:?} {code:?}: {text}");
                        let unknown = text.replace("none yet", "").contains("none");
                        assert!(!unknown, "{language:?} {code:?}: {text}");
                        assert!(!text.starts_with("failure-"), "{language:?} {code:?}: {text}");
                    }
                    for sentence in [&words.reason, &words.next_step] {
                        assert!(sentence.ends_with(end), "{language:?} {code:?}: {sentence}");
                    }
                    assert!(!words.title.ends_with(end), "{language:?} {code:?}");
                }
            }
            for step in Step::ALL {
                assert!(!super::step(step, language).starts_with("step-"), "{language:?}");
            }
        }
    }

    #[test]
    fn no_fault_of_qlik_calls_the_key_bad() {
        for (language, says_nothing) in [
            (Language::En, "says nothing about your key"),
            (Language::De, "Über Ihren Schlüssel sagt das nichts aus"),
            (Language::Fr, "ne dit rien de votre clé"),
            (Language::Es, "no dice nada sobre su clave"),
            (Language::Ja, "キーに問題があるとは限りません"),
            (Language::Pt, "não diz nada sobre a sua chave"),
        ] {
            for code in [
                FailureCode::Unreachable,
                FailureCode::RateLimited,
                FailureCode::QlikUnavailable,
                FailureCode::UnexpectedAnswer,
            ] {
                let words = of(&Failure::new(code), "", language);
                assert!(words.reason.contains(says_nothing), "{language:?} {code:?}");
            }
        }
    }

    #[test]
    fn waits_and_hosts_are_filled_in() {
        let failure =
            Failure::new(FailureCode::RateLimited).retry_after(Some(Duration::from_secs(13)));
        assert_eq!(of(&failure, "", Language::En).next_step, "Try again in 13 seconds.");
        let failure = Failure::new(FailureCode::RateLimited);
        assert_eq!(of(&failure, "", Language::En).next_step, "Try again in a minute.");
        assert!(of(&failure, "", Language::De).next_step.contains("in einer Minute"));
        let failure = Failure::new(FailureCode::TenantNotFound);
        let words = of(&failure, "my-company.us.qlikcloud.com", Language::En);
        assert_eq!(words.title, "There is no tenant at my-company.us.qlikcloud.com");
        assert_eq!(of(&failure, "", Language::En).title, "There is no such tenant");
    }
}
