// @ts-check
// The Hub on a vendor's page: <linkhub-connect> and LinkHub.open(). A classic script without imports, so that
// one line loads it; no inline style and no HTML from text, so that a strict content security policy lets it run.
(() => {
  if (typeof window === "undefined" || customElements.get("linkhub-connect")) return;

  const READY_MS = 15_000;
  // A frame that the browser refuses fires `load` like any other, and says nothing.
  const SILENCE_MS = 2_000;

  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript ?? document.querySelector('script[src*="/embed.js"]'));
  const home = script?.src ? new URL(".", script.src).href : "";

  /** @typedef {{ account_id: string, provider: string }} Linked */
  /**
   * What is there only while it is open.
   * @typedef {{
   *   url: string, origin: string, promise: Promise<Linked>, resolve: (linked: Linked) => void, reject: (error: Error) => void,
   *   box: HTMLElement, frame: HTMLIFrameElement | null, dialog: HTMLDialogElement | null, lock: CSSStyleSheet | null,
   *   ready: boolean, connecting: boolean, leaving: boolean, done: boolean, code: string,
   * }} Open
   */
  /** @typedef {{ connect: string, loading: string, close: string, failed: string, again: string }} Words */
  /** @type {Record<string, Words>} */
  const WORDS = {
    en: { connect: "Connect Qlik Cloud", loading: "Loading…", close: "Close", failed: "This could not be loaded. Try again, or tell the operator of this page.", again: "Try again" },
    de: { connect: "Qlik Cloud verbinden", loading: "Wird geladen …", close: "Schließen", failed: "Das konnte nicht geladen werden. Versuchen Sie es erneut oder wenden Sie sich an den Betreiber dieser Seite.", again: "Erneut versuchen" },
    fr: { connect: "Connecter Qlik Cloud", loading: "Chargement…", close: "Fermer", failed: "Le chargement a échoué. Réessayez ou signalez-le à l’exploitant de cette page.", again: "Réessayer" },
    es: { connect: "Conectar Qlik Cloud", loading: "Cargando…", close: "Cerrar", failed: "No se pudo cargar. Inténtelo de nuevo o avise al responsable de esta página.", again: "Reintentar" },
    ja: { connect: "Qlik Cloud に接続する", loading: "読み込み中…", close: "閉じる", failed: "読み込めませんでした。もう一度試すか、このページの運営者にお知らせください。", again: "再試行" },
    pt: { connect: "Conectar o Qlik Cloud", loading: "Carregando…", close: "Fechar", failed: "Não foi possível carregar. Tente novamente ou avise o responsável por esta página.", again: "Tentar novamente" },
  };

  /** @param {string} css */
  const styles = (css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    return sheet;
  };
  const look = styles(`
    :host { display: contents }
    :host([mode=inline]) { display: block }
    :host([hidden]) { display: none }
    button { font: inherit; cursor: pointer; padding: .6em 1.2em; border: 0; border-radius: .5rem; background: #2450c8; color: #fff }
    dialog { color-scheme: light dark; box-sizing: border-box; margin: auto; padding: 0; overflow: hidden; max-width: none; max-height: none;
      width: min(68rem, 100vw - 2rem); height: min(50rem, 100dvh - 2rem); border: 1px solid #8886; border-radius: 1rem;
      background: light-dark(#f8f9fb, #0e1014); color: CanvasText; box-shadow: 0 24px 64px -16px #0008 }
    dialog[open] { display: flex; flex-direction: column }
    dialog::backdrop { background: #0009 }
    [part=close] { align-self: end; margin: .5rem .5rem 0; padding: 0; width: 2.5rem; height: 2.5rem; flex: none; background: none; color: inherit; font: 1.5rem/1 system-ui }
    [part=close]:hover { background: #8883 }
    .box { position: relative; flex: 1; min-height: 0; font: 1rem/1.5 system-ui, sans-serif }
    .inline { min-height: 20rem }
    iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: light dark }
    .inline iframe { min-height: 20rem }
    .wait iframe { visibility: hidden }
    .said { position: absolute; inset: 0; display: none; flex-direction: column; gap: 1rem; align-items: center; justify-content: center; text-align: center; padding: 1rem }
    .wait .said { display: flex }
    .spin { width: 2rem; height: 2rem; border: 3px solid #8886; border-top-color: currentColor; border-radius: 50% }
    @media (prefers-reduced-motion: no-preference) { .spin { animation: spin .8s linear infinite } }
    @keyframes spin { to { rotate: 1turn } }
    @media (width < 40rem) { dialog { width: 100vw; height: 100dvh; border: 0; border-radius: 0 } }
  `);

  /**
   * @template {keyof HTMLElementTagNameMap} T
   * @param {T} tag
   * @param {Record<string, string>} [attributes]
   * @param {(Node | string)[]} children
   */
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  /** @param {unknown} value @returns {value is string} */
  const isText = (value) => typeof value === "string" && value !== "" && value.length < 200;

  /** @param {string} code @param {string} text */
  const problem = (code, text) => Object.assign(new Error(`linkhub: ${text} (${code})`), { code });

  /** Dialogs that are open, by what they frame: the same token opens once. @type {Map<string, LinkHubConnect>} */
  const dialogs = new Map();

  class LinkHubConnect extends HTMLElement {
    static observedAttributes = ["token", "base-url", "mode", "lang"];

    #root = this.attachShadow({ mode: "open" });
    /** @type {Open | null} */
    #open = null;
    #timer = 0;

    constructor() {
      super();
      this.#root.adoptedStyleSheets = [look];
    }

    get token() { return this.getAttribute("token") ?? ""; }
    set token(value) { this.#set("token", value); }
    get baseUrl() { return this.getAttribute("base-url") ?? home; }
    set baseUrl(value) { this.#set("base-url", value); }
    get mode() { return this.getAttribute("mode") === "inline" ? "inline" : "dialog"; }
    set mode(value) { this.#set("mode", value); }

    /** Whether this element shows the Hub at the moment. */
    get opened() { return this.#open !== null; }

    /** @param {string} name @param {string | null | undefined} value */
    #set(name, value) {
      if (value == null) this.removeAttribute(name);
      else this.setAttribute(name, value);
    }

    connectedCallback() {
      // What a framework set before this script had loaded.
      for (const name of /** @type {const} */ (["token", "baseUrl", "mode"])) {
        if (!Object.hasOwn(this, name)) continue;
        const value = this[name];
        delete (/** @type {any} */ (this)[name]);
        /** @type {any} */ (this)[name] = value;
      }
      this.#draw();
    }

    disconnectedCallback() { this.#end(true); }

    /** @param {string} name @param {string | null} before @param {string | null} after */
    attributeChangedCallback(name, before, after) {
      if (!this.isConnected || before === after) return;
      // A dialog that somebody is filling in stays; what changed counts from the next opening on.
      if (this.#open?.dialog && name !== "mode") return;
      this.#end(false);
      this.#draw();
    }

    #draw() {
      if (this.mode === "inline") {
        this.#root.replaceChildren();
        if (this.token) void this.open();
        return;
      }
      const slot = make("slot", {}, make("button", { type: "button", part: "button" }, this.#words.connect));
      slot.addEventListener("click", () => void this.open());
      this.#root.replaceChildren(slot);
    }

    get #words() {
      const lang = this.lang || this.closest("[lang]")?.getAttribute("lang") || navigator.language;
      return WORDS[lang.slice(0, 2).toLowerCase()] ?? WORDS.en;
    }

    /**
     * Shows the Hub. Resolves when an account is linked; rejects when it is closed without.
     * @returns {Promise<Linked>}
     */
    open() {
      if (this.#open) return this.#open.promise;
      let url;
      try {
        url = this.#url();
      } catch (error) {
        const code = /** @type {{ code: string }} */ (error).code ?? "base_url_malformed";
        this.#emit("error", { code });
        return quiet(Promise.reject(problem(code, "cannot be opened")));
      }
      const inline = this.mode === "inline";
      const same = inline ? undefined : dialogs.get(url.href);
      if (same) return same.open();

      /** @type {any} */
      const open = { url: url.href, origin: url.origin, frame: null, dialog: null, lock: null, ready: false, connecting: false, leaving: false, done: false, code: "" };
      open.promise = quiet(new Promise((resolve, reject) => Object.assign(open, { resolve, reject })));
      open.box = make("div", { class: inline ? "box inline" : "box" });
      this.#open = open;
      addEventListener("message", this.#hear);
      this.#load();
      if (inline) this.#root.append(open.box);
      else this.#show();
      return open.promise;
    }

    /** Closes it; while connecting this asks the Hub to cancel first, and asked twice it closes at once. */
    close() {
      const open = this.#open;
      if (open?.connecting && !open.leaving) {
        open.leaving = true;
        open.frame?.contentWindow?.postMessage({ source: "linkhub", type: "close" }, open.origin);
      } else this.#end(true);
    }

    #url() {
      if (!this.token) throw problem("token_missing", "no token");
      const url = new URL(`hub/${encodeURIComponent(this.token)}`, this.baseUrl.replace(/\/*$/, "/"));
      if (!/^https?:$/.test(url.protocol)) throw problem("base_url_malformed", "not http");
      url.searchParams.set("origin", location.origin);
      if (this.lang) url.searchParams.set("lang", this.lang);
      return url;
    }

    #show() {
      const open = /** @type {Open} */ (this.#open);
      const words = this.#words;
      const close = make("button", { type: "button", part: "close", "aria-label": words.close }, "×");
      const dialog = make("dialog", { part: "dialog", "aria-label": words.connect }, close, open.box);
      close.addEventListener("click", () => this.close());
      dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        this.close();
      });
      // The browser closes it whatever the page wants if Escape is pressed again and again.
      dialog.addEventListener("close", () => { if (this.#open?.dialog === dialog) this.#end(true); });
      open.dialog = dialog;
      dialogs.set(open.url, this);
      const scrolls = innerWidth > document.documentElement.clientWidth;
      open.lock = styles(`html { overflow: hidden !important; scrollbar-gutter: ${scrolls ? "stable" : "auto"} }`);
      document.adoptedStyleSheets.push(open.lock);
      this.#root.append(dialog);
      dialog.showModal();
    }

    #load() {
      const open = /** @type {Open} */ (this.#open);
      const words = this.#words;
      open.ready = false;
      open.frame = make("iframe", { part: "frame", title: words.connect, src: open.url, allow: "clipboard-write", referrerpolicy: "no-referrer" });
      open.frame.addEventListener("load", () => { if (!open.ready) this.#failAfter(SILENCE_MS); });
      const said = make("div", { class: "said", role: "status" }, make("div", { class: "spin" }), words.loading);
      open.box.classList.add("wait");
      open.box.replaceChildren(open.frame, said);
      this.#failAfter(READY_MS);
    }

    /** @param {number} wait */
    #failAfter(wait) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        const open = /** @type {Open} */ (this.#open);
        const words = this.#words;
        const again = make("button", { type: "button" }, words.again);
        again.addEventListener("click", () => this.#load());
        open.code = "load_failed";
        open.box.lastElementChild?.replaceWith(make("div", { class: "said", role: "alert" }, words.failed, make("small", {}, open.code), again));
        console.error(`linkhub-connect: ${open.origin} did not answer. Is ${location.origin} one of the session's allowed origins, and ${open.origin} in this page's frame-src?`);
        this.#emit("error", { code: open.code });
      }, wait);
    }

    /** @param {MessageEvent} event */
    #hear = ({ data, origin, source }) => {
      const open = this.#open;
      if (!open || origin !== open.origin || source !== open.frame?.contentWindow || data?.source !== "linkhub") return;
      const { type, step, account_id, provider, code, height, reason } = data;
      if (type === "ready" && !open.ready) {
        clearTimeout(this.#timer);
        open.ready = true;
        open.code = "";
        open.box.classList.remove("wait");
        this.#emit("ready");
        // Only a dialog may take the focus; what stands on the page waits for the person.
        if (open.dialog) open.frame?.focus();
      } else if (type === "progress" && isText(step)) {
        open.connecting = true;
        open.code = "";
        this.#emit("progress", { step });
      } else if (type === "success" && isText(account_id) && isText(provider)) {
        open.connecting = open.leaving = false;
        open.done = true;
        open.resolve({ account_id, provider });
        this.#emit("success", { account_id, provider });
      } else if (type === "error" && isText(code)) {
        open.connecting = open.leaving = false;
        open.code = code;
        this.#emit("error", { code });
      } else if (type === "cancel") {
        open.connecting = false;
        this.#emit("cancel");
      } else if (type === "resize" && height > 0 && height < 1e4) {
        if (!open.dialog && open.frame) open.frame.style.height = `${Math.ceil(height)}px`;
      } else if (type === "close" && (open.dialog || reason !== "escape")) {
        this.#end(true);
      }
    };

    /** @param {boolean} told whether the page hears of it */
    #end(told) {
      const open = this.#open;
      if (!open) return;
      this.#open = null;
      clearTimeout(this.#timer);
      removeEventListener("message", this.#hear);
      if (open.dialog) {
        dialogs.delete(open.url);
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== open.lock);
        // Closed before it is removed: this is what gives the focus back.
        open.dialog.close();
        open.dialog.remove();
      } else open.box.remove();
      if (!open.done) open.reject(problem(open.code || "cancelled", "closed without a linked account"));
      if (told) this.#emit("close");
    }

    /** @param {string} type @param {object} [detail] */
    #emit(type, detail) {
      this.dispatchEvent(new CustomEvent(type, { detail }));
    }
  }

  /** Who does not wait for a promise shall not read of it in the console. @template T @param {Promise<T>} promise */
  function quiet(promise) {
    promise.catch(() => {});
    return promise;
  }

  /** @param {{ token?: string, baseUrl?: string, lang?: string }} options */
  function open({ token, baseUrl, lang } = {}) {
    const element = /** @type {LinkHubConnect} */ (document.createElement("linkhub-connect"));
    if (token) element.token = token;
    if (baseUrl) element.baseUrl = baseUrl;
    if (lang) element.lang = lang;
    // An empty text takes the place of the button.
    element.append("");
    element.addEventListener("close", () => element.remove());
    document.body.append(element);
    const promise = element.open();
    if (!element.opened) element.remove();
    return promise;
  }

  customElements.define("linkhub-connect", LinkHubConnect);
  Object.defineProperty(window, "LinkHub", { value: Object.freeze({ open }) });
})();
