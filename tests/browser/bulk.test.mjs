// Many accounts at once: ticked, tested, given links, announced, exported; with and without scripts, by keyboard, on a phone.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { violations } from "./support/axe.mjs";
import { PHONE, startBrowser, visit } from "./support/browser.mjs";
import { startSandbox } from "./support/sandbox.mjs";
import { assertLargeEnoughToTouch, assertNoSidewaysScrolling, visitWatched } from "./support/watch.mjs";
import { addEndpoint, deleteEndpoint, startReceiver } from "./support/webhooks.mjs";

const ACCOUNTS = 5;
const HOSTILE = "<script>alert(1)</script>";
const TICKED = ["Meadow Energy 2", HOSTILE];
const NO_SCRIPTS = { javaScriptEnabled: false };
const WAYS = [["with", {}], ["without", NO_SCRIPTS]];

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

const box = (page) => page.locator(".bulk > summary");
const button = (page, name) => page.getByRole("button", { name, exact: true });
const notice = (page) => page.getByRole("status").first().innerText();
const rows = (page) => page.getByRole("table", { name: "Linked accounts" }).locator("tbody tr");
const ticked = (page) => page.locator(".pick input:checked").count();

/** Opens the box if ticking has not. */
async function open(page) {
  if (!(await button(page, "Test now").first().isVisible())) await box(page).click();
}

async function tick(page, names = TICKED) {
  for (const name of names) await page.getByRole("checkbox", { name: `Select ${name}`, exact: true }).check();
  await open(page);
}

/** When each account was checked last, by its name. */
async function checks(page) {
  return Object.fromEntries(
    await rows(page).evaluateAll((all) =>
      all.map((row) => [
        row.querySelector("a.primary").textContent,
        row.querySelector("[data-label='Last checked'] time").getAttribute("datetime"),
      ]),
    ),
  );
}

/** The name and the lines of a file that a link gives. */
async function download(page, link) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: link }).click()]);
  const lines = (await readFile(await file.path(), "utf8")).split("\r\n");
  assert.equal(lines.pop(), "", "the last line ends");
  return { name: file.suggestedFilename(), lines: lines.map((line) => line.split(",")) };
}

/** A stranger opens a link that renews that account. */
async function assertRenews(link, account) {
  const page = await visit(browser, sandbox);
  await page.goto(link);
  assert.ok((await page.locator(".renewed").innerText()).includes(account));
  await page.context().close();
}

for (const [how, options] of WAYS) {
  check(`${how} scripts what is ticked is tested in the background, and nothing else`, options, async (page) => {
    const before = await checks(page);
    await tick(page);
    await button(page, "Test now").first().click();
    assert.match(await notice(page), /2 accounts are tested in the background/);
    const changed = async () => {
      const now = await checks(page);
      return Object.keys(now).filter((name) => now[name] !== before[name]);
    };
    for (let waited = 0; (await changed()).length < TICKED.length; waited += 1) {
      assert.ok(waited < 60, "they were not tested");
      await page.waitForTimeout(250);
      await page.goto("/accounts");
    }
    assert.deepEqual((await changed()).sort(), [...TICKED].sort());
  });

  check(`${how} scripts the page is ticked whole, and its links come as a file`, options, async (page) => {
    await open(page);
    await page.getByRole("link", { name: "Select this page" }).click();
    assert.equal(await ticked(page), ACCOUNTS);
    if (options !== NO_SCRIPTS) {
      assert.equal(await box(page).locator("[data-selected]").innerText(), `(${ACCOUNTS} ticked)`);
      await page.getByRole("link", { name: "Select none" }).click();
      assert.equal(await ticked(page), 0);
      await page.getByRole("link", { name: "Select this page" }).click();
    }
    await page.getByLabel("Links end after").selectOption("7d");
    await button(page, "Make reconnect links").click();
    assert.equal(await notice(page), `${ACCOUNTS} links were made.`);
    const { name, lines } = await download(page, "Download the links as CSV");
    assert.match(name, /^reconnect-links-\d{4}-\d\d-\d\d\.csv$/);
    assert.equal(lines.length, ACCOUNTS + 1);
    const [head, ...made] = lines;
    const hostile = made.find((line) => line[head.indexOf("tenant")] === HOSTILE);
    const [id, link, ends] = ["account_id", "link", "expires_at"].map((column) => hostile[head.indexOf(column)]);
    assert.ok(Math.abs(Date.parse(ends) - Date.now() - 7 * 86_400_000) < 60_000, ends);
    await assertRenews(link, id);
    await page.getByRole("link", { name: "Back to Accounts" }).click();
    await page.waitForURL(/\/accounts$/);
  });

  check(`${how} scripts nothing is done while nothing is ticked, unless it is for all that are found`, options, async (page) => {
    for (const action of ["Test now", "Make reconnect links", "Announce links by webhook"]) {
      await open(page);
      await button(page, action).first().click();
      assert.match(await notice(page), /Nothing is ticked/, action);
    }
    await page.goto("/accounts?q=meadow");
    await open(page);
    await page.getByLabel("Do it with").selectOption({ label: "all that are found (1000 at most)" });
    await button(page, "Test now").first().click();
    assert.match(await notice(page), /1 account is tested/);
    assert.match(page.url(), /q=meadow/);
  });

  check(`${how} scripts links are announced to who asks for them, and shown to nobody`, options, async (page) => {
    await tick(page);
    await button(page, "Announce links by webhook").click();
    assert.match(await notice(page), /Nobody would hear of it[\s\S]*No link was made/);
    const receiver = await startReceiver();
    const endpoint = await addEndpoint(sandbox, receiver.url, "connect_session.created");
    try {
      await tick(page);
      await button(page, "Announce links by webhook").click();
      assert.match(await notice(page), /Reconnect links of 2 accounts go to/);
      assert.ok(!(await page.content()).includes("/hub/lhc_"));
      await receiver.has(2);
      const [first, second] = receiver.got.map(({ body }) => JSON.parse(body));
      assert.notEqual(first.account_id, second.account_id);
      assert.equal(first.type, "connect_session.created");
      await assertRenews(first.data.auth_link_url, first.account_id);
    } finally {
      await deleteEndpoint(sandbox, endpoint);
      receiver.stop();
    }
  });

  check(`${how} scripts the list is exported as it is found`, options, async (page) => {
    for (const [query, found] of [["", ACCOUNTS], ["?q=meadow", 1]]) {
      await page.goto(`/accounts${query}`);
      await open(page);
      const { name, lines } = await download(page, "Export the list as CSV");
      assert.match(name, /^accounts-\d{4}-\d\d-\d\d\.csv$/);
      assert.equal(lines.length, found + 1);
    }
  });
}

check("the keyboard alone ticks a page and tests it, and works a row's menu", {}, async (page) => {
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
  await box(page).focus();
  await press("Enter", "Tab");
  assert.equal(await focused(), "Select this page");
  await press("Enter");
  assert.equal(await ticked(page), ACCOUNTS);
  assert.equal(await focused(), "Select none");
  await press("Tab", "Tab", "Tab");
  assert.equal(await focused(), "Test now");
  await press("Enter");
  await page.getByText(`${ACCOUNTS} accounts are tested`).waitFor();
  const menu = rows(page).first().locator(".menu > summary");
  await menu.focus();
  await press("Enter", "Tab");
  assert.equal(await focused(), "Test now");
  await press("Escape");
  assert.ok(await menu.evaluate((summary) => summary === document.activeElement && !summary.parentElement.open));
  await press("Enter", "Tab", "Tab");
  assert.equal(await focused(), "Reconnect");
  await press("Enter");
  await page.waitForURL(/\/connect\?account=acc_/);
});

for (const colorScheme of ["light", "dark"]) {
  check(`a selection and what becomes of it fit a phone, ${colorScheme}`, { colorScheme, viewport: PHONE }, async (page) => {
    const fits = async () => {
      assert.deepEqual(await violations(page), []);
      await assertNoSidewaysScrolling(page);
      await assertLargeEnoughToTouch(page);
    };
    await tick(page);
    const menu = rows(page).last().locator(".menu");
    await menu.locator("summary").click();
    const opened = await menu.locator("> div").boundingBox();
    assert.ok(opened.x >= 0 && opened.x + opened.width <= PHONE.width, `the menu is at ${opened.x}`);
    await fits();
    await button(page, "Make reconnect links").click();
    await page.getByRole("link", { name: "Download the links as CSV" }).waitFor();
    await fits();
    await page.goto("/accounts?did=nothing");
    await fits();
  });
}
