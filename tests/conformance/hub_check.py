"""Starts the sandbox and lets StackOne's client, and Schemathesis, use the hub's API."""

import base64
import json
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = Path(sys.argv[1]).resolve()
# A safety net: the checks take less than a minute.
SECONDS = 300
CHECKS = [
    OUT / "venv-schemathesis/bin/schemathesis", "run", "--mode", "all",
    "--phases", "examples,coverage,fuzzing,stateful",
    "--max-examples", "50", "--generation-deterministic", "--workers", "1",
    "--request-timeout", "10", "--no-color",
]  # fmt: skip


class Sandbox:
    """The hub with some accounts, and flags of its own; it is thrown away at the end."""

    def __init__(self, *hub):
        self.hub = hub

    def __enter__(self):
        command = ["cargo", "run", "--quiet", "--locked", "--example", "sandbox", "--"]
        arguments = ["--port", "0", "--json", "--accounts", "6", "--", *self.hub]
        self.process = subprocess.Popen(
            [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"The sandbox did not start:\n{self.process.stderr.read()}")
        self.facts = json.loads(line)
        self.api = f"{self.facts['url']}/api"
        while "listening" not in self.process.stderr.readline():
            pass
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=60)

    def keys(self, *labels):
        keys = {key["label"]: key for key in self.facts["keys"]}
        return [keys[label] for label in labels]

    def ask(self, path, body=None, key="api_key"):
        """As a back end asks; with a body it is a POST."""
        user = base64.b64encode(f"{self.facts[key]}:".encode()).decode()
        headers = {"authorization": f"Basic {user}", "content-type": "application/json"}
        body = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.api}/{path}", body, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)


def run(command, folder=OUT, **environment):
    """Whether it went well, and what it printed."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
    )
    return done.returncode == 0, done.stdout


def stackone(sandbox):
    keys = json.dumps(sandbox.keys("good", "good-eu"))
    key = sandbox.facts["api_key"]
    command = ["node", OUT / "stackone_client.mjs", sandbox.api]
    well, said = run(command, LINKHUB_API_KEY=key, QLIK_KEYS=keys)
    steps = [line for line in said.splitlines() if line.startswith(("ok ", "not ok "))]
    for step in steps:
        yield f"StackOne's client: {step.split('ok ', 1)[1]}", step.startswith("ok "), ""
    if not steps or (not well and all(step.startswith("ok ") for step in steps)):
        yield "StackOne's client runs to its end", False, said


def schemathesis(sandbox):
    # Anew, because what it remembers of a run would make the next one another.
    folder = OUT / "schemathesis"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE / "schemathesis", folder)
    key = sandbox.facts["api_key_for_everything"]
    account = sandbox.ask("accounts?page_size=1")[0]
    session = {
        "origin_owner_id": account["origin_owner_id"],
        "origin_owner_name": account["origin_owner_name"],
        "account_id": account["id"],
        "single_use": False,
    }
    environment = {
        "LINKHUB_API": sandbox.api,
        "LINKHUB_API_KEY": key,
        "LINKHUB_SESSION": json.dumps(session),
        "LINKHUB_ACCOUNT": account["id"],
        "LINKHUB_TOKEN": sandbox.ask("connect_sessions", session)["token"],
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    document = f"{sandbox.api}/openapi.json"
    token = f"x-hub-session-token: {environment['LINKHUB_TOKEN']}"
    for name, flags in [
        # Before the accounts are unlinked.
        ("of the Hub, with a token", ["--header", token, "--include-path-regex", "^/hub/"]),
        ("with a key", ["--auth", f"{key}:", "--exclude-path-regex", "^/hub/"]),
        # That everything is refused is what is to be seen here.
        ("without key and token", ["--warnings", "off"]),
    ]:
        well, said = run([*CHECKS, *flags, document], folder, **environment)
        cases = [line.strip() for line in said.splitlines() if " generated, " in line]
        name = f"Schemathesis finds nothing in the API {name}"
        yield f"{name} ({', '.join(cases)})", well and bool(cases), said


def main():
    passed = failed = 0
    with Sandbox() as sandbox:
        for checks in (stackone, schemathesis):
            for name, well, said in checks(sandbox):
                passed, failed = passed + well, failed + (not well)
                print(f"{'ok     ' if well else 'FAILED '} {name}", flush=True)
                if not well and said:
                    print(said, flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
