// @ts-check
// One attempt to connect: posts the form, reads the stream of events, cancels.
import { texts } from "./texts.js";

/** @typedef {{ code: string, field: string, step: string, step_words: string, title: string, reason: string, next_step: string, support_id: string, retry_after?: number | null, replacement?: { user_id: string, linked: string, offered: string, confirm: string } }} Failure */
/** @typedef {{ account_id: string, name: string, email: string, tenant_name: string, host: string, expires_at: string, expires_in: string, tenant_admin: boolean, renewed: boolean, accounts_url: string, done_url: string }} Linked */
/** @typedef {{ step(name: string): void, cancellable(cancel: (() => void) | null): void, failure(failure: Failure): void, linked(data: Linked): void }} Listener */

/**
 * @param {HTMLFormElement} form
 * @param {Listener} listener hears steps, then exactly one of `failure` and `linked`
 */
export async function connect(form, listener) {
  const stop = new AbortController();
  let cancelled = false;
  let id = "";
  listener.cancellable(() => {
    cancelled = true;
    if (id) void cancel(form, id).then((gone) => { if (gone) stop.abort(); });
    // Before the attempt has a name nothing is verified: leaving is cancelling.
    else stop.abort();
  });
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(/** @type {any} */ (new FormData(form))),
      headers: { accept: "text/event-stream" },
      signal: stop.signal,
    });
    if (!response.headers.get("content-type")?.startsWith("text/event-stream") || !response.body) {
      listener.failure(refused(response));
      return;
    }
    for await (const { name, data } of events(response.body)) {
      if (name === "attempt") id = data.id;
      else if (name === "step") listener.step(data.step);
      else if (name === "failure") return void listener.failure(data);
      else if (name === "linked") return void listener.linked(data);
    }
    listener.failure(lost());
  } catch {
    listener.failure(cancelled && stop.signal.aborted ? stopped() : lost());
  } finally {
    listener.cancellable(null);
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {string} id
 * @returns {Promise<boolean>} whether it is certain that nothing is stored
 */
async function cancel(form, id) {
  try {
    const url = `${form.dataset.attempts}/${encodeURIComponent(id)}/cancel`;
    const body = new URLSearchParams();
    const token = form.elements.namedItem("token");
    if (token instanceof HTMLInputElement) body.set("token", token.value);
    const response = await fetch(url, { method: "POST", body, headers: { accept: "application/json" } });
    return response.ok && (await response.json()).outcome === "cancelled";
  } catch {
    return false;
  }
}

/**
 * Server-sent events of a body, data as JSON.
 * @param {ReadableStream<Uint8Array>} body
 */
async function* events(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const lines = block.split("\n");
      const name = lines.find((line) => line.startsWith("event:"))?.slice(6).trim();
      const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("\n");
      if (name && data) yield { name, data: JSON.parse(data) };
    }
  }
}

const nothing = { field: "form", step: "", step_words: "", support_id: "" };

/** @returns {Failure} */
function stopped() {
  return { ...nothing, code: "cancelled", ...texts.cancelled };
}

/** @returns {Failure} */
function lost() {
  return { ...nothing, code: "connection_lost", ...texts.lost };
}

/**
 * The hub refused the request itself: signed out, too large, overloaded.
 * @param {Response} response
 * @returns {Failure}
 */
function refused(response) {
  const support_id = response.headers.get("x-request-id") ?? "";
  if (response.redirected || response.status === 401 || response.status === 403) {
    return { ...nothing, support_id, code: "signed_out", ...texts.signed_out };
  }
  const reason = texts.refused.reason.replace("{status}", String(response.status));
  return { ...nothing, support_id, code: "refused", ...texts.refused, reason };
}
