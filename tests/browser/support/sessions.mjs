// Connect sessions as a back end makes them, and links in every state that they can be in.

/** @typedef {import("./sandbox.mjs").Facts} Facts */

/**
 * @param {Facts} sandbox
 * @param {string} path
 * @param {RequestInit} [init]
 */
async function api(sandbox, path, init = {}) {
  const authorization = `Basic ${Buffer.from(`${sandbox.api_key}:`).toString("base64")}`;
  const answer = await fetch(new URL(path, sandbox.url), {
    ...init,
    headers: { authorization, "content-type": "application/json" },
  });
  if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`);
  return answer;
}

let owners = 0;

/**
 * @param {Facts} sandbox
 * @param {object} [terms] fields of `POST /api/connect_sessions`; the owner is a new one if none is given
 * @returns {Promise<{ token: string, auth_link_url: string, connect_session_id: string }>}
 */
export async function makeSession(sandbox, terms = {}) {
  const owner = `visitor-${(owners += 1)}`;
  const body = JSON.stringify({ origin_owner_id: owner, origin_owner_name: owner, ...terms });
  return (await api(sandbox, "/api/connect_sessions", { method: "POST", body })).json();
}

/**
 * Sends the form as a browser does without scripts.
 * @param {Facts} sandbox
 * @param {Record<string, string>} form
 */
function press(sandbox, form) {
  return fetch(new URL("/hub", sandbox.url), { method: "POST", body: new URLSearchParams(form) });
}

/**
 * Links as the form does without scripts.
 * @param {Facts} sandbox
 * @param {string} token
 * @param {import("./sandbox.mjs").Key} key
 */
export async function linkWith(sandbox, token, { tenant_name, region, api_key }) {
  return (await press(sandbox, { token, tenant_name, region, api_key })).status;
}

/**
 * Links an account for an owner of its own.
 * @param {Facts} sandbox
 * @param {import("./sandbox.mjs").Key} key
 * @param {Record<string, string>} [more] fields of the form
 * @returns {Promise<{ account_id: string, origin_owner_id: string }>} what a session that renews it needs
 */
export async function anAccountOf(sandbox, { tenant_name, region, api_key }, more = {}) {
  const origin_owner_id = `owner-${(owners += 1)}`;
  const { token } = await makeSession(sandbox, { origin_owner_id, origin_owner_name: origin_owner_id });
  const answer = await (await press(sandbox, { token, tenant_name, region, api_key, ...more })).text();
  const account_id = /data-slot="account_id">(acc_[0-9a-f]+)/.exec(answer)?.[1];
  if (!account_id) throw new Error(`nothing was linked: ${answer}`);
  return { account_id, origin_owner_id };
}

/**
 * Paths of links that link nothing any more, or never did, by the code that their pages show.
 * @param {Facts} sandbox with an expired session
 */
export async function endedLinks(sandbox) {
  const [used, revoked] = [await makeSession(sandbox), await makeSession(sandbox)];
  const good = sandbox.keys.find(({ label }) => label === "good");
  if (!good || (await linkWith(sandbox, used.token, good)) !== 200) throw new Error("nothing was linked");
  await api(sandbox, `/api/connect_sessions/${revoked.connect_session_id}`, { method: "DELETE" });
  return {
    session_expired: `/hub/${sandbox.expired_session}`,
    session_used: `/hub/${used.token}`,
    session_revoked: `/hub/${revoked.token}`,
    session_unknown: `/hub/${used.token.slice(0, -1)}`,
  };
}
