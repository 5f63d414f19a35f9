// `make screenshots`: the pictures of the README and the documentation, from the running sandbox.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { connect, fillHub, startBrowser, visit, visitSignedIn } from "./support/browser.mjs";
import { repository } from "./support/program.mjs";
import { startSandbox } from "./support/sandbox.mjs";

const FOLDER = join(repository, "docs/screenshots");
// Larger than the sizes that are tested: what most screens are.
const DESKTOP = { width: 1280, height: 860 };
const HANDHELD = { width: 390, height: 844 };

/** Each picture: how it is called, as who, and what happens before it is taken. */
const PICTURES = [
  { name: "hub", open: (page) => page.goto("/connect") },
  {
    name: "hub-filled",
    async open(page, sandbox) {
      await page.goto("/connect");
      await fillHub(page, sandbox.key("good"));
    },
  },
  {
    name: "hub-refused",
    async open(page, sandbox) {
      await page.goto("/connect");
      await fillHub(page, sandbox.key("revoked"));
      await page.getByRole("button", { name: "Connect", exact: true }).click();
      await page.locator("[data-code]").first().waitFor();
    },
  },
  { name: "confirmation", open: (page, sandbox) => connect(page, sandbox.key("good")) },
  { name: "accounts", open: (page) => page.goto("/accounts") },
  {
    name: "account",
    async open(page) {
      await page.goto("/accounts");
      const address = await page.locator('a[href^="/accounts/acc"]').first().getAttribute("href");
      await page.goto(address);
    },
  },
  { name: "guide", stranger: true, open: (page) => page.goto("/guide") },
  { name: "login", stranger: true, open: (page) => page.goto("/login") },
];

/** Every picture on a desktop in light; the other looks of the pages that people see most. */
const MOST_SEEN = ["hub", "confirmation", "accounts"];
const LOOKS = [
  { ending: "desktop-light", names: PICTURES.map(({ name }) => name), viewport: DESKTOP, colorScheme: "light" },
  { ending: "desktop-dark", names: MOST_SEEN, viewport: DESKTOP, colorScheme: "dark" },
  { ending: "phone-light", names: [...MOST_SEEN, "hub-refused"], viewport: HANDHELD, colorScheme: "light" },
];

await mkdir(FOLDER, { recursive: true });
const browser = await startBrowser();
try {
  for (const { ending, names, ...look } of LOOKS) {
    // A sandbox for each look, so that what one has linked is not in the other's pictures.
    const sandbox = await startSandbox({ accounts: 40 });
    try {
      const options = { ...look, reducedMotion: "reduce" };
      const stranger = await visit(browser, sandbox, options);
      const admin = await visitSignedIn(browser, sandbox, options);
      for (const picture of PICTURES.filter(({ name }) => names.includes(name))) {
        const page = picture.stranger ? stranger : admin;
        await picture.open(page, sandbox);
        await page.waitForLoadState("networkidle");
        const path = join(FOLDER, `${picture.name}-${ending}.png`);
        await page.screenshot({ path });
        console.log(`docs/screenshots/${picture.name}-${ending}.png`);
      }
      await stranger.context().close();
      await admin.context().close();
    } finally {
      await sandbox.stop();
    }
  }
} finally {
  await browser.close();
}
