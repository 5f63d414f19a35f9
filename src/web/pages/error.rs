//! What is shown instead of a page.

use askama::Template;

use crate::web::components::FailureBox;
use crate::web::layout::Layout;

#[derive(Template, Debug)]
#[template(path = "pages/error.html")]
pub struct ErrorPage {
    pub layout: Layout,
    pub status: u16,
    pub failure: FailureBox,
}
