// Starts the sandbox (the hub beside an emulated Qlik Cloud) and tells what there is to try.
import { startProgram } from "./program.mjs";

/**
 * @typedef {{ label: string, tenant_name: string, region: string, api_key: string }} Key
 * @typedef {{ url: string, admin_password: string, api_key: string, keys: Key[], sessions: Record<string, string[]>, expired_session: string }} Facts
 */

/**
 * @param {{ accounts?: number, flags?: string[], sessionsFor?: string[][] }} [options] how many sample accounts it
 * begins with, further flags of the hub, and for which origins there shall be connect sessions
 * @returns {Promise<Facts & { key: (label: string) => Key, session: (origins: string[]) => string, stop: () => Promise<void> }>}
 */
export async function startSandbox({ accounts = 0, flags = [], sessionsFor = [] } = {}) {
  const words = ["--port", "0", "--json", "--accounts", String(accounts)];
  for (const origins of sessionsFor) words.push("--sessions-for", origins.join());
  words.push("--", ...flags);
  const program = startProgram("examples/sandbox", words);
  // The line that says it is ready comes on standard error, the facts on standard output.
  const [facts] = await Promise.all([
    program.line("stdout", /^(\{.*\})$/),
    program.line("stderr", /linkhub listening on (http:\S+)/),
  ]);
  /** @type {Facts} */
  const known = JSON.parse(facts);
  return {
    ...known,
    key: (label) => {
      const key = known.keys.find((key) => key.label === label);
      if (!key) throw new Error(`the sandbox has no key labelled ${label}`);
      return key;
    },
    /** A token that nobody has used yet. */
    session: (origins) => {
      const token = known.sessions[origins.join()]?.pop();
      if (!token) throw new Error(`the sandbox has no more session for ${origins}`);
      return token;
    },
    stop: program.stop,
  };
}
