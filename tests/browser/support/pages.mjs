// Every page that the checks of quality look at: path, and whether one must be signed in.
import { sessionCookie } from "./browser.mjs";

/** @typedef {{ name: string, path: string, signedIn: boolean, status: number }} CheckedPage */

/**
 * @param {import("./sandbox.mjs").Facts} sandbox with at least one account
 * @returns {Promise<CheckedPage[]>}
 */
export async function checkedPages(sandbox) {
  return [
    { name: "login", path: "/login", signedIn: false, status: 200 },
    { name: "guide", path: "/guide", signedIn: false, status: 200 },
    { name: "guide in German", path: "/guide?lang=de", signedIn: false, status: 200 },
    { name: "guide in Japanese", path: "/guide?lang=ja", signedIn: false, status: 200 },
    { name: "not found", path: "/no-such-page", signedIn: false, status: 404 },
    { name: "Hub", path: "/connect", signedIn: true, status: 200 },
    { name: "Accounts", path: "/accounts", signedIn: true, status: 200 },
    { name: "Links", path: "/links", signedIn: true, status: 200 },
    { name: "API keys", path: "/api-keys", signedIn: true, status: 200 },
    { name: "Embed", path: "/embed", signedIn: true, status: 200 },
    { name: "account", path: await anAccount(sandbox), signedIn: true, status: 200 },
  ];
}

/** @param {import("./sandbox.mjs").Facts} sandbox */
async function anAccount(sandbox) {
  const headers = { cookie: await sessionCookie(sandbox) };
  const html = await (await fetch(new URL("/accounts", sandbox.url), { headers })).text();
  const link = /href="(\/accounts\/[^"/?]+)"/.exec(html);
  if (!link) throw new Error("the Accounts page links to no account");
  return link[1];
}
