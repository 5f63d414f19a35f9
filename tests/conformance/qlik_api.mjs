// Qlik's TypeScript client reads the current user and every item. Over TLS when the host is a tenant's name: then
// the name is looked up at the emulator, and NODE_EXTRA_CA_CERTS names its root certificate.
// Usage: node qlik_api.mjs HOST [DIAL_PORT] < key
import dns from "node:dns";
import net from "node:net";
import { createQlikApi } from "@qlik/api";

const [host, dialPort] = process.argv.slice(2);
if (dialPort) {
  // Only where the connection goes is changed: the name in TLS and in `Host` stays the tenant's.
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...args) {
    const options = Array.isArray(args[0]) ? args[0][0] : args[0];
    if (options?.host?.endsWith(".qlikcloud.com")) options.port = Number(dialPort);
    return connect.apply(this, args);
  };
  dns.lookup = (name, options, callback) => {
    const answer = typeof options === "function" ? options : callback;
    return options?.all
      ? answer(null, [{ address: "127.0.0.1", family: 4 }])
      : answer(null, "127.0.0.1", 4);
  };
}

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const apiKey = Buffer.concat(chunks).toString().trim();

const api = createQlikApi({ hostConfig: { host, authType: "apikey", apiKey } });
try {
  const user = (await api.users.getMyUser()).data;
  const items = [];
  let pages = 0;
  let page = await api.items.getItems({ limit: 10 });
  for (;;) {
    pages += 1;
    items.push(...page.data.data.map((item) => item.name));
    if (!page.next) break;
    page = await page.next();
  }
  console.log(JSON.stringify({ user: user.name, email: user.email, items, pages }));
} catch (error) {
  console.log(JSON.stringify({ refused: error.status ?? String(error) }));
}
