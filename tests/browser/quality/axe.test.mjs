// No page has an accessibility violation that axe knows, on a phone and a desktop, in light and dark.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "../support/axe.mjs";
import { connect, DESKTOP, PHONE, startBrowser, visit, visitSignedIn } from "../support/browser.mjs";
import { checkedPages, open } from "../support/pages.mjs";
import { startSandbox } from "../support/sandbox.mjs";
import { assertNoSidewaysScrolling } from "../support/watch.mjs";

const LOOKS = [PHONE, DESKTOP].flatMap((viewport) =>
  /** @type {const} */ (["light", "dark"]).map((colorScheme) => ({ viewport, colorScheme })),
);

let sandbox, browser, nothingShared, pages;
before(async () => {
  [browser, nothingShared, sandbox] = await Promise.all([startBrowser(), startSandbox(), startSandbox({ accounts: 30, flags: ["--renewal"] })]);
  pages = await checkedPages(sandbox);
});
after(async () => {
  await browser?.close();
  await Promise.all([nothingShared?.stop(), sandbox?.stop()]);
});

test("axe finds what is wrong", async () => {
  const page = await browser.newPage();
  await page.setContent("<html><title>t</title><img src='data:,'><input>");
  const found = (await violations(page)).join();
  for (const rule of ["html-has-lang", "image-alt", "label"]) assert.ok(found.includes(rule), rule);
  await page.close();
});

for (const look of LOOKS) {
  const name = `${look.viewport.width} px, ${look.colorScheme}`;

  test(`pages at ${name}`, async (t) => {
    const stranger = await visit(browser, sandbox, look);
    const admin = await visitSignedIn(browser, sandbox, look);
    for (const checked of pages) {
      await t.test(checked.name, async () => {
        const page = checked.signedIn ? admin : stranger;
        assert.equal(await open(page, checked), checked.status, "this is not the page that was meant");
        assert.deepEqual(await violations(page), []);
        await assertNoSidewaysScrolling(page);
      });
    }
    await t.test("nothing shared yet", async () => {
      const page = await visitSignedIn(browser, nothingShared, look);
      for (const path of ["/accounts", "/links"]) {
        await page.goto(path);
        await page.locator(".empty").waitFor();
        assert.deepEqual(await violations(page), []);
      }
      await page.context().close();
    });
    await t.test("a refused connection", async () => {
      await admin.goto("/connect");
      await admin.getByRole("button", { name: "Connect", exact: true }).click();
      await admin.locator("[data-code]").first().waitFor();
      assert.deepEqual(await violations(admin), []);
    });
    await t.test("the confirmation", async () => {
      await connect(admin, sandbox.key("good"));
      assert.deepEqual(await violations(admin), []);
    });
    await stranger.context().close();
    await admin.context().close();
  });
}
