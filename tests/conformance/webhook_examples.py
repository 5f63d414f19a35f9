"""Runs each receiver of docs/webhooks.md: it takes what the hub sends, and refuses what was forged or kept."""

import base64
import hashlib
import hmac
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

from examples import command, examples, write_down
from hub_check import OUT as ROOT
from hub_check import Sandbox

DOCUMENT = (Path(__file__).parent.parent.parent / "docs/webhooks.md").read_text()
OUT = ROOT / "receivers"
SECONDS = 60
MINUTE = 60


class Receiver:
    """An example as a process, with the secret of an endpoint."""

    def __init__(self, language, name, port, secret):
        self.command = command(OUT, language, name)
        self.environment = {**os.environ, "PORT": str(port), "LINKHUB_WEBHOOK_SECRET": secret}
        self.port = port
        self.lines = queue.Queue()

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self.read, daemon=True).start()
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                ended = self.process.poll() is not None
                assert not ended and time.monotonic() < deadline, "it does not listen"
                time.sleep(0.05)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=SECONDS)

    def read(self):
        for line in self.process.stdout:
            # What it says of requests is not what it does with webhooks.
            if line.startswith("evt_"):
                self.lines.put(line.strip())

    def did(self):
        """What it did next."""
        return self.lines.get(timeout=SECONDS)

    def post(self, headers, body):
        """The status of its answer."""
        url = f"http://127.0.0.1:{self.port}/webhooks"
        request = urllib.request.Request(url, body, {**headers, "content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code


def sign(secret, body, sent_at=None, webhook_id=None):
    """The headers of a webhook, made from the specification."""
    webhook_id = webhook_id or f"evt_{uuid.uuid4().hex}"
    sent_at = int(time.time() if sent_at is None else sent_at)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{webhook_id}.{sent_at}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(sent_at),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def refuses_what_the_hub_did_not_send(receiver, secret):
    body = json.dumps({"type": "account.deleted", "account_id": "acc_1"}).encode()
    good = sign(secret, body)
    assert receiver.post(good, body) == 204, "what is signed right is taken"
    assert receiver.did() == f"{good['webhook-id']} account.deleted acc_1"
    assert receiver.post(good, body) == 204, "what was done already is taken"

    now = time.time()
    another = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    older_too = f"{sign(another, body, now, good['webhook-id'])['webhook-signature']} {good['webhook-signature']}"
    for what, headers, sent in [
        ("a body that was changed", good, body.replace(b"acc_1", b"acc_2")),
        ("another id", {**good, "webhook-id": "evt_other"}, body),
        ("another time", {**good, "webhook-timestamp": str(int(now) + 1)}, body),
        ("another secret", sign(another, body), body),
        ("what was kept for ten minutes", sign(secret, body, now - 10 * MINUTE), body),
        ("what comes from the future", sign(secret, body, now + 10 * MINUTE), body),
        ("no time", {**good, "webhook-timestamp": "now"}, body),
        ("an empty signature", {**good, "webhook-signature": ""}, body),
        ("another scheme", {**good, "webhook-signature": good["webhook-signature"].replace("v1,", "v0,")}, body),
        ("no signature", {}, body),
    ]:
        assert receiver.post(headers, sent) == 400, f"it takes {what}"
    assert receiver.post({**good, "webhook-signature": older_too}, body) == 204, "one of two is enough"
    last = sign(secret, body)
    assert receiver.post(last, body) == 204
    did = receiver.did()
    assert did.startswith(last["webhook-id"]), f"it did what it had refused or done: {did}"


def follow(sandbox, language, name):
    """A webhook's way to the receiver: real ones, forged ones, and those around a change of the secret."""

    def ask(path, body=None):
        return sandbox.ask(path, body, "api_key_for_everything")

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    endpoint = ask("webhook_endpoints", {"url": f"http://127.0.0.1:{port}/webhooks", "events": ["*"]})
    path = f"webhook_endpoints/{endpoint['id']}"

    def test():
        return ask(f"{path}/test", {})

    def arrives(receiver):
        tested = test()
        assert tested["status"] == 204, tested
        assert receiver.did().startswith(f"{tested['event_id']} webhook.test"), "it does not do it"

    with Receiver(language, name, port, endpoint["secret"]) as receiver:
        arrives(receiver)
        account = ask("accounts?page_size=1")[0]["id"]
        for action, told in [("suspend", "suspended"), ("resume", "resumed")]:
            ask(f"accounts/{account}/{action}", {})
            did = receiver.did()
            assert did.endswith(f" account.{told} {account}"), f"after {action} it did {did}"
        refuses_what_the_hub_did_not_send(receiver, endpoint["secret"])
        second = ask(f"{path}/rotate", {"keep_old_seconds": 3600})["secret"]
        arrives(receiver)
    with Receiver(language, name, port, second) as receiver:
        arrives(receiver)
        ask(f"{path}/rotate", {"keep_old_seconds": 0})
        refused = test()
        assert refused["status"] == 400, f"it takes what is signed with a secret that it has not: {refused}"


def main():
    passed = failed = 0
    with Sandbox("--webhook-allow-private") as sandbox:
        for language, texts in examples(DOCUMENT).items():
            for name in texts:
                title = f"the {name} of docs/webhooks.md in {language} takes what the hub sends, and nothing else"
                try:
                    write_down(OUT, language, texts)
                    follow(sandbox, language, name)
                    passed += 1
                    print(f"ok      {title}", flush=True)
                except Exception as error:
                    failed += 1
                    print(f"FAILED  {title}\n  {error!r}", flush=True)
    assert passed + failed == 2, "there is one in TypeScript and one in Python"
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
