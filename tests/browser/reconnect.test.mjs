// Reconnect in one paste, from the row and by a link: what is locked, what is refused, and who is asked about first.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./support/axe.mjs";
import { PHONE, fillHub, startBrowser, visit, visitSignedIn } from "./support/browser.mjs";
import { startSandbox } from "./support/sandbox.mjs";
import { anAccountOf, makeSession } from "./support/sessions.mjs";
import { assertLargeEnoughToTouch, assertNoSidewaysScrolling, watch } from "./support/watch.mjs";

const NO_SCRIPTS = { javaScriptEnabled: false };

let browser, sandbox;
before(async () => {
  [browser, sandbox] = await Promise.all([startBrowser(), startSandbox()]);
});
after(() => Promise.all([browser?.close(), sandbox?.stop()]));

/** The two ways to the Hub of an account; `visit` is how somebody comes who may take it. */
const DOORS = {
  "from the row": {
    visit: visitSignedIn,
    async open(page, { account_id }) {
      await page.goto("/accounts");
      const row = page.locator("tbody tr").filter({ has: page.locator(`a[href="/accounts/${account_id}"]`) });
      await row.locator(".menu > summary").click();
      await row.getByRole("link", { name: "Reconnect", exact: true }).click();
    },
  },
  "by a link": {
    visit,
    async open(page, account) {
      await page.goto(`/hub/${(await makeSession(sandbox, account)).token}`);
    },
  },
};

/** A visit to the Hub of an account of Jane's, by a door; fails if any page misbehaved. */
function check(name, door, options, steps) {
  test(`${door}: ${name}`, async () => {
    const page = await DOORS[door].visit(browser, sandbox, options);
    const watched = watch(page.context(), sandbox);
    const account = await anAccountOf(sandbox, sandbox.key("good"));
    await DOORS[door].open(page, account);
    await page.locator("form#hub").waitFor();
    await steps(page, account);
    watched.check();
    await page.context().close();
  });
}

const press = (page) => page.getByRole("button", { name: "Connect", exact: true }).click();
const question = (page) => page.locator("#replace");
const failure = (page, code) => page.locator(`#failure[data-code="${code}"]`).waitFor();

async function paste(page, label) {
  await fillHub(page, { api_key: sandbox.key(label).api_key });
  await press(page);
}

async function assertLocked(page) {
  const { tenant_name, region } = sandbox.key("good");
  for (const [field, value] of Object.entries({ tenant_name, region })) {
    const input = page.locator(`#${field}`);
    assert.equal(await input.inputValue(), value);
    assert.equal(await input.getAttribute("readonly"), "", `${field} may be typed into`);
  }
}

/** The confirmation, which is of that account and that user. */
async function assertRenewed(page, { account_id }, user) {
  const said = await page.getByRole("dialog").innerText();
  assert.ok(said.includes(account_id) && said.includes(user), said);
  assert.match(said, /It was linked before/);
}

for (const door of Object.keys(DOORS)) {
  for (const [how, options] of [["with", {}], ["without", NO_SCRIPTS]]) {
    check(`${how} scripts only a key is asked for, and one of another tenant is refused`, door, options, async (page, account) => {
      const told = await page.locator(".renewed").innerText();
      for (const text of [account.account_id, "My Company", "my-company.us.qlikcloud.com", "Jane Doe"]) assert.ok(told.includes(text), text);
      assert.match(told, /in (1 d|23 h 59 min)/);
      await assertLocked(page);
      const asked = await page.locator("form#hub input:visible:not([readonly])").evaluateAll((all) => all.map(({ name }) => name));
      assert.deepEqual(asked, ["api_key"]);
      await paste(page, "good-eu");
      await failure(page, "account_mismatch");
      await assertLocked(page);
      assert.ok(await question(page).isHidden());
      await paste(page, "good");
      await assertRenewed(page, account, "Jane Doe");
    });

    check(`${how} scripts another user of the tenant is asked about, and yes takes the account over`, door, options, async (page, account) => {
      await paste(page, "tenant-admin");
      await failure(page, "user_differs");
      assert.match(await question(page).innerText(), /Jane Doe \(jane\.doe@example\.com\)[\s\S]*John Roe \(john\.roe@example\.com\)/);
      await assertLocked(page);
      const yes = page.getByRole("checkbox", { name: "Use the key of John Roe instead of the one of Jane Doe" });
      assert.ok(!(await yes.isChecked()));
      await yes.check();
      // A key is never sent back: without a script it is pasted once more.
      const kept = await page.locator("#api_key").inputValue();
      assert.equal(kept, options === NO_SCRIPTS ? "" : sandbox.key("tenant-admin").api_key);
      if (!kept) await fillHub(page, { api_key: sandbox.key("tenant-admin").api_key });
      await press(page);
      await assertRenewed(page, account, "John Roe");
    });

    check(`${how} scripts another user of the tenant is asked about, and no leaves the account to its user`, door, options, async (page, account) => {
      await paste(page, "tenant-admin");
      await failure(page, "user_differs");
      await fillHub(page, { api_key: sandbox.key("good").api_key });
      if (options !== NO_SCRIPTS) assert.ok(await question(page).isHidden(), "the question was about the other key");
      await press(page);
      await assertRenewed(page, account, "Jane Doe");
    });
  }
}

for (const colorScheme of ["light", "dark"]) {
  check(`by keyboard on a phone, ${colorScheme}`, "by a link", { colorScheme, viewport: PHONE }, async (page, account) => {
    const fits = async () => {
      assert.deepEqual(await violations(page), []);
      await assertNoSidewaysScrolling(page);
      await assertLargeEnoughToTouch(page);
    };
    const tab = async (id) => {
      for (let pressed = 0; (await page.evaluate(() => document.activeElement?.id)) !== id; pressed++) {
        assert.ok(pressed < 20, `Tab never reaches ${id}`);
        await page.keyboard.press("Tab");
      }
    };
    await fits();
    await tab("api_key");
    await page.keyboard.insertText(sandbox.key("tenant-admin").api_key);
    await page.keyboard.press("Enter");
    await failure(page, "user_differs");
    await fits();
    await tab("replace_user");
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await fits();
    await assertRenewed(page, account, "John Roe");
  });
}
