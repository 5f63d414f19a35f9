// StackOne's TypeScript client, unchanged, against the hub's API: sessions, linking, accounts, refusals.
// Prints `ok NAME` or `not ok NAME: why` for each step.
// Usage: node stackone_client.mjs BASE_URL, with LINKHUB_API_KEY (a key of the hub) and QLIK_KEYS (JSON: a list of at
// least two keys that work, of different users, each as the sandbox prints it).
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { StackOne } from "@stackone/stackone-client-ts";
import {
  NotFoundResponse,
  StackOneError,
  UnauthorizedResponse,
} from "@stackone/stackone-client-ts/sdk/models/errors/index.js";

const base = process.argv[2] ?? process.env.LINKHUB_BASE_URL;
const apiKey = process.env.LINKHUB_API_KEY;
const [first, second] = JSON.parse(process.env.QLIK_KEYS ?? "[]");
if (!base || !apiKey || !second) {
  console.error("Usage: LINKHUB_API_KEY=… QLIK_KEYS='[…]' node stackone_client.mjs BASE_URL");
  process.exit(2);
}

const client = (key) =>
  new StackOne({
    serverURL: base,
    security: { username: key, password: "" },
    // By default the client repeats 408, 429 and lost connections for an hour.
    retryConfig: { strategy: "none" },
    timeoutMs: 60_000,
  });
const stackone = client(apiKey);
const basic = `Basic ${Buffer.from(`${apiKey}:`).toString("base64")}`;

const run = randomUUID();
const owner = (name) => ({ originOwnerId: `${name}-${run}`, originOwnerName: `${name} Inc.` });
const [acme, bolt] = [owner("Acme"), owner("Bolt")];
const both = [acme.originOwnerId, bolt.originOwnerId];

let failed = 0;
async function step(name, work) {
  try {
    await work();
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    const told = typeof error.pretty === "function" ? error.pretty() : error.message;
    console.log(`not ok ${name}: ${told.replace(/\s+/g, " ")}${error.body ? ` (answer: ${error.body})` : ""}`);
  }
}

/** What the client says to a refusal: the error must be of the class, and carry the envelope's words. */
async function refused(kind, asked) {
  const error = await asked.then(
    () => assert.fail("it was not refused"),
    (error) => error,
  );
  assert.ok(error instanceof kind, `${error.name}: ${error.message}`);
  assert.ok(error.statusCode >= 400 && error.statusCode < 500, `status ${error.statusCode}`);
  const { statusCode, message, timestamp } = JSON.parse(error.body);
  assert.equal(statusCode, error.statusCode);
  assert.ok(message.length > 0);
  assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 60_000, `timestamp ${timestamp}`);
  return error;
}

async function create(request) {
  const answer = await stackone.connectSessions.createConnectSession({ provider: "qlik", ...request });
  assert.equal(answer.statusCode, 201);
  return answer.connectSessionTokenAuthLink;
}

async function list(filter) {
  const answer = await stackone.accounts.listLinkedAccounts(filter);
  return answer.classes;
}

async function get(id) {
  return (await stackone.accounts.getAccount({ id })).linkedAccount;
}

/** As the Hub component asks. */
async function hub(token, method, path, body) {
  return fetch(`${base}/hub/${path}`, {
    method,
    headers: { "content-type": "application/json", "x-hub-session-token": token },
    body: body && JSON.stringify(body),
  });
}

async function link(token, { tenant_name, region, api_key }) {
  const credentials = { tenantName: tenant_name, region, apiKey: api_key };
  const answer = await hub(token, "POST", "accounts", { integration_id: "qlik", credentials });
  const text = await answer.text();
  assert.ok(answer.ok, `${answer.status}: ${text}`);
  const linked = JSON.parse(text);
  assert.equal(linked.provider, "qlik");
  assert.equal(typeof linked.id, "string");
  return linked.id;
}

/** The account that opens in edit mode, if any. */
async function existing(token) {
  return (await (await hub(token, "GET", "settings")).json()).existing_account_id;
}

let session, acmeAccount, boltAccount;

await step("a connect session is created", async () => {
  session = await create({
    ...acme,
    originUsername: "jane",
    label: "Sales",
    type: "test",
    expiresIn: 600,
    metadata: {},
  });
  assert.ok(Number.isSafeInteger(session.id));
  assert.ok(Number.isSafeInteger(session.organizationId));
  assert.ok(session.projectId.length > 0);
  assert.ok(session.token.length >= 32);
  assert.ok(URL.canParse(session.authLinkUrl), session.authLinkUrl);
  assert.ok(Math.abs(session.createdAt - Date.now()) < 60_000);
  const { originOwnerId, originOwnerName, originUsername, provider, label, type } = session;
  const echo = { originOwnerId, originOwnerName, originUsername, provider, label, type };
  assert.deepEqual(echo, { ...acme, originUsername: "jane", provider: "qlik", label: "Sales", type: "test" });
});

await step("every category of the contract is accepted and read again", async () => {
  const created = await create({ ...owner("Other"), categories: ["stackone", "documents"] });
  assert.deepEqual(created.categories ?? [], ["stackone", "documents"]);
});

await step("the session is authenticated by its token", async () => {
  const answer = await stackone.connectSessions.authenticateConnectSession({ token: session.token });
  assert.equal(answer.statusCode, 201);
  const { id, originOwnerId, originOwnerName } = answer.connectSession;
  assert.deepEqual({ id, originOwnerId, originOwnerName }, { id: session.id, ...acme });
});

await step("an unknown token is refused", async () => {
  await refused(StackOneError, stackone.connectSessions.authenticateConnectSession({ token: "not-a-token" }));
});

await step("two accounts are linked", async () => {
  acmeAccount = await link(session.token, first);
  boltAccount = await link((await create(bolt)).token, second);
  assert.notEqual(acmeAccount, boltAccount);
});

await step("the accounts are listed by owner, in pages", async () => {
  const ids = [];
  for (let page = 1; page <= 3; page++) {
    const found = await list({ originOwnerIds: both, page, pageSize: 1 });
    assert.equal(found.length, page <= 2 ? 1 : 0, `page ${page}`);
    ids.push(...found.map((account) => account.id));
  }
  assert.deepEqual(ids.toSorted(), [acmeAccount, boltAccount].toSorted());
});

await step("each filter narrows the list", async () => {
  const ids = async (filter) => (await list(filter)).map((account) => account.id).toSorted();
  const one = [acmeAccount];
  const two = [acmeAccount, boltAccount].toSorted();
  assert.deepEqual(await ids({ originOwnerId: acme.originOwnerId }), one);
  assert.deepEqual(await ids({ originOwnerId: acme.originOwnerName }), []);
  assert.deepEqual(await ids({ accountIds: two }), two);
  assert.deepEqual(await ids({ accountIds: one, originOwnerIds: both }), one);
  assert.deepEqual(await ids({ originOwnerIds: both, provider: "qlik" }), two);
  assert.deepEqual(await ids({ originOwnerIds: both, provider: "workday" }), []);
  assert.deepEqual(await ids({ originOwnerIds: both, providers: ["workday", "qlik"] }), two);
  assert.deepEqual(await ids({ originOwnerIds: both, providers: ["workday"] }), []);
  assert.deepEqual(await ids({ originOwnerIds: both, status: ["active", "error"] }), two);
  assert.deepEqual(await ids({ originOwnerIds: both, status: ["error"] }), []);
});

await step("one account is read", async () => {
  const account = await get(acmeAccount);
  assert.equal(account.id, acmeAccount);
  assert.equal(account.provider, "qlik");
  assert.ok(account.providerName.length > 0);
  assert.equal(account.status, "active");
  assert.equal(account.type, "test");
  assert.equal(account.label, "Sales");
  assert.equal(account.originOwnerId, acme.originOwnerId);
  assert.equal(account.originOwnerName, acme.originOwnerName);
  assert.equal(account.originUsername, "jane");
  assert.ok(account.createdAt instanceof Date && account.updatedAt >= account.createdAt);
});

await step("no answer holds the secret", async () => {
  for (const path of ["accounts", `accounts/${acmeAccount}`, `accounts/${acmeAccount}/meta`]) {
    const answer = await fetch(`${base}/${path}`, { headers: { authorization: basic } });
    assert.ok(!(await answer.text()).includes(first.api_key), path);
  }
});

await step("owner and user name are changed", async () => {
  const change = { originOwnerName: "Acme Renamed", originUsername: "joan", type: "test" };
  const answer = await stackone.accounts.updateAccount({ id: acmeAccount, patchAccountExternalDto: change });
  assert.equal(answer.linkedAccount.originOwnerName, "Acme Renamed");
  const account = await get(acmeAccount);
  assert.equal(account.originUsername, "joan");
  assert.equal(account.originOwnerId, acme.originOwnerId);
});

await step("the label is changed, and stays when others are", async () => {
  // The client takes a label for an object and can only send an empty one.
  const answer = await fetch(`${base}/accounts/${acmeAccount}`, {
    method: "PATCH",
    headers: { authorization: basic, "content-type": "application/json" },
    body: JSON.stringify({ label: "Renamed" }),
  });
  assert.equal(answer.status, 200);
  assert.equal((await get(acmeAccount)).label, "Renamed");
  const change = { originOwnerName: acme.originOwnerName, setupInformation: {}, metadata: {}, label: {} };
  await stackone.accounts.updateAccount({ id: acmeAccount, patchAccountExternalDto: change });
  const account = await get(acmeAccount);
  assert.equal(account.label, "Renamed");
  assert.equal(account.originOwnerName, acme.originOwnerName);
  assert.equal(account.status, "active");
});

await step("the meta information of an account is read", async () => {
  const { linkedAccountMeta } = await stackone.accounts.getAccountMetaInfo({ id: acmeAccount });
  assert.equal(linkedAccountMeta.provider, "qlik");
  assert.ok(linkedAccountMeta.category.length > 0);
});

await step("the same owner again opens the account that is there", async () => {
  const again = await create(acme);
  assert.equal(await existing(again.token), acmeAccount);
  const another = await create({ ...acme, multiple: true });
  assert.equal(await existing(another.token), undefined);
});

await step("a session for an account names it", async () => {
  const edit = await create({ ...bolt, accountId: boltAccount });
  assert.equal(edit.accountId, boltAccount);
  assert.equal(await existing(edit.token), boltAccount);
});

await step("a wrong API key is refused with 401", async () => {
  for (const key of ["wrong", `${apiKey}x`, ""]) {
    const error = await refused(UnauthorizedResponse, client(key).accounts.listLinkedAccounts({}));
    assert.equal(error.statusCode, 401);
  }
});

await step("an unknown account is refused with 404", async () => {
  for (const id of ["acc_unknown", "../connect_sessions", "☃/ "]) {
    const error = await refused(NotFoundResponse, stackone.accounts.getAccount({ id }));
    assert.equal(error.statusCode, 404);
  }
  const change = { originUsername: "nobody" };
  const update = stackone.accounts.updateAccount({ id: "acc_unknown", patchAccountExternalDto: change });
  await refused(NotFoundResponse, update);
  await refused(NotFoundResponse, stackone.accounts.deleteAccount({ id: "acc_unknown" }));
  await refused(NotFoundResponse, stackone.accounts.getAccountMetaInfo({ id: "acc_unknown" }));
});

await step("a session that makes no sense is refused", async () => {
  await refused(StackOneError, stackone.connectSessions.createConnectSession({ ...acme, expiresIn: -1 }));
});

await step("a deleted account is told once more and is gone", async () => {
  for (const id of [acmeAccount, boltAccount]) {
    const { linkedAccount } = await stackone.accounts.deleteAccount({ id });
    assert.equal(linkedAccount.id, id);
    await refused(NotFoundResponse, stackone.accounts.getAccount({ id }));
  }
  assert.deepEqual(await list({ originOwnerIds: both }), []);
});

process.exit(failed === 0 ? 0 : 1);
