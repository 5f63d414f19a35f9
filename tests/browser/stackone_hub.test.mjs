// StackOne's Hub component, unchanged, in a page of another origin: only its base URL leads here.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { after, before, test } from "node:test";
import { fillHub, startBrowser, visit } from "./support/browser.mjs";
import { startSandbox } from "./support/sandbox.mjs";

const REDACTED = "__secretvalue:**redacted**";

// Each test links a user of its own: whose account it is then stays the same.
let browser, sandbox, host;
before(async () => {
  host = await startHost();
  // StackOne's SDK cannot name the pages that may use a session, so the operator does.
  const flags = [`--allowed-origins=${host.url}`];
  [browser, sandbox] = await Promise.all([startBrowser(), startSandbox({ flags })]);
});
after(() => Promise.all([browser?.close(), sandbox?.stop(), host?.stop()]));

/** The page of a vendor that embeds the component, with the strictest policy under which it works. */
async function startHost() {
  const component = await readFile(new URL(import.meta.resolve("@stackone/hub/webcomponent")));
  const server = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    if (pathname === "/component.js") {
      return response.writeHead(200, { "content-type": "text/javascript; charset=utf-8" }).end(component);
    }
    if (pathname !== "/") return response.writeHead(204).end();
    const policy = [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'unsafe-inline'",
      "font-src data:",
      `img-src data: ${sandbox.url}`,
      `connect-src ${sandbox.url}`,
    ];
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy.join("; "),
    });
    const token = searchParams.get("token").replaceAll('"', "&quot;");
    response.end(`<!doctype html>
<title>A vendor's page</title>
<script src="/component.js"></script>
<stackone-hub base-url="${sandbox.url}/api" token="${token}"></stackone-hub>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The API as the vendor's back end uses it. */
async function api(method, path, body) {
  const answer = await fetch(`${sandbox.url}/api/${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${sandbox.api_key}:`).toString("base64")}`,
      "content-type": "application/json",
    },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path} was answered with ${answer.status}: ${text}`);
  return JSON.parse(text);
}

function newSession(more = {}) {
  const name = `owner-${randomUUID()}`;
  return api("POST", "connect_sessions", {
    origin_owner_id: name,
    origin_owner_name: name,
    provider: "qlik",
    ...more,
  });
}

/** What the API says to a token, to a client that is not the component. */
async function refusal(token) {
  const headers = { "x-hub-session-token": token, origin: host.url };
  const answer = await fetch(`${sandbox.url}/api/hub/connectors`, { headers });
  const body = await answer.json();
  assert.ok(!answer.ok);
  assert.equal(body.statusCode, answer.status);
  return body.message;
}

/** Opens the component with a token; `check` fails if the page misbehaved. */
async function open(token) {
  const page = await visit(browser, host);
  const wrong = [];
  page.context().on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    const known = protocol === "data:" || [host.url, sandbox.url].includes(origin);
    if (!known) wrong.push(`a request to ${request.url()}`);
  });
  page.context().on("console", (message) => {
    // A refusal is written down by Chromium and by the component.
    const refused = /^(Failed to load resource: .* status of 4|Error making request to )/.test(message.text());
    if (message.type() === "error" && !refused) wrong.push(`console: ${message.text()}`);
  });
  page.context().on("weberror", (error) => wrong.push(`uncaught: ${error.error()}`));
  await page.addInitScript(() => {
    window.told = [];
    for (const name of ["success", "close"]) {
      document.addEventListener(name, (event) => window.told.push([name, event.detail]));
    }
  });
  await page.goto(`/?token=${encodeURIComponent(token)}`);
  return {
    page,
    told: () => page.evaluate(() => window.told),
    check: async () => {
      assert.deepEqual(wrong, []);
      await page.context().close();
    },
  };
}

const connectButton = (page) => page.getByRole("button", { name: "Connect", exact: true });
const succeeded = (page) => page.getByText("Connection Successful").waitFor();

/** Presses *Connect* and returns what was asked and answered. */
async function connect(page) {
  const answered = page.waitForResponse(
    (response) => response.url().includes("/hub/accounts") && /POST|PATCH/.test(response.request().method()),
  );
  await connectButton(page).click();
  const response = await answered;
  return { sent: response.request().postDataJSON(), response, body: await response.json() };
}

/** A refusal must be one that the component shows, with its words and, folded away, what to do. */
async function assertRefused(page, { response, body }) {
  const status = response.status();
  assert.equal(body.statusCode, status);
  assert.ok(![401, 403].includes(status), "the component takes it for an expired token, or for success");
  await page.getByText(body.message).waitFor();
  await page.getByRole("button", { name: "Expand" }).click();
  await page.getByText(body.hint).waitFor();
}

test("a tenant is linked", async () => {
  const session = await newSession({ label: "Sales" });
  const { page, told, check } = await open(session.token);
  const key = sandbox.key("tenant-admin");
  assert.ok(await connectButton(page).isDisabled());
  await fillHub(page, key);
  const { sent, body } = await connect(page);
  const credentials = { tenantName: key.tenant_name, region: key.region, apiKey: key.api_key };
  assert.deepEqual(sent, { integration_id: "qlik", credentials });
  await succeeded(page);
  assert.deepEqual(await told(), [["success", { id: body.id, provider: "qlik" }]]);
  await page.getByRole("button", { name: "Close" }).click();
  assert.deepEqual((await told()).at(-1), ["close", null]);
  const account = await api("GET", `accounts/${body.id}`);
  assert.equal(account.status, "active");
  assert.equal(account.label, "Sales");
  assert.equal(account.origin_owner_id, session.origin_owner_id);
  await check();
});

test("a refused key is explained in our words, and another one links", async () => {
  const session = await newSession();
  const { page, told, check } = await open(session.token);
  await fillHub(page, sandbox.key("expired"));
  await assertRefused(page, await connect(page));
  assert.deepEqual(await told(), []);
  assert.deepEqual(await api("GET", `accounts?origin_owner_id=${session.origin_owner_id}`), []);
  // The component forgets everything that was typed.
  await fillHub(page, sandbox.key("good-eu"));
  await connect(page);
  await succeeded(page);
  await check();
});

test("an account is opened again: its key is not told, and only a good key replaces it", async () => {
  // Two keys of one user: an account does not change hands.
  const [old, renewed] = [sandbox.key("expiring"), sandbox.key("good")];
  const session = await newSession();
  const first = await open(session.token);
  await fillHub(first.page, old);
  const { id } = (await connect(first.page)).body;
  await succeeded(first.page);
  await first.check();

  const { origin_owner_id, origin_owner_name } = session;
  const edit = await newSession({ origin_owner_id, origin_owner_name, account_id: id });
  const { page, told, check } = await open(edit.token);
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  assert.equal(await page.getByLabel("Tenant Name", { exact: true }).inputValue(), old.tenant_name);
  assert.equal(await page.getByLabel("Region", { exact: true }).inputValue(), old.region);
  const headers = { "x-hub-session-token": edit.token };
  const stored = await (await fetch(`${sandbox.url}/api/hub/accounts/${id}`, { headers })).text();
  assert.ok(!stored.includes(old.api_key));
  assert.equal(JSON.parse(stored).secrets.apiKey, REDACTED + old.api_key.slice(-4));

  const { api_key } = sandbox.key("expired");
  await fillHub(page, { api_key });
  const refused = await connect(page);
  assert.equal(refused.response.request().method(), "PATCH");
  await assertRefused(page, refused);
  // Pressed once more, the component sends the redacted key as if it had been typed.
  const again = await connect(page);
  assert.ok(again.sent.credentials.apiKey.startsWith(REDACTED));
  await assertRefused(page, again);
  assert.deepEqual(await told(), []);

  await fillHub(page, { api_key: renewed.api_key });
  const { sent } = await connect(page);
  assert.equal(sent.credentials.apiKey, renewed.api_key);
  await succeeded(page);
  assert.deepEqual(await told(), [["success", { id, provider: "qlik" }]]);
  const accounts = await api("GET", `accounts?origin_owner_id=${origin_owner_id}`);
  assert.deepEqual(accounts.map((account) => account.id), [id]);
  await check();
});

test("the same owner again opens the account that is there", async () => {
  const { origin_owner_id, origin_owner_name, token } = await newSession();
  const first = await open(token);
  await fillHub(first.page, sandbox.key("long-name"));
  const { id } = (await connect(first.page)).body;
  await succeeded(first.page);
  await first.check();
  const again = await newSession({ origin_owner_id, origin_owner_name });
  const { page, told, check } = await open(again.token);
  await page.getByRole("button", { name: "Edit", exact: true }).waitFor();
  // Nothing is changed: the stored key is sent by nobody and still works.
  const { sent } = await connect(page);
  assert.ok(!("apiKey" in sent.credentials));
  await succeeded(page);
  assert.deepEqual(await told(), [["success", { id, provider: "qlik" }]]);
  await check();
});

for (const [name, begin] of [
  ["an expired token", async () => sandbox.expired_session],
  ["an unknown token", async () => "not-a-token"],
  ["a revoked token", async () => {
    const { token, connect_session_id } = await newSession();
    await api("DELETE", `connect_sessions/${connect_session_id}`);
    return token;
  }],
  ["the token of a page that is not allowed", async () => {
    const { token } = await newSession({ allowed_origins: ["https://app.example.com"] });
    return token;
  }],
]) {
  test(`${name} is told as what it is`, async () => {
    const token = await begin();
    const words = await refusal(token);
    const { page, told, check } = await open(token);
    await page.getByText(words).waitFor();
    // What the component makes of a bare refusal.
    for (const wrong of ["No configured integrations available", '{"status"']) {
      assert.equal(await page.getByText(wrong).count(), 0, wrong);
    }
    assert.ok(await connectButton(page).isDisabled());
    assert.deepEqual(await told(), []);
    await check();
  });
}
