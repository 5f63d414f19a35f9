"""Starts the sandbox and reads its calendar feed with a parser that nobody here wrote, `icalendar`: every field of every
entry is compared with what the API says of the account, and the rules of RFC 5545 that a parser forgives are checked
on the octets. Runs in the environment of requirements.txt."""

import datetime
import http.cookiejar
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

import icalendar

from hub_check import Sandbox

ENTRY = {"UID", "DTSTAMP", "LAST-MODIFIED", "DTSTART", "SUMMARY", "DESCRIPTION", "URL", "TRANSP"}
# Per cent of a key's life that remain, as the sandbox's hub is set.
WARNINGS = (50, 20, 5)
# Commas, semicolons, backslashes and line breaks have a meaning in the format; a long line must be folded, and no character
# may be cut in two by that; the last two begin from the right.
NAMES = [
    "Acme, Ltd; \\n is no line break \\; nor this: \\\\",
    "🔑👩‍👩‍👧‍👦" * 20,
    "ä" * 37 + "é" * 38 + "日本語" * 30,
    "x" * 200,
    "شركة الاختبار، المحدودة " * 6,
    "בדיקה, בע\"מ; " * 8,
]


def patch(sandbox, account, **change):
    request = urllib.request.Request(f"{sandbox.api}/accounts/{account}", method="PATCH")
    request.add_header("authorization", f"Bearer {sandbox.facts['api_key_for_everything']}")
    request.add_header("content-type", "application/json")
    urllib.request.urlopen(request, json.dumps(change).encode(), timeout=60).close()


class Admin:
    """Makes and revokes feeds on the page, as a person does."""

    def __init__(self, sandbox):
        self.url = sandbox.facts["url"]
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.browser = urllib.request.build_opener(cookies)
        self.post("/login", password=sandbox.facts["admin_password"])

    def post(self, path, **fields):
        form = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(self.url + path, form, {"origin": self.url})
        with self.browser.open(request, timeout=60) as answer:
            return answer.read().decode()

    def make_feed(self):
        """Its link, and the path that revokes it."""
        page = self.post("/calendar", note="conformance")
        link = re.search(r"https?://[^\s<\"]+/calendar/cal_[0-9a-f]+\.[\w-]{43}\.ics", page)[0]
        return link, re.search(r'action="(/calendar/[^"]+/revoke)"', page)[1]


def get(url, **headers):
    """Status, headers and body, whatever the status."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, headers=headers)
    try:
        answer = urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers, answer.read()


def instant(text):
    """Whole seconds, as the format has them."""
    return datetime.datetime.fromisoformat(text).replace(microsecond=0)


def octets(body):
    """What is wrong with the lines themselves."""
    if not body.endswith(b"\r\n"):
        yield "the last line does not end"
    for number, line in enumerate(body[:-2].split(b"\r\n"), 1):
        if len(line) > 75:
            yield f"line {number} has {len(line)} octets"
        if b"\r" in line or b"\n" in line:
            yield f"line {number} has half an end within"
        try:
            line.decode()
        except UnicodeDecodeError:
            yield f"line {number} cuts a character in two"


def expected(account, url):
    """An entry, from what the API says of its account."""
    name = account["label"] or account["tenant"]["name"]
    owner = account["origin_owner_name"] or account["origin_owner_id"]
    page = f"{url}/accounts/{account['id']}"
    about = f"{account['user']['name']} at {account['tenant']['host']}\nOwner: {owner}\nReconnect before then: {page}"
    return {
        "DTSTAMP": instant(account["updated_at"]),
        "LAST-MODIFIED": instant(account["updated_at"]),
        "DTSTART": instant(account["expires_at"]),
        "SUMMARY": f"Qlik key of {name} expires",
        "DESCRIPTION": about,
        "URL": page,
        "TRANSP": "TRANSPARENT",
    }


def read(entry):
    """The same of an entry, as the parser has it."""
    values = {}
    for name in ENTRY - {"UID"}:
        value = entry[name]
        values[name] = value.dt if hasattr(value, "dt") else str(value)
    return values


def alarms(entry):
    """How long before the end each rings, in minutes; each must be a whole alarm."""
    for alarm in entry.walk("VALARM"):
        assert set(alarm) == {"ACTION", "DESCRIPTION", "TRIGGER"}, dict(alarm)
        assert alarm["ACTION"] == "DISPLAY" and alarm["DESCRIPTION"] == entry["SUMMARY"], dict(alarm)
        yield alarm["TRIGGER"].dt / datetime.timedelta(minutes=-1)


def checks(sandbox):
    url = sandbox.facts["url"]
    accounts = sandbox.ask("accounts?page_size=100")
    for account, name in zip(accounts, NAMES, strict=True):
        patch(sandbox, account["id"], label=name[:200], origin_owner_name=name[:100])
    accounts = sandbox.ask("accounts?page_size=100")
    admin = Admin(sandbox)
    link, revoke = admin.make_feed()
    status, headers, body = get(link)
    yield "the feed is text/calendar in UTF-8", status == 200 and headers["content-type"] == "text/calendar; charset=utf-8", headers
    wrong = list(octets(body))
    yield "no line has more than 75 octets, each ends with CRLF, no character is cut in two", not wrong, wrong
    folded = sum(line.startswith(b" ") for line in body.split(b"\r\n"))
    yield f"long lines are folded ({folded} times)", folded > 20, folded

    calendar = icalendar.Calendar.from_ical(body)
    entries = calendar.walk("VEVENT")
    errors = [error for part in calendar.walk() for error in part.errors]
    yield "icalendar finds no error", not errors, errors
    head = {name: str(calendar[name]) for name in ("VERSION", "CALSCALE", "METHOD", "PRODID")}
    want = {"VERSION": "2.0", "CALSCALE": "GREGORIAN", "METHOD": "PUBLISH", "PRODID": "-//linkhub//Key expiries//EN"}
    yield "version, scale, method and product are there", head == want, head
    same = calendar["NAME"] == calendar["X-WR-CALNAME"] and calendar["DESCRIPTION"] == calendar["X-WR-CALDESC"]
    yield "name and description are the same in the old form and the new", same, dict(calendar)
    fresh = calendar["REFRESH-INTERVAL"].dt, icalendar.vDuration.from_ical(calendar["X-PUBLISHED-TTL"])
    yield "it asks to be fetched again every hour", set(fresh) == {datetime.timedelta(hours=1)}, fresh

    expiring = {account["id"]: account for account in accounts if account["expires_at"]}
    by_account = {str(entry["UID"])[:36]: entry for entry in entries}
    yield f"each account that expires has one entry ({len(entries)})", len(entries) == len(expiring) >= len(NAMES) - 1 and set(by_account) == set(expiring), set(by_account) ^ set(expiring)
    for id, account in expiring.items():
        entry = by_account[id]
        fields = set(entry) == ENTRY
        yield f"every field of the entry for {account['label'][:12]}… is what the API says", fields and read(entry) == expected(account, url), (set(entry) ^ ENTRY, read(entry), expected(account, url))
        end = instant(account["expires_at"])
        life = (end - instant(account["credentials"]["created_at"])) / datetime.timedelta(minutes=1)
        rings, shares = list(alarms(entry)), [life * percent / 100 for percent in WARNINGS]
        near = len(rings) == len(shares) and all(abs(a - b) <= 1 for a, b in zip(rings, shares))
        yield f"its alarms ring at 50, 20 and 5 % of {life:.0f} minutes", near, (rings, shares)

    etag = headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}'):
        status, again, rest = get(link, if_none_match=known)
        yield f"it has not changed for who knows {known[:12]}…", (status, rest, again["etag"]) == (304, b"", etag), (status, rest)
    patch(sandbox, accounts[0]["id"], label="another")
    status, again, rest = get(link, if_none_match=etag)
    changed = status == 200 and again["etag"] != etag and b"another" in rest
    yield "another label is another feed", changed, (status, again["etag"])
    uids = [sorted(str(entry["UID"]) for entry in icalendar.Calendar.from_ical(feed).walk("VEVENT")) for feed in (body, rest)]
    yield "and the entries keep their ids", uids[0] == uids[1], uids

    status, _, rest = get(link.replace("cal_", "cal_0", 1))
    yield "a token that is none shows nothing", status == 404 and b"BEGIN:" not in rest, status
    other, _ = admin.make_feed()
    admin.post(revoke)
    for name, known in ((), {}), ((), {"if_none_match": again["etag"]}):
        status, _, rest = get(link, **known)
        yield "a revoked link shows nothing" + (", not even that nothing has changed" if known else ""), status == 404 and b"BEGIN:" not in rest, status
    yield "another link goes on", get(other)[0] == 200, ""


def main():
    passed = failed = 0
    with Sandbox() as sandbox:
        for name, well, said in checks(sandbox):
            passed, failed = passed + bool(well), failed + (not well)
            print(f"{'ok     ' if well else 'FAILED '} calendar: {name}", flush=True)
            if not well:
                print(f"  {said}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
