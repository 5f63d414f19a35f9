// Hostile pages around the framed Hub, beside it and in it; and a browser that blocks third-party cookies.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CHROMIUM, fillHub, startBrowser } from "./support/browser.mjs";
import { startSandbox } from "./support/sandbox.mjs";
import { startVendor } from "./support/vendor.mjs";

let browser, sandbox, vendor, stranger;
before(async () => {
  [vendor, stranger] = await Promise.all([startVendor(), startVendor()]);
  const sessionsFor = [[vendor.origin], [vendor.origin, stranger.origin]];
  [browser, sandbox] = await Promise.all([startBrowser(), startSandbox({ sessionsFor })]);
  for (const page of [vendor, stranger]) page.embeds(sandbox.url);
});
after(() => Promise.all([browser?.close(), sandbox?.stop(), vendor?.stop(), stranger?.stop()]));

const session = (...more) => sandbox.session([vendor.origin, ...more]);
const inline = (token) => `<linkhub-connect mode="inline" token="${token}"></linkhub-connect>`;
const hub = (page) => page.frameLocator("linkhub-connect iframe");
const heard = (page) => page.evaluate("heard");

/** @param {string} address @param {import("playwright-core").Browser} [from] */
async function open(address, from = browser) {
  const page = await (await from.newContext()).newPage();
  page.setDefaultTimeout(15_000);
  await page.addInitScript(() => {
    window.messages = [];
    addEventListener("message", ({ data }) => window.messages.push(data));
  });
  await page.goto(address);
  return page;
}

async function link(page, key) {
  await fillHub(hub(page), sandbox.key(key));
  await hub(page).getByRole("button", { name: "Connect", exact: true }).click();
}

/** Whether the browser shows anything of the hub in a frame of this page. */
const isFramed = (page) => page.frames().some((frame) => frame.url().startsWith(sandbox.url));

test("a page that the session does not name is refused and told so", async () => {
  const page = await open(stranger.page(inline(session())));
  await page.getByRole("alert").getByText("load_failed").waitFor();
  assert.deepEqual(await heard(page), [{ type: "error", code: "load_failed" }]);
  assert.equal(isFramed(page), false);
});

test("claiming an allowed origin does not help a stranger", async () => {
  const address = `${sandbox.url}/hub/${encodeURIComponent(session())}?origin=${encodeURIComponent(vendor.origin)}`;
  const page = await open(stranger.page(`<iframe src="${address}"></iframe>`));
  await page.waitForLoadState();
  assert.equal(isFramed(page), false);
  assert.deepEqual(await page.evaluate("messages"), []);
});

test("a frame drawn for one allowed origin says nothing to another", async () => {
  const token = session(stranger.origin);
  const address = `${sandbox.url}/hub/${encodeURIComponent(token)}?origin=${encodeURIComponent(vendor.origin)}`;
  const page = await open(stranger.page(`<iframe src="${address}"></iframe>`));
  await page.frameLocator("iframe").locator("#connect").waitFor();
  assert.deepEqual(await page.evaluate("messages"), []);
});

test("a token of nobody, an unframed page and another page of the hub cannot be framed", async () => {
  const token = encodeURIComponent(session());
  const origin = `origin=${encodeURIComponent(vendor.origin)}`;
  for (const path of [`/hub/lhc_nobody.${"x".repeat(43)}?${origin}`, `/hub/${token}`, `/hub/${token}?origin=null`, "/login", "/guide", "/connect"]) {
    const page = await open(vendor.page(`<iframe src="${sandbox.url}${path}"></iframe>`));
    await page.waitForLoadState();
    assert.equal(isFramed(page), false, path);
    await page.context().close();
  }
});

test("messages of other windows are not believed", async () => {
  const policy = `script-src 'self' ${sandbox.url}; frame-src ${sandbox.url} ${stranger.origin}`;
  const page = await open(vendor.page(`${inline(session())}<iframe id="stranger" src="${stranger.origin}/"></iframe>`, { policy }));
  await hub(page).locator("#connect").waitFor();
  const forged = [
    { source: "linkhub", type: "success", account_id: "acc_forged", provider: "qlik" },
    { source: "linkhub", type: "error", code: "forged" },
    { source: "linkhub", type: "close" },
  ];
  await page.evaluate((all) => all.forEach((one) => window.postMessage(one, "*")), forged);
  const other = page.frames().find((frame) => frame.url().startsWith(stranger.origin));
  await other.evaluate((all) => all.forEach((one) => window.parent.postMessage(one, "*")), forged);
  await page.waitForFunction(() => window.messages.filter(({ code }) => code === "forged").length === 2);
  assert.deepEqual(await heard(page), [{ type: "ready" }]);
  await hub(page).locator("#connect").waitFor();
});

test("messages of the wrong shape are not believed, even from the frame", async () => {
  const page = await open(vendor.page(inline(session())));
  await hub(page).locator("#connect").waitFor();
  const frame = page.frames().find((frame) => frame.url().startsWith(sandbox.url));
  await frame.evaluate(() => {
    const say = (data) => window.parent.postMessage(data, "*");
    for (const data of [null, "success", 7, [], { type: "close" }, { source: "other", type: "close" }]) say(data);
    for (const more of [
      { type: "success" },
      { type: "success", account_id: { toString: () => "acc_1" }.a, provider: "qlik" },
      { type: "success", account_id: ["acc_1"], provider: "qlik" },
      { type: "success", account_id: "x".repeat(10_000), provider: "qlik" },
      { type: "error", code: 500 },
      { type: "progress", step: null },
      { type: "resize", height: "100vh; background: red" },
      { type: "resize", height: 1e9 },
      { type: "toString" },
      { type: "last" },
    ]) say({ source: "linkhub", ...more });
  });
  await page.waitForFunction(() => window.messages.at(-1)?.type === "last");
  assert.deepEqual(await heard(page), [{ type: "ready" }]);
  assert.ok(await page.locator("linkhub-connect").evaluate((element) => element.offsetHeight < 10_000));
});

test("the framed Hub listens to nobody but the page around it", async () => {
  const page = await open(vendor.page(inline(session())));
  await hub(page).locator("#connect").waitFor();
  const frame = page.frames().find((frame) => frame.url().startsWith(sandbox.url));
  await frame.evaluate(async () => {
    window.postMessage({ source: "linkhub", type: "close" }, "*");
    await new Promise((done) => {
      addEventListener("message", ({ data }) => data === "last" && done(undefined));
      window.postMessage("last", "*");
    });
  });
  assert.ok(!(await page.evaluate("messages")).some(({ type }) => type === "close"));
});

test("no message and no Referer carries a secret", async () => {
  const token = session();
  const page = await open(vendor.page(""));
  const referers = [];
  page.on("request", async (request) => referers.push((await request.allHeaders()).referer ?? ""));
  await page.evaluate((token) => {
    const element = document.createElement("linkhub-connect");
    element.setAttribute("mode", "inline");
    element.setAttribute("token", token);
    document.body.prepend(element);
  }, token);
  await link(page, "revoked");
  await hub(page).locator('#failure[data-code="key_rejected"]').waitFor();
  await link(page, "good");
  await hub(page).getByRole("dialog").waitFor();
  const messages = await page.evaluate("messages");
  assert.ok(messages.some(({ type }) => type === "success"));
  const all = JSON.stringify([messages, referers]);
  for (const secret of [token, token.split(".")[1], sandbox.key("good").api_key, sandbox.key("revoked").api_key, "Jane Doe"]) {
    assert.ok(!all.includes(secret));
  }
  assert.ok(referers.length > 3);
  assert.equal(await hub(page).locator("html").evaluate(() => document.title.includes("lhc_")), false);
});

test("an address that is no address of a hub is not opened", async () => {
  for (const base of ["javascript:alert(1)//", "data:text/html,x", "https://", "//"]) {
    const page = await open(vendor.page(`<linkhub-connect mode="inline" token="lhc_1.x"></linkhub-connect>`));
    const code = await page.evaluate((base) => {
      const element = document.querySelector("linkhub-connect");
      element.setAttribute("base-url", base);
      return element.open().catch((error) => error.code);
    }, base);
    assert.equal(code, "base_url_malformed", base);
    assert.equal(await page.locator("iframe").count(), 0);
    await page.context().close();
  }
});

test("it links where the browser blocks third-party cookies and storage", async (t) => {
  // Chromium with its windows does so in every context that is not kept, as here.
  const strict = await startBrowser([], CHROMIUM);
  t.after(() => strict.close());
  const store = () => {
    document.cookie = "kept=yes; SameSite=None; Secure";
    try {
      sessionStorage.setItem("kept", "yes");
      return document.cookie;
    } catch (error) {
      return error.name;
    }
  };
  const page = await open(vendor.page(inline(session())), strict);
  await hub(page).locator("#connect").waitFor();
  assert.equal(await hub(page).locator("html").evaluate(store), "SecurityError");
  await link(page, "good");
  await hub(page).getByRole("dialog").waitFor();
  assert.equal((await heard(page)).at(-1).type, "success");
  assert.deepEqual(await page.context().cookies(), []);
  await page.goto(`${sandbox.url}/guide`);
  assert.equal(await page.evaluate(store), "kept=yes", "the browser keeps them elsewhere");
});
