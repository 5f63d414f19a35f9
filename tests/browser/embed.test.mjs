// The Hub on a vendor's page of another site, whose content security policy is strict: dialog, inline, events, focus.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import vm from "node:vm";
import { violations } from "./support/axe.mjs";
import { PHONE, fillHub, pressEscape, sessionCookie, startBrowser } from "./support/browser.mjs";
import { repository } from "./support/program.mjs";
import { startSandbox } from "./support/sandbox.mjs";
import { startVendor } from "./support/vendor.mjs";
import { assertNoSidewaysScrolling } from "./support/watch.mjs";

const STEPS = ["started", "address", "key", "user", "permissions", "saved"];

let browser, sandbox, vendor;
before(async () => {
  // The hub is at localhost: for a browser 127.0.0.1 is another site.
  vendor = await startVendor();
  [browser, sandbox] = await Promise.all([startBrowser(), startSandbox({ sessionsFor: [[], [vendor.origin]] })]);
  vendor.embeds(sandbox.url);
});
after(() => Promise.all([browser?.close(), sandbox?.stop(), vendor?.stop()]));

const session = (origins = [vendor.origin]) => sandbox.session(origins);
const element = (token, attributes = "") => `<linkhub-connect token="${token}" ${attributes}></linkhub-connect>`;
const button = (token) => `<button id="start" data-token="${token}">Start</button>`;
const hub = (page) => page.frameLocator("linkhub-connect iframe");
const press = (page) => hub(page).getByRole("button", { name: "Connect", exact: true }).click();
const heard = (page) => page.evaluate("heard");
const outcome = async (page) => {
  await page.waitForFunction(() => window.outcome);
  return page.evaluate("outcome");
};
const focused = (page) => page.evaluate(() => document.activeElement?.id);
const shown = (page) => hub(page).locator("#connect").waitFor();
const gone = (page) => page.locator("iframe").waitFor({ state: "detached" });
const isLinked = async (account) => {
  const answer = await fetch(`${sandbox.url}/accounts/${account}`, { headers: { cookie: await sessionCookie(sandbox) } });
  return answer.status === 200;
};

/** A visit to a vendor's page; fails if the page's policy was broken or a script failed. */
function check(name, body, steps, options = {}) {
  test(name, async () => {
    const page = await (await browser.newContext(options.context)).newPage();
    page.setDefaultTimeout(15_000);
    const wrong = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    await page.goto(vendor.page(body(), options));
    await steps(page);
    assert.deepEqual(wrong, []);
    assert.deepEqual(await page.evaluate("violations"), options.violations ?? []);
    await page.context().close();
  });
}

check("LinkHub.open resolves with the account once it is stored, and stays until it is closed", () => button(session()), async (page) => {
  await page.locator("#start").click();
  const dialog = page.getByRole("dialog", { name: "Connect Qlik Cloud" });
  assert.ok(await dialog.evaluate((element) => element.matches(":modal")));
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).overflowY), "hidden");
  await fillHub(hub(page), sandbox.key("good"));
  await press(page);
  const { linked } = await outcome(page);
  assert.equal(linked.provider, "qlik");
  assert.ok(await isLinked(linked.account_id));
  const confirmation = hub(page).getByRole("dialog");
  assert.ok((await confirmation.innerText()).includes(linked.account_id));
  await confirmation.getByRole("link", { name: "Done" }).click();
  await gone(page);
  assert.equal(await focused(page), "start");
  assert.equal(await page.locator("linkhub-connect").count(), 0);
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).overflowY), "visible");
});

check("the element tells every step, and its own button opens it", () => element(session()), async (page) => {
  const opener = page.getByRole("button", { name: "Connect Qlik Cloud" });
  await opener.click();
  await fillHub(hub(page), sandbox.key("good"));
  await press(page);
  await hub(page).getByRole("dialog").waitFor();
  await pressEscape(page);
  await gone(page);
  const events = await heard(page);
  assert.deepEqual(events.map(({ type }) => type), ["ready", ...STEPS.map(() => "progress"), "success", "close"]);
  assert.deepEqual(events.filter(({ type }) => type === "progress").map(({ step }) => step), STEPS);
  const { account_id, provider } = events.find(({ type }) => type === "success");
  assert.match(account_id, /^acc_/);
  assert.equal(provider, "qlik");
  assert.ok(await opener.evaluate((button) => button === button.getRootNode().activeElement), "focus is back");
});

check("a refused key is an error, and the next try links", () => element(session()), async (page) => {
  await page.getByRole("button", { name: "Connect Qlik Cloud" }).click();
  await fillHub(hub(page), sandbox.key("revoked"));
  await press(page);
  await hub(page).locator('#failure[data-code="key_rejected"]').waitFor();
  assert.deepEqual((await heard(page)).at(-1), { type: "error", code: "key_rejected" });
  await fillHub(hub(page), sandbox.key("good"));
  await press(page);
  await hub(page).getByRole("dialog").waitFor();
  assert.equal((await heard(page)).at(-1).type, "success");
});

check("Escape while connecting cancels, a second one closes", () => element(session()), async (page) => {
  await page.getByRole("button", { name: "Connect Qlik Cloud" }).click();
  await fillHub(hub(page), sandbox.key("slow"));
  await press(page);
  await hub(page).getByRole("button", { name: "Cancel" }).waitFor();
  await pressEscape(page);
  await hub(page).locator('#failure[data-code="cancelled"]').waitFor();
  assert.equal((await heard(page)).at(-1).type, "cancel");
  await pressEscape(page);
  await gone(page);
  assert.equal((await heard(page)).at(-1).type, "close");
});

check("closing while connecting cancels first", () => button(session()), async (page) => {
  await page.locator("#start").click();
  await fillHub(hub(page), sandbox.key("slow"));
  await press(page);
  await hub(page).getByRole("button", { name: "Cancel" }).waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  assert.deepEqual(await outcome(page), { code: "cancelled", isError: true });
  await gone(page);
});

for (const [where, focus] of [
  ["in the frame", async (page) => hub(page).getByLabel("Tenant Name", { exact: true }).focus()],
  ["outside of the frame", async (page) => page.getByRole("button", { name: "Close" }).focus()],
]) {
  check(`Escape pressed ${where} closes, rejects and returns the focus`, () => button(session()), async (page) => {
    await page.locator("#start").focus();
    await page.keyboard.press("Enter");
    await shown(page);
    await focus(page);
    await pressEscape(page);
    assert.deepEqual(await outcome(page), { code: "cancelled", isError: true });
    await gone(page);
    assert.equal(await focused(page), "start");
  });
}

check("the dialog takes the focus into the frame: what is typed reaches it", () => button(session()), async (page) => {
  await page.locator("#start").click();
  await shown(page);
  await page.waitForFunction(() => document.querySelector("linkhub-connect")?.shadowRoot?.activeElement?.tagName === "IFRAME");
});

check("inline it stands on the page, as high as what is in it, and leaves the focus alone", () => element(session(), "mode=inline"), async (page) => {
  await shown(page);
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.equal(await focused(page), "");
  const scrolls = () => hub(page).locator("html").evaluate((html) => html.scrollHeight > html.clientHeight);
  await page.waitForFunction(() => document.querySelector("linkhub-connect").offsetHeight > 500);
  assert.equal(await scrolls(), false);
  await hub(page).getByLabel("Tenant Name", { exact: true }).focus();
  await pressEscape(page);
  await fillHub(hub(page), sandbox.key("good"));
  await press(page);
  await hub(page).getByRole("link", { name: "Done" }).click();
  await gone(page);
  assert.deepEqual((await heard(page)).slice(-2).map(({ type }) => type), ["success", "close"]);
  assert.equal(await page.locator("linkhub-connect").evaluate((element) => element.offsetHeight), 0);
});

check("a new token shows the Hub again; removing the element ends it", () => element(session(), "mode=inline"), async (page) => {
  await shown(page);
  const token = session();
  await page.locator("linkhub-connect").evaluate((element, token) => { element.token = token; }, token);
  await page.waitForFunction((token) => document.querySelector("linkhub-connect").shadowRoot.querySelector("iframe")?.src.includes(token), token);
  await shown(page);
  const code = await page.evaluate(async () => {
    const element = document.querySelector("linkhub-connect");
    const promise = element.open();
    element.remove();
    return promise.catch((error) => error.code);
  });
  assert.equal(code, "cancelled");
  assert.deepEqual((await heard(page)).map(({ type }) => type), ["ready", "ready", "close"]);
});

check("opened twice with one token it is one dialog and one promise", () => button(session()), async (page) => {
  const same = await page.evaluate(() => {
    const { token } = document.getElementById("start").dataset;
    return LinkHub.open({ token }) === LinkHub.open({ token });
  });
  assert.ok(same);
  assert.equal(await page.getByRole("dialog").count(), 1);
  assert.equal(await page.locator("linkhub-connect").count(), 1);
});

check("a token that was used says so", () => button(session()), async (page) => {
  await page.locator("#start").click();
  await fillHub(hub(page), sandbox.key("good"));
  await press(page);
  await hub(page).getByRole("link", { name: "Done" }).click();
  await gone(page);
  await page.locator("#start").click();
  await hub(page).locator('[data-code="session_used"]').waitFor();
  await page.evaluate("outcome = null");
  await page.getByRole("button", { name: "Close" }).click();
  assert.deepEqual(await outcome(page), { code: "session_used", isError: true });
});

check("without a token it says which is missing", () => "<linkhub-connect></linkhub-connect>", async (page) => {
  await page.getByRole("button", { name: "Connect Qlik Cloud" }).click();
  assert.deepEqual(await heard(page), [{ type: "error", code: "token_missing" }]);
});

check("a hub that does not answer in time is an error; trying again helps", () => button(session()), async (page) => {
  await page.clock.install();
  let held = true;
  await page.route(`${sandbox.url}/hub/**`, (route) => (held ? undefined : route.continue()));
  await page.locator("#start").click();
  await page.getByRole("status").getByText("Loading…").waitFor();
  await page.clock.fastForward(14_000);
  assert.equal(await page.getByRole("alert").count(), 0);
  await page.clock.fastForward(1_500);
  await page.getByRole("alert").getByText("load_failed").waitFor();
  held = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await shown(page);
  assert.equal(await page.getByRole("alert").count(), 0);
});

check("loaded twice it is there once, and leaves one name behind", () => "", async (page) => {
  const plain = await page.context().newPage();
  await plain.goto(vendor.page("", { scripts: 0 }));
  const before = new Set(await plain.evaluate("globals"));
  const added = (await page.evaluate("globals")).filter((name) => !before.has(name));
  assert.deepEqual(added, ["LinkHub"]);
}, { scripts: 2 });

check("it speaks the page's language", () => `<div lang="ja">${element(session())}</div>`, async (page) => {
  await page.getByRole("button", { name: "Qlik Cloud に接続する" }).click();
  await page.getByRole("button", { name: "閉じる" }).waitFor();
});

const LANGUAGES = ["en", "de", "fr", "es", "ja", "pt"];
check("it has words of its own in each language", () => LANGUAGES.map((lang) => element("lhc_1.x", `lang=${lang}`)).join(""), async (page) => {
  assert.equal(new Set(await page.locator("[part=button]").allInnerTexts()).size, LANGUAGES.length);
});

check("nobody is shut out: axe finds nothing, open and failed", () => button(session([])), async (page) => {
  await page.locator("#start").click();
  await page.getByRole("status").waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("alert").waitFor();
  assert.deepEqual(await violations(page), []);
});

check("nobody is shut out in the frame either, also on a phone", () => element(session(), "mode=inline"), async (page) => {
  await shown(page);
  assert.deepEqual(await violations(page.frames().find((frame) => frame.url().startsWith(sandbox.url))), []);
  await assertNoSidewaysScrolling(page);
  assert.equal(await hub(page).locator("html").evaluate((html) => html.scrollWidth > html.clientWidth), false);
}, { context: { viewport: PHONE } });

check("what a framework set before the script came is kept", () => "", async (page) => {
  await page.evaluate((token) => {
    const element = document.createElement("linkhub-connect");
    element.token = token;
    window.early = element;
    document.body.append(element);
  }, session());
  assert.equal(await page.evaluate(() => Object.hasOwn(window.early, "token")), true);
  await page.evaluate((src) => {
    const script = document.createElement("script");
    script.src = globalThis.trustedTypes.createPolicy("vendor", { createScriptURL: (url) => url }).createScriptURL(src);
    document.body.append(script);
  }, `${sandbox.url}/embed.js`);
  await page.getByRole("button", { name: "Connect Qlik Cloud" }).click();
  await shown(page);
}, { scripts: 0 });

test("the script is small, may be loaded by every site, and stays away from servers", async () => {
  for (const encoding of ["br", "gzip"]) {
    const answer = await fetch(`${sandbox.url}/embed.js`, { method: "HEAD", headers: { "accept-encoding": encoding } });
    assert.ok(Number(answer.headers.get("content-length")) <= 5000, encoding);
    assert.equal(answer.headers.get("content-encoding"), encoding);
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
    assert.equal(answer.headers.get("cross-origin-resource-policy"), "cross-origin");
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  }
  vm.runInNewContext(await (await fetch(`${sandbox.url}/embed.js`)).text(), {});
});

test("scripts and types agree, and the types fit their use", () => {
  const folder = join(repository, "tests/browser");
  execFileSync(process.execPath, [join(folder, "node_modules/typescript/bin/tsc"), "--project", join(folder, "types")], { encoding: "utf8" });
  assert.ok(readFileSync(join(repository, "static/embed.d.ts"), "utf8").includes("linkhub-connect"));
});
