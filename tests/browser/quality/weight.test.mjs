// What a visit of the Hub transfers, and that every byte of every page comes from the hub itself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sessionCookie, startBrowser, visit, visitSignedIn } from "../support/browser.mjs";
import { checkedPages, open } from "../support/pages.mjs";
import { startSandbox } from "../support/sandbox.mjs";
import { makeSession } from "../support/sessions.mjs";

const HUB_BYTES = 40_000;
const EMBED_BYTES = 5_000;
const LANGUAGES = ["en", "de", "fr", "es", "ja", "pt"];

let sandbox, browser;
before(async () => {
  sandbox = await startSandbox({ accounts: 30 });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await sandbox?.stop();
});

/** All requests of one visit with an empty cache, and the bytes of their answers on the wire, headers included. */
async function load(page, checked) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  const requests = new Map();
  session.on("Network.requestWillBeSent", ({ requestId, request }) => {
    requests.set(requestId, { url: request.url, bytes: 0 });
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (requests.has(requestId)) requests.get(requestId).bytes = encodedDataLength;
  });
  await open(page, checked);
  await page.waitForLoadState("networkidle");
  await session.detach();
  return [...requests.values()];
}

test(`the Hub with all it loads is at most ${HUB_BYTES} bytes, by every door and in every language`, async (t) => {
  const [stranger, admin] = [await visit(browser, sandbox), await visitSignedIn(browser, sandbox)];
  const vendor = "https://app.example.com";
  const link = async (terms) => `/hub/${(await makeSession(sandbox, terms)).token}`;
  const framed = await link({ allowed_origins: [vendor] });
  const doors = [
    ["signed in", admin, "/connect"],
    ["framed", stranger, `${framed}?origin=${encodeURIComponent(vendor)}`],
  ];
  for (const language of LANGUAGES) doors.push([`by a link in ${language}`, stranger, await link({ language })]);
  for (const [name, page, path] of doors) {
    const requests = await load(page, { path });
    const bytes = requests.reduce((sum, request) => sum + request.bytes, 0);
    t.diagnostic(`${name}: ${bytes} bytes in ${requests.length} requests`);
    assert.ok(requests.length > 5 && requests.every((request) => request.bytes > 0), "a request has not finished");
    const each = requests.map((request) => `${request.bytes} ${new URL(request.url).pathname.replace(/lhc_.*/, "…")}`);
    assert.ok(bytes <= HUB_BYTES, `${name}: ${bytes} bytes\n${each.join("\n")}`);
  }
});

test(`the script for a vendor's page is at most ${EMBED_BYTES} bytes`, async () => {
  const answer = await fetch(new URL("/embed.js", sandbox.url), { method: "HEAD", headers: { "accept-encoding": "gzip" } });
  const bytes = Number(answer.headers.get("content-length"));
  assert.ok(bytes > 0 && bytes <= EMBED_BYTES, `${bytes} bytes`);
});

test("pages for end users are compressed, those behind a cookie are not", async () => {
  const cookie = await sessionCookie(sandbox);
  const { token } = await makeSession(sandbox);
  for (const [path, compressed] of [[`/hub/${token}`, true], ["/guide", true], ["/connect", false], ["/accounts?q=x", false]]) {
    const { headers } = await fetch(new URL(path, sandbox.url), { headers: { cookie, "accept-encoding": "br" } });
    assert.equal(headers.get("content-encoding") === "br", compressed, path);
    if (compressed) assert.match(headers.get("vary") ?? "", /accept-encoding/i);
  }
});

test("no page asks another origin", async () => {
  const [stranger, admin] = [await visit(browser, sandbox), await visitSignedIn(browser, sandbox)];
  const origin = new URL(sandbox.url).origin;
  for (const checked of await checkedPages(sandbox)) {
    const { name, signedIn } = checked;
    const requests = await load(signedIn ? admin : stranger, checked);
    assert.notEqual(requests.length, 0, name);
    const foreign = requests.map(({ url }) => new URL(url)).filter((url) => url.protocol !== "data:" && url.origin !== origin);
    assert.deepEqual(foreign.map(String), [], name);
  }
});
