// Renewal: allowed on the Hub, carried out, shown, stopped and tried again on the account's page; with and without scripts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./support/axe.mjs";
import { PHONE, fillHub, startBrowser } from "./support/browser.mjs";
import { startSandbox } from "./support/sandbox.mjs";
import { anAccountOf } from "./support/sessions.mjs";
import { assertLargeEnoughToTouch, assertNoSidewaysScrolling, visitWatched } from "./support/watch.mjs";

const NO_SCRIPTS = { javaScriptEnabled: false };
// Of a key for a day: after half its life, or up to a tenth of it sooner.
const RENEWED = /Next renewal\s+in (9|1[0-2]) h/;
const ALLOW = { renewal_offered: "yes", renewal: "allow" };

let browser, sandbox;
before(async () => {
  [browser, sandbox] = await Promise.all([startBrowser(), startSandbox({ flags: ["--renewal"] })]);
});
after(() => Promise.all([browser?.close(), sandbox?.stop()]));

function check(name, options, steps) {
  test(name, () => visitWatched(browser, sandbox, options, steps));
}

const consent = (page) => page.getByRole("checkbox", { name: "Let linkhub renew this key by itself" });
const panel = (page) => page.getByRole("region", { name: "Renewal" });
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

async function paste(page, label) {
  await fillHub(page, { api_key: sandbox.key(label).api_key });
  await press(page, "Connect");
}

/** Reloads until the panel says so. */
async function until(page, said) {
  for (let waited = 0; !said.test(await panel(page).innerText()); waited += 1) {
    assert.ok(waited < 60, `the panel says: ${await panel(page).innerText()}`);
    await page.waitForTimeout(250);
    await page.goto(page.url().split("?")[0]);
  }
}

for (const [how, options] of [["with", {}], ["without", NO_SCRIPTS]]) {
  check(`${how} scripts whoever links allows renewal, sees it done, and stops it with one click`, options, async (page) => {
    await page.goto("/connect");
    assert.ok(!(await consent(page).isChecked()), "nobody is made to agree");
    await fillHub(page, sandbox.key("aged"));
    await consent(page).check();
    await press(page, "Connect");
    const dialog = page.getByRole("dialog");
    assert.match(await dialog.innerText(), /the link stays alive by itself/);
    const id = /acc_[0-9a-f]+/.exec(await dialog.innerText())?.[0];
    await page.goto(`/accounts/${id}`);
    assert.match(await panel(page).innerText(), /Allowed[\s\S]*by admin[\s\S]*Next renewal/);
    await until(page, RENEWED);
    assert.match(await page.getByRole("table", { name: "History" }).innerText(), /new key[\s\S]*linkhub/);
    await press(page, "Stop renewal");
    await page.getByText("Renewal is stopped").waitFor();
    await press(page, "Allow renewal");
    await page.getByText("Renewal is allowed").waitFor();
    assert.match(await panel(page).innerText(), RENEWED);
  });

  check(`${how} scripts what keeps a key from being renewed is said, and tried again`, options, async (page) => {
    const { account_id } = await anAccountOf(sandbox, sandbox.key("aged-full"), ALLOW);
    await page.goto(`/accounts/${account_id}`);
    await until(page, /as many API keys as the tenant allows/);
    assert.equal(await panel(page).locator("[data-code]").getAttribute("data-code"), "key_cap_reached");
    assert.match(await panel(page).innerText(), /by a visitor[\s\S]*Not possible since[\s\S]*Next try\s+in/);
    await press(page, "Try again now");
    await page.getByText("It is tried again").waitFor();
    await press(page, "Stop renewal");
    await page.getByText("Renewal is stopped").waitFor();
    assert.equal(await panel(page).locator("[data-code]").count(), 0);
  });

  check(`${how} scripts one user's consent is not another's`, options, async (page) => {
    const { account_id } = await anAccountOf(sandbox, sandbox.key("good"), ALLOW);
    await page.goto(`/connect?account=${account_id}`);
    assert.ok(await consent(page).isChecked(), "Jane has allowed it");
    await paste(page, "tenant-admin");
    await page.locator('#failure[data-code="user_differs"]').waitFor();
    assert.ok(!(await consent(page).isChecked()), "John has not");
    await paste(page, "good");
    await page.getByRole("dialog").waitFor();
    await page.goto(`/accounts/${account_id}`);
    assert.match(await panel(page).innerText(), /Next renewal/, "Jane's own key leaves it as it was");

    await page.goto(`/connect?account=${account_id}`);
    await paste(page, "tenant-admin");
    await page.locator("#replace_user").check();
    if (options === NO_SCRIPTS) await fillHub(page, { api_key: sandbox.key("tenant-admin").api_key });
    await press(page, "Connect");
    assert.match(await page.getByRole("dialog").innerText(), /John Roe/);
    await page.goto(`/accounts/${account_id}`);
    await panel(page).getByRole("button", { name: "Allow renewal" }).waitFor();
  });
}

for (const colorScheme of ["light", "dark"]) {
  check(`the offer and every state of the panel fit a phone, ${colorScheme}`, { colorScheme, viewport: PHONE }, async (page) => {
    const fits = async () => {
      assert.deepEqual(await violations(page), []);
      await assertNoSidewaysScrolling(page);
      await assertLargeEnoughToTouch(page);
    };
    await page.goto("/connect");
    await fits();
    // Nobody may read when this key expires.
    const unplanned = await anAccountOf(sandbox, sandbox.key("no-manage-keys"), ALLOW);
    await page.goto(`/accounts/${unplanned.account_id}`);
    assert.match(await panel(page).innerText(), /Not planned/);
    await fits();
    await press(page, "Stop renewal");
    await panel(page).getByRole("button", { name: "Allow renewal" }).waitFor();
    await fits();
    const refused = await anAccountOf(sandbox, sandbox.key("aged-full"), ALLOW);
    await page.goto(`/accounts/${refused.account_id}`);
    await until(page, /Not possible since/);
    await fits();
  });
}
