"""Adapts what Schemathesis sends where the schema cannot say what is meant."""

import itertools
import json
import os
import re

import requests
import schemathesis

NAME = "Idempotency-Key"
TOKEN = "x-hub-session-token"
numbers = itertools.count(1)
tokens = {}


@schemathesis.hook
def before_call(context, case, kwargs):
    headers = case.headers or {}
    # Two requests that differ must not have one name. One that is not allowed is left as it is.
    name = headers.get(NAME)
    if isinstance(name, str) and re.fullmatch("[!-~]{1,255}", name):
        number = str(next(numbers))
        headers[NAME] = f"{name[: 255 - len(number)]}{number}"
    # A session is blocked after thirty keys that Qlik refuses, so another one stands in for it before; not where the
    # token is to be missing, which Schemathesis knows from the one that it was given.
    aim = getattr(case.meta.phase.data, "parameter", None) if case.meta else None
    if aim != TOKEN and headers.get(TOKEN) == os.environ.get("LINKHUB_TOKEN"):
        headers[TOKEN] = another_token(next(numbers) // 20)


def another_token(group):
    if group not in tokens:
        answer = requests.post(
            f"{os.environ['LINKHUB_API']}/connect_sessions",
            auth=(os.environ["LINKHUB_API_KEY"], ""),
            json=json.loads(os.environ["LINKHUB_SESSION"]),
            timeout=10,
        )
        answer.raise_for_status()
        tokens[group] = answer.json()["token"]
    return tokens[group]
