//! The bar that shows how all accounts are doing; each part leads to the list of those accounts.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::model::account::health::{Health, HealthCounts};
use crate::web::components::length;
use crate::web::pages::accounts::params::{Params, UNCHECKED};
use crate::web::pictures::shares;

/// The bar's width, in units of its own.
const WIDTH: u32 = 1_000;
/// What is there is seen, however little it is.
const NARROWEST: u32 = 12;
/// A younger count needs no date.
const NOW: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub struct HealthBar {
    pub parts: Vec<Part>,
    /// How long ago the accounts were counted, if that was not just now.
    pub age: Option<String>,
}

#[derive(Debug)]
pub struct Part {
    pub kind: &'static str,
    pub text: &'static str,
    pub count: String,
    /// `None` where there is nothing to list.
    pub href: Option<String>,
    /// The list shown is this one.
    pub current: bool,
    /// Where it begins in the bar and how wide it is; no width if it is not in the bar.
    pub x: u32,
    pub width: u32,
}

impl HealthBar {
    pub fn new(counts: &HealthCounts, params: &Params, now: Timestamp) -> Self {
        let widths = shares(&counts.classes, WIDTH, NARROWEST);
        let mut x = 0;
        let mut parts = Vec::new();
        for (class, width) in Health::ALL.into_iter().zip(widths) {
            let count = counts.of(class);
            if count > 0 || class != Health::Overdue {
                let list = Params::of_class(class);
                parts.push(Part {
                    x,
                    width,
                    ..part(class.as_str(), name(class), count, &list, params)
                });
            }
            x += width;
        }
        if counts.unchecked > 0 {
            let list = Params { status: UNCHECKED.to_owned(), ..Params::default() };
            parts.push(part(UNCHECKED, "Not checked lately", counts.unchecked, &list, params));
        }
        let age = now.since(counts.at);
        Self { parts, age: (age >= NOW).then(|| length(age)) }
    }

    pub fn has_accounts(&self) -> bool {
        self.parts.iter().any(|part| part.href.is_some())
    }
}

fn part(kind: &'static str, text: &'static str, count: i64, list: &Params, shown: &Params) -> Part {
    let href = (count > 0).then(|| list.href(&[]));
    let current = list.filters_as(shown);
    Part { kind, text, count: grouped(count), href, current, x: 0, width: 0 }
}

const fn name(class: Health) -> &'static str {
    match class {
        Health::Healthy => "Healthy",
        Health::ThisWeek => "Expire this week",
        Health::Today => "Expire within 24 hours",
        Health::Overdue => "Work past their expiry",
        Health::Suspended => "Suspended",
        Health::Expired => "Expired",
        Health::Broken => "Broken",
    }
}

/// "1,234,567".
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_read_in_groups() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")]
        {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn every_class_has_a_list_of_its_own() {
        let lists = Health::ALL.map(|class| Params::of_class(class).href(&[]));
        for (at, list) in lists.iter().enumerate() {
            assert!(!lists[..at].contains(list), "{list}");
        }
        assert_eq!(lists[0], "/accounts?status=active&expires=later");
    }
}
