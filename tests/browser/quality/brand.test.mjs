// White label: with an accent that nobody could read, axe still finds every page readable, in light and dark.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { violations } from "../support/axe.mjs";
import { connect, DESKTOP, PHONE, startBrowser, visit, visitSignedIn } from "../support/browser.mjs";
import { checkedPages, open } from "../support/pages.mjs";
import { startSandbox } from "../support/sandbox.mjs";
import { assertNoSidewaysScrolling, watch } from "../support/watch.mjs";

// On a white page yellow has a contrast of 1.2:1, on a dark one this blue has 1.5:1.
const UNREADABLE = ["#ffee00", "#1a1a66"];
const READABLE = { light: "#1a1a66", dark: "#ffee00" };
// Wide, so that it has to give way on a phone; with a script, which must not run.
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 32"><style>rect { fill: #678 }</style>
<script>alert("ran")</script><rect width="600" height="32"/></svg>`;

let browser, folder, logo;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "linkhub-brand-"));
  logo = join(folder, "logo.svg");
  writeFileSync(logo, LOGO);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** A colour as the browser computes it, in numbers. */
const accent = (page) =>
  page.evaluate(() => {
    const link = document.createElement("a");
    link.href = "#";
    document.body.append(link);
    const { color } = getComputedStyle(link);
    link.remove();
    return color;
  });

for (const colour of UNREADABLE) {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    test(`${colour}, ${colorScheme}`, async (t) => {
      const sandbox = await startSandbox({
        accounts: 30,
        flags: [
          "--brand-name=My Product",
          `--brand-logo-file=${logo}`,
          `--brand-accent=${colour}`,
          "--brand-support-url=https://support.example.com/a/long/way/to/where/people/get/help",
          "--brand-hide-powered-by",
        ],
      });
      try {
        const look = { viewport: colorScheme === "light" ? PHONE : DESKTOP, colorScheme };
        const stranger = await visit(browser, sandbox, look);
        const admin = await visitSignedIn(browser, sandbox, look);
        const watched = [stranger, admin].map((page) => watch(page.context(), sandbox));
        for (const checked of await checkedPages(sandbox)) {
          await t.test(checked.name, async () => {
            const page = checked.signedIn ? admin : stranger;
            await open(page, checked);
            // A vendor's page has a logo already.
            const image = page.getByRole("img", { name: "My Product" });
            if (checked.framed) assert.equal(await image.count(), 0);
            else assert.ok(await image.evaluate((img) => img.complete && img.naturalWidth > 0), "the logo is shown");
            assert.notEqual(await accent(page), "rgb(36, 80, 200)", "the accent is not ours");
            assert.notEqual(await accent(page), "rgb(143, 176, 255)", "the accent is not ours");
            assert.deepEqual(await violations(page), []);
            await assertNoSidewaysScrolling(page);
          });
        }
        await t.test("a refused connection", async () => {
          await admin.goto("/connect");
          await admin.getByLabel("Tenant Name", { exact: true }).fill("my-company");
          await admin.getByLabel("Region", { exact: true }).fill("us");
          await admin.getByLabel("API Key", { exact: true }).fill(sandbox.key("revoked").api_key);
          await admin.getByRole("button", { name: "Connect", exact: true }).click();
          await admin.locator("#failure[data-code]").waitFor();
          await admin.locator("#failure").getByText("Need help?").waitFor();
          assert.deepEqual(await violations(admin), []);
        });
        await t.test("the confirmation", async () => {
          await connect(admin, sandbox.key("good"));
          assert.deepEqual(await violations(admin), []);
        });
        await t.test("the colour itself would not do", async () => {
          await admin.goto("/connect");
          await admin.evaluate((colour) => document.documentElement.style.setProperty("--accent", colour), colour);
          const found = (await violations(admin)).join();
          const readable = colour === READABLE[colorScheme];
          assert.equal(found.includes("color-contrast"), !readable, found);
        });
        for (const { check } of watched) check();
      } finally {
        await sandbox.stop();
      }
    });
  }
}
