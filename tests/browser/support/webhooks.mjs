// Webhook endpoints as an admin makes them, without a browser, and a back end that they lead to.
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { sessionCookie } from "./browser.mjs";

/** A back end that writes down what it gets, and answers with `status` and `answer`. */
export async function startReceiver() {
  /** @type {{ headers: import("node:http").IncomingHttpHeaders, body: string }[]} */
  const got = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    got.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
    response.writeHead(receiver.status, { "content-type": "text/html" }).end(receiver.answer);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("the receiver has no port");
  const receiver = {
    got,
    status: 200,
    answer: "thanks",
    url: `http://127.0.0.1:${address.port}/webhooks`,
    /** @param {number} count of webhooks, for which it waits */
    async has(count) {
      for (let waited = 0; got.length < count; waited += 1) {
        if (waited === 150) throw new Error(`${got.length} of ${count} webhooks came`);
        await delay(100);
      }
    },
    stop: () => server.close(),
  };
  return receiver;
}

/**
 * Sends forms as an admin does.
 * @param {import("./sandbox.mjs").Facts} sandbox
 * @returns {Promise<(path: string, form?: Record<string, string>) => Promise<Response>>}
 */
async function poster(sandbox) {
  const headers = { cookie: await sessionCookie(sandbox), origin: sandbox.url };
  return (path, form = {}) =>
    fetch(new URL(path, sandbox.url), { method: "POST", headers, redirect: "manual", body: new URLSearchParams(form) });
}

/**
 * Makes an endpoint; answers the path of its page.
 * @param {import("./sandbox.mjs").Facts} sandbox
 * @param {string} url
 * @param {string} event that it asks for
 */
export async function addEndpoint(sandbox, url, event) {
  const post = await poster(sandbox);
  const made = await (await post("/webhooks", { url, description: "Billing", event })).text();
  const endpoint = /href="(\/webhooks\/whe_[0-9a-f]+)"/.exec(made)?.[1];
  if (!endpoint) throw new Error(`no endpoint was made: ${made}`);
  return endpoint;
}

/**
 * @param {import("./sandbox.mjs").Facts} sandbox
 * @param {string} endpoint
 */
export async function deleteEndpoint(sandbox, endpoint) {
  await (await poster(sandbox))(`${endpoint}/delete`);
}

/**
 * An endpoint where nobody listens, with a test event that failed: the paths of their pages.
 * @param {import("./sandbox.mjs").Facts} sandbox
 */
export async function anEndpoint(sandbox) {
  const endpoint = await addEndpoint(sandbox, "http://127.0.0.1:1/webhooks", "*");
  const post = await poster(sandbox);
  const tested = (await post(`${endpoint}/test`)).headers.get("location");
  const event = tested && new URL(tested, sandbox.url).searchParams.get("tested");
  if (!tested || !event) throw new Error("no test event was sent");
  return { endpoint, tested, delivery: `${endpoint}/deliveries/${event}` };
}
