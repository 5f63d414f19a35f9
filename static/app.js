// @ts-check
// What every page gains from a script; each page is whole without it.
import { timeLeft } from "./time.js";

/** Copy buttons appear only where copying works. */
for (const button of document.querySelectorAll("[data-copy]")) {
  if (button instanceof HTMLElement && navigator.clipboard) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  if (!(event.target instanceof Element)) return;
  const copy = event.target.closest("[data-copy]");
  if (copy instanceof HTMLElement) await copyFrom(copy);
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});

/** @param {HTMLElement} button */
async function copyFrom(button) {
  const text = button.parentElement?.querySelector("code")?.textContent ?? "";
  const label = button.querySelector("[data-copied]");
  if (!(label instanceof HTMLElement)) return;
  await navigator.clipboard.writeText(text);
  const before = label.textContent;
  label.setAttribute("role", "status");
  label.textContent = label.dataset.copied ?? "";
  setTimeout(() => { label.textContent = before; }, 2000);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.removeAttribute("open");
    menu.querySelector("summary")?.focus();
  }
});

document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLSelectElement && event.target.matches("[data-submits]")) {
    event.target.form?.requestSubmit();
  }
});

/** A fold that is linked to opens, also in browsers that do not do it themselves. */
function unfold() {
  const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (target) target.closest("details")?.setAttribute("open", "");
}
addEventListener("hashchange", unfold);
unfold();

/** A token behind the `#` is in no log; it goes into the form, and out of the address bar. */
for (const field of document.querySelectorAll("input[data-from-fragment]")) {
  if (field instanceof HTMLInputElement && location.hash.length > 1) {
    field.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, "", location.pathname + location.search);
    document.getElementById("password")?.focus();
  }
}

function countDown() {
  for (const time of document.querySelectorAll("time[data-countdown]")) {
    const words = timeLeft(time.getAttribute("datetime") ?? "", Date.now());
    if (words && time.textContent !== words) time.textContent = words;
  }
}
countDown();
setInterval(countDown, 15_000);
