// The receiver's side of webhooks, with the library of Standard Webhooks, unchanged: what the hub sends is verified, what
// somebody forged or kept for later is not. Prints `ok NAME` or `not ok NAME: why` for each step.
// Usage: node webhooks_client.mjs API, with LINKHUB_API_KEY (with the scopes webhooks:write, accounts:read and
// accounts:write), at a hub that has an account and may call this machine.
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

const api = process.argv[2];
const apiKey = process.env.LINKHUB_API_KEY;
if (!api || !apiKey) {
  console.error("Usage: LINKHUB_API_KEY=… node webhooks_client.mjs API");
  process.exit(2);
}
const MINUTE = 60_000;
const authorization = `Basic ${Buffer.from(`${apiKey}:`).toString("base64")}`;

async function ask(method, path, body) {
  const headers = { authorization, "content-type": "application/json" };
  const answer = await fetch(`${api}/${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

const received = [];
const waiting = [];
const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const message = { headers: request.headers, body: Buffer.concat(chunks).toString() };
  const waits = waiting.shift();
  if (waits) waits(message);
  else received.push(message);
  response.writeHead(204).end();
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

/** The next webhook that arrives. */
function next() {
  const first = received.shift();
  if (first) return first;
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("no webhook came within a minute")), MINUTE);
    waiting.push((message) => {
      clearTimeout(late);
      resolve(message);
    });
  });
}

const verify = (secret, { headers, body }) => new Webhook(secret).verify(body, headers);
const refuses = (secret, message, words) =>
  assert.throws(
    () => verify(secret, message),
    (error) => error instanceof WebhookVerificationError && words.test(error.message),
  );

/** As if the receiver looked at it so much later. */
function at(offset, work) {
  const now = Date.now;
  Date.now = () => now.call(Date) + offset;
  try {
    work();
  } finally {
    Date.now = now;
  }
}

let failed = 0;
async function step(name, work) {
  try {
    await work();
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok ${name}: ${error.message.replace(/\s+/g, " ")}`);
  }
}

const url = `http://127.0.0.1:${server.address().port}/linkhub`;
const endpoint = await ask("POST", "webhook_endpoints", { url, events: ["*"] });
const test = () => ask("POST", `webhook_endpoints/${endpoint.id}/test`);
const another = `whsec_${randomBytes(32).toString("base64")}`;
let secret = endpoint.secret;
let message;

await step("a test event is verified", async () => {
  const outcome = await test();
  assert.equal(outcome.succeeded, true, outcome.error);
  message = await next();
  assert.equal(verify(secret, message).type, "webhook.test");
  assert.equal(message.headers["webhook-id"], outcome.event_id);
});
await step("a body that was changed is refused", () => {
  const forged = { ...message, body: message.body.replace("webhook.test", "account.created") };
  refuses(secret, forged, /no matching signature/i);
});
await step("what was signed with another secret is refused", () => {
  refuses(another, message, /no matching signature/i);
});
await step("another id or another time under the same signature is refused", () => {
  const id = { ...message, headers: { ...message.headers, "webhook-id": "evt_other" } };
  refuses(secret, id, /no matching signature/i);
  const later = String(Number(message.headers["webhook-timestamp"]) + 1);
  const time = { ...message, headers: { ...message.headers, "webhook-timestamp": later } };
  refuses(secret, time, /no matching signature/i);
});
await step("what was kept for ten minutes, or comes from the future, is refused", () => {
  at(10 * MINUTE, () => refuses(secret, message, /too old/i));
  at(-10 * MINUTE, () => refuses(secret, message, /too new/i));
  verify(secret, message);
});
await step("StackOne's signature is the secret's over the body", () => {
  const expected = createHmac("sha256", secret).update(message.body).digest("base64url");
  assert.equal(message.headers["x-stackone-signature"], expected);
});
await step("changes of an account are verified and come in their order", async () => {
  const [account] = await ask("GET", "accounts?page_size=1");
  await ask("POST", `accounts/${account.id}/suspend`);
  await ask("POST", `accounts/${account.id}/resume`);
  for (const type of ["account.suspended", "account.resumed"]) {
    const told = verify(secret, await next());
    assert.equal(told.type, type);
    assert.equal(told.account_id, account.id);
  }
});
await step("while a secret takes the place of another, both verify", async () => {
  const rotated = await ask("POST", `webhook_endpoints/${endpoint.id}/rotate`, { keep_old_seconds: 3600 });
  await test();
  const both = await next();
  verify(secret, both);
  verify(rotated.secret, both);
  refuses(another, both, /no matching signature/i);
  secret = rotated.secret;
});
await step("a secret that is not kept does not verify any more", async () => {
  const rotated = await ask("POST", `webhook_endpoints/${endpoint.id}/rotate`, { keep_old_seconds: 0 });
  await test();
  const one = await next();
  verify(rotated.secret, one);
  refuses(secret, one, /no matching signature/i);
});

await ask("DELETE", `webhook_endpoints/${endpoint.id}`);
server.close();
server.closeAllConnections();
process.exit(failed ? 1 : 0);
