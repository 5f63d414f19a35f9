// @ts-check
// What the scripts of the Hub page say: the server puts it into the form, in the language of the page.

/** @typedef {{ title: string, reason: string, next_step: string }} Words */
/** @typedef {"show" | "hide" | "cancel" | "cancelling" | "connecting" | "step_done" | "active" | "done" | "failed" | "tenant_missing" | "region_missing" | "key_missing" | "key_shape" | "key_cut" | "key_scim" | "key_token"} Said */
/** @typedef {"cancelled" | "lost" | "signed_out" | "refused"} Failed */

/** @type {Record<Said, string> & Record<Failed, Words>} */
export const texts = JSON.parse(document.getElementById("hub")?.dataset.texts ?? "{}");
