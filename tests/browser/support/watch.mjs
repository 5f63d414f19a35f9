// What no page of the hub may do, whatever it is used for.
import assert from "node:assert/strict";
import { visitSignedIn } from "./browser.mjs";

/**
 * Listens to all pages of a context; `check` fails if there was an error, a blocked part, or a request
 * to another origin than the hub's.
 * @param {import("playwright-core").BrowserContext} context
 * @param {{ url: string }} sandbox
 */
export function watch(context, sandbox) {
  /** @type {string[]} */
  const wrong = [];
  const origin = new URL(sandbox.url).origin;
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== origin) wrong.push(`a request to ${request.url()}`);
  });
  context.on("console", (message) => {
    // A form that is refused is answered with such a status, which Chromium writes down like a missing part.
    const [, status] = /^Failed to load resource: .* status of (4\d\d) /.exec(message.text()) ?? [];
    const isPage = /^\/(hub|no-such-page)\b/.test(new URL(message.location().url || origin).pathname);
    const answered = ["401", "409", "410", "422"].includes(status) || (status === "404" && isPage);
    if (message.type() === "error" && !answered) wrong.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => wrong.push(`uncaught: ${error.error()}`));
  context.on("dialog", (dialog) => {
    wrong.push(`a script of a name ran: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { check: () => assert.deepEqual(wrong, []) };
}

/**
 * A visit by an admin that fails if any page of it misbehaved.
 * @param {import("playwright-core").Browser} browser
 * @param {{ url: string, admin_password: string }} sandbox
 * @param {import("playwright-core").BrowserContextOptions} options
 * @param {(page: import("playwright-core").Page) => Promise<void>} steps
 */
export async function visitWatched(browser, sandbox, options, steps) {
  const page = await visitSignedIn(browser, sandbox, options);
  const watched = watch(page.context(), sandbox);
  await steps(page);
  watched.check();
  await page.context().close();
}

/** @param {import("playwright-core").Page} page */
export async function assertNoSidewaysScrolling(page) {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(content <= window, `${page.url()} is ${content} px wide in a window of ${window} px`);
}

/**
 * No word is cut off, and no part sticks out of its own box.
 * @param {import("playwright-core").Page} page
 */
export async function assertNothingIsCutOff(page) {
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll("main *, footer *, header *")]
      .filter((part) => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX !== "auto")
      .filter((part) => getComputedStyle(part).display !== "inline" && part.clientWidth > 1 && part.tagName !== "INPUT")
      .map((part) => `${part.tagName}.${part.className}: ${part.textContent?.trim().slice(0, 60)}`),
  );
  assert.deepEqual(cut, []);
}

/** What WCAG 2.5.8 asks for, in px. */
const TOUCH = 24;

/**
 * Nothing that is pressed is smaller than a finger needs; links within a text are, a label is part of its box, and what
 * is hidden from readers has its equal elsewhere.
 * @param {import("playwright-core").Page} page
 */
export async function assertLargeEnoughToTouch(page) {
  const small = await page.evaluate((least) => {
    const pressed = "button, summary, select, input:not([type=hidden]), a.button, a.item, nav a, ul.legend a";
    return [...document.querySelectorAll(pressed)]
      .filter((part) => part.checkVisibility({ visibilityProperty: true }) && !part.closest(".visually-hidden, [aria-hidden]"))
      .map((part) => [part, (part.closest("label") ?? part).getBoundingClientRect()])
      .filter(([, { width, height }]) => width < least || height < least)
      .map(([part, { width, height }]) => `${part.tagName}.${part.className} ${part.textContent?.trim().slice(0, 40)}: ${width} × ${height}`);
  }, TOUCH);
  assert.deepEqual(small, []);
}
