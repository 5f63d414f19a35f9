// The MDN HTTP Observatory gives every page an A+ (the framed one an A), in the way it is reached on the internet: behind TLS.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { sessionCookie } from "../support/browser.mjs";
import { startProgram } from "../support/program.mjs";
import { makeCertificate, startTlsFront } from "../support/tls.mjs";

const SCAN = createRequire(import.meta.url).resolve("@mdn/mdn-http-observatory/src/scan.js");
// What its installation would download: the list of preloaded hosts. localhost is not among them.
writeFileSync(join(dirname(SCAN), "../conf/hsts-preload.json"), "{}");

// The points for everything that adds none beyond 100 are 100; A+ begins there.
const ENOUGH = 100;
// A page that other pages may frame cannot have the points for one that none may.
const ENOUGH_FRAMED = 90;
const VENDOR = "https://app.example.com";
const PASSWORD = "a long enough password for tests";

async function startHub(publicUrl, folder) {
  const program = startProgram("linkhub", ["serve"], {
    LINKHUB_LISTEN: "127.0.0.1:0",
    LINKHUB_PUBLIC_URL: publicUrl,
    LINKHUB_DATA_DIR: folder,
    LINKHUB_ADMIN_PASSWORD: PASSWORD,
    LINKHUB_ALLOWED_ORIGINS: VENDOR,
  });
  const url = await program.line("stderr", /linkhub listening on (http:\S+)/);
  return { url, public_url: publicUrl, admin_password: PASSWORD, stop: program.stop };
}

/** The path of a link that an admin made. */
async function aLink(hub, cookie) {
  const answer = await fetch(new URL("/links", hub.url), {
    method: "POST",
    headers: { cookie, origin: hub.public_url },
    body: new URLSearchParams({ owner_id: "customer-1" }),
  });
  return /\/hub\/lhc_[\w.-]+/.exec(await answer.text())?.[0];
}

/** The scan follows no port or path of its own options, but takes both as part of the host. */
async function scan(host, path, ca) {
  const environment = { ...process.env, NODE_EXTRA_CA_CERTS: ca };
  const { stdout } = await promisify(execFile)("node", [SCAN, host + path], { env: environment });
  return JSON.parse(stdout);
}

test("HTTP Observatory", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "linkhub-headers-"));
  const certificate = makeCertificate();
  let cookie = "";
  const front = await startTlsFront(certificate, () => (cookie ? { cookie } : {}));
  const hub = await startHub(front.url, folder);
  front.forwardTo(hub.url);
  try {
    const signedIn = await sessionCookie(hub);
    assert.match(signedIn, /^__Host-/m, "under https the session is kept in a __Host- cookie");
    const link = await aLink(hub, signedIn);
    const framed = `${link}?origin=${encodeURIComponent(VENDOR)}`;
    for (const [name, path, isPrivate] of [
      ["login", "/login", false],
      ["guide", "/guide", false],
      ["API documentation", "/api/docs", false],
      ["Hub", "/connect", true],
      ["Accounts", "/accounts", true],
      ["Links", "/links", true],
      ["Hub by a link", link, false],
      ["framed Hub", framed, false],
    ]) {
      await t.test(name, async (t) => {
        cookie = isPrivate ? signedIn : "";
        const result = await scan(front.host, path, certificate.ca);
        const { grade, score, statusCode } = result.scan;
        t.diagnostic(`${name}: ${grade}, ${score}`);
        const lost = Object.entries(result.tests).filter(([, { scoreModifier }]) => scoreModifier < 0);
        assert.equal(statusCode, 200);
        assert.ok(score >= (path === framed ? ENOUGH_FRAMED : ENOUGH), `${grade}: ${JSON.stringify(lost, null, 2)}`);
      });
    }
    await t.test("the framed Hub may be framed by the vendor's pages alone", async () => {
      const { headers } = await fetch(new URL(framed, hub.url));
      assert.match(headers.get("content-security-policy"), /frame-ancestors https:\/\/app\.example\.com$/);
      assert.equal(headers.get("x-frame-options"), null);
    });
    await t.test("an error page answers with the same headers", async () => {
      const [guide, missing] = await Promise.all(
        ["/guide", "/no-such-page"].map((path) => fetch(new URL(path, hub.url))),
      );
      assert.equal(missing.status, 404);
      for (const name of [
        "content-security-policy",
        "strict-transport-security",
        "x-content-type-options",
        "referrer-policy",
        "cross-origin-resource-policy",
        "x-frame-options",
      ]) {
        assert.equal(missing.headers.get(name), guide.headers.get(name), name);
      }
    });
  } finally {
    front.stop();
    await hub.stop();
    certificate.remove();
    rmSync(folder, { recursive: true });
  }
});
