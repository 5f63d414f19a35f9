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
 * Links as the form does without scripts.
 * @param {Facts} sandbox
 * @param {string} token
 * @param {import("./sandbox.mjs").Key} key
 */
export async function linkWith(sandbox, token, { tenant_name, region, api_key }) {
  const body = new URLSearchParams({ token, tenant_name, region, api_key });
  const answer = await fetch(new URL("/hub", sandbox.url), { method: "POST", body });
  return answer.status;
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
