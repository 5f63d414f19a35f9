// The Hub opened by a link, as somebody does who has no account here: with and without scripts, by keyboard, in
// another language, and with a link that links nothing any more.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./support/axe.mjs";
import { DESKTOP, PHONE, fillHub, sessionCookie, startBrowser, visit } from "./support/browser.mjs";
import { startSandbox } from "./support/sandbox.mjs";
import { endedLinks, linkWith, makeSession } from "./support/sessions.mjs";
import { assertNoSidewaysScrolling, assertNothingIsCutOff, watch } from "./support/watch.mjs";

const NO_SCRIPTS = { javaScriptEnabled: false };
/** What the person reads first, in the languages that differ most in length and in letters. */
const TITLES = { de: "Qlik Cloud verbinden", ja: "Qlik Cloud に接続する" };

let browser, sandbox;
before(async () => {
  [browser, sandbox] = await Promise.all([startBrowser(), startSandbox()]);
});
after(() => Promise.all([browser?.close(), sandbox?.stop()]));

/** A visit by somebody who only has a link; fails if any page misbehaved. */
function check(name, options, steps) {
  test(name, async () => {
    const page = await visit(browser, sandbox, options);
    const watched = watch(page.context(), sandbox);
    await steps(page);
    watched.check();
    await page.context().close();
  });
}

const path = (page) => new URL(page.url()).pathname;
const focused = (page) => page.evaluate(() => document.activeElement?.id);
const press = (page) => page.getByRole("button", { name: "Connect", exact: true }).click();
const form = (page) => page.locator("form#hub");

async function open(page, terms) {
  const session = await makeSession(sandbox, terms);
  await page.goto(`/hub/${session.token}`);
  await form(page).waitFor();
  return session;
}

/** The accounts of an owner, as an admin sees them. */
async function accountsOf(owner) {
  const answer = await fetch(new URL(`/accounts?q=${owner}`, sandbox.url), { headers: { cookie: await sessionCookie(sandbox) } });
  return [...(await answer.text()).matchAll(/href="\/accounts\/(acc_\w+)"/g)].map(([, id]) => id);
}

check("the token leaves the address; reloading opens the same link, going back does not show it", {}, async (page) => {
  await page.goto("/guide");
  const { token } = await open(page);
  await page.waitForURL("**/hub");
  assert.ok(!(await page.title()).includes(token));
  // The page that says that the link is gone knows it, and opens it again.
  await page.reload().catch(() => {});
  await form(page).waitFor();
  await page.waitForURL("**/hub");
  assert.equal(await page.locator("input[name=token]").inputValue(), token);
  await page.goBack();
  assert.ok(!page.url().includes(token));
  const elsewhere = await page.context().newPage();
  await elsewhere.goto("/hub");
  await elsewhere.getByRole("heading", { name: "Open your link again" }).waitFor();
});

check("a link links, and Done leads to the vendor's page with what was linked", {}, async (page) => {
  const { token } = await open(page, { success_url: `${sandbox.url}/guide?from=vendor` });
  await fillHub(page, sandbox.key("good"));
  await press(page);
  const dialog = page.getByRole("dialog");
  const id = /acc_[0-9a-f]+/.exec(await dialog.innerText())?.[0];
  assert.equal(await dialog.getByRole("link", { name: "See it in Accounts" }).count(), 0);
  await dialog.getByRole("link", { name: "Done" }).click();
  await page.waitForURL((url) => url.pathname === "/guide");
  assert.deepEqual(Object.fromEntries(new URL(page.url()).searchParams), { from: "vendor", account_id: id, provider: "qlik" });
  assert.ok(!page.url().includes(token));
});

check("Escape on the confirmation leads on like Done; the link shows what it linked", {}, async (page) => {
  const { token } = await open(page);
  await fillHub(page, sandbox.key("good"));
  await press(page);
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.waitForURL(/\/hub\/done/);
  await page.getByRole("heading", { name: "All done" }).waitFor();
  assert.equal((await page.goto(`/hub/${token}`))?.status(), 410);
  assert.match(await page.locator('[data-code="session_used"]').innerText(), /Jane Doe[\s\S]*My Company/);
  assert.equal(await form(page).count(), 0);
});

check("a refused key is said in words, and the next try links", {}, async (page) => {
  await open(page);
  await fillHub(page, sandbox.key("revoked"));
  await press(page);
  await page.locator('#failure[data-code="key_rejected"]').waitFor();
  assert.equal(await focused(page), "api_key");
  await fillHub(page, sandbox.key("good"));
  await press(page);
  await page.getByRole("dialog").waitFor();
});

check("cancelling stores nothing, and leaves the link as good as before", {}, async (page) => {
  const owner = "customer-who-cancels";
  const { token } = await open(page, { origin_owner_id: owner });
  await fillHub(page, sandbox.key("slow"));
  await press(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.locator('#failure[data-code="cancelled"]').waitFor();
  // Longer than the tenant takes to answer.
  await page.waitForTimeout(6000);
  assert.deepEqual(await accountsOf(owner), []);
  assert.equal(await linkWith(sandbox, token, sandbox.key("good-eu")), 200);
  assert.equal((await accountsOf(owner)).length, 1);
});

check("a link that was revoked meanwhile is said at Connect", {}, async (page) => {
  const { token } = await open(page);
  assert.equal(await linkWith(sandbox, token, sandbox.key("good")), 200);
  await fillHub(page, sandbox.key("good"));
  await press(page);
  await page.locator('#failure[data-code="session_used"]').waitFor();
});

check("a link of a known owner renews: tenant and region stand, only a key is asked for", {}, async (page) => {
  const terms = { origin_owner_id: "customer-who-renews" };
  const { token } = await makeSession(sandbox, terms);
  assert.equal(await linkWith(sandbox, token, sandbox.key("good-eu")), 200);
  await open(page, terms);
  const { tenant_name, region, api_key } = sandbox.key("good-eu");
  for (const [field, value] of [["tenant_name", tenant_name], ["region", region]]) {
    assert.equal(await page.locator(`#${field}`).inputValue(), value);
    assert.equal(await page.locator(`#${field}`).getAttribute("readonly"), "");
  }
  await fillHub(page, { api_key });
  await press(page);
  assert.match(await page.getByRole("dialog").innerText(), /linked before/);
  assert.equal((await accountsOf(terms.origin_owner_id)).length, 1);
});

check("without scripts a link links and leads on", NO_SCRIPTS, async (page) => {
  await open(page, { success_url: `${sandbox.url}/guide` });
  await fillHub(page, sandbox.key("scim"));
  await press(page);
  const failure = page.locator('#failure[data-code="key_wrong_kind"]');
  assert.match(await failure.innerText(), /What to do: .+/);
  assert.ok(!(await page.content()).includes(sandbox.key("scim").api_key));
  await fillHub(page, { api_key: sandbox.key("good").api_key });
  await press(page);
  await page.getByRole("dialog").getByRole("link", { name: "Done" }).click();
  await page.waitForURL(/\/guide\?account_id=acc_\w+&provider=qlik$/);
});

check("without scripts a reload of the form opens it again", NO_SCRIPTS, async (page) => {
  const { token } = await open(page);
  await page.reload();
  assert.equal(path(page), `/hub/${token}`);
  await form(page).waitFor();
});

check("the keyboard alone links by a link", { viewport: PHONE }, async (page) => {
  const key = sandbox.key("good");
  await open(page);
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
  await assertNoSidewaysScrolling(page);
  for (let pressed = 0; pressed < 9; pressed++) {
    if (await page.evaluate(() => document.activeElement?.textContent === "Done")) break;
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/hub\/done/);
});

for (const [language, title] of Object.entries(TITLES)) {
  const ways = [
    ["by the session", { language }, ""],
    ["by ?lang", {}, `?lang=${language}`],
  ];
  for (const [how, terms, query] of ways) {
    check(`${language} ${how}: form, failure and confirmation fit a phone`, { viewport: PHONE }, async (page) => {
      const fits = async () => {
        assert.equal(await page.locator("html").getAttribute("lang"), language);
        await assertNoSidewaysScrolling(page);
        await assertNothingIsCutOff(page);
      };
      const { token } = await makeSession(sandbox, terms);
      await page.goto(`/hub/${token}${query}`);
      assert.equal(await page.locator("h1").innerText(), title);
      await fits();
      await page.locator("#connect").click();
      await page.locator("#api_key-problem[data-code]").waitFor();
      await fits();
      for (const label of ["revoked", "good"]) {
        const key = sandbox.key(label);
        for (const field of ["tenant_name", "region", "api_key"]) await page.locator(`#${field}`).fill(key[field]);
        await page.locator("#connect").click();
        await page.locator(label === "good" ? "dialog[open]" : "#failure[data-code]").waitFor();
        await fits();
      }
      await page.locator("dialog .button.primary").click();
      await page.waitForURL(/\/hub\/done/);
      await fits();
    });
  }
}

check("the session's language goes before the address's and the browser's", { locale: "fr" }, async (page) => {
  const { token } = await makeSession(sandbox, { language: "es" });
  await page.goto(`/hub/${token}?lang=de`);
  assert.equal(await page.locator("html").getAttribute("lang"), "es");
});

for (const [how, options] of [["with", {}], ["without", NO_SCRIPTS]]) {
  test(`${how} scripts a link that links nothing says why, in every look`, async () => {
    const links = await endedLinks(sandbox);
    for (const viewport of [PHONE, DESKTOP]) {
      const page = await visit(browser, sandbox, { viewport, ...options });
      for (const [code, link] of Object.entries(links)) {
        const answer = await page.goto(link);
        assert.equal(answer?.status(), code === "session_unknown" ? 404 : 410, code);
        assert.equal(answer?.headers()["referrer-policy"], "no-referrer");
        const said = page.locator(`[data-code="${code}"]`);
        assert.match(await said.innerText(), /link[\s\S]+\.[\s\S]+new (link|one)/i);
        assert.equal(await said.locator("dl").count(), code === "session_used" ? 1 : 0, "only a used link shows what it linked");
        assert.equal(await form(page).count(), 0);
        await assertNoSidewaysScrolling(page);
        if (options.javaScriptEnabled !== false) assert.deepEqual(await violations(page), []);
      }
      await page.context().close();
    }
  });
}
