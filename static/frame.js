// @ts-check
// The Hub framed by a vendor's page: tells that page what happens here, and never a secret. It speaks to exactly
// the origin that the server named, and does nothing on a page that is not framed.

const origin = document.body.dataset.parentOrigin;
if (origin && parent !== window) start(origin);

/** @param {string} origin */
function start(origin) {
  let connecting = false;
  /** The page around asked to close while an attempt was running. */
  let leaving = false;

  /** @param {string} type @param {object} [more] */
  const post = (type, more) => parent.postMessage({ source: "linkhub", type, ...more }, origin);
  /** @param {string} name @param {(detail: any, event: Event) => void} heard */
  const on = (name, heard) =>
    document.addEventListener(`linkhub:${name}`, (event) => heard(/** @type {CustomEvent} */ (event).detail, event));
  /** @param {string} account_id */
  const success = (account_id) => post("success", { account_id, provider: "qlik" });
  const cancel = () => document.getElementById("cancel")?.click();

  on("progress", ({ step }) => {
    connecting = true;
    post("progress", { step });
  });
  // The server says so only after it has committed.
  on("linked", ({ account_id }) => {
    connecting = leaving = false;
    success(account_id);
  });
  on("failure", ({ code }) => {
    connecting = leaving = false;
    post("error", { code });
  });
  on("cancel", () => {
    connecting = false;
    post("cancel");
    if (leaving) post("close", { reason: "asked" });
    leaving = false;
  });
  // Where a page of its own would go on, the page around goes on.
  on("done", (_, event) => {
    event.preventDefault();
    post("close", { reason: "done" });
  });

  addEventListener("message", ({ source, origin: from, data }) => {
    if (source !== parent || from !== origin || data?.source !== "linkhub" || data.type !== "close") return;
    leaving = connecting;
    if (connecting) cancel();
    else post("close", { reason: "asked" });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    if (document.querySelector("dialog[open], details[data-menu][open]")) return;
    if (connecting) cancel();
    else post("close", { reason: "escape" });
  });

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (!(link instanceof HTMLAnchorElement)) return;
    if (link.closest("#linked") && link.matches("[data-href=done_url]")) {
      event.preventDefault();
      post("close", { reason: "done" });
    } else if (!link.getAttribute("href")?.startsWith("#") && !link.pathname.startsWith("/hub")) {
      // Other pages refuse to be framed.
      link.target = "_blank";
    }
  });

  let told = 0;
  const resize = () => {
    const dialog = document.querySelector("dialog:modal");
    const height = dialog ? dialog.scrollHeight + 64 : document.body.offsetHeight;
    if (height !== told) post("resize", { height });
    told = height;
  };
  const sizes = new ResizeObserver(resize);
  sizes.observe(document.body);
  new MutationObserver(() => {
    const dialog = document.querySelector("dialog");
    if (dialog) sizes.observe(dialog);
    resize();
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["open"] });

  post("ready");
  resize();
  const linked = document.querySelector("#linked");
  if (linked) {
    linked.addEventListener("close", () => {
      // Opening it as a modal dialog closes it first.
      if (!linked.hasAttribute("open")) post("close", { reason: "done" });
    });
    success(linked.querySelector("[data-slot=account_id]")?.textContent ?? "");
  } else {
    const failed = document.querySelector("[data-code]");
    if (failed instanceof HTMLElement) post("error", { code: failed.dataset.code });
  }
}
