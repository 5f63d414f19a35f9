//! An emulated day: hundreds of accounts, their keys and their misfortunes, with clocks that the test moves. What the
//! hub says is compared at every step with an oracle that knows the truth and nothing of the hub's own reckoning.

mod cast;
mod oracle;
mod receiver;
mod renewing;
mod seen;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use linkhub::clock::{Clock, Timestamp};
use linkhub::linking::{Authority, ConnectRequest};
use linkhub::model::account::Owner;
use linkhub::model::event::Caller;
use linkhub::store::StoreError;

use crate::support::TestHub;
use cast::{Actor, Cast, RETRY_AFTER, set};
use oracle::Told;
use receiver::Receiver;
use seen::Database;

const START: Timestamp = Timestamp::from_millis(1_795_428_000_000);
const STEP: Duration = Duration::from_mins(5);
const DAY: Duration = Duration::from_hours(26);
/// How often all rows are read, not only those that history names.
const ALL_ROWS: u64 = 12;

/// `LINKHUB_TEST_DAY_ACCOUNTS=1000` for the whole cast.
#[expect(clippy::disallowed_methods, reason = "it is a setting of the tests, not of the hub")]
fn accounts() -> usize {
    std::env::var("LINKHUB_TEST_DAY_ACCOUNTS").map_or(100, |count| count.parse().unwrap())
}

struct Day {
    hub: TestHub,
    qlik_clock: Clock,
    cast: Cast,
    database: Database,
    receiver: Receiver,
    now: Timestamp,
    /// By the id of the account: its actor and what was told of it.
    linked: BTreeMap<String, (usize, Told)>,
    /// The instants at which tenants were asked while they had asked for patience.
    storms: BTreeMap<usize, BTreeSet<Timestamp>>,
    requests: usize,
    lines: usize,
    line_ids: BTreeSet<String>,
}

impl Day {
    async fn begin(flags: &[&str], count: usize, spoilt: bool) -> Self {
        let (clock, qlik_clock) = (Clock::fixed(START), Clock::fixed(START));
        let own = ["--qlik-timeout=60", "--webhook-allow-private", "--check-limit=100"];
        let flags: Vec<_> = own.iter().chain(flags).copied().collect();
        let hub = TestHub::start_with_clocks(&flags, clock, qlik_clock.clone()).await;
        let cast = Cast::new(&mut hub.qlik.world(), &qlik_clock, START, count, spoilt);
        let database = Database::open(&hub.database()).await;
        let receiver = Receiver::start().await;
        receiver.subscribe(&hub).await;
        Self {
            hub,
            qlik_clock,
            cast,
            database,
            receiver,
            now: START,
            linked: BTreeMap::new(),
            storms: BTreeMap::new(),
            requests: 0,
            lines: 0,
            line_ids: BTreeSet::new(),
        }
    }

    async fn step(&mut self) {
        set(&self.hub.clock, self.now);
        set(&self.qlik_clock, self.now);
        self.cast.play(&mut self.hub.qlik.world(), self.now);
        self.link_who_comes().await;
        self.rounds().await.unwrap();
        self.count_requests();
    }

    async fn link_who_comes(&mut self) {
        let comes = |(_, actor): &(usize, &Actor)| actor.linked_at == self.now;
        let coming: Vec<_> = self.cast.actors.iter().enumerate().filter(comes).collect();
        let (linking, tenants) = (&self.hub.state.linking, &self.cast.tenants);
        let links = coming.into_iter().map(|(number, actor)| async move {
            let place = &tenants[actor.tenant];
            let request = ConnectRequest {
                renewal: None,
                tenant_name: place.alias.clone(),
                region: ["us", "eu"][actor.tenant % 2].to_owned(),
                api_key: actor.key.as_str().into(),
                authority: Authority::Admin(Owner {
                    id: format!("customer-{number}"),
                    ..Owner::default()
                }),
                caller: Caller::system(),
                replace_user: None,
            };
            let attempt = linking.begin_attempt("day");
            let linked = linking.connect(request, &attempt, &|_| {}).await.unwrap();
            (linked.account.id.to_string(), (number, Told::default()))
        });
        let linked: Vec<_> = stream::iter(links).buffer_unordered(16).collect().await;
        self.linked.extend(linked);
    }

    /// All that a hub does in the background, until none of it has anything left to do.
    async fn rounds(&self) -> Result<(), StoreError> {
        let linking = &self.hub.state.linking;
        let mut quiet = 0;
        for _ in 0..1000 {
            let more = [
                linking.notice_due().await?,
                linking.check_due().await?,
                linking.renew_due().await?,
                linking.deliver_due().await?,
                linking.chain_events().await?,
            ];
            // One round may make work for another.
            quiet = if more == [false; 5] { quiet + 1 } else { 0 };
            if quiet == 2 {
                return Ok(());
            }
        }
        panic!("the rounds of {} do not end", self.now);
    }

    fn count_requests(&mut self) {
        let received = self.hub.qlik.requests();
        self.hub.qlik.clear_requests();
        self.requests += received.len();
        for request in received {
            let place =
                self.cast.tenants.iter().position(|place| place.hosts.contains(&request.host));
            let place = place.expect("only tenants of the cast are asked");
            if self.cast.is_storm(place) {
                self.storms.entry(place).or_default().insert(request.at);
            }
        }
    }

    /// Takes in what was written in this step. Answers what of it cannot be.
    async fn hear(&mut self) -> Vec<(String, String)> {
        let lines = self.database.new_lines().await;
        let mut complaints = Vec::new();
        let mut touched = BTreeSet::new();
        self.lines += lines.len();
        for line in &lines {
            let new = self.line_ids.insert(line.id.clone());
            assert!(new, "the line {line:?} is there twice");
            assert_eq!(line.at, self.now, "{line:?}");
            touched.insert(line.account.as_str());
            let (number, told) = self.linked.get_mut(&line.account).expect("a linked account");
            let complaint = told.hear(&self.cast.actors[*number], line);
            complaints.extend(complaint.map(|complaint| (line.account.clone(), complaint)));
        }
        let steps = self.now.since(START).as_secs() / STEP.as_secs();
        let all = steps.is_multiple_of(ALL_ROWS);
        let touched: Vec<&str> = touched.into_iter().collect();
        if all || !touched.is_empty() {
            let rows = self.database.rows(if all { &[] } else { &touched }).await;
            for (id, row) in rows {
                self.linked.get_mut(&id).unwrap().1.row = Some(row);
            }
        }
        complaints
    }

    fn judge(&mut self) -> Vec<(String, String)> {
        let mut complaints = Vec::new();
        for (id, (number, told)) in &mut self.linked {
            let found = told.judge(&self.cast.actors[*number], self.now, STEP);
            complaints.extend(found.into_iter().map(|complaint| (id.clone(), complaint)));
        }
        complaints
    }

    fn fail_with(&self, complaints: &[(String, String)]) {
        for (id, complaint) in complaints.iter().take(20) {
            let actor = &self.cast.actors[self.linked[id].0];
            let Actor { tenant, fate, created, expiry, .. } = actor;
            eprintln!("{id} of tenant {tenant} ({fate:?}, {created} to {expiry}): {complaint}");
        }
        assert!(complaints.is_empty(), "{} complaints at {}", complaints.len(), self.now);
    }

    /// What was announced has arrived, each once, in the order of history. Whoever was refused by the
    /// receiver has a few steps to arrive in.
    async fn judge_webhooks(&mut self) -> usize {
        const PENDING: &str = "SELECT COUNT(*) FROM webhook_deliveries WHERE state <> 'delivered'";
        for _ in 0..12 {
            if self.database.number(PENDING).await == 0 {
                break;
            }
            self.now = self.now.plus(STEP);
            self.step().await;
            let _ = self.hear().await;
        }
        assert_eq!(self.database.number(PENDING).await, 0);
        assert_eq!(self.receiver.complaints(), Vec::<String>::new());
        for (id, (_, told)) in &self.linked {
            assert_eq!(told.announced, self.receiver.of(id), "what was told of {id}");
        }
        self.linked.values().map(|(_, told)| told.announced.len()).sum()
    }

    fn judge_storms(&self) {
        for (tenant, asked) in &self.storms {
            let gaps = asked.iter().zip(asked.iter().skip(1));
            for (one, next) in gaps {
                assert!(
                    next.since(*one) >= RETRY_AFTER,
                    "tenant {tenant} asked for patience at {one} and was asked at {next}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_status_is_right_at_every_step_of_a_day() {
    let started = Instant::now();
    let mut day = Day::begin(&[], accounts(), true).await;
    while day.now < START.plus(DAY) {
        day.step().await;
        let mut complaints = day.hear().await;
        complaints.extend(day.judge());
        day.fail_with(&complaints);
        day.now = day.now.plus(STEP);
    }
    day.judge_storms();
    let announced = day.judge_webhooks().await;
    let checks: usize = day.linked.values().map(|(_, told)| told.checks()).sum();
    println!(
        "{} accounts, {checks} checks in {} requests to Qlik, {} lines of history, {announced} webhooks in {} \
         requests, {:?}",
        day.linked.len(),
        day.requests,
        day.lines,
        day.receiver.requests(),
        started.elapsed()
    );
}
