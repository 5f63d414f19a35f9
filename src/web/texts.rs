//! What an end user reads, in their language: the Fluent files of `locales/`, compiled in. What only
//! admins read is English and stands where it is shown.

pub mod scripts;
pub mod times;

#[cfg(test)]
pub mod tests;

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use crate::model::language::Language;

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<[Bundle; Language::ALL.len()]> =
    LazyLock::new(|| Language::ALL.map(bundle));

const fn source(language: Language) -> &'static str {
    match language {
        Language::En => include_str!("../../locales/en.ftl"),
        Language::De => include_str!("../../locales/de.ftl"),
        Language::Fr => include_str!("../../locales/fr.ftl"),
        Language::Es => include_str!("../../locales/es.ftl"),
        Language::Ja => include_str!("../../locales/ja.ftl"),
        Language::Pt => include_str!("../../locales/pt.ftl"),
    }
}

fn bundle(language: Language) -> Bundle {
    let locale: LanguageIdentifier = language.as_str().parse().expect("a code of ISO 639");
    let mut bundle = Bundle::new_concurrent(vec![locale]);
    // The marks would end up in attributes, in JSON and in what people copy; names that may run from
    // right to left stand in elements of their own.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(source(language).to_owned());
    // A test reads every file for errors; what can be read of a bad one is used all the same.
    let resource = resource.unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource(resource).ok();
    bundle
}

/// The text of a key, as `hub-title` or `failure-forbidden.reason`.
pub fn get(language: Language, key: &str) -> Cow<'static, str> {
    filled(language, key, None)
}

/// The text of a key with its placeholders filled in.
pub fn with(language: Language, key: &str, values: &[(&'static str, &str)]) -> Cow<'static, str> {
    let values: FluentArgs<'_> = values.iter().copied().collect();
    filled(language, key, Some(&values))
}

/// The text of a key whose `$n` is a number, in the form that goes with it.
pub fn counted(language: Language, key: &str, n: u64) -> Cow<'static, str> {
    let values: FluentArgs<'_> = [("n", n)].into_iter().collect();
    filled(language, key, Some(&values))
}

/// What is missing in a language is English; `None` if it is missing there too.
pub fn find(language: Language, key: &str) -> Option<Cow<'static, str>> {
    lookup(language, key, None).or_else(|| lookup(Language::En, key, None))
}

fn filled(language: Language, key: &str, values: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
    lookup(language, key, values)
        .or_else(|| lookup(Language::En, key, values))
        .unwrap_or_else(|| Cow::Owned(key.to_owned()))
}

fn lookup(
    language: Language,
    key: &str,
    values: Option<&FluentArgs<'_>>,
) -> Option<Cow<'static, str>> {
    let bundle = &BUNDLES[language as usize];
    let (id, attribute) = key.split_once('.').map_or((key, None), |(id, rest)| (id, Some(rest)));
    let message = bundle.get_message(id)?;
    let pattern = match attribute {
        Some(name) => message.get_attribute(name)?.value(),
        None => message.value()?,
    };
    let text = bundle.format_pattern(pattern, values, &mut Vec::new());
    Some(Cow::Owned(text.into_owned()))
}
