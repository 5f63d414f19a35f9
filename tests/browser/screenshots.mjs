// `make screenshots`: the pictures of the README and the documentation, from the running sandbox.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { connect, fillHub, startBrowser, visit, visitSignedIn } from "./support/browser.mjs";
import { repository } from "./support/program.mjs";
import { startSandbox } from "./support/sandbox.mjs";
import { makeSession } from "./support/sessions.mjs";

const FOLDER = join(repository, "docs/screenshots");
// Larger than the sizes that are tested: what most screens are.
const DESKTOP = { width: 1280, height: 860 };
const HANDHELD = { width: 390, height: 844 };

/** Each picture: how it is called, as who, and what happens before it is taken. */
const PICTURES = [
  { name: "hub", open: (page) => page.goto("/connect") },
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
    name: "new-link",
    async open(page) {
      await page.goto("/links");
      await page.getByLabel("Owner id").fill("my-company");
      await page.getByLabel("Owner name").fill("My Company");
      await page.getByRole("button", { name: "Make a link" }).click();
      await page.locator(".qr").waitFor();
    },
  },
  {
    name: "hub-by-link",
    stranger: true,
    async open(page, sandbox) {
      const { token } = await makeSession(sandbox, { language: "de" });
      await page.goto(`/hub/${token}`);
    },
  },
  {
    name: "embedded",
    stranger: true,
    async open(page, sandbox) {
      await page.goto(sandbox.vendor);
      await page.getByRole("button", { name: "Connect Qlik Cloud" }).click();
      await page.frameLocator("iframe").locator("#connect").waitFor();
    },
  },
];

/** Every picture on a desktop in light; the other looks of the pages that people see most. */
const MOST_SEEN = ["hub", "accounts"];
const LOOKS = [
  { ending: "desktop-light", names: PICTURES.map(({ name }) => name), viewport: DESKTOP, colorScheme: "light" },
  { ending: "desktop-dark", names: MOST_SEEN, viewport: DESKTOP, colorScheme: "dark" },
  { ending: "phone-light", names: MOST_SEEN, viewport: HANDHELD, colorScheme: "light" },
];

/**
 * The example of a vendor's application, whose pages frame the Hub.
 * @param {import("./support/sandbox.mjs").Facts} sandbox
 */
async function startVendor({ url, api_key }) {
  const env = { ...process.env, LINKHUB_URL: url, LINKHUB_API_KEY: api_key, PORT: "0" };
  const server = join(repository, "examples/embed/server.mjs");
  const child = spawn(process.execPath, [server], { env, stdio: ["ignore", "pipe", "inherit"] });
  const [said] = await once(child.stdout, "data");
  return { url: /http:\S+/.exec(String(said))[0], stop: () => child.kill() };
}

await mkdir(FOLDER, { recursive: true });
const browser = await startBrowser();
try {
  for (const { ending, names, ...look } of LOOKS) {
    // A sandbox for each look, so that what one has linked is not in the other's pictures.
    const sandbox = await startSandbox({ accounts: 40 });
    const vendor = await startVendor(sandbox);
    try {
      const options = { ...look, reducedMotion: "reduce" };
      const stranger = await visit(browser, sandbox, options);
      const admin = await visitSignedIn(browser, sandbox, options);
      for (const picture of PICTURES.filter(({ name }) => names.includes(name))) {
        const page = picture.stranger ? stranger : admin;
        await picture.open(page, { ...sandbox, vendor: vendor.url });
        await page.waitForLoadState("networkidle");
        const path = join(FOLDER, `${picture.name}-${ending}.png`);
        await page.screenshot({ path });
        console.log(`docs/screenshots/${picture.name}-${ending}.png`);
      }
      await stranger.context().close();
      await admin.context().close();
    } finally {
      vendor.stop();
      await sandbox.stop();
    }
  }
} finally {
  await browser.close();
}
