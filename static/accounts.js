// @ts-check
// Ticking accounts: how many, and the whole page at once. Without it a link ticks the page.

const bulk = document.querySelector("details[data-bulk]");
if (bulk instanceof HTMLDetailsElement) start(bulk);

/** @param {HTMLDetailsElement} bulk */
function start(bulk) {
  const boxes = [...document.querySelectorAll(".pick input")].filter((box) => box instanceof HTMLInputElement);
  const said = bulk.querySelector("[data-selected]");
  const page = bulk.querySelector("[data-select-page]");
  const chosen = () => boxes.filter((box) => box.checked).length;

  function show() {
    const count = chosen();
    if (said) said.textContent = count ? `(${count} ticked)` : "";
    if (page) page.textContent = count === boxes.length ? "Select none" : "Select this page";
    if (count) bulk.open = true;
  }

  for (const box of boxes) box.addEventListener("change", show);
  page?.addEventListener("click", (event) => {
    event.preventDefault();
    const all = chosen() < boxes.length;
    for (const box of boxes) box.checked = all;
    show();
  });
  show();
}
