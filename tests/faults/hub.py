"""The built hub as the fault tests see it: a process, a form, a data folder."""

import http.client
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import qlik_stub

REPOSITORY = qlik_stub.REPOSITORY
BINARY = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")) / "debug" / "linkhub"
# The one that cookies, links and the check of origins go by; the port that is really used differs.
PUBLIC_URL = "http://localhost:8080"
PASSWORD = "correct horse battery staple 3141"
START_SECONDS = 30


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Answer:
    """What a person sees of an answer."""

    def __init__(self, status, headers, text):
        self.status, self.headers, self.text = status, headers, text

    @property
    def confirmed(self):
        return self.status == 200 and bool(re.search(r"<dialog\b|role=\"?dialog\b", self.text))

    @property
    def code(self):
        """The stable code of a failure."""
        found = re.search(r"data-code=\"?([a-z_]+)", self.text)
        return found and found.group(1)


class Hub:
    """A hub on a data folder of its own; it can be killed and started again on the same data."""

    def __init__(self, folder, qlik, log="info", name="", **more):
        self.data = folder / f"data{name}"
        self.log_file = folder / f"output{name}.log"
        self.environment = {
            "PATH": os.environ["PATH"],
            "LINKHUB_LISTEN": "127.0.0.1:0",
            "LINKHUB_PUBLIC_URL": PUBLIC_URL,
            "LINKHUB_DATA_DIR": str(self.data),
            "LINKHUB_ADMIN_PASSWORD": PASSWORD,
            "LINKHUB_QLIK_CONNECT_TO": qlik.address,
            "LINKHUB_QLIK_CA_FILE": str(qlik.ca_file),
            "LINKHUB_CONNECT_LIMIT": "1000000",
            "LINKHUB_LOG": log,
        } | more
        self.cookie = None
        self.process = None

    def start(self):
        with open(self.log_file, "ab") as log:
            seen = log.tell()
            self.process = subprocess.Popen([BINARY, "serve"], env=self.environment, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            said = self.said_since(seen)
            ready = re.search(r"linkhub listening on (http://\S+)", said)
            if ready:
                self.url = ready.group(1)
                return self
            if self.process.poll() is not None:
                raise AssertionError(f"the hub ended with {self.process.returncode}:\n{said}")
            time.sleep(0.01)
        self.kill()
        raise AssertionError(f"the hub was not ready after {START_SECONDS} s:\n{said}")

    def said_since(self, place):
        """What it has logged behind this place of the file, which grows long."""
        with open(self.log_file, "rb") as log:
            log.seek(place)
            return log.read().decode(errors="replace")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.kill()

    def request(self, path, form=None, cookie=True, timeout=30):
        """Sends a form, or gets a page; raises OSError if the hub went away."""
        headers = {"origin": PUBLIC_URL, "accept": "text/html"}
        if cookie and self.cookie:
            headers["cookie"] = self.cookie
        body = None if form is None else urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(self.url + path, body, headers)
        try:
            with urllib.request.build_opener(NoRedirect).open(request, timeout=timeout) as answer:
                return Answer(answer.status, answer.headers, answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read().decode())

    def sign_in(self):
        answer = self.request("/login", {"password": PASSWORD}, cookie=False)
        cookies = answer.headers.get_all("set-cookie", [])
        assert answer.status in (200, 302, 303) and cookies, f"signing in: {answer.status} {answer.text[:500]}"
        self.cookie = "; ".join(cookie.split(";")[0] for cookie in cookies)

    def connect(self, key, **others):
        form = {"tenant_name": qlik_stub.TENANT_NAME, "region": qlik_stub.REGION, "api_key": key}
        return self.request("/connect", form | others)

    def run(self, *words):
        """A command of the program, on the same data; gives what it prints."""
        return subprocess.run([BINARY, *words], env=self.environment, stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=120)

    def api(self, method, path, body=None, token=None):
        """Asks the API as a back end; gives the status and the JSON. Raises OSError if the hub went away."""
        headers = {"authorization": f"Bearer {token or self.api_key}", "content-type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, content, headers, method=method)
        try:
            with urllib.request.build_opener(NoRedirect).open(request, timeout=30) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                status, text = error.code, error.read()
        return status, json.loads(text) if text else None

    def make_api_key(self, *scopes):
        made = self.run("api-key", "create", "--name=back end", *(f"--scope={scope}" for scope in scopes))
        assert made.returncode == 0, made.stderr
        self.api_key = made.stdout.strip()
        return self.api_key

    def database(self):
        return sqlite3.connect(f"file:{self.data}/linkhub.sqlite?mode=ro", uri=True)

    def linked_users(self):
        with self.database() as database:
            return {user for user, in database.execute("SELECT user_id FROM accounts")}

    def broken(self):
        """What of the stored data is half there; empty when all is well."""
        with self.database() as database:
            rows = database.execute("PRAGMA integrity_check").fetchall()
            found = [f"integrity_check: {row[0]}" for row in rows if row[0] != "ok"]
            found += [f"foreign key: {row}" for row in database.execute("PRAGMA foreign_key_check")]
            halves = {
                "accounts without a key": "SELECT id FROM accounts WHERE status <> 'unlinked' AND id NOT IN "
                                          "(SELECT account_id FROM credentials)",
                "accounts without history": "SELECT id FROM accounts WHERE id NOT IN "
                                            "(SELECT account_id FROM events WHERE account_id IS NOT NULL)",
                "accounts that no search finds": "SELECT id FROM accounts WHERE id NOT IN "
                                                 "(SELECT account_id FROM account_terms)",
            }
            for what, query in halves.items():
                found += [f"{what}: {row[0]}" for row in database.execute(query)]
        return found


class Clients:
    """People who link at the same time, each with one user after the other."""

    def __init__(self, hub, count, name):
        self.hub, self.name = hub, name
        self.confirmed, self.refused, self.cut = {}, {}, {}
        self.lock = threading.Lock()
        self.leave = threading.Event()
        self.number = 0
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def next_user(self):
        with self.lock:
            self.number += 1
            return f"{self.name}-{self.number}"

    def run(self):
        while not self.leave.is_set():
            user = self.next_user()
            key = qlik_stub.new_key(user)
            try:
                answer = self.hub.connect(key)
            except (OSError, http.client.HTTPException):
                with self.lock:
                    self.cut[user] = key
                return
            with self.lock:
                (self.confirmed if answer.confirmed else self.refused)[user] = (key, answer)

    def finish(self):
        self.leave.set()
        for thread in self.threads:
            thread.join(60)
