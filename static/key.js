// @ts-check
// What can be said about a pasted key before anything is sent. The codes are the server's.

import { texts } from "./texts.js";

/** @typedef {{ code: string, text: string }} Hint */

/**
 * What pasting brings along: blanks, line breaks, quotes, a leading `Authorization: Bearer`.
 * @param {string} pasted
 */
export function cleaned(pasted) {
  return pasted
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^["'`“”‘’]+|["'`“”‘’]+$/g, "")
    .replace(/^authorization:?\s*/i, "")
    .replace(/^bearer\s+/i, "")
    .replace(/["'`\s]/g, "");
}

/**
 * @param {string} pasted
 * @returns {Hint | null} null if nothing speaks against it
 */
export function hintFor(pasted) {
  const key = cleaned(pasted);
  if (!key) return { code: "key_missing", text: texts.key_missing };
  const parts = key.split(".");
  const [head, body, signature = ""] = parts;
  if (!key.startsWith("eyJ") || parts.length > 3) {
    return { code: "key_malformed", text: texts.key_shape };
  }
  const header = claims(head);
  const payload = claims(body ?? "");
  const cut = { code: "key_malformed", text: texts.key_cut };
  if (parts.length < 3 || !header || !payload || !signature) return cut;
  if (payload.subType === "externalClient") {
    return { code: "key_wrong_kind", text: texts.key_scim };
  }
  if (typeof payload.iss === "string" && payload.iss !== "qlik.api/api-keys") {
    return { code: "key_wrong_kind", text: texts.key_token };
  }
  // An ES384 signature is 128 characters. The server asks Qlik all the same.
  return header.alg === "ES384" && signature.length < 128 ? cut : null;
}

/**
 * @param {string} part base64url of a JSON object
 * @returns {Record<string, unknown> | null}
 */
function claims(part) {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const value = JSON.parse(new TextDecoder().decode(bytes));
    return value && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
