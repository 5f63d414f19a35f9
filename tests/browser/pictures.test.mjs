// The bar on the Accounts page and the pictures of an account: by mouse, by keyboard, without scripts, on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, startBrowser } from "./support/browser.mjs";
import { startSandbox } from "./support/sandbox.mjs";
import { assertNoSidewaysScrolling, visitWatched } from "./support/watch.mjs";

let browser, sandbox;
before(async () => {
  [browser, sandbox] = await Promise.all([startBrowser(), startSandbox({ accounts: 12 })]);
});
after(() => Promise.all([browser?.close(), sandbox?.stop()]));

/** A visit to the list. */
function check(name, options, steps) {
  test(name, () => visitWatched(browser, sandbox, options, async (page) => {
    await page.goto("/accounts");
    await steps(page);
  }));
}

const legend = (page) => page.getByRole("navigation", { name: "Accounts by health" });
const names = (page) =>
  page.getByRole("table", { name: "Linked accounts" }).locator("a.primary").allInnerTexts();
const given = (page) => Object.fromEntries(new URL(page.url()).searchParams);

check("a part of the bar filters when it is clicked", {}, async (page) => {
  await page.locator(".health svg .broken rect").click();
  await page.waitForURL(/status=error/);
  assert.deepEqual(await names(page), ["Pinwheel Toys 8"]);
  assert.match(await page.locator(".health [aria-current]").innerText(), /^1 Broken$/);
});

check("the legend is reached by keyboard, the bar itself is passed over", { javaScriptEnabled: false }, async (page) => {
  const links = legend(page).getByRole("link");
  const count = await links.count();
  assert.ok(count >= 4, `${count} links`);
  const names = await links.allInnerTexts();
  await links.first().focus();
  for (const name of names) {
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), name);
    await page.keyboard.press("Tab");
  }
  assert.equal(await page.evaluate(() => document.activeElement?.closest(".health")), null);
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\?/);
  assert.equal(await legend(page).locator("[aria-current]").innerText(), names.at(-1));
});

check("every part counts what its list shows", {}, async (page) => {
  const links = legend(page).getByRole("link");
  const parts = await links.evaluateAll((all) =>
    all.map((link) => ({ href: link.getAttribute("href"), count: Number(link.querySelector("strong")?.textContent) })),
  );
  for (const { href, count } of parts) {
    await page.goto(href);
    assert.equal((await names(page)).length, count, href);
    assert.ok(Object.keys(given(page)).every((name) => ["status", "expires"].includes(name)));
  }
});

for (const [how, options] of [["on a phone", { viewport: PHONE }], ["without scripts", { javaScriptEnabled: false }]]) {
  check(`${how} an account's checks are seen, said and listed`, options, async (page) => {
    await assertNoSidewaysScrolling(page);
    await page.getByRole("link", { name: "Meadow Energy 2", exact: true }).click();
    await page.getByRole("button", { name: "Test now" }).click();
    const card = page.getByRole("region", { name: "Checks" });
    assert.match(await card.innerText(), /\d+ checks? in the last /);
    assert.ok((await card.locator(".good .mark").count()) > 0);
    const fold = card.getByText("The same as a table");
    await fold.focus();
    await page.keyboard.press("Enter");
    await card.getByRole("table", { name: "Checks by result" }).waitFor();
    assert.match(await page.getByRole("region", { name: "Life of the keys" }).innerText(), /Present key/);
    await assertNoSidewaysScrolling(page);
  });
}
