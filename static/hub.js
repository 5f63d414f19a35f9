// @ts-check
// The Hub page: hints while typing, progress while connecting, cancel, confirmation.
// Without it the same form posts and gets the same answers as a page.
import { isLabel, split } from "./address.js";
import { connect } from "./connect.js";
import { hintFor } from "./key.js";
import { texts } from "./texts.js";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

/**
 * Tells whoever frames this page, through frame.js.
 * @param {"progress" | "linked" | "failure" | "cancel" | "done"} name
 * @param {object} [detail]
 * @returns {boolean} whether to go on as a page of its own does
 */
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`linkhub:${name}`, { detail, cancelable: true }));

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("hub"));
if (form) start(form);
else openConfirmation();

/** A page that was answered with a confirmation shows it as the modal dialog that it is. */
function openConfirmation() {
  const dialog = document.getElementById("linked");
  if (dialog instanceof HTMLDialogElement && dialog.open) {
    dialog.close();
    dialog.showModal();
  }
}

/** @param {HTMLFormElement} form */
function start(form) {
  const domains = (form.dataset.domains ?? "").split(" ").filter(Boolean);
  const [tenant, region, key] = [input("tenant_name"), input("region"), input("api_key")];
  /** What may be typed into: an account that is renewed keeps its tenant. */
  const open = [...form.querySelectorAll("input")].filter((element) => !element.readOnly);

  function takeApart() {
    const found = split(tenant.value, domains);
    if (found) {
      tenant.value = found.tenant;
      region.value = found.region;
      say("tenant_name", null);
      say("region", null);
    }
    showHost();
  }

  function showHost() {
    const known = isLabel(tenant.value) && isLabel(region.value) && domains.length > 0;
    byId("host").hidden = !known;
    byId("host-name").textContent = known
      ? `${tenant.value.trim()}.${region.value.trim()}.${domains[0]}`.toLowerCase()
      : "";
  }

  tenant.addEventListener("input", () => {
    if (/[./:]/.test(tenant.value)) takeApart();
    showHost();
    say("tenant_name", null);
  });
  tenant.addEventListener("change", takeApart);
  region.addEventListener("input", () => { showHost(); say("region", null); });
  key.addEventListener("input", () => { say("api_key", key.value ? hintFor(key.value) : null); ask(); });
  key.addEventListener("blur", () => { if (key.value) say("api_key", hintFor(key.value)); });
  takeApart();

  const show = byId("show-key");
  show.hidden = false;
  show.addEventListener("click", () => {
    const shown = key.type === "password";
    key.type = shown ? "text" : "password";
    show.textContent = shown ? texts.hide : texts.show;
    show.setAttribute("aria-pressed", String(shown));
  });

  const offer = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("renewal_offered"));
  /** Renewal was allowed when the question came: what one user has allowed the other has not. */
  let withheld = offer?.value === "";

  /**
   * Asks whether another user's key is meant, of which the failure tells. The key stays in its field.
   * @param {import("./connect.js").Failure["replacement"]} [replacement]
   */
  function ask(replacement) {
    const [box, question] = [input("replace_user"), byId("replace")];
    question.hidden = !replacement;
    box.checked = false;
    box.value = replacement?.user_id ?? "";
    if (replacement) fill(question, replacement);
    if (!offer) return;
    const renewal = input("renewal");
    if (replacement) {
      withheld ||= renewal.checked;
      renewal.checked = false;
    } else if (withheld) {
      withheld = false;
      renewal.checked = true;
    }
    offer.value = withheld ? "" : "yes";
  }

  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    if (!checked()) return;
    busy = true;
    begin();
    await connect(form, {
      step: reached,
      cancellable: (cancel) => {
        const button = /** @type {HTMLButtonElement} */ (byId("cancel"));
        button.disabled = !cancel;
        button.onclick = cancel && (() => {
          button.disabled = true;
          button.textContent = texts.cancelling;
          cancel();
        });
      },
      failure: failed,
      linked: (data) => { end(); confirm(data); tell("linked", { account_id: data.account_id }); },
    });
    busy = false;
  });

  /** Says what can be said before anything is sent. */
  function checked() {
    const problems = {
      tenant_name: tenant.value.trim() ? null : { code: "tenant_malformed", text: texts.tenant_missing },
      region: region.value.trim() || split(tenant.value, domains) ? null : { code: "region_malformed", text: texts.region_missing },
      api_key: key.value.trim() ? null : hintFor(""),
    };
    for (const [name, problem] of Object.entries(problems)) say(name, problem);
    const first = Object.entries(problems).find(([, problem]) => problem);
    if (first) input(first[0]).focus();
    return !first;
  }

  function begin() {
    for (const name of ["tenant_name", "region", "api_key"]) say(name, null);
    byId("failure").hidden = true;
    byId("failure").removeAttribute("data-code");
    for (const element of open) element.readOnly = true;
    byId("connect").hidden = true;
    const cancel = byId("cancel");
    cancel.hidden = false;
    cancel.textContent = texts.cancel;
    cancel.focus();
    byId("progress").hidden = false;
    for (const item of steps()) mark(item, "");
    mark(steps()[0], "active");
    byId("progress-said").textContent = texts.connecting;
    tell("progress", { step: "started" });
  }

  function end() {
    for (const element of open) element.readOnly = false;
    byId("connect").hidden = false;
    byId("cancel").hidden = true;
  }

  /** @param {string} name */
  function reached(name) {
    const items = steps();
    const at = items.findIndex((item) => item.dataset.step === name);
    items.forEach((item, index) => { if (index <= at) mark(item, "done"); });
    if (items[at + 1]) mark(items[at + 1], "active");
    tell("progress", { step: name });
    byId("progress-said").textContent = texts.step_done.replace("{step}", items[at]?.children[1]?.textContent ?? "");
  }

  /** @param {import("./connect.js").Failure} failure */
  function failed(failure) {
    end();
    tell(failure.code === "cancelled" ? "cancel" : "failure", { code: failure.code });
    for (const item of steps()) {
      if (item.dataset.step === failure.step) mark(item, "failed");
      else if (item.dataset.state === "active") mark(item, "");
    }
    byId("progress-said").textContent = "";
    if (failure.code === "cancelled" || !failure.step) byId("progress").hidden = true;
    const box = byId("failure");
    fill(box, { ...failure, step: failure.step_words });
    box.dataset.code = failure.code;
    box.hidden = false;
    ask(failure.replacement);
    const field = failure.field === "form" ? null : document.getElementById(failure.field);
    if (field) {
      say(failure.field, { code: failure.code, text: failure.title });
      field.focus();
      const rect = box.getBoundingClientRect();
      if (rect.top < 0) box.scrollIntoView({ block: "nearest" });
    } else box.focus();
  }

  /** @param {import("./connect.js").Linked} data */
  function confirm(data) {
    const template = /** @type {HTMLTemplateElement} */ (byId("linked-template"));
    const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    const dialog = /** @type {HTMLDialogElement} */ (copy.querySelector("dialog"));
    fill(dialog, data);
    for (const part of dialog.querySelectorAll("[data-if][hidden], [data-unless][hidden]")) part.remove();
    const time = dialog.querySelector("time");
    if (data.expires_at && time) {
      time.setAttribute("datetime", data.expires_at);
      time.setAttribute("data-countdown", "");
    }
    const button = dialog.querySelector("[data-copy]");
    if (button instanceof HTMLElement && navigator.clipboard) button.hidden = false;
    document.body.append(copy);
    form.reset();
    ask();
    byId("progress").hidden = true;
    showHost();
    dialog.addEventListener("close", () => { if (tell("done")) location.assign(data.done_url); });
    dialog.showModal();
    byId("linked-title").focus();
  }
}

/** @returns {HTMLElement[]} */
function steps() {
  return [...document.querySelectorAll("#progress li")].filter((item) => item instanceof HTMLElement);
}

/**
 * @param {HTMLElement} item
 * @param {"" | "active" | "done" | "failed"} state
 */
function mark(item, state) {
  item.dataset.state = state;
  const said = item.querySelector("[data-said]");
  if (said) said.textContent = state && ` (${texts[state]})`;
}

/**
 * Shows or clears the problem of one field.
 * @param {string} name
 * @param {{ code: string, text: string } | null} problem
 */
function say(name, problem) {
  const line = byId(`${name}-problem`);
  if (problem) {
    input(name).setAttribute("aria-invalid", "true");
    line.dataset.code = problem.code;
    if (line.textContent !== problem.text) line.textContent = problem.text;
  } else {
    input(name).removeAttribute("aria-invalid");
    line.removeAttribute("data-code");
    line.textContent = "";
  }
}

/**
 * Fills what the server left blank: texts, links, and the parts that depend on a value.
 * @param {HTMLElement} root
 * @param {Record<string, unknown>} data
 */
function fill(root, data) {
  for (const element of root.querySelectorAll("[data-slot], [data-if], [data-unless], [data-href]")) {
    if (!(element instanceof HTMLElement)) continue;
    const { slot, if: needs, unless, href } = element.dataset;
    if (slot) element.textContent = String(data[slot] ?? "");
    if (needs) element.hidden = !data[needs];
    if (unless) element.hidden = Boolean(data[unless]);
    if (href) element.setAttribute("href", String(data[href] ?? ""));
  }
}
