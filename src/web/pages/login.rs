//! Signing in and out.

use askama::Template;

use crate::web::components::FailureBox;
use crate::web::layout::Layout;

#[derive(Template, Debug)]
#[template(path = "pages/login.html")]
pub struct LoginPage {
    pub layout: Layout,
    /// Where to go after signing in.
    pub next: String,
    /// Blank if nothing is wrong.
    pub failure: FailureBox,
}
