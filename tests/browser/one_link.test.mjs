// One auth link in many browsers at the same instant.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fillHub, startBrowser, visit } from "./support/browser.mjs";
import { startSandbox } from "./support/sandbox.mjs";

const PAGES = 50;

let browser, sandbox;
before(async () => {
  [browser, sandbox] = await Promise.all([startBrowser(), startSandbox()]);
});
after(() => Promise.all([browser?.close(), sandbox?.stop()]));

/** The API as a back end uses it. */
async function api(path, body) {
  const answer = await fetch(`${sandbox.url}/api/${path}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${sandbox.api_key}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, text);
  return JSON.parse(text);
}

/**
 * Whether this page links. One that waited for Qlik in vain, because the machine is busy, is told so, and comes again as a
 * person does.
 */
async function press(page, pathname, key) {
  const linked = page.locator("dialog#linked[open]");
  const used = page.locator("[data-code=session_used]");
  const later = page.locator("[data-code=unreachable], [data-code=rate_limited]");
  for (;;) {
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await linked.or(used).or(later).first().waitFor();
    if (await linked.isVisible()) return true;
    if (await used.isVisible()) return false;
    await delay(5_000);
    await page.goto(pathname);
    if (await used.isVisible()) return false;
    await fillHub(page, key);
  }
}

test(`of ${PAGES} pages that press Connect on one single-use link at once, one links`, async () => {
  const owner = { origin_owner_id: "customer-1", origin_owner_name: "My Company" };
  const made = await api("connect_sessions", owner);
  const { pathname } = new URL(made.auth_link_url);
  // Qlik takes seconds for this one: all are past the first look at the session before one of them is done.
  const key = sandbox.key("slow");
  // Each has connections of its own, so that none waits for another. Every other page is without scripts.
  const open = async (number) => {
    const page = await visit(browser, sandbox, { javaScriptEnabled: number % 2 === 0 });
    page.setDefaultTimeout(180_000);
    await page.goto(pathname);
    await fillHub(page, key);
    return page;
  };
  const pages = [];
  while (pages.length < PAGES) {
    const some = Array.from({ length: 10 }, (_, number) => open(pages.length + number));
    pages.push(...(await Promise.all(some)));
  }
  const told = await Promise.all(pages.map((page) => press(page, pathname, key)));
  assert.equal(told.filter(Boolean).length, 1);
  const accounts = await api("accounts");
  assert.equal(accounts.length, 1);
  const session = await api(`connect_sessions/${made.connect_session_id}`);
  assert.deepEqual([session.state, session.linked_account_id], ["used", accounts[0].id]);
});
