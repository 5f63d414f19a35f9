"""Two hubs share one PostgreSQL, and each is stopped and continued at random: each due check is done once."""

import contextlib
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import time
import unittest
import uuid

from cloud import Clock, Cloud, Fast
from hub import Hub

SECONDS = int(os.environ.get("SECONDS_OF_TWO_HUBS", "55"))
SPEED = 60
ACCOUNTS, TENANTS = 60, 6
LIFE = 30 * 24 * 3600
# By the clocks: a claim is over after two minutes, so some stops are longer and some are not.
LONGEST_STOP = 6 * 60
MINUTE = 60_000


class TwoHubs(unittest.TestCase):
    def setUp(self):
        self.seed = int(os.environ.get("SEED", time.time()))
        self.chance = random.Random(self.seed)
        server = os.environ.get("LINKHUB_TEST_POSTGRES_URL")
        self.assertTrue(server, "run `make faults`, or scripts/postgres.sh before the test")
        name = f"hubs_{uuid.uuid4().hex}"
        self.query(server, f"CREATE DATABASE {name} TEMPLATE template0")
        self.url = f"{server.rsplit('/', 1)[0]}/{name}"
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="linkhub-two-")))
        self.clock = Clock(folder, "all")
        self.cloud = Cloud(folder, self.clock)
        stack.callback(self.cloud.close)
        self.hubs = [
            Hub(folder, self.cloud, log="info,linkhub::qlik=debug", name=number, LINKHUB_DATABASE_URL=self.url, LINKHUB_CHECK_LIMIT="600",
                LINKHUB_KEY_FILE=str(folder / "key"), **self.clock.environment)
            for number in (1, 2)
        ]
        for hub in self.hubs:
            stack.callback(hub.stop)

    def query(self, url, text):
        done = subprocess.run(["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--field-separator=\t",
                               f"--command={text}", url], capture_output=True, text=True, timeout=60)
        self.assertEqual(0, done.returncode, done.stderr)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def test_each_due_check_is_done_once(self):
        for hub in self.hubs:
            hub.start()
        self.hubs[0].sign_in()
        for number in range(TENANTS):
            alias = f"company-{number}"
            tenant = self.cloud.do("tenant", alias=alias, region="us", key_seconds=LIFE)["tenant_id"]
            for person in range(ACCOUNTS // TENANTS):
                user = self.cloud.do("user", tenant_id=tenant, name=f"User {person}")["user_id"]
                key = self.cloud.do("key", user_id=user, seconds=LIFE)["key"]
                self.assertTrue(self.hubs[0].connect(key, tenant_name=alias).confirmed)
        self.cloud.do("requests")
        stops = 0
        # Answers that take a while, so that hubs are stopped in the middle of checks.
        self.cloud.do("fault", fault="slow", millis=100)
        with Fast(SPEED, self.clock):
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                time.sleep(self.chance.uniform(0, 1))
                hub = self.chance.choice(self.hubs)
                hub.process.send_signal(signal.SIGSTOP)
                time.sleep(self.chance.uniform(0, LONGEST_STOP / SPEED))
                hub.process.send_signal(signal.SIGCONT)
                stops += 1
            time.sleep(2)
        for hub in self.hubs:
            hub.stop()
        self.assertEqual([], [f"{what}, SEED={self.seed}" for what in self.found(stops)])

    def found(self, stops):
        """Keys with which nothing is wrong are asked about after 5, 10, 20 … minutes, a fifth more or less: a
        check that was done twice would come too soon."""
        checks = {}
        for account, at in self.query(self.url, "SELECT account_id, occurred_at FROM events WHERE action IN "
                                                "('account.created', 'account.checked') ORDER BY occurred_at, id"):
            checks.setdefault(account, []).append(int(at))
        self.assertEqual(ACCOUNTS, len(checks))
        for account, times in checks.items():
            for number, (one, next_one) in enumerate(zip(times, times[1:])):
                wait = min(5 * 2 ** number, 360) * MINUTE
                if next_one - one < 0.79 * wait:
                    yield f"check {number + 1} of {account} came after {(next_one - one) / MINUTE:.1f} minutes"
                if next_one - one > 1.21 * wait + 2 * LONGEST_STOP * 1000 + 5 * MINUTE:
                    yield f"check {number + 1} of {account} took until {(next_one - one) / MINUTE:.1f} minutes"
        for account, status in self.query(self.url, "SELECT id, status FROM accounts WHERE status <> 'active'"):
            yield f"{account} is {status}"
        done = sum(len(times) - 1 for times in checks.values())
        asked = sum(request["path"] == "/api/v1/users/me" for request in self.cloud.do("requests")["requests"])
        by = [hub.log_file.read_text(errors="replace").count("asked Qlik") for hub in self.hubs]
        print(f"{stops} stops, {done} checks, asked {asked} times, {by} requests by each hub … ", end="", flush=True)
        if done < 3 * ACCOUNTS:
            yield f"only {done} checks were done"
        # What was asked and not recorded is what a stopped hub had in hand when its claim ended.
        if asked < done:
            yield f"{done} checks are recorded, but Qlik was asked {asked} times"


if __name__ == "__main__":
    unittest.main()
