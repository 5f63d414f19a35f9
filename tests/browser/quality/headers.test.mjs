// The MDN HTTP Observatory gives every page an A+, in the way it is reached on the internet: behind TLS.
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
const PASSWORD = "a long enough password for tests";

async function startHub(publicUrl, folder) {
  const program = startProgram("linkhub", ["serve"], {
    LINKHUB_LISTEN: "127.0.0.1:0",
    LINKHUB_PUBLIC_URL: publicUrl,
    LINKHUB_DATA_DIR: folder,
    LINKHUB_ADMIN_PASSWORD: PASSWORD,
  });
  const url = await program.line("stderr", /linkhub listening on (http:\S+)/);
  return { url, public_url: publicUrl, admin_password: PASSWORD, stop: program.stop };
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
    for (const [path, isPrivate] of [
      ["/login", false],
      ["/guide", false],
      ["/connect", true],
      ["/accounts", true],
    ]) {
      await t.test(path, async (t) => {
        cookie = isPrivate ? signedIn : "";
        const result = await scan(front.host, path, certificate.ca);
        const { grade, score, statusCode } = result.scan;
        t.diagnostic(`${path}: ${grade}, ${score}`);
        const lost = Object.entries(result.tests).filter(([, { scoreModifier }]) => scoreModifier < 0);
        assert.equal(statusCode, 200);
        assert.equal(grade, "A+", JSON.stringify(lost, null, 2));
        assert.ok(score >= ENOUGH);
      });
    }
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
