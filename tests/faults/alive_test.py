"""Links are kept alive by a hub that is killed, that loses Qlik, its clock and its database; afterwards nothing
is lost, nothing is told twice, and every status is right."""

import collections
import contextlib
import os
import pathlib
import random
import sqlite3
import tempfile
import threading
import time
import unittest

from cloud import BackEnd, Clock, Cloud, Fast
from hub import Hub

KILLS = int(os.environ.get("KILLS", "200"))
TENANTS, USERS = 8, 5
# Minutes of the clocks in a minute of the test.
SPEED = 60
# Work begins a second or two after the start; every eighth hub lives to see all of it, on a busy machine too.
LIFE, LONG_LIFE = (0.0, 0.8), (2.5, 4.0)
HOUR = 3600
LONGER_THAN_A_WRITE_WAITS = 7
# Keys live so many hours; those of the last two are renewed, and outlast an hour without Qlik among other troubles.
LIVES = (1, 3, 30 * 24, 3, 3)
RENEWED = 2
ANNOUNCED = ("created", "updated", "deleted", "expiring", "expired", "error", "recovered", "renewed", "suspended",
             "resumed")
# Who has what status after these, told in the order of history.
STATUS_AFTER = {"account.created": "active", "account.recovered": "active", "account.expired": "expired",
                "account.error": "error"}


class Person:
    """A user at Qlik with a key, linked as an account."""

    def __init__(self, tenant, user_id, key, renews):
        self.tenant, self.user_id, self.key, self.renews = tenant, user_id, key, renews
        self.account = None
        self.refused = False


class Alive(unittest.TestCase):
    def setUp(self):
        self.seed = int(os.environ.get("SEED", time.time()))
        self.chance = random.Random(self.seed)
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="linkhub-alive-")))
        self.hub_clock, self.qlik_clock = Clock(folder, "hub"), Clock(folder, "qlik")
        self.cloud = Cloud(folder, self.qlik_clock)
        stack.callback(self.cloud.close)
        self.back_end = BackEnd()
        stack.callback(self.back_end.close)
        self.hub = Hub(folder, self.cloud, LINKHUB_RENEWAL="true", LINKHUB_WEBHOOK_ALLOW_PRIVATE="true",
                       LINKHUB_CHECK_LIMIT="600", LINKHUB_CHECK_INTERVAL="1", **self.hub_clock.environment)
        stack.callback(self.hub.stop)

    def test_nothing_is_lost_or_wrong_after_kills_outages_and_jumps(self):
        self.hub.start().sign_in()
        self.hub.make_api_key("accounts:read", "accounts:write", "webhooks:write")
        status, made = self.hub.api("POST", "/api/webhook_endpoints", {"url": self.back_end.url})
        self.assertEqual(201, status, made)
        self.people = [self.link(tenant, number) for tenant in self.tenants() for number in range(USERS)]
        started = time.monotonic()
        with Fast(SPEED, self.hub_clock, self.qlik_clock):
            troubles = threading.Thread(target=self.make_trouble, daemon=True)
            self.quiet = threading.Event()
            troubles.start()
            for number in range(KILLS):
                time.sleep(self.chance.uniform(*(LIFE if number % 8 else LONG_LIFE)))
                self.hub.kill()
                self.hub.start()
            self.quiet.set()
            troubles.join()
            self.assertEqual([], self.trouble_failed)
            killed_for = time.monotonic() - started
            self.hard_times()
        self.settle()
        self.hub.stop()
        self.assertEqual([], self.found())
        print(f"{KILLS} kills in {killed_for:.0f} s, {self.count} … ", end="", flush=True)

    def tenants(self):
        made = []
        for number in range(TENANTS):
            region = ("us", "eu")[number % 2]
            tenant = self.cloud.do("tenant", alias=f"company-{number}", region=region, key_seconds=LIVES[-1] * HOUR)
            made.append(tenant | {"alias": f"company-{number}", "region": region})
        return made

    def link(self, tenant, number):
        user_id = self.cloud.do("user", tenant_id=tenant["tenant_id"], name=f"User {number}")["user_id"]
        key = self.cloud.do("key", user_id=user_id, seconds=LIVES[number] * HOUR)["key"]
        answer = self.hub.connect(key, tenant_name=tenant["alias"], region=tenant["region"])
        self.assertTrue(answer.confirmed, answer.code)
        person = Person(tenant, user_id, key, number >= USERS - RENEWED)
        with contextlib.closing(self.hub.database()) as database:
            query = "SELECT id FROM accounts WHERE user_id = ?"
            person.account, = database.execute(query, (user_id,)).fetchone()
        if person.renews:
            self.allow_renewal(person.account)
        return person

    def allow_renewal(self, account):
        status, answer = self.hub.api("POST", f"/api/accounts/{account}/renewal", {"allowed": True})
        self.assertEqual(200, status, answer)

    # What goes wrong beside the kills.

    def make_trouble(self):
        """One after the other, as often as there is time."""
        self.trouble_failed = []
        self.troubles = collections.Counter()
        all_kinds = (self.outage, self.storm, self.jump, self.locked, self.refuse, self.half_made, self.nonsense)
        try:
            # Once for a whole hour; later ones are shorter, so that there is time for more.
            self.outage(HOUR)
            while not self.quiet.is_set():
                for kind in self.chance.sample(all_kinds, len(all_kinds)):
                    kind()
                    if self.quiet.wait(1):
                        break
        except Exception as error:  # noqa: BLE001 -- it is told by the test's own thread
            self.trouble_failed.append(repr(error))
        finally:
            self.cloud.do("no_faults")

    def fault(self, seconds, **fault):
        """For so long by the clocks."""
        self.cloud.do("fault", **fault)
        self.quiet.wait(seconds / SPEED)
        self.cloud.do("no_faults")

    def outage(self, seconds=HOUR / 4):
        self.troubles["outages"] += 1
        self.fault(seconds, fault=self.chance.choice(("reset", "maintenance")))

    def storm(self):
        self.troubles["storms of 429"] += 1
        tenant = self.chance.choice(self.people).tenant
        self.fault(HOUR / 4, fault="too_many_requests", retry_after=120, tenant_id=tenant["tenant_id"])

    def nonsense(self):
        self.troubles["talks of nonsense"] += 1
        self.fault(HOUR / 6, fault=self.chance.choice(("html", "truncated")))

    def half_made(self):
        """A successor is made, but its maker never hears of it."""
        self.troubles["keys half made"] += 1
        self.fault(HOUR / 6, fault="truncated", path="/api/v1/api-keys", times=3)

    def jump(self):
        """The hub's clock alone is an hour wrong."""
        # Each way as often as the other.
        by = HOUR if self.troubles["jumps of the clock"] % 2 else -HOUR
        self.troubles["jumps of the clock"] += 1
        self.hub_clock.move(by)
        self.quiet.wait(2)
        self.hub_clock.move(-by)

    def locked(self, seconds=3):
        self.troubles["locks"] += 1
        with contextlib.closing(sqlite3.connect(self.hub.data / "linkhub.sqlite", timeout=30,
                                                isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            other.execute("ROLLBACK")

    def hard_times(self):
        """The hub lives, and its database is locked for longer than it waits, while its clock is wrong either way."""
        for by in (HOUR, -HOUR):
            self.hub_clock.move(by)
            self.troubles["jumps of the clock"] += 1
            self.locked(LONGER_THAN_A_WRITE_WAITS)
            self.hub_clock.move(-by)
            time.sleep(2)
        self.assertIn("database is locked", self.hub.log_file.read_text(errors="replace"), "no write met the lock")

    def refuse(self):
        able = [person for person in self.people if not person.renews and not person.refused]
        if len(able) > len(self.people) // 3:
            person = self.chance.choice(able)
            person.refused = True
            self.troubles["revoked keys"] += 1
            self.cloud.do("revoke", key=person.key)

    # Afterwards.

    def settle(self):
        """All is well with Qlik and the clocks. Their time goes on until everybody has been looked at and
        everything has been told."""
        since, waiting = self.hub_clock.now(), None
        for _ in range(120):
            time.sleep(1.5)
            with contextlib.closing(self.hub.database()) as database:
                late, = database.execute("SELECT COUNT(*) FROM accounts WHERE last_checked_at < ? AND status = 'active'",
                                         (since,)).fetchone()
                untold, = database.execute("SELECT COUNT(*) FROM webhook_deliveries WHERE state = 'pending'").fetchone()
                retired, = database.execute("SELECT COUNT(*) FROM retired_keys").fetchone()
            waiting = f"{late} to check, {untold} to tell, {retired} to delete"
            if late == untold == retired == 0:
                return
            for clock in (self.hub_clock, self.qlik_clock):
                clock.move(HOUR / 6)
        self.fail(f"{waiting} long after all went well again, SEED={self.seed}")

    def found(self):
        """All that is wrong."""
        found = self.hub.broken()
        doctor = self.hub.run("doctor")
        if doctor.returncode != 0:
            found.append(doctor.stdout)
        with contextlib.closing(self.hub.database()) as database:
            accounts = {row[0]: row for row in database.execute(
                "SELECT id, status, key_id, key_expires_at, renewal_problem FROM accounts")}
            lines = database.execute("SELECT id, action, account_id FROM events ORDER BY rowid").fetchall()
            outbox = database.execute("SELECT event_id, state FROM webhook_deliveries").fetchall()
        found += self.wrong_history(accounts, lines)
        found += self.wrong_outbox(lines, outbox)
        keys = {key["id"]: key for tenant in {person.tenant["tenant_id"] for person in self.people}
                for key in self.cloud.do("keys", tenant_id=tenant)["keys"]}
        for person in self.people:
            found += self.wrong_status(person, accounts[person.account], keys)
        renewals = sum(action == "account.renewed" for _, action, _ in lines)
        checks = sum(action == "account.checked" for _, action, _ in lines)
        troubles = ", ".join(f"{count} {what}" for what, count in sorted(self.troubles.items()))
        self.count = (f"{troubles}; {len(accounts)} accounts, {checks} checks, {renewals} renewals, "
                      f"{len(lines)} lines of history, {len(outbox)} webhooks in {self.back_end.requests} requests")
        missing = [what for what in ("outages", "storms of 429", "jumps of the clock", "locks") if not self.troubles[what]]
        if missing and KILLS >= 200:
            found.append(f"there were no {missing}")
        if renewals < KILLS / 10 or checks < KILLS:
            found.append(f"too little was done to say anything: {self.count}")
        return [f"{what}, SEED={self.seed}" for what in found]

    @staticmethod
    def wrong_history(accounts, lines):
        status = {}
        for event_id, action, account in lines:
            after = STATUS_AFTER.get(action)
            if after:
                if status.get(account) == after:
                    yield f"{event_id} tells {account} of {action}, which it was before"
                status[account] = after
        for account, row in accounts.items():
            if status.get(account) != row[1]:
                yield f"{account} is {row[1]}, but its history adds up to {status.get(account)}"

    def wrong_outbox(self, lines, outbox):
        told = {event_id for event_id, action, _ in lines
                if action in [f"account.{name}" for name in ANNOUNCED]}
        states = dict(outbox)
        yield from (f"{event_id} is not in the outbox" for event_id in told - states.keys())
        yield from (f"{event_id} is {state}" for event_id, state in states.items() if state != "delivered")
        yield from (f"{event_id} never arrived" for event_id in states if event_id not in self.back_end.accepted)
        yield from (f"{event_id} arrived, but is not in the outbox" for event_id in self.back_end.bodies
                    if event_id not in states)
        yield from (f"{event_id} came with two contents" for event_id in self.back_end.twice)

    def wrong_status(self, person, account, keys):
        _, status, key_id, expires_at, problem = account
        key = keys.get(key_id)
        works = key is not None and key["status"] == "active"
        ended = expires_at is not None and expires_at <= self.hub_clock.now()
        right = {"active"} if works else {"error", "expired"} if ended else {"error"}
        if status not in right:
            yield f"{person.account} is {status}, but its key {key}"
        if person.renews:
            own = [key for key in keys.values() if key["user_id"] == person.user_id and key["status"] == "active"]
            if not works:
                yield f"{person.account} has no working key, although it is renewed ({problem})"
            if len(own) > 1:
                yield f"{person.account} has left keys at Qlik: {own}"


if __name__ == "__main__":
    unittest.main()
