"""After the hub was used in every way, no secret is found in what it wrote: database, logs, pages."""

import base64
import json
import pathlib
import random
import re
import secrets
import tempfile
import unittest
import urllib.parse

from hub import PASSWORD, Hub
from qlik_stub import REFUSED_USER, Qlik, new_key

# A leak of a part is a leak: this much of a secret's end must not be found either.
PART = 24


def encodings(secret):
    """The forms in which a secret, text or bytes, may lie around, by name."""
    raw = secret if isinstance(secret, bytes) else secret.encode()
    forms = {
        "raw": raw,
        "reversed": raw[::-1],
        "hex": raw.hex().encode(),
        "upper hex": raw.hex().upper().encode(),
        "url-encoded": urllib.parse.quote(raw, safe="").encode(),
        "plus-encoded": urllib.parse.quote_plus(raw).encode(),
    }
    if isinstance(secret, str):
        forms |= {"UTF-16": secret.encode("utf-16-le"), "JSON": json.dumps(secret)[1:-1].encode()}
    # Inside a longer text base64 begins at any of three places; the outermost characters then
    # depend on the neighbours and are left out.
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + raw)
        inner = text[4 if shift else 0:].rstrip(b"=")[:-1]
        forms[f"base64 at {shift}"] = inner
        forms[f"base64url at {shift}"] = inner.translate(bytes.maketrans(b"+/", b"-_"))
    return forms


def leaks(canaries, places):
    """`canaries` and `places` by name; says where what is found."""
    found = []
    for name, secret in canaries.items():
        for part, text in {"": secret, "the end of ": secret[-PART:]}.items():
            for form, needle in encodings(text).items():
                found += [f"{part}{name} ({form}) in {place}" for place, content in places.items() if needle in content]
    return found


class TheSearchBites(unittest.TestCase):
    def test_every_form_is_found_inside_other_bytes(self):
        canary = new_key("canary")
        noise = random.Random(1).randbytes(5000)
        for form, needle in encodings(canary).items():
            self.assertTrue(leaks({"key": canary}, {"place": noise + needle + noise}), form)
        for before in range(3):
            longer = base64.b64encode(noise[:before] + canary.encode() + noise)
            self.assertTrue(leaks({"key": canary}, {"place": longer}), f"base64 after {before} bytes")
        self.assertTrue(leaks({"key": canary}, {"place": noise + canary[-30:].encode()}), "the end of a key")
        self.assertEqual([], leaks({"key": canary}, {"place": noise}))


class Secrets(unittest.TestCase):
    def test_no_secret_is_found_in_what_the_hub_wrote(self):
        with tempfile.TemporaryDirectory(prefix="linkhub-secrets-") as folder:
            folder = pathlib.Path(folder)
            qlik = Qlik(folder)
            hub = Hub(folder, qlik, log="trace", LINKHUB_WEBHOOK_ALLOW_PRIVATE="true")
            hub.start()
            try:
                canaries, pages = self.use(hub)
                # The write-ahead log still holds what the database will get.
                while_running = self.files(hub, "while it ran")
                hub.kill()
                hub.start()
                hub.stop()
                places = pages | while_running | self.files(hub, "after its end")
            finally:
                hub.stop()
                qlik.close()
            self.assertGreater(len(canaries), 48)
            for expected in ("linkhub.sqlite", "linkhub.sqlite-wal", "output.log"):
                self.assertTrue(any(expected in place for place in places), f"{expected} was not searched")
            log = next(content for place, content in places.items() if "output.log" in place)
            self.assertIn(b"TRACE", log, "the log is not as chatty as it can be")
            self.assertEqual([], leaks(canaries, places))
            print(f"{len(canaries)} secrets, {len(places)} places, 0 found … ", end="", flush=True)

    def use(self, hub):
        """Everything that takes a secret, done right and wrong. Gives the secrets, and the pages answered."""
        canaries, pages = {"the admin password": PASSWORD}, {}

        def keep(name, answer):
            pages[f"the answer to {name} ({len(pages)})"] = answer.text.encode() + str(answer.headers).encode()
            return answer

        def connect(name, key, **form):
            canaries[f"the key of {name} ({len(canaries)})"] = key
            return keep(name, hub.connect(form.pop("typed", key), **form))

        wrong = canaries["a wrong password"] = "wrong " + secrets.token_urlsafe(24)
        keep("a wrong password", hub.request("/login", {"password": wrong}, cookie=False))
        hub.sign_in()
        canaries |= self.use_tokens(hub, keep)
        for number in range(20):
            self.assertTrue(connect("a link", new_key(f"user-{number}")).confirmed)
        for number in range(5):
            self.assertTrue(connect("a renewal", new_key(f"user-{number}")).confirmed)
        for _ in range(5):
            self.assertIsNotNone(connect("a refused connect", new_key(REFUSED_USER)).code)
        for field, value in {"tenant_name": "no such/tenant", "region": "!"}.items():
            self.assertIsNotNone(connect("a malformed address", new_key("x"), **{field: value}).code)
        key = new_key("x")
        connect("a cut key", key, typed=key[:-9])
        connect("no key at all", secrets.token_urlsafe(40))
        # The form keeps what was typed into its other fields, so these answers hold the key; nothing else may.
        for field in ("tenant_name", "region"):
            for number, form in enumerate(("{}", "https://{}.us.qlikcloud.com/")):
                key = canaries[f"a key as {field} ({number})"] = new_key("x")
                hub.connect("", **{field: form.format(key)})
        connect("a key with more around it", key := new_key("user-1"), typed=f' "Bearer {key}"\n')
        # Whoever pastes a secret into the address bar: it must not reach the log.
        key = canaries["a key in a query"] = new_key("x")
        keep("a key in a query", hub.request(f"/accounts?api_key={key}"))
        key = canaries["a key in a path"] = new_key("x")
        hub.request(f"/{key}")
        for path in ("/accounts", "/connect", "/guide", "/login", "/no-such-page"):
            keep(path, hub.request(path))
        for path in set(re.findall(r'"(/accounts/[^"/?#]+)"', pages_text(pages))):
            keep(path, hub.request(path))
        for part in hub.cookie.split("; "):
            value = part.split("=", 1)[1]
            # Its public half finds the session and may be stored.
            canaries[f"the session ({part.split('=')[0]})"] = value.rsplit(".", 1)[-1]
        ring = json.loads((hub.data / "linkhub.key").read_text())
        canaries |= {f"the sealing key {name}": base64.b64decode(value) for name, value in ring["keys"].items()}
        # The query is in the address of the page itself, which is the visitor's own.
        pages.pop(next(name for name in pages if "a key in a query" in name))
        return canaries, pages

    def use_tokens(self, hub, keep):
        """What back ends, links, receivers and calendars are given. Of each token its public half, which finds it,
        may be stored."""
        def secret(token):
            return token.rsplit(".", 1)[-1]

        found = {"the secret of an API key": secret(hub.make_api_key("accounts:read", "sessions:write",
                                                                     "webhooks:write"))}
        unknown = found["an unknown API key"] = secrets.token_urlsafe(40)
        self.assertEqual(401, hub.api("GET", "/api/accounts", token=unknown)[0])
        # Nobody listens there: attempts are signed, fail, and are logged.
        status, made = hub.api("POST", "/api/webhook_endpoints", {"url": "http://127.0.0.1:9/hooks"})
        self.assertEqual(201, status, made)
        found["a webhook secret"] = made["secret"]
        found["the bytes of a webhook secret"] = base64.b64decode(made["secret"].removeprefix("whsec_"))
        path = f"/api/webhook_endpoints/{made['id']}"
        status, rotated = hub.api("POST", f"{path}/rotate", {})
        self.assertEqual(200, status, rotated)
        found["a rotated webhook secret"] = rotated["secret"]
        hub.api("POST", f"{path}/test", {})
        owner = {"origin_owner_id": "customer-1", "origin_owner_name": "Customer"}
        for number in range(3):
            status, session = hub.api("POST", "/api/connect_sessions", owner)
            self.assertIn(status, (200, 201), session)
            found[f"a connect session ({number})"] = secret(session["token"])
            keep("the Hub", hub.request("/connect/hub", cookie=False))
            hub.api("GET", "/api/accounts", token=session["token"])
        # The page with the new link shows it, this once.
        page = hub.request("/calendar", {"note": "mine"})
        token = re.search(r"/calendar/([^\s\"'<>]+?)\.ics", page.text).group(1)
        found["a calendar's link"] = secret(token)
        self.assertEqual(200, hub.request(f"/calendar/{token}.ics", cookie=False).status)
        keep("the calendars", hub.request("/calendar"))
        return found

    @staticmethod
    def files(hub, when):
        """All that the hub wrote, but for the file whose purpose is to hold a secret."""
        paths = [path for path in hub.data.rglob("*") if path.is_file() and path.name != "linkhub.key"]
        return {f"{path.name} {when}": path.read_bytes() for path in [*paths, hub.log_file]}


def pages_text(pages):
    return b"\n".join(pages.values()).decode(errors="replace")


if __name__ == "__main__":
    unittest.main()
