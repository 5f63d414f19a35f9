// The Hub in a real browser: hints, linking, every failure, cancelling; by keyboard, on a phone, without scripts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PHONE, connect, fillHub, startBrowser, visit, visitSignedIn } from "./support/browser.mjs";
import { startSandbox } from "./support/sandbox.mjs";
import { assertNoSidewaysScrolling, watch } from "./support/watch.mjs";

/**
 * Key of the sandbox, code, and the field that it belongs to, if it is one. Qlik gives one and the same answer
 * to a key that expired, was revoked, or belongs to another tenant.
 */
const FAILURES = [
  ["expired", "key_rejected", "api_key"],
  ["revoked", "key_rejected", "api_key"],
  ["scim", "key_wrong_kind", "api_key"],
  ["other-tenant", "key_rejected", "api_key"],
  ["disabled-user", "user_inactive", null],
  ["disabled-tenant", "tenant_disabled", "tenant_name"],
];

let browser, sandbox;
before(async () => {
  [browser, sandbox] = await Promise.all([startBrowser(), startSandbox()]);
});
after(() => Promise.all([browser?.close(), sandbox?.stop()]));

/** A visit that fails if any page of it misbehaved. */
function check(name, options, steps) {
  test(name, async () => {
    const page = await visitSignedIn(browser, sandbox, options);
    const watched = watch(page.context(), sandbox);
    await page.goto("/connect");
    await steps(page);
    watched.check();
    await page.context().close();
  });
}

const focused = (page) => page.evaluate(() => document.activeElement?.id);
const problem = (page, field) => page.locator(`#${field}-problem`);
const press = (page) => page.getByRole("button", { name: "Connect", exact: true }).click();

/** Runs in the page: the steps are gone again before anybody could ask for them. */
function rememberSteps() {
  window.stepsDone = [];
  addEventListener("DOMContentLoaded", () => {
    const progress = document.getElementById("progress");
    if (!progress) return;
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const { state, step } = target.dataset;
        if (state === "done" && !window.stepsDone.includes(step)) window.stepsDone.push(step);
      }
    }).observe(progress, { subtree: true, attributeFilter: ["data-state"] });
  });
}

check("a pasted address fills Tenant Name and Region and shows the host", {}, async (page) => {
  await fillHub(page, { tenant_name: "https://My-Company.us.qlikcloud.com/hub/home?x=1" });
  assert.equal(await page.getByLabel("Tenant Name", { exact: true }).inputValue(), "my-company");
  assert.equal(await page.getByLabel("Region", { exact: true }).inputValue(), "us");
  assert.equal(await page.locator("#host-name").innerText(), "my-company.us.qlikcloud.com");
});

check("what is wrong with a key is said beside it before anything is sent", {}, async (page) => {
  const sent = [];
  page.on("request", (request) => {
    if (request.method() !== "GET") sent.push(request.url());
  });
  const good = sandbox.key("good").api_key;
  for (const [key, code] of [
    ["hunter2", "key_malformed"],
    [good.slice(0, good.lastIndexOf(".")), "key_malformed"],
    [good.slice(0, -20), "key_malformed"],
    [sandbox.key("scim").api_key, "key_wrong_kind"],
  ]) {
    await fillHub(page, { api_key: key });
    assert.equal(await problem(page, "api_key").getAttribute("data-code"), code);
    assert.match(await problem(page, "api_key").innerText(), /\w+ \w+/);
  }
  await fillHub(page, { api_key: `Bearer ${good}\n` });
  assert.equal(await problem(page, "api_key").getAttribute("data-code"), null);
  assert.deepEqual(sent, []);
});

check("an empty form is not sent; focus goes to the first field", {}, async (page) => {
  await press(page);
  for (const [field, code] of [
    ["tenant_name", "tenant_malformed"],
    ["region", "region_malformed"],
    ["api_key", "key_missing"],
  ]) {
    assert.equal(await problem(page, field).getAttribute("data-code"), code);
  }
  assert.equal(await focused(page), "tenant_name");
});

for (const [label, code, field] of FAILURES) {
  check(`${label}: ${code}, what was typed is kept, focus is where it failed`, {}, async (page) => {
    const key = sandbox.key(label);
    await fillHub(page, key);
    await press(page);
    const failure = page.locator("#failure");
    await failure.waitFor();
    assert.equal(await failure.getAttribute("data-code"), code);
    assert.match(await failure.innerText(), /What to do: .+/);
    assert.equal(await page.locator("#tenant_name").inputValue(), key.tenant_name);
    assert.equal(await page.locator("#region").inputValue(), key.region);
    assert.equal(await page.locator("#api_key").inputValue(), key.api_key);
    assert.equal(await focused(page), field ?? "failure");
    if (field) assert.equal(await problem(page, field).getAttribute("data-code"), code);
  });
}

check("an address that is nobody's is told from a key that is bad", {}, async (page) => {
  await fillHub(page, { ...sandbox.key("good"), tenant_name: "nobody-here" });
  await press(page);
  await page.locator('#failure[data-code="tenant_not_found"]').waitFor();
  assert.equal(await focused(page), "tenant_name");
});

check("cancelling while Qlik is slow stores nothing", {}, async (page) => {
  const slow = sandbox.key("slow");
  await fillHub(page, slow);
  await press(page);
  const steps = page.getByRole("list", { name: "Progress" });
  await steps.waitFor();
  assert.equal(await steps.locator("li").count(), 5);
  assert.match(await steps.locator('[data-state="active"]').innerText(), /in progress/);
  assert.equal(await focused(page), "cancel");
  await page.waitForTimeout(500);
  await page.keyboard.press("Enter");
  await page.locator('#failure[data-code="cancelled"]').waitFor();
  assert.equal(await page.locator("#api_key").inputValue(), slow.api_key);
  // Longer than the tenant takes to answer.
  await page.waitForTimeout(6000);
  await page.goto("/accounts");
  await page.getByRole("heading", { name: "No account is linked yet" }).waitFor();
});

check("cancelling before the hub has answered stores nothing", {}, async (page) => {
  await page.route("**/connect", async (route) => {
    await new Promise((resume) => setTimeout(resume, 1000));
    await route.continue().catch(() => {});
  });
  await fillHub(page, sandbox.key("good"));
  await press(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.locator('#failure[data-code="cancelled"]').waitFor();
  await page.waitForTimeout(1500);
  await page.goto("/accounts");
  await page.getByRole("heading", { name: "No account is linked yet" }).waitFor();
});

check("a good key is confirmed in a dialog that leads to its marked row", {}, async (page) => {
  await page.addInitScript(rememberSteps);
  const dialog = await connect(page, sandbox.key("good"));
  assert.ok(await dialog.evaluate((element) => element instanceof HTMLDialogElement && element.matches(":modal")));
  assert.deepEqual(await page.evaluate("stepsDone"), ["address", "key", "user", "permissions", "saved"]);
  const said = await dialog.innerText();
  for (const part of [/Jane Doe/, /jane\.doe@example\.com/, /My Company/, /in 23 h/, /acc_[0-9a-z]+/]) {
    assert.match(said, part);
  }
  const id = /acc_[0-9a-z]+/.exec(said)[0];
  await dialog.getByRole("link", { name: "See it in Accounts" }).click();
  const marked = page.locator("tr.marked");
  assert.match(await marked.innerText(), /Jane Doe[\s\S]*Just linked/);
  await marked.getByRole("link").click();
  assert.match(await page.getByRole("region", { name: "Identity" }).innerText(), new RegExp(id));
});

check("linking again renews the account; hostile and powerful keys are only shown", {}, async (page) => {
  const again = await connect(page, sandbox.key("good"));
  assert.match(await again.innerText(), /linked before/);
  assert.match(await (await connect(page, sandbox.key("tenant-admin"))).innerText(), /Tenant Admin power/);
  assert.match(await (await connect(page, sandbox.key("no-manage-keys"))).innerText(), /Unknown/);
  assert.match(await (await connect(page, sandbox.key("hostile-name"))).innerText(), /<script>alert\(1\)<\/script>/);
  await connect(page, sandbox.key("right-to-left"));
});

check("the keyboard alone links", {}, async (page) => {
  const key = sandbox.key("good-eu");
  const tab = async (id) => {
    for (let pressed = 0; (await focused(page)) !== id; pressed++) {
      assert.ok(pressed < 20, `Tab never reaches ${id}`);
      await page.keyboard.press("Tab");
    }
  };
  await tab("tenant_name");
  await page.keyboard.type(`${key.tenant_name}.${key.region}.qlikcloud.com`);
  await tab("api_key");
  await page.keyboard.insertText(key.api_key);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  // Nothing behind the dialog can be reached.
  for (let pressed = 0; pressed < 6; pressed++) {
    await page.keyboard.press("Tab");
    const inside = await page.evaluate(() => document.activeElement === document.body || Boolean(document.activeElement?.closest("dialog")));
    assert.ok(inside, "focus left the dialog");
  }
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await page.locator("#api_key").inputValue(), "");
});

check("without scripts a failure keeps the address and never the key", { javaScriptEnabled: false }, async (page) => {
  const key = sandbox.key("other-tenant");
  await fillHub(page, key);
  await press(page);
  const failure = page.locator("#failure");
  assert.equal(await failure.getAttribute("data-code"), "key_rejected");
  assert.equal(await page.locator("#tenant_name").inputValue(), key.tenant_name);
  assert.equal(await page.locator("#region").inputValue(), key.region);
  assert.ok(!(await page.content()).includes(key.api_key));
  await page.locator('#api_key[aria-invalid="true"][autofocus]').waitFor();
});

check("without scripts a pasted address and a good key link", { javaScriptEnabled: false }, async (page) => {
  await fillHub(page, { tenant_name: "https://my-company.us.qlikcloud.com/", api_key: sandbox.key("long-name").api_key });
  await press(page);
  const dialog = page.getByRole("dialog");
  assert.match(await dialog.innerText(), /Wilhelmina[\s\S]*acc_[0-9a-z]+/);
  await dialog.getByRole("link", { name: "See it in Accounts" }).click();
  await page.locator("tr.marked").waitFor();
});

check("on a phone nothing scrolls sideways", { viewport: PHONE }, async (page) => {
  await assertNoSidewaysScrolling(page);
  await fillHub(page, sandbox.key("disabled-user"));
  await press(page);
  await page.locator("#failure").waitFor();
  await assertNoSidewaysScrolling(page);
  await connect(page, sandbox.key("long-name"));
  await assertNoSidewaysScrolling(page);
  await page.goto("/guide");
  await assertNoSidewaysScrolling(page);
});

test("signing in on a phone: a wrong password, then the right one", async () => {
  const page = await visit(browser, sandbox, { viewport: PHONE });
  const watched = watch(page.context(), sandbox);
  await page.goto("/connect");
  assert.equal(new URL(page.url()).pathname, "/login");
  await assertNoSidewaysScrolling(page);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("#password-problem[data-code]").waitFor();
  await assertNoSidewaysScrolling(page);
  await page.getByLabel("Password").fill(sandbox.admin_password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/connect");
  watched.check();
  await page.context().close();
});
