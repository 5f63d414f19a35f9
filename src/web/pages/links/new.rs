//! A link that has just been made: shown once, to be copied or scanned.

use askama::Template;
use qrcode::{Color, EcLevel, QrCode};

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::linking::NewSession;
use crate::secret::PlainToken;
use crate::web::layout::Layout;
use crate::web::pages::accounts::Moment;
use crate::web::paths;

/// White around the code, without which it cannot be read.
const QUIET: usize = 4;

#[derive(Template)]
#[template(path = "pages/new_link.html")]
pub struct NewLinkPage {
    pub layout: Layout,
    pub link: String,
    pub qr: Option<Qr>,
    pub owner: String,
    pub owner_id: String,
    pub ends: Moment,
    /// The account that it renews.
    pub renews: Option<String>,
    pub revoke: String,
    pub back: Back,
}

/// Where one goes from here.
#[derive(Debug)]
pub struct Back {
    pub href: String,
    pub text: &'static str,
}

impl Back {
    pub fn links() -> Self {
        Self { href: paths::LINKS.to_owned(), text: "All links" }
    }

    pub fn account(id: &AccountId) -> Self {
        Self { href: paths::account(id), text: "Back to the account" }
    }
}

/// `origin` is the hub's own, as people reach it.
pub fn link_of(origin: &str, token: &PlainToken) -> String {
    format!("{origin}/hub/{}", token.reveal().as_str())
}

impl NewLinkPage {
    /// `origin` is the hub's own, as people reach it.
    pub fn new(layout: Layout, origin: &str, new: &NewSession, back: Back, now: Timestamp) -> Self {
        let link = link_of(origin, &new.token);
        let terms = &new.session.terms;
        Self {
            layout,
            qr: Qr::new(&link),
            link,
            owner: terms.owner.name.clone(),
            owner_id: terms.owner.id.clone(),
            ends: Moment::of(new.session.expires_at, now),
            renews: terms.account_id.as_ref().map(paths::account),
            revoke: paths::link_revoke(&new.session.id),
            back,
        }
    }
}

/// A QR code as one path in a square of `size` units.
#[derive(Debug)]
pub struct Qr {
    pub size: usize,
    pub path: String,
}

impl Qr {
    /// `None` for a text that is too long for a code.
    fn new(text: &str) -> Option<Self> {
        use std::fmt::Write as _;
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (y, row) in code.to_colors().chunks(width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run[0] == Color::Dark {
                    let (left, top, length) = (x + QUIET, y + QUIET, run.len());
                    let _ = write!(path, "M{left} {top}h{length}v1h-{length}z");
                }
                x += run.len();
            }
        }
        Some(Self { size: width + 2 * QUIET, path })
    }
}
