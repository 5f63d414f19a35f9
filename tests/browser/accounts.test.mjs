// The Accounts page and the page of one account in a real browser, also on a phone and without scripts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, startBrowser, visitSignedIn } from "./support/browser.mjs";
import { startSandbox } from "./support/sandbox.mjs";
import { assertNoSidewaysScrolling, watch, visitWatched } from "./support/watch.mjs";

const ACCOUNTS = 12;
const HOSTILE = "<script>alert(1)</script>";
const NO_SCRIPTS = { javaScriptEnabled: false };

let browser, sandbox;
before(async () => {
  [browser, sandbox] = await Promise.all([startBrowser(), startSandbox({ accounts: ACCOUNTS })]);
});
after(() => Promise.all([browser?.close(), sandbox?.stop()]));

/** A visit to the list. */
function check(name, options, steps) {
  test(name, () => visitWatched(browser, sandbox, options, async (page) => {
    await page.goto("/accounts");
    await steps(page);
  }));
}

const table = (page) => page.getByRole("table", { name: "Linked accounts" });
const names = (page) => table(page).locator("a.primary").allInnerTexts();
const open = (page, name) => table(page).getByRole("link", { name, exact: true }).click();
const given = (page) => Object.fromEntries(new URL(page.url()).searchParams);

for (const [how, options] of [["with", {}], ["without", NO_SCRIPTS]]) {
  check(`${how} scripts the search is a form whose words stand in the URL`, options, async (page) => {
    assert.equal((await names(page)).length, ACCOUNTS);
    const search = page.getByRole("searchbox");
    await search.fill("meadow");
    await search.press("Enter");
    await page.waitForURL(/q=meadow/);
    assert.deepEqual(await names(page), ["Meadow Energy 10", "Meadow Energy 2"]);
    await page.getByText("2 accounts found").waitFor();
    await search.fill("nothing has such a name");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("heading", { name: "Nothing found" }).waitFor();
    await page.getByRole("link", { name: "Show all accounts" }).click();
    assert.equal((await names(page)).length, ACCOUNTS);
  });

  check(`${how} scripts headings sort in both directions`, options, async (page) => {
    const heading = page.getByRole("columnheader", { name: "Account", exact: true });
    await heading.getByRole("link").click();
    assert.equal(await heading.getAttribute("aria-sort"), "ascending");
    const ascending = await names(page);
    await heading.getByRole("link").click();
    assert.equal(await heading.getAttribute("aria-sort"), "descending");
    assert.deepEqual(await names(page), ascending.toReversed());
    await page.getByRole("columnheader", { name: "Key expires" }).getByRole("link").click();
    assert.deepEqual(given(page), { sort: "expiry", order: "asc" });
  });

  check(`${how} scripts a key is tested now, and the history tells`, options, async (page) => {
    await open(page, "Meadow Energy 2");
    await page.getByRole("button", { name: "Test now" }).click();
    assert.match(await page.getByRole("status").first().innerText(), /The key works/);
    const newest = page.getByRole("table", { name: "History" }).locator("tbody tr").first();
    assert.match(await newest.innerText(), /Checked[\s\S]*admin/);
    await page.goto("/accounts");
    await open(page, "Pinwheel Toys 8");
    await page.getByRole("button", { name: "Test now" }).click();
    await page.locator('.alert[data-code="key_rejected"]').first().waitFor();
  });

  check(`${how} scripts label and owner are edited`, options, async (page) => {
    await open(page, "Granite Robotics 3");
    const label = `Renamed ${how} scripts`;
    await page.getByLabel("Label", { exact: true }).fill(label);
    await page.getByLabel("Owner id").fill(`owner-${how}`);
    await page.getByLabel("Owner name").fill("Jane’s Company");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The account was changed.").waitFor();
    assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), label);
    assert.equal(await page.getByLabel("Owner id").inputValue(), `owner-${how}`);
    await page.getByLabel("Label", { exact: true }).fill("");
    await page.getByRole("button", { name: "Save" }).click();
    assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "Granite Robotics 3");
  });
}

check("with scripts a filter applies as it is chosen", {}, async (page) => {
  await page.getByLabel("Status").selectOption("error");
  await page.waitForURL(/status=error/);
  assert.deepEqual(await names(page), ["Pinwheel Toys 8"]);
  await page.goto("/accounts");
  await page.getByLabel("Key expires").selectOption("2h");
  await page.waitForURL(/expires=2h/);
  assert.deepEqual(await names(page), ["Harbour Traders 1"]);
});

check("without scripts a filter applies by its button", NO_SCRIPTS, async (page) => {
  await page.getByLabel("Status").selectOption("expired");
  await page.getByRole("button", { name: "Apply" }).click();
  assert.deepEqual(await names(page), ["Bäckerei Müller 7"]);
  assert.equal(await page.getByLabel("Status").inputValue(), "expired");
});

check("hostile and right-to-left names are only text", {}, async (page) => {
  const shown = await names(page);
  assert.ok(shown.includes(HOSTILE));
  const rightToLeft = shown.find((name) => /[\u0590-\u06ff]/.test(name));
  for (const name of [HOSTILE, rightToLeft]) {
    await page.goto("/accounts");
    await open(page, name);
    assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), name);
    await page.getByRole("link", { name: "Unlink" }).click();
    assert.ok((await page.getByRole("heading", { level: 1 }).innerText()).includes(name));
  }
});

check("on a phone every page of an account fits", { viewport: PHONE }, async (page) => {
  await assertNoSidewaysScrolling(page);
  const links = table(page).locator("a.primary");
  const paths = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  for (const path of paths) {
    await page.goto(path);
    await assertNoSidewaysScrolling(page);
  }
  const long = await page.goto("/accounts").then(() => links.filter({ hasText: "Wilhelmina" }).getAttribute("href"));
  await page.goto(`${long}/unlink`);
  await assertNoSidewaysScrolling(page);
  await page.goto("/accounts?q=nothing+has+such+a+name");
  await assertNoSidewaysScrolling(page);
});

for (const [name, options, atQlik, notice] of [
  ["Ångström Laboratories 12", {}, false, /At Qlik it works until it expires/],
  ["Granite Robotics 11", NO_SCRIPTS, true, /the key was deleted at Qlik/],
]) {
  check(`${name} is unlinked after a question, ${atQlik ? "also at Qlik" : "here alone"}`, options, async (page) => {
    await open(page, name);
    const account = page.url();
    await page.getByRole("link", { name: "Unlink" }).click();
    await page.getByRole("link", { name: "Keep it" }).click();
    assert.equal(page.url(), account);
    await page.getByRole("link", { name: "Unlink" }).click();
    if (atQlik) await page.getByRole("checkbox").check();
    await page.getByRole("button", { name: "Unlink" }).click();
    await page.waitForURL(/unlinked=/);
    assert.match(await page.locator(".alert.good").innerText(), notice);
    assert.ok(!(await names(page)).includes(name));
    await page.goto(account);
    await page.getByRole("heading", { name: "Unlinked account" }).waitFor();
    assert.match(await page.getByRole("table", { name: "History" }).innerText(), /Unlinked/);
  });
}

for (const [how, options] of [["with", {}], ["without", NO_SCRIPTS]]) {
  check(`${how} scripts signing out ends the session`, options, async (page) => {
    await page.locator("summary").filter({ hasText: "admin" }).click();
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.waitForURL(/\/login/);
    await page.goto("/accounts");
    assert.equal(new URL(page.url()).pathname, "/login");
  });
}

test("a hub without accounts says how to begin, also on a phone", async () => {
  const empty = await startSandbox();
  try {
    const page = await visitSignedIn(browser, empty, { viewport: PHONE });
    const watched = watch(page.context(), empty);
    await page.goto("/accounts");
    await page.getByRole("heading", { name: "No account is linked yet" }).waitFor();
    await assertNoSidewaysScrolling(page);
    await page.getByText("Link account", { exact: true }).click();
    await assertNoSidewaysScrolling(page);
    await page.getByRole("link", { name: /Link now/ }).click();
    await page.getByRole("heading", { name: "Connect Qlik Cloud" }).waitFor();
    watched.check();
    await page.context().close();
  } finally {
    await empty.stop();
  }
});
