// What end users read, in every language: nothing overflows on a phone, and the scripts speak it too.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESKTOP, PHONE, startBrowser, visit } from "./support/browser.mjs";
import { startSandbox } from "./support/sandbox.mjs";
import { assertNoSidewaysScrolling, assertNothingIsCutOff, watch } from "./support/watch.mjs";

const LANGUAGES = ["en", "de", "fr", "es", "ja", "pt"];

let browser, sandbox;
before(async () => {
  [browser, sandbox] = await Promise.all([startBrowser(), startSandbox()]);
});
after(() => Promise.all([browser?.close(), sandbox?.stop()]));

for (const language of LANGUAGES) {
  test(`${language}: the guide fits a phone and a desktop, and says its language`, async () => {
    for (const viewport of [PHONE, DESKTOP]) {
      const page = await visit(browser, sandbox, { viewport });
      const watched = watch(page.context(), sandbox);
      await page.goto(`/guide?lang=${language}`);
      assert.equal(await page.locator("html").getAttribute("lang"), language);
      await assertNoSidewaysScrolling(page);
      await assertNothingIsCutOff(page);
      const switches = page.locator(".languages a");
      assert.equal(await switches.count(), LANGUAGES.length);
      await page.locator(".languages a[hreflang=en]").click();
      assert.equal(await page.locator("html").getAttribute("lang"), "en");
      watched.check();
      await page.context().close();
    }
  });

  test(`${language}: an address that is nowhere is answered as the browser asks`, async () => {
    const page = await visit(browser, sandbox, { viewport: PHONE, locale: language });
    await page.goto("/no-such-page");
    assert.equal(await page.locator("html").getAttribute("lang"), language);
    await assertNoSidewaysScrolling(page);
    await assertNothingIsCutOff(page);
    await page.context().close();
  });
}
