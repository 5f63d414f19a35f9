// Webhook endpoints as an admin makes them, without a browser.
import { sessionCookie } from "./browser.mjs";

/**
 * An endpoint where nobody listens, with a test event that failed: the paths of their pages.
 * @param {import("./sandbox.mjs").Facts} sandbox
 */
export async function anEndpoint(sandbox) {
  const headers = { cookie: await sessionCookie(sandbox), origin: sandbox.url };
  /** @type {(path: string, form?: Record<string, string>) => Promise<Response>} */
  const post = (path, form = {}) =>
    fetch(new URL(path, sandbox.url), { method: "POST", headers, redirect: "manual", body: new URLSearchParams(form) });
  const form = { url: "http://127.0.0.1:1/webhooks", description: "Billing", event: "*" };
  const made = await (await post("/webhooks", form)).text();
  const endpoint = /href="(\/webhooks\/whe_[0-9a-f]+)"/.exec(made)?.[1];
  if (!endpoint) throw new Error(`no endpoint was made: ${made}`);
  const tested = (await post(`${endpoint}/test`)).headers.get("location");
  const event = tested && new URL(tested, sandbox.url).searchParams.get("tested");
  if (!tested || !event) throw new Error("no test event was sent");
  return { endpoint, tested, delivery: `${endpoint}/deliveries/${event}` };
}
