// @ts-check
/// <reference path="../../static/embed.d.ts" />
// The page of the example: a dialog by LinkHub.open(), and an element on the page.

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} text */
function write(text) {
  const item = document.createElement("li");
  item.textContent = text;
  byId("heard").append(item);
}

async function newToken() {
  const answer = await fetch("/token", { method: "POST" });
  if (!answer.ok) throw new Error(`no token: ${answer.status}`);
  return /** @type {{ token: string }} */ (await answer.json()).token;
}

byId("connect").addEventListener("click", async () => {
  try {
    const { account_id } = await window.LinkHub.open({ token: await newToken() });
    // Store it with your customer; read more of it in your back end.
    write(`linked ${account_id}`);
  } catch (error) {
    write(`not linked: ${/** @type {{ code?: string }} */ (error).code ?? error}`);
  }
});

const inline = /** @type {import("../../static/embed").LinkHubConnectElement} */ (document.querySelector("linkhub-connect"));
byId("show").addEventListener("click", async () => {
  inline.token = await newToken();
});
for (const type of /** @type {const} */ (["ready", "progress", "success", "error", "cancel", "close"])) {
  inline.addEventListener(type, ({ detail }) => write(`${type} ${detail ? JSON.stringify(detail) : ""}`));
}
