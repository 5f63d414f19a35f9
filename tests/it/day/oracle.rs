//! What may be said of an account, worked out from the truth and from what people are promised, by nothing
//! that the hub works it out with.

use std::time::Duration;

use linkhub::clock::Timestamp;

use super::cast::{Actor, Truth};
use super::seen::{Line, Row};

const NO_ANSWER: [&str; 4] =
    ["rate_limited", "qlik_unavailable", "unreachable", "unexpected_answer"];
const WARNINGS: [u64; 3] = [50, 20, 5];
const MINUTE: Duration = Duration::from_mins(1);

/// What has been told of one account so far.
#[derive(Default)]
pub struct Told {
    pub row: Option<Row>,
    pub renewal_allowed: bool,
    /// Of the lines that nobody has looked at yet.
    pub actions: Vec<String>,
    /// The last step's.
    status_before: String,
    /// What the lines add up to.
    status: String,
    expiring: Vec<(u64, Timestamp)>,
    expired: Vec<Timestamp>,
    checks: Vec<(Timestamp, Option<String>)>,
    /// The ids of what webhooks tell, in the order of history.
    pub announced: Vec<String>,
}

impl Told {
    /// Takes one more line in; an answer is a complaint.
    pub fn hear(&mut self, actor: &Actor, line: &Line) -> Option<String> {
        let told = |what: &str| Some(format!("{} at {}: {what}", line.action, line.at));
        self.actions.push(line.action.clone());
        if line.action.starts_with("account.") && line.action != "account.checked" {
            self.announced.push(line.id.clone());
        }
        match line.action.as_str() {
            "account.created" => {
                if !self.status.is_empty() {
                    return told("made twice");
                }
                "active".clone_into(&mut self.status);
            }
            "account.checked" => {
                let code = line.detail["code"].as_str().map(str::to_owned);
                let wrong = match (actor.truth(line.at), code.as_deref()) {
                    (Truth::Good, None) => false,
                    (Truth::Refused(codes), Some(code)) => !codes.contains(&code),
                    (Truth::Unknown, Some(code)) => !NO_ANSWER.contains(&code),
                    _ => true,
                };
                let late = self.too_late(actor, line.at);
                self.checks.push((line.at, code.clone()));
                if wrong {
                    let truth = actor.truth(line.at);
                    return told(&format!("{code:?}, but the truth is {truth:?}"));
                }
                return late;
            }
            "account.expiring" => {
                let percent = line.detail["percent"].as_u64().unwrap();
                self.expiring.push((percent, line.at));
                if self.status != "active" {
                    return told("nobody waits for the end of a key that does not work");
                }
            }
            "account.expired" | "account.error" | "account.recovered" => {
                let status = match line.action.as_str() {
                    "account.expired" => "expired",
                    "account.error" => "error",
                    _ => "active",
                };
                if self.status == status {
                    return told("told although it was so before");
                }
                status.clone_into(&mut self.status);
                if status == "expired" {
                    self.expired.push(line.at);
                }
            }
            _ => {}
        }
        None
    }

    /// Judges the account at the end of the step that ends at `now`.
    pub fn judge(&mut self, actor: &Actor, now: Timestamp, step: Duration) -> Vec<String> {
        let mut complaints = Vec::new();
        let row = self.row.clone().expect("it is linked");
        if row.status != self.status {
            complaints.push(format!("is {}, but history adds up to {}", row.status, self.status));
        }
        complaints.extend(Self::judge_status(actor, &row, now));
        complaints.extend(self.judge_unchecked(actor, &row));
        complaints.extend(self.judge_warnings(actor, now, step));
        complaints.extend(self.too_late(actor, now));
        let end = actor.expiry;
        let died = actor.expiry_known && self.status_before == "active" && end <= now;
        if died && self.expired.last() != Some(&now) {
            complaints.push(format!("its end {end} was not told when it came"));
        }
        if self.expired.len() > 1 {
            complaints.push(format!("expired more than once: {:?}", self.expired));
        }
        self.status_before = row.status;
        complaints
    }

    /// The last definite answer and the known end decide, nothing else.
    fn judge_status(actor: &Actor, row: &Row, now: Timestamp) -> Option<String> {
        let asked = row.last_checked_at;
        let dead = |at| actor.expiry_known && actor.expiry <= at;
        let right = match actor.truth(asked) {
            Truth::Good if dead(now) => "expired",
            Truth::Good => "active",
            Truth::Refused(_) if dead(asked) => "expired",
            Truth::Refused(_) => "error",
            Truth::Unknown => return Some(format!("no answer of {asked} was definite")),
        };
        if row.status != right {
            let (status, reasons) = (&row.status, &row.reasons);
            return Some(format!("is {status} {reasons}, but {right} by what was so at {asked}"));
        }
        let reasons = row.reasons != "[]";
        (reasons == (right == "active"))
            .then(|| format!("is {right} with the reasons {}", row.reasons))
    }

    fn judge_unchecked(&self, actor: &Actor, row: &Row) -> Option<String> {
        let definite = |(at, _): &&(Timestamp, _)| actor.truth(*at) != Truth::Unknown;
        let asked = self.checks.iter().rfind(definite).map_or(actor.linked_at, |(at, _)| *at);
        let last = self.checks.last().map_or(actor.linked_at, |(at, _)| *at);
        let since = (actor.truth(last) == Truth::Unknown).then_some(asked);
        let (saw, said) = (row.last_checked_at, row.unchecked_since);
        (saw != asked || said != since).then(|| {
            format!("last checked {saw}, not since {said:?}; should be {asked}, {since:?}")
        })
    }

    /// Each warning once, in the step in which its time comes; what was over at linking never.
    fn judge_warnings(&self, actor: &Actor, now: Timestamp, step: Duration) -> Vec<String> {
        let life = actor.expiry.since(actor.created);
        let mut complaints = Vec::new();
        for percent in WARNINGS {
            let at = actor.expiry.minus(life * u32::try_from(percent).unwrap() / 100);
            let told: Vec<_> = self.expiring.iter().filter(|(p, _)| *p == percent).collect();
            let due = actor.expiry_known && at > actor.linked_at && at <= now;
            let in_this_step = due && at > now.minus(step);
            if told.len() > 1 || (!told.is_empty() && !due) {
                complaints.push(format!("{percent} % due at {at}, told {told:?}"));
            }
            // Whoever was not active then is warned when that ends, if at all.
            let missed = told.first().is_none_or(|(_, told)| *told != now);
            if in_this_step && self.status_before == "active" && missed {
                complaints.push(format!("{percent} % were due at {at}, told {told:?}"));
            }
            if due && self.status == "active" && told.is_empty() {
                complaints.push(format!("{percent} % were due at {at} and never told"));
            }
        }
        complaints
    }

    /// Whether the check that ends or lacks at `now` should have been earlier: soon at first, then twice as
    /// long apart each time, a fifth more for jitter; never longer than the settings say.
    fn too_late(&self, actor: &Actor, now: Timestamp) -> Option<String> {
        let at = |back: usize| self.checks.iter().rev().nth(back).map(|(at, _)| *at);
        let last = at(0).unwrap_or(actor.linked_at);
        let before = at(1).unwrap_or(actor.linked_at);
        // Where the tenant asks for patience, others of it may have been asked instead.
        if actor.truth(now) == Truth::Unknown {
            return None;
        }
        let last = last.max(actor.answers_since(now));
        let lived = !matches!(actor.truth(last), Truth::Refused(_));
        let ended = lived && actor.expiry_known && actor.expiry <= now;
        // Its end is news too: asked soon, in case that it is the hub's clock which is wrong.
        let (last, before) = if ended { (actor.expiry, actor.expiry) } else { (last, before) };
        let refusals = self
            .checks
            .iter()
            .rev()
            .take_while(|(at, _)| matches!(actor.truth(*at), Truth::Refused(_)));
        let refusals = u32::try_from(refusals.count().min(7)).unwrap();
        let (first, longest) = match actor.truth(last) {
            Truth::Good => (5 * MINUTE, Duration::from_hours(6)),
            Truth::Refused(_) => (15 * MINUTE * 2u32.pow(refusals), Duration::from_hours(24)),
            // Qlik may ask for more patience.
            Truth::Unknown => (20 * MINUTE, Duration::from_hours(1)),
        };
        let allowed = (last.since(before) * 3).max(first).min(longest).mul_f64(1.2);
        let left = actor.expiry.since(last).mul_f64(0.6).max(2 * MINUTE);
        let sooner = actor.truth(last) == Truth::Good && actor.expiry_known && left < allowed;
        let allowed = if sooner { left } else { allowed };
        // The steps, and a queue at the tenant.
        (now.since(last) > allowed + 15 * MINUTE)
            .then(|| format!("was not checked between {last} and {now}, before that at {before}"))
    }

    pub fn checks(&self) -> usize {
        self.checks.len()
    }
}
