// The Nu validator finds no error in a page or a style sheet.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { sessionCookie } from "../support/browser.mjs";
import { checkedPages, download } from "../support/pages.mjs";
import { startSandbox } from "../support/sandbox.mjs";

const VNU = createRequire(import.meta.url).resolve("vnu-jar/build/dist/vnu.jar");

/** Errors and warnings in files, as the validator words them; its exit code says less. */
async function complaints(files) {
  const words = ["-jar", VNU, "--format", "json", "--exit-zero-always", "--also-check-css", ...files];
  const { stderr } = await promisify(execFile)("java", words, { maxBuffer: 1 << 26 });
  return JSON.parse(stderr)
    .messages.filter((message) => message.type !== "info" || message.subType === "warning")
    .map(({ type, subType, url, lastLine, message, extract }) => ({
      severity: subType ?? type,
      text: `${url.split("/").at(-1)}:${lastLine}: ${message} ${extract ?? ""}`,
    }));
}

/** Every page and every style sheet that the pages name, as files in the folder. */
async function save(sandbox, folder) {
  const cookie = await sessionCookie(sandbox);
  const files = [];
  const sheets = new Set();
  for (const page of await checkedPages(sandbox)) {
    const answer = await download(sandbox, page, cookie);
    assert.equal(answer.status, page.status, page.path);
    const html = await answer.text();
    for (const [, href] of html.matchAll(/<link\b[^>]*rel="?stylesheet"?[^>]*href="([^"]+)"/g)) sheets.add(href);
    files.push(join(folder, `${page.name.replaceAll(" ", "-")}.html`));
    await writeFile(files.at(-1), html);
  }
  assert.notEqual(sheets.size, 0, "no page names a style sheet");
  for (const [index, href] of [...sheets].entries()) {
    files.push(join(folder, `style-${index}.css`));
    await writeFile(files.at(-1), await (await fetch(new URL(href, sandbox.url))).text());
  }
  return files;
}

test("pages and style sheets are valid", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "linkhub-markup-"));
  // With what an operator can add to pages, so that it is checked too.
  const flags = ["--renewal", "--brand-accent=#0b7a4b", "--brand-support-url=help@example.com"];
  const sandbox = await startSandbox({ accounts: 30, flags });
  try {
    const broken = join(folder, "broken.html");
    await writeFile(broken, "<!doctype html><title>t</title><p><ul></p>");
    assert.notDeepEqual(await complaints([broken]), [], "the validator finds nothing wrong with a broken page");

    const found = await complaints(await save(sandbox, folder));
    for (const { severity, text } of found) if (severity === "warning") t.diagnostic(text);
    const errors = found.filter(({ severity }) => severity !== "warning");
    assert.deepEqual(errors.map(({ text }) => text), []);
  } finally {
    await sandbox.stop();
    await rm(folder, { recursive: true });
  }
});
