// The hub behind TLS, as a reverse proxy in front of it would have it: the port answers https, and sends
// plain http there.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "./program.mjs";

const TLS_HANDSHAKE = 0x16;

/** A root and a certificate for localhost, in a folder that `remove` deletes. */
export function makeCertificate() {
  const folder = mkdtempSync(join(tmpdir(), "linkhub-tls-"));
  execFileSync(join(repository, "scripts/certificate.sh"), [folder, "localhost"]);
  return {
    ca: join(folder, "ca.pem"),
    cert: readFileSync(join(folder, "leaf.pem")),
    key: readFileSync(join(folder, "leaf.key")),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/**
 * Listens before the hub starts, since the hub has to know its public URL; `forwardTo` says where it is.
 * @param {{ cert: Buffer, key: Buffer }} certificate
 * @param {(request: http.IncomingMessage) => { cookie?: string }} added headers to add on the way to the hub
 */
export async function startTlsFront(certificate, added) {
  /** @type {string | undefined} */
  let hub;
  const secure = https.createServer(certificate, (request, response) => {
    if (!hub) return response.writeHead(503).end();
    const { method, url, headers } = request;
    const forwarded = http.request(new URL(url, hub), { method, headers: { ...headers, ...added(request) } });
    forwarded.on("response", (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    forwarded.on("error", () => response.destroy());
    request.pipe(forwarded);
  });
  const plain = http.createServer((request, response) => {
    response.writeHead(301, { location: `https://${request.headers.host}${request.url}` }).end();
  });
  const sockets = new Set();
  const front = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    socket.once("data", (first) => {
      socket.pause();
      socket.unshift(first);
      (first[0] === TLS_HANDSHAKE ? secure : plain).emit("connection", socket);
      process.nextTick(() => socket.resume());
    });
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  const host = `localhost:${front.address().port}`;
  return {
    host,
    url: `https://${host}`,
    forwardTo: (url) => void (hub = url),
    stop: () => {
      for (const socket of sockets) socket.destroy();
      front.close();
    },
  };
}
