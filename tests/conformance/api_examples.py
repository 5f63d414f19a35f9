"""Runs every example of docs/api.md against the sandbox, and compares its endpoints with /api/openapi.json."""

import http.cookiejar
import http.server
import json
import os
import re
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from pathlib import Path

from examples import command, examples, write_down

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
OUT = Path(sys.argv[1]).resolve() / "examples"
DOCUMENT = (REPOSITORY / "docs/api.md").read_text()
SECONDS = 60
TOKEN = re.compile(r"lhc_[0-9a-f]+\.[\w-]{43}")
ACCOUNT = re.compile(r"acc_[0-9a-f]{32}")
VENDOR = "https://app.example.com"


class Sandbox:
    """The hub beside an emulated Qlik Cloud, and the people who use it."""

    def __enter__(self):
        built = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
        sandbox = [built / "debug/examples/sandbox", "--port", "0", "--json", "--accounts", "25"]
        sandbox += ["--", f"--allowed-origins={VENDOR}", "--renewal"]
        self.process = subprocess.Popen(
            sandbox, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.facts = json.loads(self.process.stdout.readline())
        self.url = self.facts["url"]
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.browser = urllib.request.build_opener(cookies)
        self.post("/login", password=self.facts["admin_password"])
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=SECONDS)

    def get(self, path):
        with self.browser.open(self.url + path, timeout=SECONDS) as answer:
            return answer.read().decode()

    def post(self, path, **fields):
        form = urllib.parse.urlencode(fields, doseq=True).encode()
        headers = {"origin": self.url}
        request = urllib.request.Request(self.url + path, form, headers)
        with self.browser.open(request, timeout=SECONDS) as answer:
            return answer.read().decode()

    def connect(self, path, label, **fields):
        """What a person does on the page of the Hub; answers the account on the confirmation."""
        key = next(key for key in self.facts["keys"] if key["label"] == label)
        typed = {name: key[name] for name in ("tenant_name", "region", "api_key")}
        return ACCOUNT.search(self.post(path, **typed, **fields))[0]

    def api(self, path):
        headers = {"authorization": f"Bearer {self.facts['api_key']}"}
        request = urllib.request.Request(f"{self.url}/api{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.read().decode()

    def api_key(self, *scopes):
        page = self.post("/api-keys", name="examples", scope=scopes)
        return re.search(r"lhk_[0-9a-f]+\.[\w-]{43}", page)[0]


class Receiver:
    """A back end that takes webhooks, and refuses them at first."""

    def __enter__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(handler):
                handler.rfile.read(int(handler.headers["content-length"]))
                handler.send_response(self.status)
                handler.send_header("content-length", "9")
                handler.end_headers()
                handler.wfile.write(b"not today")

            def log_message(self, *_):
                pass

        self.status = 500
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def carry_out(language, name, environment):
    """What the example prints."""
    done = subprocess.run(
        command(OUT, language, name),
        cwd=OUT / language,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, f"exit {done.returncode}: {done.stdout} {done.stderr}"
    return done.stdout


def follow(language, texts, hub):
    """Runs all examples of a language as the document tells the story; answers how many those are."""
    environment = {"LINKHUB_URL": hub.url, "LINKHUB_API_KEY": hub.facts["api_key"]}
    told = set()
    write_down(OUT, language, texts)

    def run(name, *expected, **more):
        try:
            printed = carry_out(language, name, {**environment, **more})
            for text in expected:
                assert text in printed, f"it does not print {text}, but\n{printed}"
        except Exception as error:
            raise AssertionError(f"{name}: {error}") from error
        told.add(name)
        return printed

    run("list", "acc_", "active")

    token = TOKEN.search(run("embedded"))[0]
    account = hub.connect("/hub", "good", token=token, origin=VENDOR)
    environment["ACCOUNT_ID"] = account
    run("embedded-linked", "active", "Jane Doe", "My Company")

    printed = run("auth-link")
    link = re.search(rf"{hub.url}/hub/({TOKEN.pattern})", printed)
    assert 'lang="de"' in hub.get(f"/hub/{link[1]}"), "the auth link opens no German page"
    linked = hub.connect("/hub", "good-eu", token=link[1])
    session = re.search(r"lhc_[0-9a-f]{32}(?![0-9a-f.])", printed)[0]
    run("auth-link-linked", "used", linked, CONNECT_SESSION_ID=session)

    owner = {"owner_id": "customer-44", "owner_name": "Example Ltd"}
    linked = hub.connect("/connect", "tenant-admin", **owner)
    run("accounts-page", linked, "John Roe")

    run("edit", "Sales", "gold")
    run("verify", "good")
    hostname = json.loads(hub.api(f"/accounts/{account}"))["tenant"]["hostname"]
    run("credentials", hostname, LINKHUB_API_KEY=hub.api_key("credentials:read"))
    run("suspend", "suspended", "active")
    assert "true" in run("renewal").lower()
    happened = ["account.created", "credential.read", "account.suspended", "account.resumed"]
    run("history", "renewal.allowed", *happened)
    run("unlink", account, "deleted")

    key = hub.api_key("webhooks:write")
    run("webhook", "whe_", "whsec_", LINKHUB_API_KEY=key)
    with Receiver() as receiver:
        page = hub.post("/webhooks", url=receiver.url, event="*")
        endpoint = re.search(r"whe_[0-9a-f]{32}", page)[0]
        webhook = {"WEBHOOK_ENDPOINT_ID": endpoint, "LINKHUB_API_KEY": key}
        run("webhook-test", "500", "not today", **webhook)
        receiver.status = 200
        run("webhook-replay", "evt_", "webhook.test", "pending", **webhook)

    everyone = json.loads(hub.api("/accounts?page_size=100"))
    assert len(everyone) > 20, "three pages are needed"
    run("paging", *(item["id"] for item in everyone))
    printed = run("again")
    # curl prints each token twice: by itself, and in the link.
    assert len(set(TOKEN.findall(printed))) == 1, f"sent again, it was carried out again:\n{printed}"

    strangers = set(texts) - told - {"prelude"}
    assert not strangers, f"these are not run: {strangers}"
    return len(told)


def compare(hub):
    """Each endpoint of the program is a row of the document, with what it needs, and no row is invented."""
    described = json.loads(hub.api("/openapi.json"))
    program = set()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            scopes = {scope for way in operation["security"] for of in way.values() for scope in of}
            program.add((f"{method.upper()} /api{path}", *(sorted(scopes) or ["token"])))
    rows = re.findall(r"^\| `([A-Z]+ /api/\S+)` \| `?([\w:]+)`? \|", DOCUMENT, re.M)
    missing, invented = sorted(program - set(rows)), sorted(set(rows) - program)
    assert program and not missing and not invented, f"it lacks {missing} and invents {invented}"
    return len(program)


def main():
    failed = 0
    for language, texts in examples(DOCUMENT).items():
        stories = [(f"examples of docs/api.md in {language}", lambda hub: follow(language, texts, hub))]
        if language == "sh":
            stories.insert(0, ("endpoints in docs/api.md", compare))
        with Sandbox() as hub:
            for name, story in stories:
                try:
                    print(f"ok      {story(hub)} {name}", flush=True)
                except Exception as error:
                    failed += 1
                    print(f"FAILED  {name}\n  {error!r}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
