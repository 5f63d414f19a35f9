//! The guide: written once in `templates/guide.md`, shown as a page, beside the form, and as Markdown.

use askama::Template;
use pulldown_cmark::{Options, Parser, html};

#[derive(Template)]
#[template(path = "guide.md", escape = "none")]
struct Source<'a> {
    product: &'a str,
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
pub fn markdown(product: &str) -> String {
    source(product).lines().fold(String::new(), |mut text, line| {
        text.push_str(line.split(" <!--").next().unwrap_or(line));
        text.push('\n');
        text
    })
}

fn source(product: &str) -> String {
    // The product's name is the operator's own word, but a name is not markup.
    let product: String = product
        .chars()
        .flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain([c]))
        .collect();
    Source { product: &product }.render().unwrap_or_default()
}

impl Guide {
    pub fn of(product: &str) -> Self {
        let source = source(product);
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
    fn every_section_can_be_linked_to() {
        let guide = Guide::of("linkhub");
        assert!(guide.sections.len() >= 5);
        for section in &guide.sections {
            assert!(section.anchor.starts_with("guide-"), "{}", section.title);
            assert!(!section.body.0.is_empty());
        }
        assert!(!markdown("linkhub").contains("<!--"));
    }

    #[test]
    fn a_product_name_is_text_in_every_form() {
        let name = "<script>alert(1)</script> *Co*";
        let guide = Guide::of(name);
        assert!(guide.title.contains(name));
        let bodies: String = guide.sections.iter().map(|s| s.body.0.as_str()).collect();
        assert!(!bodies.contains("<script") && bodies.contains("&lt;script"));
        assert!(!bodies.contains("<em>Co"));
    }
}
