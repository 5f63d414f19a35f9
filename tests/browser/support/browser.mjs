// Debian's Chromium, and the ways in which people look at a page.
import { setTimeout as delay } from "node:timers/promises";
import { chromium } from "playwright-core";

// The network flags stop Chromium's own calls home; it only ever talks to the sandbox.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const ANSWER_MILLISECONDS = 5_000;

export const PHONE = { width: 320, height: 640 };
export const DESKTOP = { width: 1280, height: 800 };

export const CHROMIUM = "/usr/bin/chromium";

/** @param {string[]} [flags] @param {string} [executablePath] */
export function startBrowser(flags = [], executablePath = process.env.CHROMIUM ?? CHROMIUM) {
  return chromium.launch({
    executablePath,
    args: [...FLAGS, ...flags],
  });
}

/**
 * A page in a context of its own: nobody is signed in there.
 * @param {import("playwright-core").Browser} browser
 * @param {{ url: string }} sandbox
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
export async function visit(browser, sandbox, options = {}) {
  const context = await browser.newContext({ baseURL: sandbox.url, viewport: DESKTOP, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return page;
}

/**
 * A page whose visitor signed in as a person does.
 * @param {import("playwright-core").Browser} browser
 * @param {{ url: string, admin_password: string }} sandbox
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
export async function visitSignedIn(browser, sandbox, options = {}) {
  const page = await visit(browser, sandbox, options);
  await page.goto("/login");
  await page.locator("input[name=password]").fill(sandbox.admin_password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname !== "/login");
  return page;
}

/**
 * The cookie of a new admin session, for checks that ask without a browser.
 * @param {{ url: string, admin_password: string, public_url?: string }} hub
 */
export async function sessionCookie(hub) {
  const answer = await fetch(new URL("/login", hub.url), {
    method: "POST",
    redirect: "manual",
    headers: { origin: hub.public_url ?? hub.url },
    body: new URLSearchParams({ password: hub.admin_password }),
  });
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(";", 1)[0]);
  if (answer.status >= 400 || cookies.length === 0) {
    throw new Error(`signing in was answered with ${answer.status}: ${await answer.text()}`);
  }
  return cookies.join("; ");
}

/**
 * Fills the form of the Hub; what is not given stays as it is.
 * @param {import("playwright-core").Page} page
 * @param {Partial<import("./sandbox.mjs").Key>} key
 */
export async function fillHub(page, { tenant_name, region, api_key }) {
  if (tenant_name !== undefined) await page.getByLabel("Tenant Name", { exact: true }).fill(tenant_name);
  if (region !== undefined) await page.getByLabel("Region", { exact: true }).fill(region);
  if (api_key !== undefined) await page.getByLabel("API Key", { exact: true }).fill(api_key);
}

/**
 * Presses Escape. The browser may never answer a key that closes the frame in which it was pressed, so what
 * happens on the page is waited for, not that answer.
 * @param {import("playwright-core").Page} page
 */
export async function pressEscape(page) {
  const pressed = page.keyboard.press("Escape");
  pressed.catch(() => {});
  await Promise.race([pressed, delay(ANSWER_MILLISECONDS, undefined, { ref: false })]);
}

/**
 * Links with a key and waits for the confirmation.
 * @param {import("playwright-core").Page} page
 * @param {import("./sandbox.mjs").Key} key
 */
export async function connect(page, key) {
  await page.goto("/connect");
  await fillHub(page, key);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  return dialog;
}
