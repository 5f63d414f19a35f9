//! The first admin's password, by the one-time link.

use askama::Template;

use crate::web::components::FailureBox;
use crate::web::layout::Layout;

#[derive(Template, Debug)]
#[template(path = "pages/setup.html")]
pub struct SetupPage {
    pub layout: Layout,
    pub token: String,
    /// The fewest characters of a password, and the sentence that says so.
    pub shortest: usize,
    pub hint: String,
    /// Blank if nothing is wrong.
    pub failure: FailureBox,
}
