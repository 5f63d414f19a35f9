// A vendor's pages on an origin of their own, with the strictest policy that still lets the hub in.
import { once } from "node:events";
import http from "node:http";

/** Writes down all that a page hears, and keeps what its scripts promised. */
const PAGE = `
window.heard = [];
window.globals = Object.getOwnPropertyNames(window);
for (const element of document.querySelectorAll("linkhub-connect")) listen(element);
function listen(element) {
  for (const type of ["ready", "progress", "success", "error", "cancel", "close"]) {
    element.addEventListener(type, (event) => heard.push({ type, ...event.detail }));
  }
}
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
function start(token) {
  window.outcome = null;
  LinkHub.open({ token }).then(
    (linked) => { window.outcome = { linked }; },
    (error) => { window.outcome = { code: error.code, isError: error instanceof Error }; },
  );
}
document.getElementById("start")?.addEventListener("click", (event) => start(event.target.dataset.token));
`;

/**
 * It starts before the hub does, which has to know its origin: `hub` is told afterwards.
 * @param {{ host?: string }} [options]
 */
export async function startVendor({ host = "127.0.0.1" } = {}) {
  let hub = "";
  const policy = () => `default-src 'none'; script-src 'self' ${hub}; frame-src ${hub}; style-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'`;
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://vendor");
    if (url.pathname === "/page.js") {
      return response.writeHead(200, { "content-type": "text/javascript" }).end(PAGE);
    }
    if (url.pathname !== "/") return response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": url.searchParams.get("policy") ?? policy() });
    response.end(`<!DOCTYPE html><html lang="en"><head><title>Vendor</title><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"></head>
<body><main><h1>Vendor</h1>${url.searchParams.get("body") ?? ""}<p>${"Text of the page. ".repeat(400)}</p></main>
<script src="/page.js"></script></body></html>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://${host}:${server.address().port}`;
  return {
    origin,
    /** @param {string} url */
    embeds: (url) => void (hub = url),
    /**
     * Address of a page with this body, whose script of the hub stands before it.
     * @param {string} body
     * @param {{ policy?: string, scripts?: number }} [options]
     */
    page: (body, { policy, scripts = 1 } = {}) => {
      const script = `<script src="${hub}/embed.js"></script>`.repeat(scripts);
      const query = new URLSearchParams({ body: script + body, ...(policy === undefined ? {} : { policy }) });
      return `${origin}/?${query}`;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
