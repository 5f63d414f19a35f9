// Every page that the checks of quality look at, in every state that an address or a plain form leads to.
import { sessionCookie } from "./browser.mjs";
import { endedLinks, linkWith, makeSession } from "./sessions.mjs";
import { anEndpoint } from "./webhooks.mjs";

/**
 * `form` is filled and sent, to `action` if that is another path, and the page is the answer. `framed` is drawn for a vendor's page around it.
 * `lighthouse` marks the few that Lighthouse at: they stand for all.
 * @typedef {{ name: string, path: string, signedIn: boolean, status: number, form?: Record<string, string>, action?: string, framed?: boolean, lighthouse?: boolean }} CheckedPage
 */

const VENDOR = "https://app.example.com";

/**
 * @param {import("./sandbox.mjs").Facts} sandbox with at least one account
 * @returns {Promise<CheckedPage[]>}
 */
export async function checkedPages(sandbox) {
  const open = { signedIn: false, status: 200 };
  const admin = { signedIn: true, status: 200 };
  const lighthouse = true;
  const ended = await endedLinks(sandbox);
  const webhooks = await anEndpoint(sandbox);
  return [
    { name: "login", path: "/login", ...open, lighthouse },
    { name: "guide", path: "/guide", ...open, lighthouse },
    { name: "guide in German", path: "/guide?lang=de", ...open },
    { name: "guide in Japanese", path: "/guide?lang=ja", ...open },
    { name: "not found", path: "/no-such-page", signedIn: false, status: 404 },
    { name: "API documentation", path: "/api/docs", ...open, lighthouse },
    { name: "Hub", path: "/connect", ...admin, lighthouse },
    { name: "Accounts", path: "/accounts", ...admin, lighthouse },
    { name: "account", path: await anAccount(sandbox), ...admin },
    { name: "Events", path: "/events", ...admin, lighthouse },
    { name: "Events filtered", path: "/events?action=account.*&who=admin&from=2020-01-01", ...admin },
    { name: "Events without a line", path: "/events?request_id=req_nothing", ...admin },
    { name: "Events with a wrong filter", path: "/events?account_id=1&from=yesterday&to=x&who=Jane", ...admin },
    { name: "Accounts ticked", path: "/accounts?select=page", ...admin },
    { name: "Reconnect links", path: "/accounts?select=page", ...admin, action: "/accounts/bulk", form: { scope: "all", action: "links" } },
    { name: "Reconnect", path: `/connect?account=${(await anAccount(sandbox)).split("/").pop()}`, ...admin },
    { name: "Calendar feeds", path: "/calendar", ...admin, lighthouse },
    { name: "new calendar feed", path: "/calendar", ...admin, form: { note: "Jane Doe" } },
    { name: "Links", path: "/links", ...admin, lighthouse },
    { name: "new link", path: "/links", ...admin, form: { owner_id: "my-company", owner_name: "My Company" } },
    { name: "API keys", path: "/api-keys", ...admin, lighthouse },
    { name: "new API key", path: "/api-keys", ...admin, form: { name: "back end", scope: "accounts:read" } },
    { name: "Webhooks", path: "/webhooks", ...admin, lighthouse },
    { name: "new webhook endpoint", path: "/webhooks", ...admin, form: { url: "https://app.example.com/webhooks", event: "*" } },
    { name: "webhook endpoint", path: webhooks.endpoint, ...admin },
    { name: "tested webhook endpoint", path: webhooks.tested, ...admin },
    { name: "deleting a webhook endpoint", path: `${webhooks.endpoint}/delete`, ...admin },
    { name: "webhook delivery", path: webhooks.delivery, ...admin },
    { name: "Embed", path: "/embed", ...admin, lighthouse },
    { name: "snippet", path: "/embed", ...admin, form: { origin: VENDOR, owner_id: "customer-1" } },
    // Before this visitor has a link, which the page would open again.
    { name: "reloaded link", path: "/hub", ...open },
    { name: "Hub by a link", path: await aLink(sandbox), ...open, lighthouse },
    { name: "Hub in Japanese", path: await aLink(sandbox, { language: "ja" }), ...open },
    { name: "Hub that renews", path: await aRenewal(sandbox), ...open },
    { name: "framed Hub", path: await aFrame(sandbox), ...open, framed: true, lighthouse },
    { name: "expired link", path: ended.session_expired, signedIn: false, status: 410 },
    { name: "used link", path: ended.session_used, signedIn: false, status: 410 },
    { name: "revoked link", path: ended.session_revoked, signedIn: false, status: 410 },
    { name: "unknown link", path: ended.session_unknown, signedIn: false, status: 404 },
    { name: "link whose work is done", path: "/hub/done", ...open },
  ];
}

/**
 * Opens it in a browser as a person does.
 * @param {import("playwright-core").Page} page
 * @param {CheckedPage} checked
 * @returns {Promise<number | undefined>} the status
 */
export async function open(page, { path, form }) {
  const answer = await page.goto(path);
  if (!form) return answer?.status();
  const fields = Object.entries(form);
  for (const [name, value] of fields) {
    const field = page.locator(`main [name=${name}]`).first();
    const type = await field.getAttribute("type");
    if (await field.evaluate((element) => element.matches("select"))) await field.selectOption(value);
    // Boxes are ticked as far as they have to be.
    else if (type !== "checkbox" && type !== "submit") await field.fill(value);
  }
  const button = page.locator(fields.map(([name, value]) => `main button[name=${name}][value="${value}"]`).join());
  const send = (await button.count()) ? button.click() : page.locator(`main [name=${fields[0][0]}]`).press("Enter");
  const [made] = await Promise.all([page.waitForNavigation(), send]);
  return made?.status();
}

/**
 * What the server says, without a browser.
 * @param {{ url: string }} sandbox
 * @param {CheckedPage} checked
 * @param {string} cookie of whoever is signed in
 */
export function download(sandbox, { path, action = path, form, signedIn }, cookie) {
  return fetch(new URL(action, sandbox.url), {
    headers: { ...(signedIn && { cookie }), ...(form && { origin: sandbox.url }) },
    ...(form && { method: "POST", body: new URLSearchParams(form) }),
  });
}

/** @param {import("./sandbox.mjs").Facts} sandbox */
async function anAccount(sandbox) {
  const headers = { cookie: await sessionCookie(sandbox) };
  const html = await (await fetch(new URL("/accounts", sandbox.url), { headers })).text();
  const link = /href="(\/accounts\/acc_[^"/?]+)"/.exec(html);
  if (!link) throw new Error("the Accounts page links to no account");
  return link[1];
}

/**
 * @param {import("./sandbox.mjs").Facts} sandbox
 * @param {object} [terms]
 */
async function aLink(sandbox, terms) {
  return `/hub/${(await makeSession(sandbox, terms)).token}`;
}

/** @param {import("./sandbox.mjs").Facts} sandbox */
async function aFrame(sandbox) {
  return `${await aLink(sandbox, { allowed_origins: [VENDOR] })}?origin=${encodeURIComponent(VENDOR)}`;
}

/** @param {import("./sandbox.mjs").Facts} sandbox */
async function aRenewal(sandbox) {
  const owner = { origin_owner_id: "customer-who-renews", origin_owner_name: "My Company" };
  const first = await makeSession(sandbox, owner);
  const key = sandbox.keys.find(({ label }) => label === "good-eu");
  if (!key || (await linkWith(sandbox, first.token, key)) !== 200) throw new Error("nothing was linked");
  return aLink(sandbox, owner);
}
