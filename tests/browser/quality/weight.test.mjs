// What a visit of the Hub transfers, and that every byte of every page comes from the hub itself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBrowser, visit, visitSignedIn } from "../support/browser.mjs";
import { checkedPages } from "../support/pages.mjs";
import { startSandbox } from "../support/sandbox.mjs";

const HUB_BYTES = 40_000;

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
async function load(page, path) {
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
  await page.goto(path, { waitUntil: "networkidle" });
  await session.detach();
  return [...requests.values()];
}

test(`the Hub with all it loads is at most ${HUB_BYTES} bytes`, async (t) => {
  const page = await visitSignedIn(browser, sandbox);
  const requests = await load(page, "/connect");
  const bytes = requests.reduce((sum, request) => sum + request.bytes, 0);
  for (const request of requests) t.diagnostic(`${request.bytes} bytes  ${new URL(request.url).pathname}`);
  t.diagnostic(`${bytes} bytes in ${requests.length} requests`);
  assert.ok(requests.every((request) => request.bytes > 0), "a request has not finished");
  assert.ok(bytes <= HUB_BYTES, `${bytes} bytes`);
});

test("no page asks another origin", async () => {
  const [stranger, admin] = [await visit(browser, sandbox), await visitSignedIn(browser, sandbox)];
  const origin = new URL(sandbox.url).origin;
  for (const { path, signedIn } of await checkedPages(sandbox)) {
    const requests = await load(signedIn ? admin : stranger, path);
    assert.notEqual(requests.length, 0, path);
    const foreign = requests.map(({ url }) => new URL(url)).filter((url) => url.protocol !== "data:" && url.origin !== origin);
    assert.deepEqual(foreign.map(String), [], path);
  }
});
