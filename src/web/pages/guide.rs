//! The guide for everybody: as a page, as Markdown, and the files by which machines find it.

use askama::Template;

use crate::web::guide::Guide;
use crate::web::layout::Layout;

#[derive(Template, Debug)]
#[template(path = "pages/guide.html")]
pub struct GuidePage {
    layout: Layout,
    guide: Guide,
}

impl GuidePage {
    pub fn new(layout: Layout) -> Self {
        Self { guide: Guide::of(&layout.product), layout }
    }
}
