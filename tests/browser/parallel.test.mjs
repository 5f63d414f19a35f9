// One auth link in many browsers at the same instant.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fillHub, startBrowser, visit } from "./support/browser.mjs";
import { startSandbox } from "./support/sandbox.mjs";
import { watch } from "./support/watch.mjs";

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

for (const [how, javaScriptEnabled] of [["with", true], ["without", false]]) {
  test(`of ${PAGES} pages ${how} scripts that press Connect on one single-use link at once, one links`, async () => {
    const owner = `customer-${how}`;
    const made = await api("connect_sessions", { origin_owner_id: owner, origin_owner_name: owner });
    const { pathname } = new URL(made.auth_link_url);
    // Each has connections of its own, so that none waits for another; what is linked with it, all could link.
    const key = sandbox.key(how === "with" ? "good" : "good-eu");
    const pages = [];
    for (let number = 0; number < PAGES; number++) {
      const page = await visit(browser, sandbox, { javaScriptEnabled });
      page.setDefaultTimeout(60_000);
      await page.goto(pathname);
      await fillHub(page, key);
      pages.push({ page, watched: watch(page.context(), sandbox) });
    }
    const told = await Promise.all(
      pages.map(async ({ page }) => {
        await page.getByRole("button", { name: "Connect", exact: true }).click();
        const success = page.locator("dialog#linked[open] [data-slot=email]");
        const refusal = page.locator("[data-code=session_used]");
        await success.or(refusal).first().waitFor();
        return (await success.count()) > 0 && (await success.isVisible());
      }),
    );
    for (const { page, watched } of pages) {
      watched.check();
      await page.context().close();
    }
    assert.equal(told.filter(Boolean).length, 1);
    const accounts = await api(`accounts?origin_owner_id=${owner}`);
    assert.equal(accounts.length, 1);
    const session = await api(`connect_sessions/${made.connect_session_id}`);
    assert.deepEqual([session.state, session.linked_account_id], ["used", accounts[0].id]);
    const { length } = await api("accounts");
    assert.equal(length, how === "with" ? 1 : 2);
  });
}
