// A vendor's application that embeds linkhub: node examples/embed/server.mjs
//
//   LINKHUB_URL       where the hub is (http://localhost:8080)
//   LINKHUB_API_KEY   an API key with the scope sessions:write (linkhub api-key create --name example --scope sessions:write)
//   PORT              where this application listens (3000)
//   ORIGIN            how browsers reach it (http://localhost:PORT)
//
// No dependencies. The browser never sees the API key: it gets the token of a connect session, made for the customer
// who is signed in, and good for this application's origin only.
import { readFile } from "node:fs/promises";
import http from "node:http";

const hub = new URL(process.env.LINKHUB_URL ?? "http://localhost:8080").origin;
const key = process.env.LINKHUB_API_KEY;
const port = Number(process.env.PORT ?? 3000);
if (!key) {
  console.error("Set LINKHUB_API_KEY to an API key with the scope sessions:write.");
  process.exit(2);
}

/** Who is signed in. In a real application this comes from its own session, never from the browser. */
const customer = { id: "customer-42", name: "My Company" };

// What a page needs to embed the hub, and nothing more.
const POLICY = [
  "default-src 'none'",
  `script-src 'self' ${hub}`,
  `frame-src ${hub}`,
  "style-src 'self'",
  "img-src data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

/** @type {Record<string, [string, string]>} */
const FILES = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/app.js": ["app.js", "text/javascript; charset=utf-8"],
  "/app.css": ["app.css", "text/css; charset=utf-8"],
};

/** The only origin whose pages may frame the hub with these tokens. */
let origin = process.env.ORIGIN;

async function makeSession() {
  const answer = await fetch(`${hub}/api/connect_sessions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({
      origin_owner_id: customer.id,
      origin_owner_name: customer.name,
      provider: "qlik",
      allowed_origins: [origin],
    }),
  });
  if (!answer.ok) throw new Error(`the hub answered ${answer.status}: ${await answer.text()}`);
  return /** @type {{ token: string }} */ (await answer.json()).token;
}

const server = http.createServer(async (request, response) => {
  const headers = { "content-security-policy": POLICY, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store" };
  try {
    // Only this application's own page may ask for a token.
    if (request.method === "POST" && request.url === "/token") {
      if (request.headers.origin !== origin) return response.writeHead(403, headers).end();
      const token = await makeSession();
      return response.writeHead(200, { ...headers, "content-type": "application/json" }).end(JSON.stringify({ token }));
    }
    const file = request.method === "GET" && FILES[request.url ?? ""];
    if (!file) return response.writeHead(404, headers).end();
    const text = await readFile(new URL(file[0], import.meta.url), "utf8");
    response.writeHead(200, { ...headers, "content-type": file[1] }).end(text.replaceAll("{{hub}}", hub));
  } catch (error) {
    console.error(error);
    if (!response.headersSent) response.writeHead(502, headers).end();
  }
});
server.listen(port, "127.0.0.1", () => {
  origin ??= `http://localhost:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
  console.log(`open ${origin}`);
});
