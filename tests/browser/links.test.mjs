// Links, API keys, calendar feeds and Embed in a real browser: with and without scripts, by keyboard, on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import jsQR from "jsqr";
import { PNG } from "pngjs";
import { violations } from "./support/axe.mjs";
import { PHONE, startBrowser } from "./support/browser.mjs";
import { startSandbox } from "./support/sandbox.mjs";
import { assertLargeEnoughToTouch, assertNoSidewaysScrolling, visitWatched } from "./support/watch.mjs";

const NO_SCRIPTS = { javaScriptEnabled: false };
const LINK = /^http:\/\/localhost:\d+\/hub\/lhc_[0-9a-f]{32}\.[\w-]{43}$/;

let browser, sandbox;
before(async () => {
  [browser, sandbox] = await Promise.all([startBrowser(), startSandbox({ accounts: 6 })]);
});
after(() => Promise.all([browser?.close(), sandbox?.stop()]));

function check(name, options, steps) {
  test(name, () => visitWatched(browser, sandbox, options, steps));
}

/** Makes a link and answers with what is to be copied. */
async function makeLink(page, owner) {
  await page.goto("/links");
  await page.getByLabel("Owner id").fill(owner);
  await page.getByRole("button", { name: "Make a link" }).click();
  await page.getByRole("heading", { name: "The link is ready" }).waitFor();
  return page.locator(".copy code").first().innerText();
}

for (const [how, options] of [["with", {}], ["without", NO_SCRIPTS]]) {
  check(`${how} scripts a link is made, listed and revoked`, options, async (page) => {
    const owner = `customer-${how}`;
    assert.match(await makeLink(page, owner), LINK);
    await page.getByRole("link", { name: "All links" }).click();
    const row = page.getByRole("table", { name: "Open links" }).locator("tr", { hasText: owner });
    assert.match(await row.innerText(), /admin[\s\S]*in (1 d|23 h)[\s\S]*not yet/);
    await row.getByRole("button", { name: "Revoke" }).click();
    await page.getByText("The link is revoked").waitFor();
    assert.equal(await row.count(), 0);
    await page.locator("summary", { hasText: "Recently ended" }).click();
    const ended = page.getByRole("table", { name: "Recently ended links" }).locator("tr", { hasText: owner });
    assert.match(await ended.innerText(), /Revoked/);
  });

  check(`${how} scripts an API key is made and revoked after a question`, options, async (page) => {
    await page.goto("/api-keys");
    await page.getByLabel("Name").fill(`back end ${how} scripts`);
    await page.getByRole("button", { name: "Make an API key" }).click();
    const key = await page.locator(".copy code").first().innerText();
    assert.match(key, /^lhk_[0-9a-f]{32}\.[\w-]{43}$/);
    await page.getByRole("link", { name: "All API keys" }).click();
    await page.getByRole("link", { name: `Revoke back end ${how} scripts` }).click();
    await page.getByRole("button", { name: "Revoke" }).click();
    await page.getByText("The key is revoked").waitFor();
  });

  check(`${how} scripts a calendar feed is made, read by a calendar, and revoked`, options, async (page) => {
    const note = `Jane’s calendar, ${how} scripts`;
    await page.goto("/accounts");
    await page.getByRole("link", { name: "Calendar feed" }).click();
    await page.getByLabel("Note").fill(note);
    await page.getByRole("button", { name: "Make a secret link" }).click();
    await page.getByRole("heading", { name: "The calendar feed is ready" }).waitFor();
    const link = await page.locator(".copy code").innerText();
    assert.match(link, /^http:\/\/localhost:\d+\/calendar\/cal_[0-9a-f]{32}\.[\w-]{43}\.ics$/);
    const subscribe = page.getByRole("link", { name: "Subscribe in my calendar" });
    assert.equal(await subscribe.getAttribute("href"), link.replace("http:", "webcal:"));
    const row = page.getByRole("table", { name: "Calendar feeds in use" }).locator("tr", { hasText: note });
    await page.getByRole("link", { name: "All calendar feeds" }).click();
    assert.match(await row.innerText(), /never/);
    const calendar = await (await fetch(link)).text();
    assert.match(calendar, /^BEGIN:VCALENDAR\r\n/);
    assert.equal(calendar.match(/BEGIN:VEVENT/g)?.length, 6);
    await page.reload();
    assert.match(await row.innerText(), /just now|\d s ago/);
    await row.getByRole("button", { name: `Revoke ${note}` }).click();
    await page.getByText("The feed is revoked").waitFor();
    assert.equal(await row.count(), 0);
    await page.locator("summary", { hasText: "Revoked feeds" }).click();
    await page.getByRole("table", { name: "Revoked calendar feeds" }).getByText(note).waitFor();
    assert.equal((await fetch(link)).status, 404);
  });

  check(`${how} scripts Embed gives lines that carry a token`, options, async (page) => {
    await page.goto("/embed");
    await page.getByLabel("Origin of your page").fill("https://app.example.com");
    await page.getByLabel("Owner id").fill("customer-1");
    await page.getByRole("button", { name: "Make a snippet" }).click();
    const lines = await page.locator(".snippet code").first().innerText();
    assert.match(lines, /^<script src="http:\S+\/embed\.js" defer><\/script>\n<linkhub-connect token="lhc_/);
  });

  check(`${how} scripts the menu of the Accounts page offers three ways`, options, async (page) => {
    for (const [way, path] of [["Link now", "/connect"], ["Share a link", "/links"], ["Embed", "/embed"]]) {
      await page.goto("/accounts");
      await page.locator(".ways summary").click();
      await page.getByRole("link", { name: new RegExp(way) }).click();
      await page.waitForURL((url) => url.pathname === path);
    }
  });
}

check("an account is suspended, resumed, and gets a reconnect link", NO_SCRIPTS, async (page) => {
  await page.goto("/accounts");
  await page.locator("a.primary").first().click();
  await page.getByRole("button", { name: "Suspend" }).click();
  await page.locator(".badge.suspended").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.locator(".badge.active").waitFor();
  await page.getByRole("button", { name: "Copy a reconnect link" }).click();
  assert.match(await page.locator(".copy code").first().innerText(), LINK);
  await page.getByRole("link", { name: "Back to the account" }).click();
  await page.getByText("A link was made").first().waitFor();
});

for (const colorScheme of ["light", "dark"]) {
  check(`the QR code reads as the link, ${colorScheme}`, { colorScheme, viewport: PHONE }, async (page) => {
    const link = await makeLink(page, "customer-qr");
    const { width, height, data } = PNG.sync.read(await page.locator("svg.qr").screenshot());
    assert.equal(jsQR(new Uint8ClampedArray(data), width, height)?.data, link);
  });
}

check("the copy button copies exactly the link", { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
  const link = await makeLink(page, "customer-copy");
  await page.getByRole("button", { name: "Copy the link" }).click();
  await page.getByText("Copied").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
});

check("a link is made by keyboard alone", {}, async (page) => {
  await page.goto("/accounts");
  await page.locator(".ways summary").focus();
  await page.keyboard.press("Enter");
  for (const _ of ["Link now", "Share a link"]) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/links$/);
  await page.getByLabel("Owner id").focus();
  await page.keyboard.type("customer-keyboard");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "The link is ready" }).waitFor();
});

for (const colorScheme of ["light", "dark"]) {
  check(`what is shown once is accessible on a phone, ${colorScheme}`, { colorScheme, viewport: PHONE }, async (page) => {
    const fits = async () => {
      assert.deepEqual(await violations(page), []);
      await assertNoSidewaysScrolling(page);
      await assertLargeEnoughToTouch(page);
    };
    await makeLink(page, "customer-axe");
    await fits();
    await page.goto("/links");
    await fits();
    await page.goto("/api-keys");
    await page.getByLabel("Name").fill("axe");
    await page.getByLabel(/credentials:read/).check();
    await page.getByRole("button", { name: "Make an API key" }).click();
    await page.getByRole("heading", { name: /is ready/ }).waitFor();
    await fits();
    await page.goto("/api-keys");
    await fits();
    await page.getByRole("link", { name: "Revoke axe" }).first().click();
    await fits();
    await page.goto("/calendar");
    await page.getByLabel("Note").fill("axe".repeat(60));
    await page.getByRole("button", { name: "Make a secret link" }).click();
    await page.getByRole("heading", { name: "The calendar feed is ready" }).waitFor();
    await fits();
    await page.goto("/calendar");
    await fits();
    await page.goto("/embed");
    await page.getByLabel("Origin of your page").fill("https://app.example.com");
    await page.getByLabel("Owner id").fill("customer-1");
    await page.getByRole("button", { name: "Make a snippet" }).click();
    await page.getByRole("heading", { name: "Paste this" }).waitFor();
    await fits();
    await page.goto("/accounts");
    await page.locator(".ways summary").click();
    await fits();
  });
}
