// The example application against the real API: its back end makes the sessions, its page embeds the Hub.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fillHub, startBrowser } from "./support/browser.mjs";
import { repository } from "./support/program.mjs";
import { startSandbox } from "./support/sandbox.mjs";

let browser, sandbox, server, address;
before(async () => {
  [browser, sandbox] = await Promise.all([startBrowser(), startSandbox()]);
  server = spawn(process.execPath, [join(repository, "examples/embed/server.mjs")], {
    env: { ...process.env, LINKHUB_URL: sandbox.url, LINKHUB_API_KEY: sandbox.api_key, PORT: "0", ORIGIN: undefined },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: server.stdout }), "line");
  address = /^open (http:\S+)$/.exec(line)[1];
});
after(async () => {
  server?.kill();
  await Promise.all([browser?.close(), sandbox?.stop()]);
});

const read = async (path) => {
  const answer = await fetch(`${sandbox.url}/api${path}`, { headers: { authorization: `Bearer ${sandbox.api_key}` } });
  return answer.json();
};
/** What the page has heard, once it heard something of this kind. */
const heard = async (page, pattern) => {
  const line = page.locator("#heard li", { hasText: pattern }).first();
  await line.waitFor();
  return line.innerText();
};
const hub = (page) => page.frameLocator("linkhub-connect iframe");

test("the example links its customer in a dialog, and renews the same account on the page", async () => {
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  await page.goto(address);

  await page.getByRole("button", { name: "Connect Qlik Cloud" }).click();
  await fillHub(hub(page), sandbox.key("good"));
  await hub(page).getByRole("button", { name: "Connect", exact: true }).click();
  const id = /acc_\w+/.exec(await heard(page, /^linked acc_/))[0];
  const account = await read(`/accounts/${id}`);
  assert.equal(account.origin_owner_id, "customer-42");
  assert.equal(account.user.name, "Jane Doe");
  await hub(page).getByRole("link", { name: "Done" }).click();
  await page.locator("iframe").waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Show the form here" }).click();
  await fillHub(hub(page), { api_key: sandbox.key("expiring").api_key });
  await hub(page).getByRole("button", { name: "Connect", exact: true }).click();
  assert.ok((await heard(page, /^success/)).includes(id), "another account was linked");
  const renewed = await read(`/accounts/${id}`);
  assert.notEqual(renewed.credentials.key_id, account.credentials.key_id);
  assert.deepEqual(wrong, []);
  await page.close();
});

test("the example gives a token to its own page only", async () => {
  const ask = (headers) => fetch(`${address}/token`, { method: "POST", headers });
  assert.equal((await ask({ origin: "https://evil.example" })).status, 403);
  assert.equal((await ask({})).status, 403);
  const given = await ask({ origin: address });
  assert.match((await given.json()).token, /^lhc_/);
});
