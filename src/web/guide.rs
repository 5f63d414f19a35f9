//! The guide: one file a language in `templates/guide/`, shown as a page, beside the form, and as Markdown.

use pulldown_cmark::{Options, Parser, html};

use crate::model::language::Language;

const fn file(language: Language) -> &'static str {
    match language {
        Language::En => include_str!("../../templates/guide/en.md"),
        Language::De => include_str!("../../templates/guide/de.md"),
        Language::Fr => include_str!("../../templates/guide/fr.md"),
        Language::Es => include_str!("../../templates/guide/es.md"),
        Language::Ja => include_str!("../../templates/guide/ja.md"),
        Language::Pt => include_str!("../../templates/guide/pt.md"),
    }
}

#[derive(Debug, Clone)]
pub struct Guide {
    pub title: String,
    pub introduction: Html,
    pub sections: Vec<Section>,
}

#[derive(Debug, Clone)]
pub struct Section {
    /// The fragment that leads to it, as `guide-key`.
    pub anchor: String,
    pub title: String,
    pub body: Html,
}

/// HTML that this module has made from its own Markdown, in which raw HTML is shown as text.
#[derive(Debug, Clone)]
pub struct Html(String);

impl std::fmt::Display for Html {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::FastWritable for Html {
    fn write_into(
        &self,
        writer: &mut dyn std::fmt::Write,
        _: &dyn askama::Values,
    ) -> askama::Result<()> {
        Ok(writer.write_str(&self.0)?)
    }
}

impl askama::filters::HtmlSafe for Html {}

/// The whole guide as Markdown.
pub fn markdown(product: &str, language: Language) -> String {
    source(product, language).lines().fold(String::new(), |mut text, line| {
        text.push_str(line.split(" <!--").next().unwrap_or(line));
        text.push('\n');
        text
    })
}

fn source(product: &str, language: Language) -> String {
    // The product's name is the operator's own word, but a name is not markup.
    let product: String = product
        .chars()
        .flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain([c]))
        .collect();
    file(language).replace("{{ product }}", &product)
}

impl Guide {
    pub fn of(product: &str, language: Language) -> Self {
        let source = source(product, language);
        let mut parts = source.split("\n## ");
        let (title, introduction) =
            parts.next().and_then(|p| p.split_once('\n')).unwrap_or(("", ""));
        let sections = parts
            .map(|part| {
                let (head, body) = part.split_once('\n').unwrap_or((part, ""));
                let (title, anchor) = head.split_once(" <!--").unwrap_or((head, ""));
                Section {
                    anchor: anchor.trim_end_matches("-->").to_owned(),
                    title: title.to_owned(),
                    body: to_html(body),
                }
            })
            .collect();
        Self { title: plain(title), introduction: to_html(introduction), sections }
    }
}

fn plain(heading: &str) -> String {
    heading.trim_start_matches("# ").replace('\\', "")
}

fn to_html(markdown: &str) -> Html {
    use pulldown_cmark::Event;
    let events = Parser::new_ext(markdown, Options::empty()).map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    Html(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_can_be_linked_to_in_every_language() {
        let english = Guide::of("linkhub", Language::En);
        assert!(english.sections.len() >= 5);
        for language in Language::ALL {
            let guide = Guide::of("linkhub", language);
            assert!(guide.title.contains("linkhub"), "{}", guide.title);
            let anchors = |guide: &Guide| -> Vec<String> {
                guide.sections.iter().map(|s| s.anchor.clone()).collect()
            };
            assert_eq!(anchors(&guide), anchors(&english), "{language:?}");
            for section in &guide.sections {
                assert!(section.anchor.starts_with("guide-"), "{}", section.title);
            }
            let markdown = markdown("linkhub", language);
            assert!(!markdown.contains("<!--") && !markdown.contains("{{"), "{language:?}");
        }
    }

    #[test]
    fn every_language_says_as_much_in_the_same_form() {
        let shape = |language| -> Vec<[usize; 4]> {
            let sections = Guide::of("linkhub", language).sections;
            let count = |section: &Section| {
                ["<li>", "<p>", "<ol>", "<code>"].map(|tag| section.body.0.matches(tag).count())
            };
            sections.iter().map(count).collect()
        };
        for language in Language::ALL {
            assert_eq!(shape(language), shape(Language::En), "{language:?}");
        }
    }

    #[test]
    fn a_product_name_is_text_in_every_form() {
        let name = "<script>alert(1)</script> *Co*";
        for language in Language::ALL {
            let guide = Guide::of(name, language);
            assert!(guide.title.contains(name));
            let bodies: String = guide.sections.iter().map(|s| s.body.0.as_str()).collect();
            assert!(!bodies.contains("<script") && bodies.contains("&lt;script"));
            assert!(!bodies.contains("<em>Co"));
        }
    }
}
