"""Starts a sandbox that may call this machine, and lets the library of Standard Webhooks verify what it sends."""

import sys

from hub_check import OUT, Sandbox, run


def main():
    with Sandbox("--webhook-allow-private") as sandbox:
        key = sandbox.facts["api_key_for_everything"]
        command = ["node", OUT / "webhooks_client.mjs", sandbox.api]
        well, said = run(command, LINKHUB_API_KEY=key)
    steps = [line for line in said.splitlines() if line.startswith(("ok ", "not ok "))]
    good = sum(step.startswith("ok ") for step in steps)
    for step in steps:
        mark = "ok     " if step.startswith("ok ") else "FAILED "
        print(f"{mark} Standard Webhooks: {step.split('ok ', 1)[1]}")
    broken = not steps or (not well and good == len(steps))
    if broken:
        print(f"FAILED  Standard Webhooks: the receiver runs to its end\n{said}")
    failed = len(steps) - good + broken
    print(f"{good} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
