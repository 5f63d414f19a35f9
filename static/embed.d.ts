// Types of linkhub's embed.js: save this file in your project, as `linkhub-embed.d.ts`.

export interface LinkHubSuccess {
  /** The linked account, `acc_…`: what your back end reads with `GET /api/accounts/{id}`. */
  account_id: string;
  /** `qlik`. */
  provider: string;
}

export type LinkHubStep = "started" | "address" | "key" | "user" | "permissions" | "saved";

export interface LinkHubOptions {
  /** The token of a connect session. */
  token: string;
  /** Where the hub is, if embed.js was loaded from elsewhere. */
  baseUrl?: string;
  /** `en`, `de`, `fr`, `es`, `ja` or `pt`. */
  lang?: string;
}

/** What the promise is rejected with: the code of the last failure, or `cancelled`. */
export interface LinkHubError extends Error {
  code: string;
}

export interface LinkHubEventMap {
  ready: CustomEvent<null>;
  progress: CustomEvent<{ step: LinkHubStep }>;
  success: CustomEvent<LinkHubSuccess>;
  error: CustomEvent<{ code: string }>;
  cancel: CustomEvent<null>;
  close: CustomEvent<null>;
}

type Listener<E> = ((event: E) => unknown) | { handleEvent(event: E): unknown };

export interface LinkHubConnectElement extends Omit<HTMLElement, "addEventListener" | "removeEventListener"> {
  /** The token of a connect session; attribute `token`. */
  token: string;
  /** Attribute `base-url`; the folder that embed.js came from, unless set. */
  baseUrl: string;
  /** Attribute `mode`. */
  mode: "dialog" | "inline";
  /** Whether it shows the Hub at the moment. */
  readonly opened: boolean;
  /** Shows the Hub; the same promise as long as it is open. */
  open(): Promise<LinkHubSuccess>;
  close(): void;

  addEventListener<K extends keyof LinkHubEventMap>(type: K, listener: Listener<LinkHubEventMap[K]>, options?: boolean | AddEventListenerOptions): void;
  addEventListener<K extends Exclude<keyof HTMLElementEventMap, keyof LinkHubEventMap>>(type: K, listener: Listener<HTMLElementEventMap[K]>, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof LinkHubEventMap>(type: K, listener: Listener<LinkHubEventMap[K]>, options?: boolean | EventListenerOptions): void;
  removeEventListener<K extends Exclude<keyof HTMLElementEventMap, keyof LinkHubEventMap>>(type: K, listener: Listener<HTMLElementEventMap[K]>, options?: boolean | EventListenerOptions): void;
}

export interface LinkHubGlobal {
  /** Opens the dialog. Resolves when an account is linked, rejects with a {@link LinkHubError} if it is closed without. */
  open(options: LinkHubOptions): Promise<LinkHubSuccess>;
}

declare global {
  interface HTMLElementTagNameMap {
    // An element whose own events `error`, `cancel` and `close` take the place of the browser's.
    "linkhub-connect": LinkHubConnectElement & HTMLElement;
  }
  interface Window {
    readonly LinkHub: LinkHubGlobal;
  }
  const LinkHub: LinkHubGlobal;
}
