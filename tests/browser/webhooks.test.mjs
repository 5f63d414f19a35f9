// Webhooks in a real browser, with a back end that this test plays: with and without scripts, by keyboard, on a phone.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { violations } from "./support/axe.mjs";
import { PHONE, connect, startBrowser, visitSignedIn } from "./support/browser.mjs";
import { startSandbox } from "./support/sandbox.mjs";
import { assertLargeEnoughToTouch, assertNoSidewaysScrolling, watch } from "./support/watch.mjs";
import { startReceiver } from "./support/webhooks.mjs";

const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;
const HOSTILE = "<script>alert('an answer ran')</script>";

let browser, sandbox;
before(async () => {
  [browser, sandbox] = await Promise.all([startBrowser(), startSandbox()]);
});
after(() => Promise.all([browser?.close(), sandbox?.stop()]));

/** A visit with a receiver, which fails if any page of it misbehaved. */
function check(name, options, steps) {
  test(name, async () => {
    const page = await visitSignedIn(browser, sandbox, options);
    const watched = watch(page.context(), sandbox);
    const receiver = await startReceiver();
    try {
      await steps(page, receiver);
      watched.check();
    } finally {
      receiver.stop();
      await page.context().close();
    }
  });
}

/** Adds an endpoint as a person does; answers its secret, on its page. */
async function add(page, url) {
  await page.goto("/webhooks");
  await page.getByLabel("URL").fill(url);
  await page.getByRole("button", { name: "Add endpoint" }).click();
  await page.getByRole("heading", { name: "The endpoint is ready" }).waitFor();
  const secret = await page.locator(".copy code").textContent();
  assert.match(secret, SECRET);
  await page.getByRole("link", { name: "Go on, and send a test event" }).click();
  await page.getByRole("heading", { name: "Deliveries" }).waitFor();
  return secret;
}

function signature(secret, { headers, body }) {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with scripts" : "without scripts";
  check(`an endpoint is added, tested and replayed, ${how}`, { javaScriptEnabled }, async (page, receiver) => {
    const secret = await add(page, receiver.url);
    assert.ok(!(await page.content()).includes(secret), "the secret is shown once");

    receiver.answer = HOSTILE;
    await page.getByRole("button", { name: "Send a test event" }).click();
    const tested = page.locator("#tested");
    await tested.getByText("Answered with 200").waitFor();
    assert.equal(await tested.locator("pre").textContent(), HOSTILE);
    assert.equal(JSON.parse(receiver.got[0].body).type, "webhook.test");
    assert.equal(receiver.got[0].headers["webhook-signature"], signature(secret, receiver.got[0]));

    receiver.status = 500;
    await page.getByRole("button", { name: "Send a test event" }).click();
    await tested.getByText("Answered with 500").waitFor();
    await tested.getByRole("link", { name: "What was sent" }).click();
    await page.getByRole("heading", { name: "webhook.test" }).waitFor();
    const id = receiver.got[1].headers["webhook-id"];
    assert.equal(await page.locator(".facts .copy code").textContent(), id);

    receiver.status = 204;
    await page.getByRole("button", { name: "Replay" }).click();
    await page.getByText("It is sent again").waitFor();
    await receiver.has(3);
    assert.equal(receiver.got[2].headers["webhook-id"], id, "it has the same id");
    await page.reload();
    await page.getByText("Answered with 204").waitFor();
    await page.goBack();
  });
}

check("on a wide screen the cards of an endpoint stand side by side", {}, async (page, receiver) => {
  await add(page, receiver.url);
  const place = (name) => page.getByRole("region", { name, exact: true }).boundingBox();
  const [state, secret] = await Promise.all([place("State"), place("Signing secret")]);
  assert.ok(state.x + state.width < secret.x, `${JSON.stringify(state)} and ${JSON.stringify(secret)}`);
});

check("what happens to an account is told", {}, async (page, receiver) => {
  await add(page, receiver.url);
  const endpoint = page.url();
  await connect(page, sandbox.key("good"));
  await receiver.has(1);
  const event = JSON.parse(receiver.got[0].body);
  assert.equal(event.type, "account.created");
  await page.goto(endpoint);
  const row = page.locator("tbody tr").first();
  await row.getByText("account.created").waitFor();
  await row.getByRole("link", { name: event.data.account.name }).waitFor();
});

check("an endpoint is added by keyboard alone", {}, async (page, receiver) => {
  await page.goto("/webhooks");
  await page.getByLabel("URL").focus();
  await page.keyboard.type(receiver.url);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "The endpoint is ready" }).waitFor();
});

check("the copy button copies exactly the secret", { permissions: ["clipboard-read", "clipboard-write"] }, async (page, receiver) => {
  await page.goto("/webhooks");
  await page.getByLabel("URL").fill(receiver.url);
  await page.getByRole("button", { name: "Add endpoint" }).click();
  const secret = await page.locator(".copy code").textContent();
  await page.getByRole("button", { name: "Copy the signing secret" }).click();
  await page.getByText("Copied").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);
});

for (const colorScheme of ["light", "dark"]) {
  check(`every page of webhooks is accessible on a phone, ${colorScheme}`, { colorScheme, viewport: PHONE }, async (page, receiver) => {
    const fits = async () => {
      assert.deepEqual(await violations(page), []);
      await assertNoSidewaysScrolling(page);
      await assertLargeEnoughToTouch(page);
    };
    await add(page, `${receiver.url}/${"a-long-path/".repeat(20)}`);
    const endpoint = page.url();
    await fits();
    receiver.status = 500;
    receiver.answer = `${HOSTILE}${"x".repeat(500)}`;
    await page.getByRole("button", { name: "Send a test event" }).click();
    await fits();
    await page.getByRole("link", { name: "What was sent" }).click();
    await page.getByRole("heading", { name: "webhook.test" }).waitFor();
    await fits();
    await page.goto("/webhooks");
    await fits();
    await page.getByLabel("URL").fill("http://user:password@app.example.com/");
    await page.getByRole("button", { name: "Add endpoint" }).click();
    await page.locator("[data-code=url_with_user]").waitFor();
    await fits();
    await page.goto(endpoint);
    await page.getByRole("button", { name: "Make a new secret" }).click();
    await page.getByRole("heading", { name: "The new signing secret" }).waitFor();
    await fits();
    await page.goto(endpoint);
    await page.getByRole("button", { name: "Switch off" }).click();
    await page.getByText("Nothing is sent until").waitFor();
    await fits();
    await page.getByRole("link", { name: "Delete" }).click();
    await fits();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByText("The endpoint is deleted").waitFor();
  });
}
