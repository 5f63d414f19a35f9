"""Starts the emulated Qlik Cloud and compares what Qlik's clients read from it with what is there."""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
OUT = Path(sys.argv[1]).resolve()
JANE = {"user": "Jane Doe", "email": "jane.doe@example.com"}
ITEMS = [f"Sales {number}" for number in range(1, 24)] + ["Nightly", "orders.qvd"]
SECONDS = 60


def start_emulator():
    command = ["cargo", "run", "--quiet", "--locked", "--example", "qlik_emulator", "--"]
    process = subprocess.Popen(
        [*command, str(OUT / "ca.pem")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    addresses = json.loads(process.stdout.readline())
    keys = {}
    # The last of the samples; the program then waits.
    while "disabled-tenant" not in keys:
        sample = json.loads(process.stdout.readline())
        keys[sample["label"]] = sample["key"]
    return process, addresses, keys


def ask(command, key, **environment):
    done = subprocess.run(
        [str(part) for part in command],
        input=key,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    if done.returncode != 0:
        return f"exit {done.returncode}: {done.stderr.strip()[-600:]}"
    return json.loads(done.stdout.splitlines()[-1])


def checks(addresses, keys):
    plain = f"http://{addresses['http']}"
    tls_port = addresses["https"].rsplit(":", 1)[1]
    node = ["node", OUT / "qlik_api.mjs"]
    python = [OUT / "venv/bin/python", HERE / "qlik_sdk_client.py"]
    host = "my-company.us.qlikcloud.com"
    trust = {"NODE_EXTRA_CA_CERTS": addresses["ca_file"]}
    read = {**JANE, "items": ITEMS}
    paged = {**read, "pages": 3}
    refused = {"refused": 401}
    good, expired = keys["good"], keys["expired"]

    yield "@qlik/api reads user and items", paged, ask([*node, plain], good)
    yield "@qlik/api is refused with an expired key", refused, ask([*node, plain], expired)
    tls = [*node, host, tls_port]
    yield "@qlik/api reads user and items over TLS", paged, ask(tls, good, **trust)
    revoked = ask(tls, keys["revoked"], **trust)
    yield "@qlik/api over TLS is refused with a revoked key", refused, revoked
    # Shows that the checks over TLS are what they say. The client's status for no answer at all is 0.
    untrusted = {"refused": 0}
    yield "@qlik/api refuses a certificate that it cannot trust", untrusted, ask(tls, good)
    yield "qlik-sdk reads user and items", read, ask([*python, plain], good)
    yield "qlik-sdk is refused with an expired key", refused, ask([*python, plain], expired)


def main():
    process, addresses, keys = start_emulator()
    passed = failed = 0
    try:
        for name, expected, answer in checks(addresses, keys):
            if answer == expected:
                passed += 1
                print(f"ok      {name}", flush=True)
            else:
                failed += 1
                print(f"FAILED  {name}\n  expected {expected}\n  but got  {answer}", flush=True)
    finally:
        # The emulator ends with its standard input.
        process.stdin.close()
        process.wait(timeout=SECONDS)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
