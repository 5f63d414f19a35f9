// @ts-check
// A token in the address bar is copied, photographed and kept in the history: it leaves, and a reload finds it
// again in this tab only.

const KEY = "linkhub-link";
const opened = document.querySelector("input[name=token]") && location.pathname.startsWith("/hub/");

try {
  if (opened && !document.body.dataset.parentOrigin) {
    sessionStorage.setItem(KEY, location.pathname + location.search);
    history.replaceState(null, "", "/hub");
  } else if (document.querySelector("[data-reopens]")) {
    const link = sessionStorage.getItem(KEY);
    if (link?.startsWith("/hub/")) location.replace(link);
  }
} catch {
  // Where nothing can be kept the address stays as it is.
}
