// @ts-check
// What can be said about a pasted key before anything is sent. The codes are the server's.

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
  if (!key) return { code: "key_missing", text: "Paste the API key that you generated in Qlik Cloud." };
  const parts = key.split(".");
  const [head, body, signature = ""] = parts;
  if (!key.startsWith("eyJ") || parts.length > 3) {
    return { code: "key_malformed", text: "This is not an API key: a key starts with eyJ and has two dots in it." };
  }
  const header = claims(head);
  const payload = claims(body ?? "");
  const cut = { code: "key_malformed", text: "A part of this key is missing. Copy it again with Qlik’s copy button." };
  if (parts.length < 3 || !header || !payload || !signature) return cut;
  if (payload.subType === "externalClient") {
    return { code: "key_wrong_kind", text: "This is a SCIM key. What is needed is the API key of a user." };
  }
  if (typeof payload.iss === "string" && payload.iss !== "qlik.api/api-keys") {
    return { code: "key_wrong_kind", text: "This is an OAuth or other token. What is needed is the API key of a user." };
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
